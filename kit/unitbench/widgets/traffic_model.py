"""What TrafficView shows: the last exchanges of the session, whoever asked. Kept by events alone."""

from __future__ import annotations

from collections import deque

from unitbench.session.model import Event, Exchange, JobResult
from unitbench.widgets.sheet import Cell, Column, Line, Sheet, clock, counted, milliseconds, shown

COLUMNS = (
    Column("nr", numeric=True, about="number of the exchange in this session"),
    Column("time", about="when the request left, by this computer's clock"),
    Column("origin", about="who asked: a shell, a notebook, a script"),
    Column("unit", about="who was asked"),
    Column("command", about="secrets are shown as ***"),
    Column("reply", about="what came back"),
    Column("outcome", about="ok, refused, malformed, silent, closed or withheld"),
    Column("after, ms", numeric=True, about="from the request to the first reply"),
)
REPLY_LIMIT = 96
TONES = {"ok": "good", "heard": "note"}


class TrafficModel:
    """The newest exchange first, ``keep`` of them; what a unit said unasked stands between them."""

    def __init__(self, keep: int = 50) -> None:
        self.keep = keep
        self._entries: deque[Exchange | Event] = deque(maxlen=keep)
        self._seen = 0

    def apply(self, event: Event) -> bool:
        """Take in one event; whether anything to be shown changed."""
        if event.exchange is not None:
            self._entries.appendleft(event.exchange)
        elif event.kind == "unasked":
            self._entries.appendleft(event)
        else:
            return False
        self._seen += 1
        return True

    def load(self, result: JobResult) -> bool:
        """Results of jobs hold no exchange."""
        return False

    def rows(self) -> list[dict[str, object]]:
        """The rows as plain dictionaries, newest first; times in milliseconds."""
        return [_record(entry) for entry in self._entries]

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        lines = tuple(_line(entry) for entry in self._entries)
        hidden = self._seen - len(lines)
        return Sheet(
            kind="traffic",
            title="Traffic",
            columns=COLUMNS,
            lines=lines,
            state=counted(self._seen, "exchange") if self._seen else "",
            said=_sentence(self._entries[0]) if self._entries else "",
            empty="no exchange yet; what any view of this session asks will stand here",
            notes=(f"the newest {len(lines)}; {hidden} earlier ones are in the journal",)
            if hidden > 0
            else (),
        )

    def explain(self) -> str:
        """The same in words, oldest first."""
        return "\n".join(_sentence(entry) for entry in reversed(self._entries)) or "Nothing was asked yet."


def _record(entry: Exchange | Event) -> dict[str, object]:
    if isinstance(entry, Event):
        return {
            "id": None,
            "time": clock(entry.t_ns),
            "origin": entry.origin,
            "unit": entry.unit.name if entry.unit is not None else "",
            "command": "",
            "reply": entry.text,
            "outcome": "heard",
            "after_ms": None,
        }
    return {
        "id": entry.id,
        "time": clock(entry.t_ns),
        "origin": entry.origin,
        "unit": entry.unit,
        "command": entry.command,
        "reply": _reply(entry),
        "outcome": entry.outcome,
        "after_ms": None if entry.rtt_s is None else round(entry.rtt_s * 1e3, 3),
    }


def _reply(exchange: Exchange) -> str:
    if len(exchange.replies) > 1:
        return f"{exchange.text} (first of {len(exchange.replies)})"
    return exchange.text


def _line(entry: Exchange | Event) -> Line:
    record = _record(entry)
    number, outcome, origin = record["id"], str(record["outcome"]), str(record["origin"])
    why = entry.error if isinstance(entry, Exchange) else None
    after = entry.rtt_s if isinstance(entry, Exchange) else None
    return Line(
        key=f"x{number}" if number is not None else f"e{entry.seq if isinstance(entry, Event) else 0}",
        cells=(
            Cell("" if number is None else str(number), tone="quiet"),
            Cell(str(record["time"])[:8], tone="quiet"),
            Cell(shown(origin), tone="origin"),
            Cell(shown(str(record["unit"])), tone="name"),
            Cell(shown(str(record["command"])), tone="code"),
            Cell(
                shown(str(record["reply"]), REPLY_LIMIT), sub=shown(why.meaning) if why else "", tone="code"
            ),
            Cell(outcome, tone=TONES.get(outcome, "bad")),
            Cell(milliseconds(after)),
        ),
    )


def _sentence(entry: Exchange | Event) -> str:
    record = {key: shown(str(value)) for key, value in _record(entry).items()}
    if isinstance(entry, Event):
        return f"{record['time']} unasked from {record['unit'] or record['origin']}: {record['reply']}"
    after = f" after {milliseconds(entry.rtt_s)} ms" if entry.rtt_s is not None else ""
    answer = f", {record['reply']}{after}" if entry.replies else ""
    return (
        f"{entry.id}: {record['origin']} asked {record['unit']} {record['command']}: {entry.outcome}{answer}"
    )
