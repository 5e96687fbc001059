"""What stands in a journal's records, and its encoding: that which travels to views, so that there is one model."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import msgspec

from unitbench._version import __version__
from unitbench.session.journal import frames
from unitbench.session.model import Job, Unit
from unitbench.session.stream import Event

FORMAT = 1


class Head(msgspec.Struct, frozen=True):
    """Who writes from here on, and what was known then: so that what stands before it need not be read.

    ``began_ns`` is the start of the stream, which goes on over a kill (wall clock, as ``written_ns``). ``seq`` and
    ``exchange`` are the last numbers given, ``exchanges`` is how many were recorded, ``sim`` the block of the
    simulated units.
    """

    format: int
    session: str
    began_ns: int
    written_ns: int
    program: str = __version__
    seq: int = 0
    exchange: int = 0
    exchanges: int = 0
    sim: str = ""
    units: tuple[Unit, ...] = ()
    jobs: tuple[Job, ...] = ()


class Format(msgspec.Struct, frozen=True):
    """As much of a head as every version has."""

    format: int


class Seq(msgspec.Struct, frozen=True):
    """As much of an event as says where it belongs."""

    seq: int


_encoder = msgspec.msgpack.Encoder()


def first(session: str) -> Head:
    """The head of a stream that begins now."""
    now = time.time_ns()
    return Head(FORMAT, session, now, now)


def record(mark: bytes, kind: bytes, content: Event | Head | None = None) -> bytes:
    """A record as it lies in the file."""
    return frames.packed(mark, kind, _encoder.encode(content) if content is not None else b"")


def event_of(body: bytes) -> Event | None:
    """An event; None where another version has written it, which this one cannot read."""
    return _read(body, Event)  # type: ignore[no-any-return]


def seq_of(body: bytes) -> int:
    """The number of an event; -1 where it cannot be read."""
    found = _read(body, Seq)
    return found.seq if found else -1


def head_of(body: bytes) -> Head | None:
    """A head; None where this version cannot read it."""
    known = _read(body, Format)
    return _read(body, Head) if known and known.format == FORMAT else None


@cache
def _decoder(kind: type) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def _read(body: bytes, kind: type) -> Any:
    try:
        return _decoder(kind).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
