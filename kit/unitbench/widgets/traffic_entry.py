"""One row of the traffic: an exchange, something said unasked, a notice, or a job as far as it has come. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.schema.printable import spaced_hex
from unitbench.session.facts import LATE, outcome_of
from unitbench.session.model import Exchange
from unitbench.session.stream import Event
from unitbench.widgets.sheet import Cell, Column, Line, clock, counted, milliseconds, shown

COLUMNS = (
    Column("nr", numeric=True, about="number of the exchange in this session"),
    Column("time", about="when the request left, or when it was heard, by this computer's clock"),
    Column("who", about="who asked: a shell, a notebook, a script"),
    Column("unit", about="who was asked, or who said it"),
    Column("command", about="secrets are shown as ***; below it the bytes"),
    Column("answer", about="what came back; below it the bytes"),
    Column("meaning", about="what the answer means, or why there is none"),
    Column(
        "outcome",
        about="ok, refused, malformed, silent, closed, withheld; heard or late for what came unasked",
    ),
    Column("after, ms", numeric=True, about="from the request to the first reply"),
)
ANSWER_LIMIT = 96
COMMAND_LIMIT = 80
MEANING_LIMIT = 120
NAME_LIMIT = 32
OCTETS = 8
"""Bytes that a row shows."""
TONES = {"ok": "good", "done": "good", "heard": "note", "notice": "note", "late": "note", "running": "note"}


@dataclass(slots=True)
class Entry:
    """``event`` is the newest that is known of it, ``serial`` the place in the stream where it began."""

    serial: int
    event: Event

    @property
    def key(self) -> str:
        """The same while the row changes."""
        event = self.event
        if event.exchange is not None:
            return f"x{event.exchange.id}"
        return f"j{event.job.id}" if event.job is not None else f"e{self.serial}"

    @property
    def number(self) -> int | None:
        """That of the exchange."""
        return self.event.exchange.id if self.event.exchange is not None else None

    @property
    def t_ns(self) -> int:
        """When it was, by the wall clock."""
        event = self.event
        if event.exchange is not None:
            return event.exchange.t_ns
        return event.line.t_ns if event.line is not None else event.t_ns

    @property
    def who(self) -> str:
        """The view that asked; empty where nobody did."""
        event = self.event
        if event.exchange is not None:
            return event.exchange.origin
        return event.origin if event.line is not None or event.job is not None else ""

    @property
    def unit(self) -> str:
        """The unit that it is about; empty where there is none or several."""
        event = self.event
        if event.exchange is not None:
            return event.exchange.unit
        if event.line is not None:
            return event.line.unit
        if event.job is not None:
            return event.job.units[0] if len(event.job.units) == 1 else ""
        return event.unit.name if event.unit is not None else event.origin

    @property
    def command(self) -> str:
        """What was asked."""
        event = self.event
        if event.exchange is not None:
            return event.exchange.command
        if event.line is not None:
            return event.line.service
        return event.job.title if event.job is not None else ""

    @property
    def answer(self) -> str:
        """What came."""
        event = self.event
        if event.exchange is not None:
            several = len(event.exchange.replies)
            return f"{event.exchange.text} (first of {several})" if several > 1 else event.exchange.text
        if event.line is not None:
            return event.line.text
        if event.job is not None:
            return f"{event.job.done} of {event.job.total}"
        return event.text.removeprefix(LATE)

    @property
    def meaning(self) -> str:
        """What it means, or why there is nothing."""
        event = self.event
        if event.exchange is not None:
            error = event.exchange.error
            if error is not None:
                return f"{error.code}: {error.meaning}" if self.outcome == "refused" else error.meaning
            return event.exchange.replies[0].meaning if event.exchange.replies else ""
        if event.line is not None:
            return "" if event.line.ended == "line end" else f"ended by {event.line.ended}"
        return event.job.message if event.job is not None else ""

    @property
    def outcome(self) -> str:
        """In a word."""
        return outcome_of(self.event)

    @property
    def after_s(self) -> float | None:
        """To the first reply."""
        return self.event.exchange.rtt_s if self.event.exchange is not None else None

    def record(self) -> dict[str, object]:
        """The row as a plain dictionary; the time in milliseconds."""
        return {
            "id": self.number,
            "time": clock(self.t_ns),
            "origin": self.event.origin,
            "unit": self.unit,
            "command": self.command,
            "reply": self.answer,
            "meaning": self.meaning,
            "outcome": self.outcome,
            "after_ms": None if self.after_s is None else round(self.after_s * 1e3, 3),
        }

    def line(self) -> Line:
        """The row as it is shown."""
        sent, came = _octets(self.event.exchange)
        outcome = self.outcome
        return Line(
            key=self.key,
            cells=(
                Cell("" if self.number is None else str(self.number), tone="quiet"),
                Cell(clock(self.t_ns)[:12], tone="quiet"),
                Cell(shown(self.who, NAME_LIMIT), tone="origin"),
                Cell(shown(self.unit, NAME_LIMIT), tone="name"),
                Cell(shown(self.command, COMMAND_LIMIT), sub=sent, tone="code"),
                Cell(shown(self.answer, ANSWER_LIMIT), sub=came, tone="code"),
                Cell(shown(self.meaning, MEANING_LIMIT)),
                Cell(outcome, tone=TONES.get(outcome, "bad")),
                Cell(milliseconds(self.after_s)),
            ),
        )

    def sentence(self) -> str:
        """The row in words."""
        time, unit, answer = clock(self.t_ns), shown(self.unit), shown(self.answer)
        event = self.event
        if event.exchange is not None:
            after = f" after {milliseconds(self.after_s)} ms" if self.after_s is not None else ""
            came = f", {answer}{after}" if event.exchange.replies else ""
            asked = f"{self.number}: {shown(self.who)} asked {unit} {shown(self.command)}"
            return f"{asked}: {self.outcome}{came}"
        if event.job is not None:
            return f"{shown(self.who)}: {shown(self.command)} {self.outcome}, {answer}"
        if event.kind == "notice":
            return f"{time} notice from {unit}: {answer}"
        late = "late " if self.outcome == "late" else ""
        return f"{time} {late}unasked from {unit}: {answer}"


def _octets(exchange: Exchange | None) -> tuple[str, str]:
    """The first bytes that were sent, and that came, with how many there are in all."""
    if exchange is None:
        return "", ""
    return _first(exchange.request), _first(exchange.replies[0].data if exchange.replies else b"")


def _first(data: bytes) -> str:
    if not data:
        return ""
    return f"{spaced_hex(data[:OCTETS])}{' …' if len(data) > OCTETS else ''} · {counted(len(data), 'byte')}"
