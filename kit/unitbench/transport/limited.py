"""The limited broadcast, 255.255.255.255: by the system's leave it goes to one network, here to each of them."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ADDRESS = "255.255.255.255"
IP_PKTINFO = 8
"""Linux, include/uapi/linux/in.h: the interface by which a datagram leaves."""
_PKTINFO = struct.Struct("@i4s4s")
SIOCGIFFLAGS, SIOCGIFADDR = 0x8913, 0x8915
"""Linux, include/uapi/linux/sockios.h."""
UP, BROADCAST, LOOPBACK = 0x1, 0x2, 0x8
"""Linux, include/uapi/linux/if.h."""
_NAME_SIZE = 16


def send(sock: socket.socket, data: bytes, port: int) -> None:
    """Send a datagram to every network of this machine that has broadcasts, once each.

    Raises ``OSError`` where none can be reached.
    """
    left = False
    for index in _interfaces(sock):
        with contextlib.suppress(OSError):
            info = (socket.IPPROTO_IP, IP_PKTINFO, _PKTINFO.pack(index, b"", b""))
            sock.sendmsg([data], [info], 0, (ADDRESS, port))
            left = True
    if not left:
        sock.sendto(data, (ADDRESS, port))


def _interfaces(sock: socket.socket) -> list[int]:
    """The interfaces that are up, can broadcast and have an IPv4 address; none where that is not to be found out."""
    if sys.platform != "linux":
        return []
    return [index for index, name in socket.if_nameindex() if _broadcasts(sock, name)]


def _broadcasts(sock: socket.socket, name: str) -> bool:
    request = struct.pack("16s24x", name.encode()[: _NAME_SIZE - 1])
    try:
        flags = struct.unpack_from("@H", fcntl.ioctl(sock, SIOCGIFFLAGS, request), _NAME_SIZE)[0]
        fcntl.ioctl(sock, SIOCGIFADDR, request)
    except OSError:
        return False
    return bool(flags & UP and flags & BROADCAST and not flags & LOOPBACK)
