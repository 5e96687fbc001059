"""The UDP ports that a unit opens and closes by itself, and the datagrams that it sends unasked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from unitbench.wire.unit import UnitCore

DATAGRAM_SIZE = 65536


class Casting:
    """Follows a core: opens the ports that it ``listens`` on, hands over what comes, sends its ``casts``.

    ``offset`` is added to the unit's own ports, never to those that it was told to send to. ``heard`` is
    called when the core was given something; ``clock`` gives its time; ``passed`` is what faults leave of a
    cast. A port that cannot be had is noted in the core's log, and what would leave from it is lost.
    """

    def __init__(
        self,
        core: UnitCore,
        host: str,
        offset: int,
        *,
        clock: Callable[[], float],
        heard: Callable[[], object],
        passed: Callable[[bytes], list[bytes]],
    ) -> None:
        self._core = core
        self._host = host
        self._offset = offset
        self._clock = clock
        self._heard = heard
        self._passed = passed
        self._socks: dict[int, socket.socket | None] = {}
        self.shared = False
        """Whether another unit may have the same ports: two that claim one address."""

    def follow(self) -> None:
        """Open and close ports as the core wants it now, and send what it has ready."""
        wanted = self._core.listens
        for port in wanted - self._socks.keys():
            self._socks[port] = self._open(port)
        while self._core.casts:
            cast = self._core.casts.popleft()
            sock = self._socks.get(cast.port)
            if sock is None:
                continue
            for data in self._passed(cast.data):
                with contextlib.suppress(OSError):
                    sock.sendto(data, cast.to)
        for port in self._socks.keys() - wanted:
            self._shut(self._socks.pop(port))

    def _open(self, port: int) -> socket.socket | None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if self.shared:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((self._host, port + self._offset))
        except (OSError, OverflowError) as error:
            sock.close()
            text = f"cannot listen on {self._host}:{port + self._offset}/udp: {error}"
            self._core.note(self._clock(), None, b"", text)
            return None
        asyncio.get_running_loop().add_reader(sock, self._readable, sock, port)
        return sock

    def _readable(self, sock: socket.socket, port: int) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data = sock.recv(DATAGRAM_SIZE)
                self._core.overhear(data, port, self._clock())
        self._heard()

    @staticmethod
    def _shut(sock: socket.socket | None) -> None:
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def close(self) -> None:
        """Close every port."""
        for sock in self._socks.values():
            self._shut(sock)
        self._socks.clear()
