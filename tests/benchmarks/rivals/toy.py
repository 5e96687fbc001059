"""What a person would write by hand: a unit that answers one command, a blocking client, and a session in a thread of
the same process. ``python -m …`` serves the unit until stdin ends."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

ASK, ANSWER, END = b"#SECUR?\r", b"~01@SECUR ON\r\n", b"\r\n"


class Unit:
    """The unit in a process of its own, which ends with the block."""

    def __enter__(self) -> Self:
        words = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.address = f"kramer://127.0.0.1:{self.port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


class Plain:
    """A blocking socket."""

    def __init__(self, unit: Unit) -> None:
        self._sock = socket.create_connection(("127.0.0.1", unit.port))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        """Ask once and wait for the answer."""
        self._sock.sendall(ASK)
        answer = b""
        while not answer.endswith(END):
            answer += self._sock.recv(4096)

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


class Toy:
    """A session of a few lines: it owns the socket in a thread of its own, takes turns, and knows nothing else."""

    def __init__(self, unit: Unit) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(unit.port), self._loop).result()

    async def _open(self, port: int) -> None:
        self._lock = asyncio.Lock()
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)

    async def _ask(self) -> bytes:
        async with self._lock:
            self._writer.write(ASK)
            return await self._reader.readuntil(END)

    def ask(self) -> None:
        """Ask once and wait for the answer."""
        assert asyncio.run_coroutine_threadsafe(self._ask(), self._loop).result() == ANSWER

    def close(self) -> None:
        """Hang up and end the thread."""
        self._loop.call_soon_threadsafe(self._writer.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def _talk(client: socket.socket) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        while data := client.recv(4096):
            client.sendall(ANSWER * data.count(b"\r"))


def _serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=_talk, args=(client,), daemon=True).start()


if __name__ == "__main__":
    threading.Thread(target=_serve, daemon=True).start()
    sys.stdin.read()
