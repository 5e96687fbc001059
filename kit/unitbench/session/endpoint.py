"""Where a session's keeper is found: its socket or card, its lock, its log, by the session's name."""

from __future__ import annotations

import os
import re
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from unitbench import runtime
from unitbench.errors import InvalidValue, SessionError
from unitbench.schema.record import record

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
UNIX, TCP = "unix", "tcp"
TRANSPORT = "UNITBENCH_TRANSPORT"
"""Environment variable: what a keeper that is started listens at, ``unix`` or ``tcp``. Views find either."""
SOCKET, CARD = ".sock", ".tcp"


@record
class Endpoint:
    """The files of one session in the runtime folder."""

    name: str
    folder: Path

    @property
    def socket(self) -> Path:
        """The Unix socket (mode 0600)."""
        return self.folder / f"{self.name}{SOCKET}"

    @property
    def card(self) -> Path:
        """Port and token of a keeper that listens on loopback TCP (mode 0600)."""
        return self.folder / f"{self.name}{CARD}"

    @property
    def lock(self) -> Path:
        """Held by the keeper for as long as it lives; its process number stands in it."""
        return self.folder / f"{self.name}.lock"

    @property
    def starting(self) -> Path:
        """Held by the view that starts a keeper."""
        return self.folder / f"{self.name}.starting"

    @property
    def log(self) -> Path:
        """What a keeper wrote to stderr."""
        return self.folder / f"{self.name}.log"

    def shut(self) -> None:
        """Nobody finds the keeper's door any more; for its keeper only, or where there is none."""
        self.socket.unlink(missing_ok=True)
        self.card.unlink(missing_ok=True)


def endpoint(name: str) -> Endpoint:
    """The files of the session of that name; raises ``InvalidValue`` for a name that cannot be one."""
    if not _NAME.fullmatch(name):
        rule = "1..32 letters, digits, dots, dashes and underlines, a letter or digit first"
        raise InvalidValue(f"'{name}' cannot be a session's name", field="session", rule=rule, hint=rule)
    found = Endpoint(name, runtime.folder("sessions"))
    if len(os.fsencode(found.socket)) > runtime.SOCKET_PATH_LIMIT:
        raise SessionError(
            f"{found.socket} is too long for a socket's name", hint="set XDG_RUNTIME_DIR to a shorter one"
        )
    return found


def names() -> list[str]:
    """The names of sessions that have a socket or a card; their keepers may be gone."""
    folder = runtime.folder("sessions")
    return sorted({path.stem for suffix in (SOCKET, CARD) for path in folder.glob(f"*{suffix}")})


def carrier() -> str:
    """What a keeper is to listen at: as ``UNITBENCH_TRANSPORT`` says, else a Unix socket where the system has them.

    Raises ``InvalidValue``.
    """
    usual = UNIX if hasattr(socket, "AF_UNIX") else TCP
    wanted = os.environ.get(TRANSPORT) or usual
    if wanted not in (usual, TCP):
        rule = f"{usual} or {TCP}" if usual != TCP else TCP
        raise InvalidValue(f"{TRANSPORT} is '{wanted}'", field=TRANSPORT, rule=rule, hint=f"it can be {rule}")
    return wanted


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock file; gives False where somebody else holds it and ``wait`` is not set."""
    with path.open("a", encoding="utf-8") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
        yield True


def holder(path: Path) -> int | None:
    """The process number that stands in a lock file; None where there is none."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


class Peer(NamedTuple):
    """Who is at the other end of a connection; None what the system does not say, as on TCP."""

    process: int | None = None
    user: int | None = None


def peer(sock: socket.socket) -> Peer:
    """The process and the user at the other end of a Unix socket."""
    if sys.platform != "linux" or sock.family != socket.AF_UNIX:
        return Peer()
    process, user, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return Peer(process or None, user)
