"""``python -m tests.pictures``: takes the README's pictures anew, from the real thing."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.pictures import notebook, terminal

FOLDER = Path(__file__).parents[2] / "notebooks" / "pictures"


def main() -> int:
    """Record the terminal, then the notebook."""
    FOLDER.mkdir(exist_ok=True)
    terminal.record(FOLDER / "terminal.svg")
    notebook.take(FOLDER / "tour.png")
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
