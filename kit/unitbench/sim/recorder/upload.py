"""The recorder's backup: its files go to an FTP server. Runs in a thread of its own."""

from __future__ import annotations

import contextlib
import ftplib
import socket
from pathlib import Path

from unitbench.errors import InvalidValue, LinkLost, OpenFailed, UnitRefused
from unitbench.schema.printable import MASK, printable
from unitbench.wire.recorder.unit import Backup

WAIT_S = 10.0


class Upload(ftplib.FTP):
    """One backup. ``cut`` may be called from another thread."""

    def __init__(self, host: str, place: tuple[str, int], to: Backup) -> None:
        super().__init__(timeout=WAIT_S, source_address=(host, 0))
        self._place, self._to = place, to
        self._data: socket.socket | None = None
        self._cut = False

    def save(self, root: Path, names: list[str]) -> list[str]:
        """Log in and store every file below the folder that is set; folders are made where they are missing."""
        where = f"{self._place[0]}:{self._place[1]}"
        if any(
            end in text for text in (self._to.account, self._to.password, self._to.folder) for end in "\r\n"
        ):
            rule = "text without line ends"
            raise InvalidValue("the backup's account or folder cannot be sent", field="backup", rule=rule)
        try:
            self.connect(*self._place)
        except (OSError, EOFError, ftplib.Error) as error:
            told = self._shown(error)
            raise OpenFailed(f"cannot connect to the FTP server: {told}", endpoint=where) from None
        try:
            with self:
                self.login(self._to.account, self._to.password)
                self.set_pasv(self._to.passive)
                for name in names:
                    self._store(root, name)
        except ftplib.Error as error:
            told = self._shown(error)
            raise UnitRefused(f"the FTP server {where} refuses: {told}", code=told[:3]) from None
        except (OSError, EOFError) as error:
            raise LinkLost(f"the FTP server {where} is gone: {error}", endpoint=where) from None
        return names

    def _shown(self, error: Exception) -> str:
        """What a server says, or the system; a server may repeat the password."""
        told = str(error)
        if self._to.password:
            told = told.replace(self._to.password, MASK)
        return printable(told)

    def _store(self, root: Path, name: str) -> None:
        if self._cut:
            raise EOFError("cut")
        target = f"{self._to.folder}/{name}" if self._to.folder else name
        parts = target.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            with contextlib.suppress(ftplib.error_perm):
                if parts[end - 1]:
                    self.mkd("/".join(parts[:end]))
        with (root / name).open("rb") as file:
            self.storbinary(f"STOR {target}", file)

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """As the library does it; the data connection is kept in mind."""
        found = super().ntransfercmd(cmd, rest)
        self._data = found[0]
        return found

    def cut(self) -> None:
        """End it now; the thread finds its connections closed."""
        self._cut = True
        for sock in (self.sock, self._data):
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
