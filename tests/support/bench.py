"""Our host core against our unit cores, in memory. Time is a number that moves to the next deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.golden import frame
from tests.support.playbook import HOST, request
from unitbench.schema.values import Value
from unitbench.wire import codec_of
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.host import Answered, Heard, HostCore, Peer, Settled
from unitbench.wire.kramer.unit import KramerUnit
from unitbench.wire.qstation.unit import QstationState, QstationUnit
from unitbench.wire.recorder.unit import RecorderUnit
from unitbench.wire.unit import UnitCore
from unitbench.wire.vs1.unit import Vs1State, Vs1Unit


def qstation(number: int = 1, delay: float = 0.0) -> QstationUnit:
    """The n-th Q.station, with the record of the manuals' text and a MAC of its own."""
    ident: dict[str, Value] = {**frame("E2").fields, "maa": f"02:00:00:00:00:3{number}"}
    return QstationUnit(QstationState(ident), reply_delay_s=delay)


def unit_of(protocol: str) -> UnitCore:
    """A unit that speaks a protocol."""
    if protocol == "qstation":
        return qstation()
    others: dict[str, Callable[[], UnitCore]] = {
        "kramer": KramerUnit,
        "dcol": DcolUnit,
        "recorder": RecorderUnit,
        "vs1": lambda: Vs1Unit(Vs1State()),
    }
    return others[protocol]()


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
