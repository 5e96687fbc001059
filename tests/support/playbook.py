"""Playbooks: a core's conversation, written so that it reads like the wire. Time is a number that a test moves.

``HostPlay`` holds our host core and plays the unit by hand; ``UnitPlay`` holds a unit core and plays the host;
``Bench`` lets our host core talk to unit cores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from tests.support.golden import frame
from unitbench.line.parse import parse
from unitbench.schema.records import Request
from unitbench.schema.values import Value
from unitbench.wire import codec_of
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.host import Answered, Event, Garbled, Heard, HostCore, Peer, Settled, Unasked
from unitbench.wire.kramer.unit import KramerUnit
from unitbench.wire.qstation.unit import QstationState, QstationUnit
from unitbench.wire.unit import UnitCore

UNIT = ("127.0.0.1", 5000)
HOST = ("127.0.0.1", 40001)
OTHER = ("127.0.0.1", 40002)


def request(line: str) -> Request:
    """The request that a complete line spells."""
    (statement,) = parse(line).statements
    assert statement.request is not None, f"{line}: {statement.error or statement.lacking}"
    return statement.request


def qstation(number: int = 1, delay: float = 0.0) -> QstationUnit:
    """The n-th Q.station, with the record of the manuals' text and a MAC of its own."""
    ident: dict[str, Value] = {**frame("E2").fields, "maa": f"02:00:00:00:00:3{number}"}
    return QstationUnit(QstationState(ident), reply_delay_s=delay)


def unit_of(protocol: str) -> UnitCore:
    """A unit that speaks a protocol."""
    if protocol == "qstation":
        return qstation()
    return KramerUnit() if protocol == "kramer" else DcolUnit()


def as_bytes(data: bytes | str) -> bytes:
    """Bytes as they are; text as Latin-1."""
    return data.encode("latin-1") if isinstance(data, str) else data


class HostPlay:
    """Our end, with a unit played by hand. Events and bytes must be named in their order, and all of them."""

    def __init__(self, protocol: str, *, datagrams: bool = False) -> None:
        self.core = HostCore(codec_of(protocol), datagrams=datagrams)
        self.now = 0.0

    def ask(
        self,
        line: str,
        *,
        to: Peer | None = None,
        window_s: float | None = None,
        collect: int | None = None,
    ) -> Self:
        """Our side asks."""
        self.core.ask(request(line), self.now, to=to, window_s=window_s, collect=collect)
        return self

    def raw(self, data: bytes | str, window_s: float = 1.0) -> Self:
        """Our side sends bytes as they are."""
        self.core.send(as_bytes(data), self.now, window_s=window_s)
        return self

    def out(self, *wanted: bytes | str) -> Self:
        """Exactly these bytes leave."""
        assert [item.data for item in self.core.outgoing()] == [as_bytes(data) for data in wanted]
        return self

    def hears(self, data: bytes | str, peer: Peer = UNIT) -> Self:
        """Bytes of a unit arrive, stamped with the time."""
        self.core.receive(as_bytes(data), peer, self.now, self.now)
        return self

    def wait(self, seconds: float) -> Self:
        """Time passes; the core is woken when it wants to be."""
        end = self.now + seconds
        while (due := self.core.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.core.tick(self.now)
        self.now = end
        return self

    def closed(self) -> Self:
        """The carrier is gone."""
        self.core.closed(self.now)
        return self

    def cancelled(self) -> Self:
        """Our side stops waiting."""
        self.core.cancel(self.now)
        return self

    def answered(self, name: str | None = None, **fields: object) -> Self:
        """An answer with exactly these values."""
        event = self._next()
        assert isinstance(event, Answered), event
        _same(event.heard, name, fields)
        return self

    def settled(self, outcome: str, partial: bytes | str = b"") -> Self:
        """The request is over."""
        event = self._next()
        assert event == Settled(outcome, as_bytes(partial)), event
        return self

    def unasked(self, name: str | None = None, *, late: bool = False, **fields: object) -> Self:
        """A frame that answers nothing that runs."""
        event = self._next()
        assert isinstance(event, Unasked), event
        assert event.late is late
        _same(event.heard, name, fields)
        return self

    def garbled(self, data: bytes | str) -> Self:
        """Bytes that are no frame."""
        event = self._next()
        assert isinstance(event, Garbled), event
        assert event.data == as_bytes(data)
        assert event.fault
        return self

    def quiet(self) -> None:
        """Nothing more has happened and nothing more leaves."""
        assert self.core.next_event() is None
        assert self.core.outgoing() == []

    def _next(self) -> Event:
        event = self.core.next_event()
        assert event is not None, "nothing has happened"
        return event


def _same(heard: Heard, name: str | None, fields: dict[str, object]) -> None:
    values = {key: list(v) if isinstance(v, tuple) else v for key, v in heard.dissection.values.items()}
    assert values == fields
    if name is not None:
        assert heard.dissection.name == name


class UnitPlay:
    """A unit's end, with a host played by hand."""

    def __init__(self, core: UnitCore, *, datagrams: bool = False) -> None:
        self.core = core
        self.datagrams = datagrams
        self.now = 0.0

    def hears(self, data: bytes | str, peer: Peer = HOST) -> Self:
        """Bytes of a host arrive."""
        self.core.receive(as_bytes(data), peer, self.now, datagram=self.datagrams)
        return self

    def says(self, *wanted: bytes | str, peer: Peer = HOST) -> Self:
        """Exactly these frames leave now, all to ``peer``."""
        out = self.core.outgoing(self.now)
        assert [item.data for item in out] == [as_bytes(data) for data in wanted]
        assert all(item.peer == peer for item in out)
        return self

    def silent(self) -> Self:
        """Nothing leaves, now or later."""
        assert self.core.outgoing(float("inf")) == []
        return self

    def wait(self, seconds: float) -> Self:
        """Time passes; the unit is woken when it wants to be."""
        self.now += seconds
        self.core.tick(self.now)
        return self


@dataclass
class Outcome:
    """What became of one request on a bench; ``waited`` in seconds."""

    outcome: str = ""
    answers: list[Heard] = field(default_factory=list)
    partial: bytes = b""
    waited: float = 0.0

    @property
    def values(self) -> dict[str, Value]:
        """The values of the first answer."""
        return self.answers[0].dissection.values if self.answers else {}

    @property
    def said(self) -> list[bytes]:
        """The answers as bytes."""
        return [heard.data for heard in self.answers]


class Bench:
    """Our host core against unit cores, in memory. With several units every request goes to all of them."""

    def __init__(self, protocol: str, *units: UnitCore, datagrams: bool = False, piece: int = 0) -> None:
        self.host = HostCore(codec_of(protocol), datagrams=datagrams)
        self.units = units
        self.datagrams = datagrams
        self.piece = piece
        self.peer: Peer = HOST
        self.now = 0.0

    def ask(self, line: str, *, window_s: float | None = None, collect: int | None = None) -> Outcome:
        """Ask, and let time pass until it is settled."""
        start = self.now
        self.host.ask(request(line), self.now, window_s=window_s, collect=collect)
        found = Outcome()
        while not found.outcome:
            self._carry()
            while (event := self.host.next_event()) is not None:
                if isinstance(event, Answered):
                    found.answers.append(event.heard)
                elif isinstance(event, Settled):
                    found.outcome, found.partial = event.outcome, event.partial
            if not found.outcome:
                self._step()
        found.waited = self.now - start
        return found

    def wait(self, seconds: float) -> None:
        """Time passes with nothing asked."""
        end = self.now + seconds
        while (due := self._due()) is not None and due <= end:
            self._step()
            self._carry()
        self.now = end

    def _due(self) -> float | None:
        times = [core.deadline() for core in (self.host, *self.units)]
        return min((time for time in times if time is not None), default=None)

    def _step(self) -> None:
        due = self._due()
        assert due is not None, "nothing will ever happen"
        self.now = max(self.now, due)
        self.host.tick(self.now)
        for unit in self.units:
            unit.tick(self.now)

    def _carry(self) -> None:
        """Move bytes both ways until none move; streams in pieces of ``piece`` bytes where that is set."""
        for out in self.host.outgoing():
            for unit in self.units:
                for data in self._pieces(out.data):
                    unit.receive(data, self.peer, self.now, datagram=self.datagrams)
        for number, unit in enumerate(self.units):
            for out in unit.outgoing(self.now):
                for data in self._pieces(out.data):
                    self.host.receive(data, ("127.0.0.1", 5000 + number), self.now, self.now)

    def _pieces(self, data: bytes) -> list[bytes]:
        size = self.piece or len(data)
        return [data[at : at + size] for at in range(0, len(data), size)]
