"""The address book of this user's running simulated units. What is not in it is real.

Where there is no runtime folder to keep it in, each process knows its own sets only.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from threading import Lock

from unitbench import runtime

try:
    import fcntl
except ImportError:  # Windows: a leftover page is then believed until it is removed
    fcntl = None  # type: ignore[assignment]

NOTES, MOVED = ".notes", ".moved"
Place = tuple[str, str, int]
"""Carrier, host and port."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a simulated unit listens. ``unit`` is its short name; a broadcast endpoint has an empty one.
    ``service`` is the catalogue's name for what it has there."""

    unit: str
    protocol: str
    carrier: str
    host: str
    port: int
    mac: str = ""
    main: bool = False
    service: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What is noted of a simulated unit: how fast its clock runs, and its faults as people read them."""

    speed: float = 1.0
    faults: str = ""


class Unwritten:
    """The page of a set of this process. Where there is no runtime folder, only this process knows it."""

    folder: str | None = None

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._noted: tuple[float, dict[str, str]] = (1.0, {})
        self._list(endpoints)
        _own.append(self)

    def _list(self, endpoints: list[Endpoint]) -> None:
        self.places: dict[Place, str] = {(e.carrier, e.host, e.port): e.unit for e in endpoints}

    def note(self, speed: float, faults: Mapping[str, str]) -> None:
        """Have it known that the units' clocks run so fast, and which units have faults, by name."""
        self._noted = speed, dict(faults)

    def relist(self, endpoints: list[Endpoint]) -> None:
        """Have it known that the set listens at these places now."""
        self._list(endpoints)

    def remove(self) -> None:
        """Take the page out of the book."""
        if self in _own:
            _own.remove(self)

    def notes(self, place: Place) -> Notes:
        """What is noted of the unit there."""
        speed, faults = self._noted
        return Notes(speed, faults.get(self.places.get(place, ""), ""))


_own: list[Unwritten] = []
"""The sets of this process, which are asked for before each request: no file is read for them."""


class Entry(Unwritten):
    """One set's page in the book, held for as long as the set runs."""

    def __init__(self, block: str, endpoints: list[Endpoint]) -> None:
        name = f"{os.getpid()}-{block.replace('/', '_')}-{secrets.token_hex(4)}"
        folder = _folder()
        self.folder = str(folder)
        self.path = folder / f"{name}.json"
        self._writing = Lock()
        self._removed = False
        page = {"pid": os.getpid(), "block": block, "endpoints": [asdict(endpoint) for endpoint in endpoints]}
        # Under another name until it is held and whole: a page that nobody holds is thrown away by readers.
        draft = self.path.with_suffix(".new")
        self._file = draft.open("w", encoding="utf-8")
        if fcntl:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(json.dumps(page))
        self._file.flush()
        draft.replace(self.path)
        super().__init__(endpoints)

    def note(self, speed: float, faults: Mapping[str, str]) -> None:
        """As ``Unwritten.note``, in a file of its own: the page must stay as it is, for as long as it is held."""
        super().note(speed, faults)
        told = {"speed": speed, "faults": dict(faults)}
        draft = self.path.with_suffix(".notes-new")
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self.path.with_suffix(NOTES))

    def relist(self, endpoints: list[Endpoint]) -> None:
        """As ``Unwritten.relist``, in a file of its own as well."""
        draft = self.path.with_suffix(".moved-new")
        with self._writing:
            if not self._removed:
                super().relist(endpoints)
                told = {"endpoints": [asdict(endpoint) for endpoint in endpoints]}
                draft.write_text(json.dumps(told), encoding="utf-8")
                draft.replace(self.path.with_suffix(MOVED))

    def remove(self) -> None:
        """As ``Unwritten.remove``."""
        super().remove()
        with self._writing:
            self._removed = True
            self.path.unlink(missing_ok=True)
            for suffix in (NOTES, MOVED):
                self.path.with_suffix(suffix).unlink(missing_ok=True)
            self._file.close()


def enter(block: str, endpoints: list[Endpoint]) -> Entry | Unwritten:
    """Have it known that a set runs."""
    try:
        return Entry(block, endpoints)
    except runtime.NoFolder:
        return Unwritten(endpoints)


def _folder() -> Path:
    return runtime.folder("sims")


@cache
def _looked_in(setting: str | None) -> str:
    """The folder of the book, found and checked once for each place that the environment names."""
    return str(_folder())


def _present() -> str:
    """The folder of the book; empty where there is none."""
    try:
        return _looked_in(os.environ.get("XDG_RUNTIME_DIR"))
    except runtime.NoFolder:
        return ""


_known: dict[str, tuple[tuple[int, int], dict[Place, str]]] = {}
"""What was read, by the page's file: which file it was and when that was written, once; and the places."""


def _ours(place: Place) -> Unwritten | None:
    """The set of this process that listens there, if it is in the book that is looked into."""
    folder = _present()
    sets = (own for own in list(_own) if own.folder in (None, folder))
    return next((own for own in sets if place in own.places), None)


def has(place: Place) -> bool:
    """Whether a running set of this user listens there."""
    return _ours(place) is not None or any(place in page for _, page in _pages())


def owner(place: Place) -> str:
    """Which unit listens there, of all sets of this user; empty where none does, or a whole set does."""
    own = _ours(place)
    if own is not None:
        return f"{id(own)} {own.places[place]}" if own.places[place] else ""
    path, unit = next(((path, page[place]) for path, page in _pages() if place in page), ("", ""))
    return f"{path} {unit}" if unit else ""


def notes(place: Place) -> Notes:
    """What is noted of the simulated unit that listens there."""
    own = _ours(place)
    if own is not None:
        return own.notes(place)
    folder = _present()
    if not os.path.isdir(folder) or not any(name.endswith(NOTES) for name in os.listdir(folder)):
        return Notes()  # as nearly always, and asked before each request
    for path, page in _pages():
        if place in page:
            return _noted(path.removesuffix(".json") + NOTES, page[place])
    return Notes()


def _noted(path: str, unit: str) -> Notes:
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        return Notes(float(told["speed"]), str(told["faults"].get(unit, "")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Notes()


def endpoints() -> set[Place]:
    """Carrier, host and port of every endpoint of a running set of this user."""
    return {place for _, page in _pages() for place in page}.union(*(own.places for own in list(_own)))


def _pages() -> list[tuple[str, dict[Place, str]]]:
    """The pages whose sets run: their files, and the units by place; those of sets that were killed are thrown
    away."""
    found = []
    folder = _present()
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        if not name.endswith(".json"):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                if _abandoned(file):
                    os.unlink(path)
                    for suffix in (NOTES, MOVED):
                        with contextlib.suppress(FileNotFoundError):
                            os.unlink(path.removesuffix(".json") + suffix)
                    _known.pop(path, None)
                else:
                    found.append((path, _read(path, file)))
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return found


def _read(path: str, file: TextIOWrapper) -> dict[Place, str]:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError):
            file = stack.enter_context(open(path.removesuffix(".json") + MOVED, encoding="utf-8"))
        about = os.fstat(file.fileno())
        changed = about.st_ino, about.st_mtime_ns
        known = _known.get(path)
        if known is None or known[0] != changed:
            items = json.load(file)["endpoints"]
            page = {(e["carrier"], e["host"], e["port"]): str(e["unit"]) for e in items}
            known = _known[path] = changed, page
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
