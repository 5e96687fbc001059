"""What a broken frame may have been: edits are tried, each result taken apart, and the best of them ranked.

Nothing here knows a protocol: its codec says by ``mends`` what is typical of it, and by ``dissect`` what is a
frame. The work is bounded whatever the bytes are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unitbench import catalogue
from unitbench.schema.dissection import Dissection, Edit, Repair
from unitbench.schema.record import replace
from unitbench.schema.records import Role
from unitbench.wire import codec_of, mends
from unitbench.wire.codec import Codec

LONGEST = 2048
"""Bytes of the longest frame that is looked at."""
TRIES = 3000
"""Frames taken apart for one repair at most."""
EFFORT = 400_000
"""Bytes taken apart for one repair at most."""
DENSE = 300
"""Bytes of the longest frame of which every byte is tried."""
FITS = 0.5
"""How much a result must look like a frame of the protocol (0..1)."""
SHOWN = 5
UNTOLD = 40
"""Bytes that are tried of a text that has no fault but is nothing known either."""
FAR = 1.0
"""What costs more than the best by this is not worth a word."""
PAIRED = 1.4
"""Only edits as cheap as this are tried in pairs."""


def repairs(data: bytes, protocol: str) -> tuple[Repair, ...]:
    """The likeliest frames of a protocol that ``data`` may have been, best first; at most ``SHOWN``.

    Empty where the bytes are a frame already, and where no edit or pair of edits makes one of them.
    """
    codec = codec_of(protocol)
    if not data or len(data) > LONGEST:
        return ()
    search = _Search(codec)
    broken = codec.dissect(data)
    if search.good(broken):
        return ()
    simple = [*codec.mends(data), *mends.common(data)]
    for edit in (*simple, *mends.stray(data), *_positional(data, broken)):
        search.try_edits(data, (edit,))
    if not search.cheapest <= 1.0:
        for first in sorted((edit for edit in simple if edit.cost <= PAIRED), key=lambda edit: edit.cost):
            once = applied(data, first)
            for second in (*codec.mends(once), *mends.common(once)):
                if second.cost <= PAIRED:
                    search.try_edits(data, (first, second), once)
    return search.ranked()


def applied(data: bytes, edit: Edit) -> bytes:
    """The bytes with one edit made."""
    return data[: edit.offset] + edit.new + data[edit.offset + len(edit.old) :]


class _Search:
    """Tries edits until the bounds are reached, and keeps what made a frame."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._record = catalogue.protocol(codec.name)
        self._seen: set[bytes] = set()
        self._found: dict[bytes, Repair] = {}
        self._effort = 0

    def good(self, found: Dissection) -> bool:
        """Whether bytes are a whole frame that the catalogue knows."""
        if not found.ok or found.likeness < FITS:
            return False
        if found.direction == Role.UNIT.value:
            return self._record.report(found.name) is not None
        return all(self._record.command(name) for name in found.name.split("|"))

    @property
    def cheapest(self) -> float:
        """The cost of the likeliest repair so far; without one it is infinite."""
        return min((repair.cost for repair in self._found.values()), default=float("inf"))

    def try_edits(self, data: bytes, edits: tuple[Edit, ...], once: bytes | None = None) -> None:
        """Make the edits (all but the last are already made in ``once``), and keep a frame that comes of it."""
        result = applied(data if once is None else once, edits[-1])
        cost = sum(edit.cost for edit in edits)
        kept = self._found.get(result)
        if kept is not None and cost < kept.cost - _oddness(kept.found):
            self._found[result] = Repair(edits, kept.found, cost + _oddness(kept.found))
        if result in self._seen or result == data or not result:
            return
        if len(self._seen) >= TRIES or self._effort > EFFORT:
            return
        self._seen.add(result)
        self._effort += len(result)
        found = self._codec.dissect(result)
        if self.good(found):
            self._found[result] = Repair(edits, found, cost + _oddness(found))

    def ranked(self) -> tuple[Repair, ...]:
        """The likeliest first."""
        found = sorted(self._found.values(), key=lambda item: (item.cost, item.edits[0].offset))
        near = [item for item in found if item.cost <= self.cheapest + FAR]
        return tuple(replace(item, alike=_alike(item, found)) for item in near[:SHOWN])


def _alike(one: Repair, found: list[Repair]) -> int:
    return sum(abs(other.cost - one.cost) < 0.01 for other in found) - 1


def _oddness(found: Dissection) -> float:
    """What speaks against a frame although it has no fault: notes, and what it lacks."""
    notes = sum(leaf.note is not None for leaf in found.fields)
    return round(0.5 * notes + 0.5 * len(found.lacks) + (1 - found.likeness), 3)


def _positional(data: bytes, broken: Dissection) -> Iterator[Edit]:
    """One bit or one byte, anywhere where a checksum covers the frame, else only where the fault is.

    In a frame that is right as far as it goes there is none: what is missing is the fault.
    """
    if broken.lacks and all(fault.offset >= len(data) for fault in broken.faults):
        return
    everywhere = broken.leaf("checksum") is not None and len(data) <= DENSE
    places = list(range(len(data))) if everywhere else _faulty(data, broken)
    yield from mends.flips(data, places)
    yield from mends.drops(data, places)


def _faulty(data: bytes, broken: Dissection) -> list[int]:
    """The bytes of leaves with a fault, and those beside a fault."""
    found: set[int] = set() if broken.faults else set(range(min(len(data), UNTOLD)))
    spans: Iterable[tuple[int, int]] = [(leaf.start, leaf.end) for leaf in broken.fields if leaf.fault]
    for start, end in (*spans, *((fault.offset - 1, fault.offset + 1) for fault in broken.faults)):
        found.update(range(max(0, start), min(end, len(data))))
    return sorted(found)[:DENSE]
