"""A frame under edit: bytes and fields that follow each other, with a way back. Nothing here is ever sent."""

from __future__ import annotations

from functools import lru_cache

from unitbench.errors import InvalidValue, UsageError
from unitbench.offline import guarded
from unitbench.schema.dissection import Dissection, Leaf, Repair
from unitbench.schema.printable import MASK, masked
from unitbench.schema.records import Command, Request, Role
from unitbench.schema.values import Counted, CountedList, Value
from unitbench.widgets.notation import fields_of, records_of, way_of
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec
from unitbench.wire.repair import applied, repairs

KEPT = 200
"""Edits that can be undone."""
LONGEST = 65_536
"""Bytes of the longest frame that an edit may leave."""
STEPS = 8
"""Computed bytes that are mended one after the other at most."""


class Draft:
    """One frame: who sent it, what it is now, and what it was. Its secrets are three stars from the start on."""

    def __init__(self, data: bytes, protocol: str, role: Role | None, by: str = "") -> None:
        self.by = by
        self._codec = codec_of(protocol)
        self._role = role
        self._past: list[bytes] = []
        self.found = self._taken(data)
        self.original = self.found.raw

    @property
    def raw(self) -> bytes:
        """The bytes as they are now."""
        return self.found.raw

    @property
    def changed(self) -> bool:
        """Whether they are not the original ones."""
        return self.raw != self.original

    @property
    def undoable(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._past)

    def _taken(self, data: bytes) -> Dissection:
        """The bytes taken apart; what is secret is masked before anything else sees it."""
        found = guarded(self._codec.dissect(data, self._role))
        if not found.secret_spans:
            return found
        return self._codec.dissect(masked(data, found.secret_spans), self._role)

    def _become(self, data: bytes) -> None:
        if data == self.raw:
            return
        if len(data) > LONGEST:
            raise InvalidValue(f"a frame of {len(data)} bytes is too long: at most {LONGEST}")
        self._past = [*self._past, self.raw][-KEPT:]
        self.found = self._taken(data)

    def index(self, field: str) -> int:
        """Where the first leaf of that name is; raises ``InvalidValue``."""
        names = [leaf.name for leaf in self.found.fields]
        if field not in names:
            known = ", ".join(dict.fromkeys(names))
            raise InvalidValue(f"this frame has no field '{field}'", field=field, hint=f"it has {known}")
        return names.index(field)

    # -- edits

    def splice(self, start: int, end: int, new: bytes) -> None:
        """Put ``new`` in place of bytes ``start`` (inclusive) to ``end`` (exclusive); raises ``InvalidValue``."""
        if not 0 <= start <= end <= len(self.raw):
            raise InvalidValue(f"the frame has no bytes {start} to {end}: it has {len(self.raw)}")
        for first, last in self.found.secret_spans:
            if start < last and end > first:
                raise InvalidValue(f"byte {start}: a secret stays {MASK} and cannot be edited")
        self._become(self.raw[:start] + new + self.raw[end:])

    def put(self, index: int, typed: str) -> None:
        """Give the leaf of that number another value; raises ``UsageError``.

        A good request of the catalogue is encoded again, with all that is computed. Of any other frame only the
        bytes of this value change.
        """
        leaf = self.found.fields[index]
        way = way_of(self.found, leaf)
        value = way.value(typed)
        again = self._encoded(leaf, value) if way.field is not None else None
        if again is None:
            again = self.raw[: leaf.start] + way.bytes_of(value) + self.raw[leaf.end :]
        self._become(again)

    def _encoded(self, leaf: Leaf, value: Value) -> bytes | None:
        """The request with one value replaced; None where the frame is none that its codec would send."""
        records = records_of(self.found)
        if not self.found.ok or len(records) != 1 or not isinstance(records[0], Command):
            return None
        values = {
            field.name: there.value
            for field in records[0].args
            if (there := self.found.leaf(field.name)) is not None and there.value is not None
        }
        request = Request(self._codec.name, records[0].name, tuple(values.items()))
        try:
            if self._codec.encode(request) != self.raw:
                return None
        except UsageError:
            return None
        return self._codec.encode(request.having(**{leaf.name: value}))

    def undo(self) -> None:
        """Take the last edit back."""
        if self._past:
            self.found = self._taken(self._past.pop())

    def reset(self) -> None:
        """Go back to the original; that, too, can be undone."""
        self._become(self.original)

    # -- what follows from the rest

    @property
    def computed(self) -> bool:
        """Whether the frame has a length, a count or a checksum."""
        names = {*FRAMING, *_counts(self.found)}
        return any(leaf.name in names for leaf in self.found.fields)

    def mended(self) -> bytes:
        """The bytes with lengths, counts and checksum as the rest of them says."""
        data = self.raw
        for _ in range(STEPS if self.computed else 0):
            data, before = _mended_once(self._codec, data, self._role), data
            if data == before:
                break
        return data

    def mend(self) -> None:
        """Make lengths, counts and checksum agree with the rest."""
        self._become(self.mended())

    def likeliest(self) -> Repair | None:
        """What the frame has most likely been, where it is broken."""
        return None if self.found.ok else _likeliest(self.raw, self._codec.name)

    def repair(self) -> None:
        """Become that."""
        found = self.likeliest()
        if found is not None:
            self._become(found.found.raw)


FRAMING = ("length", "checksum")


@lru_cache(maxsize=64)
def _likeliest(data: bytes, protocol: str) -> Repair | None:
    return next(iter(repairs(data, protocol)), None)


def _counts(found: Dissection) -> dict[str, str]:
    """The counted fields by the names of their counts."""
    kinds = ((field.type, field.name) for field in fields_of(found))
    return {kind.count_name: name for kind, name in kinds if isinstance(kind, (Counted, CountedList))}


def _mended_once(codec: Codec, data: bytes, role: Role | None) -> bytes:
    """The bytes with the first computed value put right that is wrong: length, then counts, then checksum."""
    found = codec.dissect(data, role)
    length, checksum = (_framing(codec, found, name) for name in FRAMING)
    return next((new for new in (length, _counted(found), checksum) if new is not None), data)


def _framing(codec: Codec, found: Dissection, name: str) -> bytes | None:
    leaf = found.leaf(name)
    if leaf is None:
        return None
    for edit in codec.mends(found.raw):
        there = (edit.offset, edit.offset + len(edit.old)) == (leaf.start, leaf.end)
        if there and len(edit.new) == len(edit.old) and edit.new != edit.old:
            return applied(found.raw, edit)
    return None


def _counted(found: Dissection) -> bytes | None:
    leaves = found.fields
    for index, leaf in enumerate(leaves):
        name = _counts(found).get(leaf.name)
        if name is None or leaf.end - leaf.start != 1:
            continue
        there = 0
        for behind in leaves[index + 1 :]:
            if behind.name not in (name, "extra"):
                break
            there += behind.end - behind.start
        if there <= 255 and there != found.raw[leaf.start]:
            return found.raw[: leaf.start] + bytes([there]) + found.raw[leaf.end :]
    return None
