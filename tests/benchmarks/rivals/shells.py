"""Other shells with menus, each in a virtual environment of its own that is thrown away afterwards."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = ("ipython", "ptpython", "litecli")


@contextmanager
def installed() -> Iterator[Path | None]:
    """The folder with their commands; None, and a word about it, where they cannot be had."""
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        venv.create(folder, with_pip=True)
        bin_folder = Path(folder) / "bin"
        done = subprocess.run(
            [bin_folder / "python", "-m", "pip", "install", "--quiet", *PACKAGES],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"without {', '.join(PACKAGES)}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        yield None if done.returncode else bin_folder
