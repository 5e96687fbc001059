"""The IPv4 networks that this machine is on, as far as the system tells. Nothing is sent.

Linux tells by ioctl, without help (netdevice(7)); elsewhere none are known.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from dataclasses import dataclass

_GET_FLAGS, _GET_ADDRESS, _GET_BROADCAST = 0x8913, 0x8915, 0x8919
_UP, _BROADCAST, _LOOPBACK, _RUNNING = 0x1, 0x2, 0x8, 0x40
_REQUEST = struct.Struct("16s240x")
_NAME = 15


@dataclass(frozen=True, slots=True)
class Network:
    """An interface, this machine's address on it, and the address that reaches all there."""

    interface: str
    host: str
    broadcast: str


def networks() -> tuple[Network, ...]:
    """The networks of the interfaces that are up and can broadcast; the loopback is none of them."""
    if sys.platform != "linux":
        return ()
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # it has no IPv4 address, or has just gone
                found += _network(sock.fileno(), name)
    return tuple(found)


def _network(handle: int, name: str) -> list[Network]:
    flags = int.from_bytes(_asked(handle, _GET_FLAGS, name)[16:18], sys.byteorder)
    if flags & _LOOPBACK or flags & (_UP | _RUNNING | _BROADCAST) != _UP | _RUNNING | _BROADCAST:
        return []
    host, broadcast = (
        socket.inet_ntoa(_asked(handle, number, name)[20:24]) for number in (_GET_ADDRESS, _GET_BROADCAST)
    )
    return [Network(name, host, broadcast)] if broadcast != "0.0.0.0" else []


def _asked(handle: int, number: int, name: str) -> bytes:
    import fcntl  # POSIX only

    return fcntl.ioctl(handle, number, _REQUEST.pack(name.encode()[:_NAME]))
