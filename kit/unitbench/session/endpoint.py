"""Where a session's keeper is found: its socket, its lock, its log, by the session's name."""

from __future__ import annotations

import os
import re
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from unitbench import runtime
from unitbench.errors import InvalidValue, SessionError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The files of one session in the runtime folder."""

    name: str
    folder: Path

    @property
    def socket(self) -> Path:
        """The Unix socket (mode 0600)."""
        return self.folder / f"{self.name}.sock"

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
    """The names of sessions that have a socket; their keepers may be gone."""
    return sorted(path.stem for path in runtime.folder("sessions").glob("*.sock"))


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
    """Who is at the other end of a Unix socket; None what the system does not say."""

    process: int | None = None
    user: int | None = None


def peer(sock: socket.socket) -> Peer:
    """The process and the user at the other end of a Unix socket."""
    if sys.platform != "linux":
        return Peer()
    process, user, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return Peer(process or None, user)
