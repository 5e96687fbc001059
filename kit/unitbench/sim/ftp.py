"""FTP for simulated units: pyftpdlib, driven by the running asyncio loop instead of its own.

Import this module when the first client comes, not earlier: the library takes a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop

logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())
logging.getLogger("pyftpdlib").propagate = False

MAY = "elradfmw"
"""pyftpdlib's letters: enter, list, read, append, delete, rename, make a folder, write."""
NO_FILENO_S = 0.02
"""How often the library looks at its sockets where they cannot be watched as one."""


class FtpSessions:
    """The FTP sessions of one unit, over one private folder.

    ``data(True)`` asks whether a data connection may be opened, ``data(False)`` gives it back; ``gone`` is
    called when a control connection is over.
    """

    def __init__(
        self,
        folder: Path,
        account: str,
        password: str,
        banner: str,
        *,
        data: Callable[[bool], bool] = bool,
        gone: Callable[[], None] = lambda: None,
    ) -> None:
        self.data = data
        self._gone = gone
        self._banner = banner
        self._authorizer = DummyAuthorizer()
        self._authorizer.add_user(account, password, str(folder), perm=MAY)
        self._sessions: set[_Control] = set()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self.library = IOLoop.factory()
        self._watched = hasattr(self.library, "fileno")
        if self._watched:
            self._loop.add_reader(self.library.fileno(), self._run)

    def admit(self, sock: socket.socket) -> None:
        """A client whose control connection was accepted."""
        session = _Control(sock, self, self._banner, self._authorizer)
        if session.connected:
            self._sessions.add(session)
            session.handle()
        else:
            self._gone()
        self._run()

    def _run(self) -> None:
        """Let the library do what is due, then see which connections are over."""
        if self.library.socket_map:
            self.library.poll(0)
        wait = self.library.sched.poll()
        for session in list(self._sessions):
            session.settle()
            if not session.connected:
                self._sessions.remove(session)
                self._gone()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if not self._watched and self.library.socket_map:
            wait = NO_FILENO_S
        if wait is not None:
            self._timer = self._loop.call_later(wait, self._run)

    def cut(self) -> None:
        """End every session and transfer now."""
        for channel in list(self.library.socket_map.values()):
            with contextlib.suppress(OSError):
                channel.close()
        self._run()

    def close(self) -> None:
        """End everything."""
        self.cut()
        if self._watched:
            self._loop.remove_reader(self.library.fileno())
        if self._timer:
            self._timer.cancel()
        self.library.close()


class _Control(FTPHandler):
    """A control connection. It is its own server, since the library asks that one for room."""

    auth_failed_timeout = 1

    def __init__(
        self, sock: socket.socket, house: FtpSessions, banner: str, authorizer: DummyAuthorizer
    ) -> None:
        self.house = house
        self.taken = False
        self.alive: set[Any] = set()
        self.ip_map: list[str] = []
        self.backlog = 1
        self.banner = banner
        self.authorizer = authorizer
        self.dtp_handler, self.passive_dtp, self.active_dtp = _Data, _Passive, _Active
        super().__init__(sock, self, ioloop=house.library)

    def _accept_new_cons(self) -> bool:
        """Asked by the library before a data connection is opened."""
        self.settle()
        self.taken = self.taken or self.house.data(True)
        return self.taken

    def settle(self) -> None:
        """Give the data connection back if it is over."""
        if self.taken and not self.alive:
            self.taken = False
            self.house.data(False)


class _Passive(FTPHandler.passive_dtp):
    def __init__(self, control: _Control, extmode: bool = False) -> None:
        control.alive.add(self)
        super().__init__(control, extmode)

    def close(self) -> None:
        self.cmd_channel.alive.discard(self)
        super().close()


class _Active(FTPHandler.active_dtp):
    def __init__(self, ip: str, port: int, control: _Control) -> None:
        control.alive.add(self)
        super().__init__(ip, port, control)

    def close(self) -> None:
        self.cmd_channel.alive.discard(self)
        super().close()


class _Data(FTPHandler.dtp_handler):
    """The data connection itself; it stands in for the one that waited for it."""

    def __init__(self, sock: socket.socket, control: _Control) -> None:
        control.alive.clear()
        control.alive.add(self)
        super().__init__(sock, control)

    def close(self) -> None:
        self.cmd_channel.alive.discard(self)
        super().close()
