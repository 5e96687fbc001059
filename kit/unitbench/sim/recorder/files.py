"""What a simulated recorder has recorded: a private folder, made when somebody first looks."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

ACCOUNT, PASSWORD = "recorder", "logger"
"""The FTP account of every simulated recorder."""
ROWS = {"DATA/REC0001.CSV": 60, "DATA/REC0002.CSV": 600, "DATA/REC0003.CSV": 6000}
"""The recordings, with their rows."""


class Files:
    """The folder of one recorder; it goes with it."""

    def __init__(self, model: str, serial: str) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._about = f"{model}, serial number {serial}: a simulated recorder. Recordings are in DATA.\n"

    @property
    def root(self) -> Path:
        """The folder, filled."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="unitbench-recorder-")
            root = Path(self._folder.name)
            (root / "DATA").mkdir()
            (root / "README.TXT").write_text(self._about, encoding="ascii")
            for name, rows in ROWS.items():
                (root / name).write_text(_recording(rows), encoding="ascii", newline="\r\n")
        return Path(self._folder.name)

    def listed(self) -> list[str]:
        """The names of all files, with their folders."""
        root = self.root
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _recording(rows: int) -> str:
    lines = ["Number,Time s,CH1 V,CH2 degC"]
    for row in range(rows):
        lines.append(f"{row + 1},{row},{math.sin(row / 20):+.4f},{22 + math.cos(row / 150):.2f}")
    return "\n".join(lines) + "\n"
