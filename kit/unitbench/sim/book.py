"""The address book of this user's running simulated units. What is not in it is real."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from unitbench import runtime

try:
    import fcntl
except ImportError:  # Windows: a leftover entry is then found by its process only
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a simulated unit listens. ``unit`` is its short name; a broadcast endpoint has an empty one."""

    unit: str
    protocol: str
    carrier: str
    host: str
    port: int
    mac: str = ""
    main: bool = False


class Entry:
    """One set's page in the book, held for as long as the set runs."""

    def __init__(self, block: str, endpoints: list[Endpoint]) -> None:
        self.path = _folder() / f"{os.getpid()}-{block.replace('/', '_')}.json"
        page = {"pid": os.getpid(), "block": block, "endpoints": [asdict(endpoint) for endpoint in endpoints]}
        self._file: IO[str] = self.path.open("w", encoding="utf-8")
        if fcntl:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(json.dumps(page))
        self._file.flush()

    def remove(self) -> None:
        """Take the page out of the book."""
        self.path.unlink(missing_ok=True)
        self._file.close()


def _folder() -> Path:
    return runtime.folder("sims")


def endpoints() -> set[tuple[str, str, int]]:
    """Carrier, host and port of every endpoint of a running set of this user."""
    found: set[tuple[str, str, int]] = set()
    for path in _folder().glob("*.json"):
        try:
            with path.open("r", encoding="utf-8") as file:
                if _abandoned(file):
                    path.unlink(missing_ok=True)
                    continue
                page = json.load(file)
        except (OSError, ValueError):
            continue
        found |= {(item["carrier"], item["host"], item["port"]) for item in page["endpoints"]}
    return found


def _abandoned(file: TextIOWrapper) -> bool:
    """Whether nobody holds the page any more: its set was killed."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
