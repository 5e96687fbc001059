"""Bytes taken apart: leaves whose spans tile the frame, with value, meaning, fault and note."""

from __future__ import annotations

from typing import NamedTuple

from unitbench.schema.record import record
from unitbench.schema.values import Value


class Leaf(NamedTuple):
    """One piece of a frame. ``start`` is inclusive, ``end`` exclusive, both in bytes from 0."""

    name: str
    start: int
    end: int
    value: Value | None = None
    meaning: str = ""
    fault: str | None = None
    note: str | None = None
    secret: bool = False
    frame_part: bool = False


@record
class Fault:
    """What is wrong with a frame, and at which byte."""

    offset: int
    text: str
    hint: str = ""


@record
class Dissection:
    """A frame explained.

    ``fields`` are the leaves in wire order; they tile the frame. ``name`` is the command or report the frame
    carries, ``title`` a line for people, ``values`` the fields that are not framing, ``result`` what it says
    as an answer: ``ok``, ``refused`` or ``malformed``; ``code`` the refusal's code. ``lacks`` says in wire order
    what is missing, as in a frame that has only begun.
    """

    protocol: str
    raw: bytes
    name: str = ""
    title: str = ""
    direction: str = ""
    fields: tuple[Leaf, ...] = ()
    faults: tuple[Fault, ...] = ()
    code: str = ""
    likeness: float = 0.0
    lacks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """False only for a fault in framing, length, checksum or a table's range."""
        return not self.faults

    @property
    def values(self) -> dict[str, Value]:
        """The values by name, without framing."""
        return {
            leaf.name: leaf.value for leaf in self.fields if not leaf.frame_part and leaf.value is not None
        }

    @property
    def result(self) -> str:
        """``ok``, ``refused`` or ``malformed``."""
        if self.faults:
            return "malformed"
        return "refused" if self.code else "ok"

    @property
    def secret_spans(self) -> tuple[tuple[int, int], ...]:
        """Where secrets stand in ``raw``."""
        return tuple((leaf.start, leaf.end) for leaf in self.fields if leaf.secret)

    def leaf(self, name: str) -> Leaf | None:
        """The first leaf of that name."""
        return next((leaf for leaf in self.fields if leaf.name == name), None)


@record
class Edit:
    """One change to a frame: ``old`` at ``offset`` becomes ``new``; ``why`` names the damage that it undoes.

    ``cost`` is how unlikely that damage is beside others; 1 is one bit off, or one thing left out.
    """

    offset: int
    old: bytes
    new: bytes
    why: str
    cost: float = 1.0


@record
class Repair:
    """What a broken frame may have been: the edits that lead there, each made on what the one before it left, and
    the frame explained.

    A smaller ``cost`` is likelier; ``alike`` is how many other repairs are as likely. It is a guess for people;
    it is never sent by itself.
    """

    edits: tuple[Edit, ...]
    found: Dissection
    cost: float
    alike: int = 0

    @property
    def why(self) -> str:
        """The damage in words."""
        return "; ".join(edit.why for edit in self.edits)


@record
class Candidate:
    """One protocol's reading of some bytes: how well it fits (0..1), and what speaks for and against it."""

    reading: Dissection
    score: float
    reasons: tuple[str, ...]


class Builder:
    """Collects leaves while a frame is read from left to right, so that they tile it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.leaves: list[Leaf] = []
        self.faults: list[Fault] = []
        self.lacks: list[str] = []
        self.at = 0

    def add(
        self,
        name: str,
        size: int,
        value: Value | None = None,
        *,
        meaning: str = "",
        fault: str | None = None,
        note: str | None = None,
        hint: str = "",
        secret: bool = False,
        frame_part: bool = False,
    ) -> None:
        """Append a leaf of ``size`` bytes, cut to what is there."""
        start = self.at
        end = min(start + size, len(self.raw))
        self.leaves.append(Leaf(name, start, end, value, meaning, fault, note, secret, frame_part))
        if fault:
            self.faults.append(Fault(start, fault, hint))
        self.at = end

    def rest(self, name: str, fault: str, hint: str = "") -> None:
        """Whatever is left, as a leaf with a fault."""
        if self.at < len(self.raw):
            data = self.raw[self.at :]
            self.add(name, len(data), data.hex(), fault=fault, hint=hint, frame_part=True)

    def lack(self, what: str, hint: str = "") -> None:
        """Something that should stand behind the last byte and is not there: a fault."""
        self.lacks.append(what)
        self.faults.append(Fault(len(self.raw), f"{what} is missing at the end", hint))

    def fault(self, offset: int, text: str, hint: str = "") -> None:
        """A fault that belongs to the frame and not to one leaf."""
        self.faults.append(Fault(offset, text, hint))
