"""UDP: datagrams to one endpoint or to a broadcast address, from one socket on an ephemeral port."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
import sys

from unitbench.errors import LinkLost, OpenFailed
from unitbench.transport import limited, stamps
from unitbench.transport.base import Address, Lost, Received, Stamp, Transport
from unitbench.transport.interfaces import local_address
from unitbench.transport.names import resolved

DATAGRAM_SIZE = 65536
RECEIVE_BUFFER = 4 * 1024 * 1024
"""Asked for, so that a burst of replies is not lost; the kernel may give less."""
IP_RECVERR = 11
"""Linux, include/uapi/linux/in.h: an ICMP error is reported on an unconnected socket too."""
MSG_ERRQUEUE = 0x2000
SO_MEMINFO = 55
"""Linux, include/uapi/asm-generic/socket.h; what it gives is in sock_diag.h, the drops are its last."""
_MEMINFO = struct.Struct("@9I")
DRAIN = 256
"""Datagrams read at one wake-up at most, so that other links get their turn."""
HELD = 16_384
"""More datagrams than the receive buffer holds, however small they are."""


class UdpTransport(Transport):
    """Replies are taken from any address and port; who answers is for the protocol to say."""

    datagrams = True

    def __init__(self, address: Address, received: Received, lost: Lost) -> None:
        super().__init__(received, lost)
        self.address = self._target = address
        self._sock: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self, timeout_s: float) -> None:
        loop = asyncio.get_running_loop()
        self.target = self._target = (await resolved(self.address, "udp", timeout_s))[0]
        try:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        except OSError as error:
            raise OpenFailed(f"cannot open a UDP socket: {error.strerror}", endpoint="udp") from None
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        stamps.switch_on(sock)
        try:
            sock.bind(("", 0))
        except OSError as error:
            sock.close()
            raise OpenFailed(f"cannot open a UDP socket: {error.strerror}", endpoint="udp") from None
        self._sock, self._loop = sock, loop
        self.local = "" if self._target[0] == limited.ADDRESS else local_address(self._target)
        loop.add_reader(sock, self._readable)

    def _readable(self) -> None:
        self._read(DRAIN)

    def drain(self) -> None:
        self._read(HELD)

    @property
    def dropped(self) -> int:
        if self._sock is not None and sys.platform == "linux":
            with contextlib.suppress(OSError, struct.error):
                told = self._sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _MEMINFO.size)
                return int(_MEMINFO.unpack(told)[-1])
        return 0

    def _read(self, most: int) -> None:
        for _ in range(most):
            sock = self._sock
            if sock is None:
                return
            try:
                data, ancillary, _, sender = sock.recvmsg(DATAGRAM_SIZE, stamps.ANCILLARY)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._drop_errors(sock)
                self.lost(error)
                return
            self.received(data, (sender[0], sender[1]), stamps.read(ancillary))

    @staticmethod
    def _drop_errors(sock: socket.socket) -> None:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                sock.recvmsg(512, 512, MSG_ERRQUEUE)

    def send(self, data: bytes, to: Address | None = None) -> Stamp:
        if self._sock is None:
            raise LinkLost("the UDP socket is closed")
        target = to or self._target
        try:
            return self._sent(self._sock, data, target)
        except OSError as error:
            where = f"{target[0]}:{target[1]}/udp"
            message = f"sending to {where} failed: {error.strerror}"
            if error.errno == errno.EMSGSIZE:
                raise LinkLost(message, endpoint=where, hint="a datagram has 65507 bytes at most") from None
            hint = "is this machine on the unit's network?"
            raise OpenFailed(message, endpoint=where, hint=hint) from None

    def _sent(self, sock: socket.socket, data: bytes, target: Address) -> Stamp:
        stamp = Stamp.now()
        try:
            self._put(sock, data, target)
        except ConnectionRefusedError:
            # That a datagram sent before was refused is told now, and nothing has left.
            self._drop_errors(sock)
            stamp = Stamp.now()
            self._put(sock, data, target)
        return stamp

    @staticmethod
    def _put(sock: socket.socket, data: bytes, target: Address) -> None:
        if target[0] == limited.ADDRESS:
            limited.send(sock, data, target[1])
        else:
            sock.sendto(data, target)

    def close(self) -> None:
        if self._sock is not None and self._loop is not None:
            self._loop.remove_reader(self._sock)
            self._sock.close()
            self._sock = None
