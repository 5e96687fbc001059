"""The user's runtime folder: sockets, locks, the address book of simulated units. Private to the user."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from platformdirs import user_runtime_path

from unitbench.errors import SessionError

SOCKET_PATH_LIMIT = 100
"""Bytes that a Unix socket's path may have, with some room (Linux 108, macOS 104)."""
LONGEST_BELOW = 48
"""Of these, what a session's socket needs below the runtime folder."""


def folder(*below: str) -> Path:
    """The runtime folder, or a folder below it, made with mode 0700 if it is not there.

    Raises ``SessionError`` where it cannot be made or belongs to somebody else.
    """
    root = _root()
    if len(os.fsencode(root)) > SOCKET_PATH_LIMIT - LONGEST_BELOW:
        short = sha256(os.fsencode(root)).hexdigest()[:12]
        root = Path(tempfile.gettempdir()) / f"unitbench-{short}"
    return _private(_private(root).joinpath(*below)) if below else _private(root)


def _root() -> Path:
    """Where the system keeps such folders; where it has no place for them, one of ours in the folder for
    temporary files, which only its owner can rename."""
    if (
        sys.platform == "linux"
        and not os.environ.get("XDG_RUNTIME_DIR")
        and not Path(f"/run/user/{os.getuid()}").is_dir()
    ):
        return Path(tempfile.gettempdir()) / f"unitbench-{os.getuid()}"
    return user_runtime_path("unitbench")


def _private(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise SessionError(
            f"the runtime folder {path} cannot be made: {error.strerror}",
            hint="set XDG_RUNTIME_DIR to a folder of yours",
        ) from None
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode)):
        raise SessionError(
            f"the runtime folder {path} is not yours", hint="set XDG_RUNTIME_DIR to a folder of yours"
        )
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path
