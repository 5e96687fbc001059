"""The file transfer port: FTP over a private folder, and each client's sessions apart, so that they can be cut."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unitbench.sim.ftp import FtpSessions

USER, PASSWORD = "target", "password"
"""The account of the simulated unit, published and invented."""
BANNER = "VS-1 simulated unit: files"


class Files:
    """Serves a folder of its own until it is closed; the folder goes with it.

    ``seen`` is told a client's address and True when its first session begins, False when its last one is over.
    """

    def __init__(self, seen: Callable[[str, bool], None]) -> None:
        self._seen = seen
        self._folder = TemporaryDirectory(prefix="unitbench-files-")
        self.folder = Path(self._folder.name)
        self._sessions: dict[str, FtpSessions] = {}
        self._open: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many sessions there are."""
        return sum(self._open.values())

    def admit(self, sock: socket.socket) -> None:
        """A client whose control connection was accepted."""
        try:
            host = str(sock.getpeername()[0])
        except OSError:  # it has gone already
            sock.close()
            return
        self._forget_idle()
        self._open[host] = self._open.get(host, 0) + 1
        if self._open[host] == 1:
            self._seen(host, True)
        if host not in self._sessions:
            self._sessions[host] = self._make(host)
        self._sessions[host].admit(sock)

    def _make(self, host: str) -> FtpSessions:
        from unitbench.sim.ftp import FtpSessions

        return FtpSessions(self.folder, USER, PASSWORD, BANNER, gone=lambda: self._gone(host))

    def _gone(self, host: str) -> None:
        self._open[host] -= 1
        if not self._open[host]:
            del self._open[host]
            self._seen(host, False)

    def _forget_idle(self) -> None:
        for host in [host for host in self._sessions if host not in self._open]:
            self._sessions.pop(host).close()

    def cut(self, host: str) -> None:
        """End every session of a client, transfers too."""
        if host in self._sessions:
            self._sessions[host].cut()

    def cut_all(self) -> None:
        """End every session of everybody."""
        for sessions in list(self._sessions.values()):
            sessions.cut()

    def close(self) -> None:
        """End every session; the folder is removed."""
        for sessions in self._sessions.values():
            sessions.close()
        self._sessions.clear()
        self._folder.cleanup()
