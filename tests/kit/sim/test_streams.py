"""Clients that are gone while their unit still answers: nothing is written to them, and nobody is told of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any

import pytest

from unitbench.sim.dcol.doors import PortStream
from unitbench.sim.stream import Stream
from unitbench.sim.vs1.streams import Connection


class Unit:
    """As much of a server as a connection asks for."""

    dead = False

    def joined(self, stream: object) -> bool:
        return True

    def left(self, stream: object) -> None:
        pass

    def number(self) -> int:
        return 1


MAKERS: dict[str, Any] = {
    "unit": lambda: Stream(Unit()),  # type: ignore[arg-type]
    "virtual port": lambda: PortStream(Unit(), None),  # type: ignore[arg-type]
    "camera": lambda: Connection(Unit(), 10001),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("kind", MAKERS)
def test_answers_to_a_client_that_has_reset_are_dropped_in_silence(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname())
            near, _ = listener.accept()
        near.setblocking(False)
        transport, stream = await asyncio.get_running_loop().connect_accepted_socket(MAKERS[kind], near)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        while not transport.is_closing():
            stream.write(b"~01@ERR001\r\n")
        for _ in range(50):
            stream.write(b"~01@ERR001\r\n")

    with caplog.at_level(logging.WARNING, "asyncio"):
        asyncio.run(talk())
    assert caplog.messages == []
