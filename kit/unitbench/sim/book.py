"""The address book of this user's running simulated units. What is not in it is real."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from functools import cache
from io import TextIOWrapper
from pathlib import Path

from unitbench import runtime

try:
    import fcntl
except ImportError:  # Windows: a leftover page is then believed until it is removed
    fcntl = None  # type: ignore[assignment]

Place = tuple[str, str, int]
"""Carrier, host and port."""


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
        name = f"{os.getpid()}-{block.replace('/', '_')}-{secrets.token_hex(4)}"
        self.path = _folder() / f"{name}.json"
        page = {"pid": os.getpid(), "block": block, "endpoints": [asdict(endpoint) for endpoint in endpoints]}
        # Under another name until it is held and whole: a page that nobody holds is thrown away by readers.
        draft = self.path.with_suffix(".new")
        self._file = draft.open("w", encoding="utf-8")
        if fcntl:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(json.dumps(page))
        self._file.flush()
        draft.replace(self.path)

    def remove(self) -> None:
        """Take the page out of the book."""
        self.path.unlink(missing_ok=True)
        self._file.close()


def _folder() -> Path:
    return runtime.folder("sims")


@cache
def _looked_in(setting: str | None) -> str:
    """The folder of the book, found and checked once for each place that the environment names."""
    return str(_folder())


_known: dict[str, tuple[int, frozenset[Place]]] = {}
"""What was read, by the page's file and the time of its last change; a page is written once."""


def has(place: Place) -> bool:
    """Whether a running set of this user listens there."""
    return any(place in page for page in _pages())


def endpoints() -> set[Place]:
    """Carrier, host and port of every endpoint of a running set of this user."""
    return set().union(*_pages())


def _pages() -> list[frozenset[Place]]:
    """The pages whose sets run; those of sets that were killed are thrown away."""
    found = []
    folder = _looked_in(os.environ.get("XDG_RUNTIME_DIR"))
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        if not name.endswith(".json"):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                if _abandoned(file):
                    os.unlink(path)
                    _known.pop(path, None)
                else:
                    found.append(_read(path, file))
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return found


def _read(path: str, file: TextIOWrapper) -> frozenset[Place]:
    changed = os.fstat(file.fileno()).st_mtime_ns
    known = _known.get(path)
    if known is None or known[0] != changed:
        items = json.load(file)["endpoints"]
        known = _known[path] = changed, frozenset((e["carrier"], e["host"], e["port"]) for e in items)
    return known[1]


def _abandoned(file: TextIOWrapper) -> bool:
    """Whether nobody holds the page any more: its set was killed. Two may look at the same time."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
