"""TCP: a stream to one endpoint."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from unitbench.errors import LinkLost, OpenFailed
from unitbench.transport import stamps
from unitbench.transport.base import Address, Lost, Received, Stamp, Transport
from unitbench.transport.names import resolved

READ_SIZE = 8192
"""Bytes taken at a time: so small that a unit which never stops sending leaves the other links their turn."""
KEEPS = 3
"""Signs of life that may be missed."""


class TcpTransport(Transport):
    """Connects once; a connection that ends is not made again by itself."""

    datagrams = False

    def __init__(self, address: Address, received: Received, lost: Lost) -> None:
        super().__init__(received, lost)
        self.address = address
        self._sock: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self, timeout_s: float) -> None:
        loop = asyncio.get_running_loop()
        sock = await self._connected(await resolved(self.address, "tcp", timeout_s), timeout_s)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stamps.switch_on(sock)
        self._sock, self._loop = sock, loop
        self.local = str(sock.getsockname()[0])
        loop.add_reader(sock, self._readable)

    async def _connected(self, targets: list[Address], timeout_s: float) -> socket.socket:
        """A socket connected to the first of the targets that takes it; raises ``OpenFailed``."""
        where = f"{self.address[0]}:{self.address[1]}/tcp"
        last: OSError | None = None
        for target in targets:
            try:
                sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            except OSError as error:
                last = error
                continue
            sock.setblocking(False)
            try:
                async with asyncio.timeout(timeout_s):
                    await asyncio.get_running_loop().sock_connect(sock, target)
                self.target = target
                return sock
            except OSError as error:
                sock.close()
                last = error
            except BaseException:
                sock.close()
                raise
        if last is None or isinstance(last, TimeoutError):
            raise OpenFailed(
                f"cannot connect to {where}: no answer within {timeout_s:g} s",
                endpoint=where,
                hint="is the address right, the unit on, a firewall between?",
            )
        raise _open_failed(where, last)

    @property
    def is_open(self) -> bool:
        """Whether it is connected still."""
        return self._sock is not None

    def keep_alive(self, every_s: float) -> None:
        """Let the system ask the other end for a sign of life when it is silent: one that is gone is then noticed
        within a few times ``every_s``."""
        if self._sock is None:
            return
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", every_s), ("TCP_KEEPINTVL", every_s), ("TCP_KEEPCNT", KEEPS)):
            if hasattr(socket, name):
                self._sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), max(1, int(value)))

    def _readable(self) -> None:
        sock = self._sock
        if sock is None:
            return
        try:
            data, ancillary, _, _ = sock.recvmsg(READ_SIZE, stamps.ANCILLARY)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.close()
            self.lost(error)
            return
        if data:
            self.received(data, self.address, stamps.read(ancillary))
        else:
            self.close()
            self.lost(None)

    def send(self, data: bytes, to: Address | None = None) -> Stamp:
        if self._sock is None:
            raise LinkLost(f"the connection to {self.address[0]}:{self.address[1]} is closed")
        stamp = Stamp.now()
        try:
            sent = self._sock.send(data)
        except OSError as error:
            raise LinkLost(
                f"sending to {self.address[0]}:{self.address[1]} failed: {error.strerror}"
            ) from None
        if sent != len(data):
            raise LinkLost(
                f"{self.address[0]}:{self.address[1]} takes no more bytes: {sent} of {len(data)} went"
            )
        return stamp

    def close(self) -> None:
        if self._sock is not None and self._loop is not None:
            self._loop.remove_reader(self._sock)
            with contextlib.suppress(OSError):
                self._sock.close()
            self._sock = None


def _open_failed(where: str, error: OSError) -> OpenFailed:
    refused = isinstance(error, ConnectionRefusedError)
    hint = (
        "nothing listens there; is the port right (services), is the unit on?"
        if refused
        else "is this machine on the unit's network?"
    )
    reason = "refused" if refused else error.strerror or str(error)
    return OpenFailed(f"cannot connect to {where}: {reason}", endpoint=where, hint=hint)
