"""Counterparts that are no units: silent, closing, or answering whatever a test wants. They run in threads."""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self

Answer = Callable[[bytes], bytes | None]
"""What to send for what came; None closes the connection."""
CLOSING = None


def never(data: bytes) -> bytes:
    """Answer nothing."""
    return b""


class Counterpart(ABC):
    """A listener on loopback with a port of its own; ``heard`` is all that came to it, in its order."""

    kind: socket.SocketKind

    def __init__(self, answer: Answer = never, host: str = "127.0.0.1") -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._news = threading.Condition()
        self.sock = socket.socket(socket.AF_INET, self.kind)
        self.sock.bind((host, 0))
        self.host, self.port = self.sock.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @abstractmethod
    def _serve(self) -> None:
        """Answer until the socket is closed."""

    def _note(self, data: bytes) -> None:
        with self._news:
            self.heard.append(data)
            self._news.notify_all()

    def wait_for(self, true: Callable[[bytes], bool], deadline: float = 20.0) -> bytes:
        """All bytes that came, joined, as soon as ``true`` holds for them."""
        with self._news:
            done = self._news.wait_for(lambda: true(b"".join(self.heard)), deadline)
            assert done, f"in {deadline} s only {self.heard} came"
            return b"".join(self.heard)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it; a thread that waits for bytes is woken."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class UdpCounterpart(Counterpart):
    """Answers each datagram from its socket."""

    kind = socket.SOCK_DGRAM

    def _serve(self) -> None:
        while True:
            try:
                data, sender = self.sock.recvfrom(65536)
                if sender is None:  # shut down
                    return
                self._note(data)
                out = self._answer(data)
                if out:
                    self.sock.sendto(out, sender)
            except OSError:
                return


class TcpCounterpart(Counterpart):
    """Answers what each connection sends. ``greeting`` is sent to everybody who comes."""

    kind = socket.SOCK_STREAM

    def __init__(self, answer: Answer = never, host: str = "127.0.0.1", greeting: bytes = b"") -> None:
        super().__init__(answer, host)
        self._greeting = greeting
        self._open: list[socket.socket] = []
        self.sock.listen(64)

    def _serve(self) -> None:
        while True:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            self._open.append(conn)
            threading.Thread(target=self._talk, args=(conn,), daemon=True).start()

    def _talk(self, conn: socket.socket) -> None:
        with conn:
            try:
                if self._greeting:
                    conn.sendall(self._greeting)
                while data := conn.recv(65536):
                    self._note(data)
                    out = self._answer(data)
                    if out is CLOSING:
                        return
                    conn.sendall(out)
            except OSError:
                return

    @property
    def connections(self) -> int:
        """How many have come."""
        return len(self._open)

    def close(self) -> None:
        super().close()
        for conn in self._open:
            with contextlib.suppress(OSError):
                conn.shutdown(socket.SHUT_RDWR)


def unused_port(kind: socket.SocketKind) -> int:
    """A port of 127.0.0.1 at which nothing listens."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
