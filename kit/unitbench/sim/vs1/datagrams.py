"""The UDP ports of a simulated camera: routes and control come in, answers and announces go out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from unitbench.catalogue import vs1 as table
from unitbench.sim.serving import DATAGRAM_SIZE
from unitbench.sim.sockets import bound

Came = Callable[[int, bytes, tuple[str, int]], None]


class Datagrams:
    """``came`` is told each datagram: the row of the table at which it came in, its bytes, and who sent it."""

    def __init__(self, came: Came) -> None:
        self._came = came
        self._socks: dict[int, socket.socket] = {}

    def bind(self, number: int, host: str, port: int) -> None:
        """Take the port at which a row of the table is served; raises ``OpenFailed``."""
        sock = self._socks[number] = bound(socket.SOCK_DGRAM, host, port, share=False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)

    def hear(self) -> None:
        """Begin to read."""
        for number, sock in self._socks.items():
            asyncio.get_running_loop().add_reader(sock, self._readable, number, sock)

    def _readable(self, number: int, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while self._socks.get(number) is sock:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                self._came(number, data, sender)

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        """Let a datagram leave, if the unit has an address: from the port of control, whatever it is, so that the
        address book knows its sender."""
        sock = self._socks.get(table.CONTROL.port)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.sendto(data, to)

    def unhear(self) -> None:
        """Stop to read, and give the ports back."""
        for sock in self._socks.values():
            asyncio.get_running_loop().remove_reader(sock)
        self.release()

    def release(self) -> None:
        """Give the ports back, before they were read."""
        for sock in self._socks.values():
            sock.close()
        self._socks.clear()
