"""Protocols that installed packages announce by an entry point."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from unitbench.catalogue.loading import GROUP, Added
from unitbench.errors import CatalogueError
from unitbench.schema.linelint import line_flaws
from unitbench.schema.lint import flaws
from unitbench.schema.records import Protocol

CODEC = ("encode", "framer", "dissect", "answers")
"""What a codec of a package must at least have."""


def announced() -> Iterator[Callable[[list[str]], Added]]:
    """What gives each of them, when it is called with the words that are ours."""
    for point in entry_points(group=GROUP):
        origin = f"package {point.dist.name}" if point.dist else point.value
        yield partial(_loaded, point, f"{origin}, entry point {point.name}")


def _loaded(point: EntryPoint, origin: str, verbs: Collection[str]) -> Added:
    """The object of an entry point, looked over. Whatever a stranger's code raises is told and no more."""
    try:
        given = point.load()
        protocol = given.protocol
    except (Exception, SystemExit) as error:
        raise CatalogueError(f"{origin}: cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(protocol, Protocol):
        raise CatalogueError(f"{origin}: protocol is no unitbench.schema.records.Protocol")
    codec, unit = getattr(given, "codec", None), getattr(given, "unit", None)
    found = list(flaws(protocol, manuals=(), verbs=verbs))
    if not found and (codec is None or protocol.simulated is not None):
        found = list(line_flaws(protocol))
    if found:
        where = ".".join(map(str, found[0].at))
        raise CatalogueError(f"{origin}: {where + ': ' if where else ''}{found[0].text}")
    if codec is not None and not all(callable(getattr(codec, name, None)) for name in CODEC):
        raise CatalogueError(f"{origin}: codec is no unitbench.wire.codec.Codec: it needs {', '.join(CODEC)}")
    if unit is not None and not callable(unit):
        raise CatalogueError(f"{origin}: unit cannot be called")
    return Added(protocol, origin, codec, unit)
