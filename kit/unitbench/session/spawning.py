"""The start of a keeper's process, which inherits nothing that it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from unitbench.session.endpoint import Endpoint, carrier

JOURNAL, OFF = "UNITBENCH_JOURNAL", "off"
"""Environment variable: whether a keeper that is started writes a journal; only ``off`` says that it does not."""
KEPT = frozenset(
    """
    HOME LOGNAME USER USERNAME PATH LANG LANGUAGE TZ TMPDIR TEMP TMP
    UNITBENCH_JOURNAL UNITBENCH_PROTOCOLS VIRTUAL_ENV CONDA_PREFIX
    APPDATA LOCALAPPDATA PROGRAMDATA SYSTEMDRIVE SYSTEMROOT USERPROFILE WINDIR
    """.split()
)
"""What a keeper finds in its environment, if its view has it; all else, passwords and keys above all, stays behind."""
KEPT_WITH = ("LC_", "XDG_", "PYTHON", "LD_", "DYLD_")
"""The same, by how a name begins."""
PATHS = ("PYTHONPATH", "UNITBENCH_PROTOCOLS")
"""Lists of folders. A keeper stands elsewhere than its view, so they must not be relative."""


def spawned(where: Endpoint, linger_s: float | None, keep: bool) -> subprocess.Popen[bytes]:
    """Start a keeper: a session of its own for the system, no terminal, no file but its log, no folder held."""
    command = [sys.executable, "-m", "unitbench.session.keeper", where.name, "--transport", carrier()]
    if linger_s is not None:
        command += ["--linger", str(linger_s)]
    if keep:
        command.append("--keep")
    with where.log.open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment(os.environ),
            cwd=Path(where.folder.anchor),
            start_new_session=True,
            close_fds=True,
        )


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What a keeper gets of its view's environment."""
    kept = {name: value for name, value in ours.items() if name in KEPT or name.startswith(KEPT_WITH)}
    for name in PATHS:
        if name in kept:
            folders = filter(None, kept[name].split(os.pathsep))
            kept[name] = os.pathsep.join(os.path.abspath(folder) for folder in folders)
    return kept
