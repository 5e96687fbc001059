"""The user's private folders: for what lives as long as a process (sockets, locks, the address book of simulated
units), and for what is kept (journals, histories)."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from unitbench.errors import SessionError

SOCKET_PATH_LIMIT = 100
"""Bytes that a Unix socket's path may have, with some room (Linux 108, macOS 104)."""
LONGEST_BELOW = 48
"""Of these, what a session's socket needs below the runtime folder."""
MEND = "set XDG_RUNTIME_DIR to a folder of yours"


class NoFolder(SessionError):
    """There is no such folder that can be used."""


def folder(*below: str) -> Path:
    """The runtime folder, or a folder below it, made with mode 0700 if it is not there.

    Raises ``NoFolder`` where it cannot be made or written, or belongs to somebody else.
    """
    root = _root()
    if len(os.fsencode(root)) > SOCKET_PATH_LIMIT - LONGEST_BELOW:
        from hashlib import sha256

        root = _temporary(sha256(os.fsencode(root)).hexdigest()[:12])
    return _private(_private(root).joinpath(*below)) if below else _private(root)


def named_folder(variable: str) -> str:
    """The folder that an XDG variable names; empty where it names none. A relative path is none, as the XDG Base
    Directory Specification says: a keeper and its views are in different folders."""
    named = os.environ.get(variable, "").strip()
    return named if os.path.isabs(named) else ""


def kept() -> Path:
    """The folder of what is kept; it need not be there. Where it is on Linux is plain, and platformdirs starts
    slowly."""
    if sys.platform == "linux":
        return Path(named_folder("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")) / "unitbench"
    from platformdirs import user_state_path

    return user_state_path("unitbench")


def from_home(path: str) -> str:
    """A path as people write it: ``~`` for their home."""
    home = os.path.expanduser("~")
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}{os.sep}") else path


def kept_folder() -> Path:
    """The same, made with mode 0700 if it is not there. Its owner may have laid it elsewhere by a link.

    Raises ``NoFolder`` where it cannot be made or written, or belongs to somebody else.
    """
    return _private(Path(os.path.realpath(kept())), "state", "set XDG_STATE_HOME to a folder of yours")


def _root() -> Path:
    """Where the system keeps such folders; where it has no place for them, one of ours in the folder for
    temporary files, which only its owner can rename."""
    if sys.platform != "linux":
        from platformdirs import user_runtime_path

        return user_runtime_path("unitbench")
    # platformdirs would go elsewhere without a word where the folder that is named cannot be written.
    named, usual = named_folder("XDG_RUNTIME_DIR"), Path(f"/run/user/{os.getuid()}")
    if named:
        return Path(named) / "unitbench"
    return usual / "unitbench" if usual.is_dir() else _temporary(str(os.getuid()))


def _temporary(name: str) -> Path:
    import tempfile  # slow to import, and mostly not needed

    try:
        return Path(tempfile.gettempdir()) / f"unitbench-{name}"
    except FileNotFoundError as error:
        raise NoFolder(f"there is no folder for temporary files: {error.strerror}", hint=MEND) from None


def _private(path: Path, what: str = "runtime", mend: str = MEND) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        if mine and stat.S_ISDIR(found.st_mode) and found.st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise NoFolder(f"the {what} folder {path} cannot be made: {error.strerror}", hint=mend) from None
    if not (mine and stat.S_ISDIR(found.st_mode)):
        raise NoFolder(f"the {what} folder {path} is not yours", hint=mend)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise NoFolder(f"the {what} folder {path} cannot be written", hint=mend)
    return path
