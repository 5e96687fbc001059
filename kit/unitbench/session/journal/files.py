"""The files of a journal: the one that is written, and the parts before it. Private to their user."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from unitbench import runtime
from unitbench.errors import SessionError
from unitbench.session.journal import frames

try:
    import fcntl
except ImportError:  # Windows: the keeper's own lock is all there is
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".ubj"


class Limits(NamedTuple):
    """How much is kept of the sessions of one name: the file that is written becomes a part at ``part_bytes``, and
    the oldest parts go where there are more than ``parts`` or they have more than ``bytes`` together.

    256 MiB are some 350,000 exchanges; a part is small enough to be read whole at a start. Nothing is packed: what
    was recorded can be read by whoever has only the start of a part.
    """

    part_bytes: int = 16 * 1024 * 1024
    bytes: int = 256 * 1024 * 1024
    parts: int = 100


class InUse(SessionError):
    """Another process writes this journal."""


def journal_file(session: str) -> Path:
    """Where the journal of a keeper's session lies; raises ``NoFolder``."""
    return runtime.kept_folder() / f"{session}{SUFFIX}"


def opened(path: Path, *, new: bool = False) -> int:
    """The file, open for writing behind its end, mode 0600, ours alone. ``new``: it must not be there yet.

    Raises ``OSError``, ``InUse``.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | (os.O_EXCL if new else 0)
    number = os.open(path, flags, 0o600)
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise SessionError(f"the journal {path} is no file", hint="move it away")
        if hasattr(os, "fchmod") and stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(number, 0o600)
        if fcntl is not None:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(found, os.stat(path)):
            raise BlockingIOError
    except BaseException as error:
        os.close(number)
        if isinstance(error, BlockingIOError):
            raise InUse(f"another keeper writes the journal {path}") from None
        raise
    return number


def draft(path: Path) -> Path:
    """Where the next file is begun while ``path`` becomes a part."""
    return path.with_name(f"{path.name}.new")


def finished(path: Path) -> None:
    """Have a change of parts that a kill has interrupted come to its end."""
    begun = draft(path)
    if begun.exists():
        if path.exists() or frames.mark_of(begun.read_bytes()) is None:
            begun.unlink()
        else:
            begun.rename(path)


def parts(path: Path) -> list[Path]:
    """The parts before ``path``, oldest first."""
    numbered = []
    for found in path.parent.glob(f"{path.name}.*"):
        number = found.name.removeprefix(f"{path.name}.")
        if number.isdecimal():
            numbered.append((int(number), found))
    return [found for _, found in sorted(numbered)]


def put_by(path: Path) -> Path:
    """Make a part of the file; gives the part. Raises ``OSError``."""
    last = parts(path)[-1:]
    number = int(last[0].name.rpartition(".")[2]) + 1 if last else 1
    part = path.with_name(f"{path.name}.{number}")
    path.rename(part)
    return part


def sweep(path: Path, limits: Limits) -> None:
    """Delete the oldest parts beyond the limits."""
    room, kept = limits.bytes, 0
    for part in reversed(parts(path)):
        with contextlib.suppress(FileNotFoundError):
            room -= part.stat().st_size
            kept += 1
            if room < 0 or kept > limits.parts:
                part.unlink()
