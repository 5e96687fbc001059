"""A listening port that takes clients as long as there is room, and turns the others away as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from unitbench.errors import OpenFailed
from unitbench.sim.sockets import bound, reset

AGAIN_S = 0.2
"""After so long a port that another program has taken in the meantime is tried again."""


class Gate:
    """``room`` says whether one more is taken, ``take`` takes it. ``reject`` says what the others meet:
    ``rst``, the port is closed; ``silent``, a SYN stays without answer; ``accept_close``, taken and closed.
    ``dead`` says whether nothing listens at all.

    ``backlog`` clients may wait to be taken; with 0, the next one is turned away at once and for certain.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        room: Callable[[], bool],
        take: Callable[[socket.socket], None],
        reject: Callable[[], str],
        dead: Callable[[], bool],
        backlog: int,
    ) -> None:
        self.host, self.port = host, port
        self._room, self._take, self._reject, self._dead = room, take, reject, dead
        self._backlog = backlog
        self._listener: socket.socket | None = None
        self._filler: socket.socket | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._state = ""

    def bind(self) -> None:
        """Take the port; raises ``OpenFailed``."""
        self._listener = bound(socket.SOCK_STREAM, self.host, self.port, share=True)
        self._listener.listen(self._backlog)

    def start(self) -> None:
        """Begin to accept."""
        self._state = "open"
        asyncio.get_running_loop().add_reader(self._sock, self._accept)

    @property
    def _sock(self) -> socket.socket:
        assert self._listener is not None
        return self._listener

    def update(self) -> None:
        """Be open, or turned away from, as things stand now."""
        if self._state == "closed":
            return
        wanted = "open"
        if self._dead():
            wanted = "rst"
        elif not self._room() and self._reject() != "accept_close":
            wanted = self._reject()
        if wanted == self._state:
            return
        self._shut()
        self._state = wanted
        try:
            if wanted == "open":
                self.bind()
                self.start()
            elif wanted == "silent":
                self._play_dead()
        except OpenFailed:
            self._state = "rst"
            self._retry = asyncio.get_running_loop().call_later(AGAIN_S, self.update)

    def _play_dead(self) -> None:
        """A queue of one that a connection of our own fills: Linux then leaves every SYN unanswered."""
        self._listener = bound(socket.SOCK_STREAM, self.host, self.port, share=True)
        self._listener.listen(0)
        self._filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._filler.setblocking(False)
        self._filler.connect_ex((self.host, self.port))

    def _accept(self) -> None:
        try:
            self._accept_all()
        except (BlockingIOError, ConnectionError):
            pass
        except OSError:  # no file is left: those who wait are taken when one is
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._sock)
            self._retry = loop.call_later(AGAIN_S, self._resume)

    def _resume(self) -> None:
        self._retry = None
        self.start()

    def _accept_all(self) -> None:
        while self._state == "open":
            sock, _ = self._sock.accept()
            sock.setblocking(False)
            if self._room():
                self._take(sock)
                self.update()
            elif self._reject() == "accept_close":
                sock.close()
            else:
                reset(sock)

    def _shut(self) -> None:
        if self._retry:
            self._retry.cancel()
            self._retry = None
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
        self.release()

    def release(self) -> None:
        """Give the port back, before anything was started."""
        for sock in (self._listener, self._filler):
            if sock is not None:
                sock.close()
        self._listener = self._filler = None

    def close(self) -> None:
        """Stop listening for good."""
        self._shut()
        self._state = "closed"
