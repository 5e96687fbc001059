"""UDP: what others send to a port by themselves. Nothing is ever sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from unitbench.errors import OpenFailed
from unitbench.transport import stamps
from unitbench.transport.base import Received

DATAGRAM_SIZE = 65536
DRAIN = 256
"""Datagrams read at one wake-up at most, so that others get their turn."""


class UdpListener:
    """Hears broadcasts to ``port``, beside any other program that shares it (SO_REUSEADDR)."""

    def __init__(self, port: int, received: Received) -> None:
        self._received = received
        self._loop = asyncio.get_running_loop()
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stamps.switch_on(self._sock)
        try:
            self._sock.bind(("", port))
        except OSError as error:
            self._sock.close()
            where = f"port {port}/udp"
            raise OpenFailed(
                f"cannot listen on {where}: {error.strerror}",
                endpoint=where,
                hint="another program has it for itself: end that",
            ) from None
        self._loop.add_reader(self._sock, self._readable)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, InterruptedError, ConnectionError):
            for _ in range(DRAIN):
                if self._sock.fileno() < 0:
                    return
                data, ancillary, _, sender = self._sock.recvmsg(DATAGRAM_SIZE, stamps.ANCILLARY)
                self._received(data, (sender[0], sender[1]), stamps.read(ancillary))

    def close(self) -> None:
        """Listen no more. Closing twice is fine."""
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock)
            self._sock.close()
