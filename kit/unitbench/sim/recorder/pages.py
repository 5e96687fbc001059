"""A recorder's HTTP and FTP sessions: foreign code, begun when the first client comes, each by leave of the ledger."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from unitbench.sim.recorder.files import ACCOUNT, PASSWORD, Files
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import RecorderState

if TYPE_CHECKING:
    from unitbench.sim.ftp import FtpSessions
    from unitbench.sim.recorder.web import Site, WebSession


class Pages:
    """Who reads the files of one recorder. ``settle`` is called when the ledger has changed, ``delay`` says how much
    later than at once an answer comes, in seconds."""

    def __init__(
        self,
        state: RecorderState,
        files: Files,
        *,
        settle: Callable[[], object],
        delay: Callable[[], float],
    ) -> None:
        self._state, self._files = state, files
        self._settle, self._delay = settle, delay
        self._webs: set[WebSession] = set()
        self._site: Site | None = None
        self._ftp: FtpSessions | None = None

    def give(self, use: Use) -> None:
        """A client is gone."""
        self._state.ledger.give(use)
        self._settle()

    def web_session(self) -> WebSession:
        """What speaks with a new HTTP client."""
        from unitbench.sim.recorder.web import Site, WebSession

        self._site = self._site or Site(self._files, self._about, lambda: self._state.clock_offset_s)
        session = WebSession(self._site, self._web_gone, self._delay)
        self._webs.add(session)
        return session

    def _web_gone(self, session: WebSession) -> None:
        if session in self._webs:
            self._webs.remove(session)
            self.give(Use.HTTP)

    def _about(self) -> dict[str, str]:
        state = self._state
        taken = ", ".join(f"{use.value} {count}" for use, count in state.ledger.open.items() if count)
        return {
            "model": state.model,
            "serial number": state.serial,
            "firmware": state.firmware,
            "address": state.ip_address,
            "network setting": state.network,
            "MAC": state.mac,
            "command port": str(state.listens),
            "connections": f"{state.ledger.used} of 20 ({taken})",
        }

    def admit_ftp(self, sock: socket.socket) -> None:
        """An FTP client, for which the ledger has a place already."""
        if self._ftp is None:
            from unitbench.sim.ftp import FtpSessions

            self._ftp = FtpSessions(
                self._files.root,
                ACCOUNT,
                PASSWORD,
                f"{self._state.model} FTP server ready (simulated unit).",
                data=self._ftp_data,
                gone=lambda: self.give(Use.FTP),
            )
        self._ftp.admit(sock)

    def _ftp_data(self, wanted: bool) -> bool:
        if wanted and not self._state.ledger.take(Use.FTP_DATA):
            return False
        if not wanted:
            self._state.ledger.give(Use.FTP_DATA)
        asyncio.get_running_loop().call_soon(self._settle)
        return True

    def cut(self) -> None:
        """End every session; those still on their way out are no longer counted."""
        webs = list(self._webs)
        self._webs.clear()
        for web in webs:
            web.abort()
        if self._ftp is not None:
            self._ftp.cut()

    def close(self) -> None:
        """Serve no more."""
        if self._ftp is not None:
            self._ftp.close()
