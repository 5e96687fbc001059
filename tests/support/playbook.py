"""Playbooks: a core's conversation, written so that it reads like the wire. Time is a number that a test moves.

``HostPlay`` holds our host core and plays the unit by hand; ``UnitPlay`` holds a unit core and plays the host.
"""

from __future__ import annotations

from typing import Self

from unitbench.line.parse import parse
from unitbench.schema.records import Request
from unitbench.wire import codec_of
from unitbench.wire.host import Answered, Event, Garbled, Heard, HostCore, Peer, Settled, Unasked
from unitbench.wire.unit import UnitCore

UNIT = ("127.0.0.1", 5000)
HOST = ("127.0.0.1", 40001)
OTHER = ("127.0.0.1", 40002)


def request(line: str) -> Request:
    """The request that a complete line spells."""
    (statement,) = parse(line).statements
    assert statement.request is not None, f"{line}: {statement.error or statement.lacking}"
    return statement.request


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
