"""Protocols that people add: files in a folder, and packages that announce one.

A file is TOML and nothing in it is executed. It is looked for, with the ending ``.toml``, in the places of the
environment variable UNITBENCH_PROTOCOLS (folders or files, between them what separates paths here) and in the
folder ``protocols`` of the user's configuration of unitbench. ``schema.load`` says how it is written,
``schema.simulated`` how its simulated unit is; ``notebooks/protocols`` has one as an example. It is linted as
strictly as our own records, and refused with its line and the reason; the others are not touched by that.

A package announces an object by the entry point group ``unitbench.protocols``. Its attribute ``protocol`` is the
record; ``codec`` a ``wire.codec.Codec`` (not needed where the record has ``lines``); ``unit``, which may be left
out, makes a simulated unit: called with the unit's facts (``schema.simulated.FACTS``) it gives a ``UnitCore``.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial

from unitbench.errors import CatalogueError
from unitbench.schema.record import record
from unitbench.schema.records import Protocol

VARIABLE = "UNITBENCH_PROTOCOLS"
GROUP = "unitbench.protocols"


class ProtocolWarning(UserWarning):
    """A protocol that somebody added was refused."""


@record
class Added:
    """A protocol that was added, and where it comes from. Without ``codec`` it is a line protocol."""

    protocol: Protocol
    origin: str
    codec: object | None = None
    unit: Callable[[dict[str, str]], object] | None = None

    @property
    def simulated(self) -> bool:
        """Whether it has a simulated unit."""
        return self.unit is not None or self.protocol.simulated is not None


def load(
    ours: Callable[[], list[Protocol]], verbs: Callable[[], list[str]]
) -> tuple[dict[str, Added], list[CatalogueError]]:
    """All protocols that were added, by name, and what was refused, each told once as a warning.

    ``ours`` and ``verbs`` are called only where there is something to hold against them: who adds nothing does not
    wait for that.
    """
    found: dict[str, Added] = {}
    refused: list[CatalogueError] = []
    for one in (*_files(), *_announced()):
        try:
            added = one(verbs())
            _unlike(added, [*ours(), *(each.protocol for each in found.values())])
        except CatalogueError as error:
            refused.append(error)
            warnings.warn(ProtocolWarning(str(error)), stacklevel=2)
        else:
            found[added.protocol.name] = added
    return dict(sorted(found.items())), refused


def _unlike(added: Added, others: list[Protocol]) -> None:
    """Raises ``CatalogueError`` where a name is taken."""
    mine = added.protocol
    for other in others:
        for what, taken, name in (("name", other.name, mine.name), ("letter", other.letter, mine.letter)):
            if taken == name:
                raise CatalogueError(
                    f"{added.origin}: the {what} '{name}' is taken by {other.name} ({other.maker})",
                    hint=f"give it another {what}",
                )


def _files() -> Iterator[Callable[[list[str]], Added]]:
    for path in dict.fromkeys(os.path.realpath(path) for place in _places() for path in _in(place)):
        yield partial(_from_file, path)


def _from_file(path: str, verbs: list[str]) -> Added:
    from unitbench.catalogue.files import from_file

    return Added(from_file(path, verbs), path)


def _places() -> Iterator[str]:
    """The files and folders to look at."""
    yield from filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
    own = os.path.join(_own_folder(), "protocols")
    if os.path.isdir(own):
        yield own


def _own_folder() -> str:
    """The folder of the user's configuration. Where it is on Linux is plain, and platformdirs starts slowly."""
    if sys.platform == "linux":
        named = os.environ.get("XDG_CONFIG_HOME", "").strip()
        home = named if os.path.isabs(named) else os.path.expanduser("~/.config")  # as XDG says
        return os.path.join(home, "unitbench")
    from platformdirs import user_config_path

    return str(user_config_path("unitbench"))


def _in(place: str) -> list[str]:
    """The files of a folder; anything else is taken for a file, and told if it is none."""
    try:
        return sorted(entry.path for entry in os.scandir(place) if entry.name.endswith(".toml"))
    except OSError:
        return [place]


def _announced() -> Iterator[Callable[[list[str]], Added]]:
    """importlib.metadata is imported only where a package says that it has something: it is slow to start."""
    if any(_mentions(place) for place in sys.path):
        from unitbench.catalogue.packages import announced

        yield from announced()


def _mentions(place: str) -> bool:
    """Whether a package in that folder of ``sys.path`` announces something for us."""
    try:
        names = [name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return False
    return any(GROUP.encode() in _told(os.path.join(place, name, "entry_points.txt")) for name in names)


def _told(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""
