"""Bytes taken apart: leaves whose spans tile the frame, with value, meaning, fault and note."""

from __future__ import annotations

from dataclasses import dataclass, field

from unitbench.schema.values import Value


@dataclass(frozen=True, slots=True)
class Leaf:
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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a frame, and at which byte."""

    offset: int
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Dissection:
    """A frame explained.

    ``fields`` are the leaves in wire order; they tile the frame. ``name`` is the command or report the frame
    carries, ``title`` a line for people, ``values`` the fields that are not framing, ``result`` what it says
    as an answer: ``ok``, ``refused`` or ``malformed``; ``code`` the refusal's code.
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


@dataclass
class Builder:
    """Collects leaves while a frame is read from left to right, so that they tile it."""

    raw: bytes
    leaves: list[Leaf] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    at: int = 0

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
        end = min(self.at + size, len(self.raw))
        self.leaves.append(Leaf(name, self.at, end, value, meaning, fault, note, secret, frame_part))
        if fault:
            self.faults.append(Fault(self.at, fault, hint))
        self.at = end

    def rest(self, name: str, fault: str, hint: str = "") -> None:
        """Whatever is left, as a leaf with a fault."""
        if self.at < len(self.raw):
            data = self.raw[self.at :]
            self.add(name, len(data), data.hex(), fault=fault, hint=hint, frame_part=True)

    def fault(self, offset: int, text: str, hint: str = "") -> None:
        """A fault that belongs to the frame and not to one leaf."""
        self.faults.append(Fault(offset, text, hint))
