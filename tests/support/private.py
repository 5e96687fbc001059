"""A private environment for tests: none of a person's sessions, settings, histories or caches is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_RUNTIME_DIR": "r",
}
KEPT = {"UNITBENCH_REQUIRE_ALL", "UNITBENCH_FUZZ"}
FOREIGN = ("UNITBENCH_", "JUPYTER", "IPYTHON")
TERMINAL = "xterm-256color"
OF_A_TERMINAL = ("CLICOLOR", "COLORFGBG", "LESS", "NO_COLOR", "PAGER")
"""What people set for their terminals, and the shell heeds."""
STOP_S = 30  # a keeper logs out of every unit before it ends
_CLI = "unitbench_shell.cli"


@contextmanager
def private_environment() -> Iterator[Path]:
    """Temporary folders in place of a person's own; at the end every keeper left in them is stopped."""
    # short, because a Unix socket's path has about 100 characters and the session's name goes in as well
    root = Path(tempfile.mkdtemp(prefix="ub", dir="/tmp" if os.path.isdir("/tmp") else None))
    with ExitStack() as end:
        end.callback(shutil.rmtree, root, ignore_errors=True)
        patch = end.enter_context(pytest.MonkeyPatch.context())
        for variable in [name for name in os.environ if name.startswith(FOREIGN) and name not in KEPT]:
            patch.delenv(variable)
        for variable in OF_A_TERMINAL:
            patch.delenv(variable, raising=False)
        patch.setenv("TERM", TERMINAL)
        for variable, folder in FOLDERS.items():
            (root / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            patch.setenv(variable, str(root / folder))
        end.callback(stop_keepers, root / FOLDERS["XDG_RUNTIME_DIR"])
        yield root


def stop_keepers(runtime: Path) -> None:
    """Stop every keeper that lives in the runtime folder ``runtime``; a socket may be all that is left of one."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    for door in (*runtime.rglob("*.sock"), *runtime.rglob("*.tcp")):
        _cli("stop", door.stem, environment=environment)


def _cli(*arguments: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-m", _CLI, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=STOP_S,
        check=True,
    ).stdout
