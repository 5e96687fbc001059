"""What a journal holds of a session whose keeper was killed: read back before the next one begins."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import msgspec

from unitbench._version import __version__
from unitbench.schema.record import record
from unitbench.session.journal import files, frames, records
from unitbench.session.journal.frames import Damage, Found
from unitbench.session.journal.records import Head
from unitbench.session.stream import Event


@record
class Past:
    """``head`` is what a head at the end would be; ``events`` the newest, oldest first. ``mark`` and ``size``: the
    file's, the latter up to the end of the last whole record; ``damaged``: what could not be read before that.
    ``ended``: the session ended in order. ``ours``: this version may write on behind it."""

    head: Head
    events: tuple[Event, ...]
    mark: bytes
    size: int
    damaged: tuple[str, ...]
    ended: bool
    ours: bool


def blank(path: Path) -> bool:
    """Whether a file has nothing but the beginning of a first record, as a kill may leave it."""
    data = path.read_bytes()
    begun = frames.MAGIC.startswith(data[: len(frames.MAGIC)]) and len(data) < frames.START
    entries = list(frames.scan(data)) if not begun else []
    return begun or (
        frames.mark_of(data) is not None and all(isinstance(e, Damage) and e.torn for e in entries)
    )


def read(path: Path, most: int) -> Past | None:
    """What is in a file and, up to ``most`` events, in the parts before it; None where it is no journal, or one that
    this version cannot read. Raises ``OSError``."""
    data = path.read_bytes()
    entries = list(frames.scan(data))
    whole = [entry for entry in entries if isinstance(entry, Found)]
    heads = [head for entry in whole if entry.kind == frames.HEAD if (head := records.head_of(entry.body))]
    if len(heads) != sum(entry.kind == frames.HEAD for entry in whole):
        return None
    kept: deque[Event] = deque(maxlen=most)
    head = _followed(whole, heads, kept)
    if head is None:
        return None
    before = _before(path, head.began_ns, most - len(kept)) if heads else []
    return Past(
        head,
        (*before, *kept),
        data[len(frames.MAGIC) : frames.START],
        whole[-1].end,
        _damaged(path, entries),
        whole[-1].kind == frames.END,
        bool(heads) and heads[-1].program == __version__,
    )


def _followed(whole: list[Found], heads: list[Head], kept: deque[Event]) -> Head | None:
    """What was known at the end: the last head, brought up to date by the events behind it. Where the only head is
    among what is damaged, the events alone tell."""
    head: Head | None = None
    units, jobs = {}, {}
    following = iter(heads)
    for entry in whole:
        if entry.kind == frames.HEAD:
            head = next(following)
            units, jobs = {unit.name: unit for unit in head.units}, {job.id: job for job in head.jobs}
        event = records.event_of(entry.body) if entry.kind == frames.EVENT else None
        if event is None:
            continue
        kept.append(event)
        if head is None:
            session = event.exchange.session if event.exchange else ""
            head = Head(records.FORMAT, session, event.t_ns, event.t_ns)
        if event.unit is not None and event.kind == "unit":
            units[event.unit.name] = event.unit
        if event.job is not None:
            jobs[event.job.id] = event.job
        head = msgspec.structs.replace(
            head,
            seq=event.seq,
            exchange=max(head.exchange, event.exchange.id if event.exchange else 0),
            exchanges=head.exchanges + (event.exchange is not None),
            sim=event.sim or head.sim,
        )
    known = {"units": tuple(units.values()), "jobs": tuple(jobs.values())}
    return msgspec.structs.replace(head, **known) if head else None


def _damaged(path: Path, entries: list[Found | Damage]) -> tuple[str, ...]:
    """Where a file cannot be read; the beginning of a record at its end is only what a kill leaves."""
    places = [(entry.at, entry.end - 1) for entry in entries if isinstance(entry, Damage) and not entry.torn]
    places += [
        (entry.at, entry.end - 1)
        for entry in entries
        if isinstance(entry, Found) and entry.kind == frames.EVENT and records.event_of(entry.body) is None
    ]
    return tuple(f"bytes {first} to {last} of {path}" for first, last in sorted(places))


def _before(path: Path, began_ns: int, most: int) -> list[Event]:
    """The newest events of the parts before a file, of the same stream."""
    found: list[Event] = []
    for part in reversed(files.parts(path)):
        if len(found) >= most:
            break
        whole = [entry for entry in frames.scan(part.read_bytes()) if isinstance(entry, Found)]
        first = records.head_of(whole[0].body) if whole and whole[0].kind == frames.HEAD else None
        if first is None:  # somebody has cut it short, or it is none of ours
            continue
        if first.began_ns != began_ns:
            break
        bodies = [entry.body for entry in whole if entry.kind == frames.EVENT]
        events = [records.event_of(body) for body in bodies[len(found) - most :]]
        found = [event for event in events if event is not None] + found
    return found
