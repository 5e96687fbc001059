"""A port that must wait: where no file is left, clients are taken as soon as there is one again."""

from __future__ import annotations

import asyncio
import errno
import socket

from tests.support.commands import free_block
from unitbench.sim.gate import Gate


class Full:
    """A listening socket that cannot accept for the first two times."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.failed = 0

    def accept(self) -> tuple[socket.socket, object]:
        if self.failed < 2:
            self.failed += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._sock.accept()

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)


def test_a_client_waits_until_a_file_is_free() -> None:
    host = free_block().replace(".0/24", ".11")

    async def run() -> tuple[int, bool]:
        taken: asyncio.Future[socket.socket] = asyncio.get_running_loop().create_future()
        gate = Gate(
            host,
            5000,
            room=lambda: True,
            take=taken.set_result,
            reject=lambda: "rst",
            dead=lambda: False,
            backlog=5,
        )
        gate.bind()
        full = Full(gate._sock)
        gate._listener = full  # type: ignore[assignment]
        gate.start()
        with socket.create_connection((host, 5000), 5):
            sock = await asyncio.wait_for(taken, 5)
            sock.close()
        gate.close()
        return full.failed, gate._state == "closed"

    assert asyncio.run(run()) == (2, True)
