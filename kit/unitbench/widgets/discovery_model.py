"""What DiscoveryView shows: who answered, from where, after how long, to what. Kept by events alone."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.session.model import Job, Unit
from unitbench.session.results import Discovery, JobResult, Sighting
from unitbench.session.spans import time_of
from unitbench.session.stream import Event
from unitbench.widgets.sheet import Cell, Column, Line, Sheet, counted, milliseconds, shown

COLUMNS = (
    Column("unit", about="short name in this session"),
    Column("what", about="maker and model, and below it how that is known"),
    Column("address", about="where the answer came from, and the MAC address where it is known"),
    Column("answered after, ms", numeric=True, about="from the request to the first answer"),
    Column("asked", about="what it answered, and where that was sent to"),
)


@dataclass(slots=True)
class _Row:
    unit: Unit
    sighting: Sighting
    answers: int = 1


class DiscoveryModel:
    """Rows in the order in which units were first seen. A later discovery renews the row of a unit that answers
    again; rows of units that did not stay, and say of which discovery they are."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self._jobs: dict[int, Job] = {}
        self._found: Discovery | None = None

    def apply(self, event: Event) -> bool:
        """Take in one event; whether anything to be shown changed."""
        if event.sighting is not None:
            self._sighted(event.sighting)
            return True
        if event.job is not None and event.job.kind == "discover":
            self._jobs[event.job.id] = event.job
            return True
        if event.kind == "unit" and event.unit is not None and event.unit.name in self._rows:
            self._rows[event.unit.name].unit = event.unit
            return True
        return False

    def load(self, result: JobResult) -> bool:
        """Take in the result of a discovery: its times are more exact than those told while it ran."""
        found = result.discovery
        if found is None or found.job < self.newest:
            return False
        self._found = found
        heard: dict[str, list[Sighting]] = {}
        for sighting in found.sightings:
            heard.setdefault(sighting.unit.name, []).append(sighting)
        for name, sightings in heard.items():
            unit = self._rows[name].unit if name in self._rows else sightings[-1].unit
            self._rows[name] = _Row(unit, sightings[0], len(sightings))
        return True

    def _sighted(self, sighting: Sighting) -> None:
        row = self._rows.get(sighting.unit.name)
        if row is not None and row.sighting.job == sighting.job:
            row.unit = sighting.unit
            row.answers += 1
        elif row is None or sighting.job > row.sighting.job:
            self._rows[sighting.unit.name] = _Row(sighting.unit, sighting)

    @property
    def newest(self) -> int:
        """The number of the newest discovery, 0 before the first."""
        return max([*self._jobs, *(row.sighting.job for row in self._rows.values())], default=0)

    def rows(self) -> list[dict[str, object]]:
        """The rows as plain dictionaries; times in milliseconds."""
        return [
            {
                "unit": row.unit.name,
                "what": f"{row.unit.maker} {row.unit.about}".rstrip(),
                "address": row.sighting.sender,
                "mac": row.unit.mac,
                "after_ms": round(row.sighting.rtt_s * 1e3, 3),
                "asked": row.sighting.asked,
                "simulated": row.unit.simulated,
                "evidence": list(row.unit.evidence),
                "doubt": row.unit.doubt,
                "reserved_by": row.unit.reserved_by,
                "job": row.sighting.job,
                "answers": row.answers,
            }
            for row in self._rows.values()
        ]

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        scale = max((row.sighting.rtt_s for row in self._rows.values()), default=0.0)
        newest = self.newest
        lines = tuple(_line(row, scale, newest) for row in self._rows.values())
        job = self._jobs.get(newest)
        state, said = self._state(job, newest)
        return Sheet(
            kind="discovery",
            title="Units that answered",
            columns=COLUMNS,
            lines=lines,
            state=state,
            said=said,
            progress=(job.done, job.total) if job is not None and job.state == "running" else None,
            empty="nobody yet; discover looks around",
            notes=self._notes(newest),
        )

    def _notes(self, newest: int) -> tuple[str, ...]:
        notes = ["bars share one scale, from 0 to the slowest answer"] if self._rows else []
        if self._found is not None and self._found.job == newest:
            notes += [f"not asked: {shown(skipped)}" for skipped in self._found.skipped]
            notes += [f"finding: {shown(text)}" for text in self._found.findings]
            notes += [f"nobody answered: {shown(text)}" for text in self._found.doubts]
        return tuple(notes)

    def _state(self, job: Job | None, newest: int) -> tuple[str, str]:
        here = sum(row.sighting.job == newest for row in self._rows.values())
        if job is None:
            return (f"{counted(here, 'unit')}", "") if self._rows else ("", "")
        whose = f"discovery {job.id} by {shown(job.origin)}"
        if job.state == "running":
            return f"{whose} looks around: {counted(here, 'unit')} so far", f"{whose} looks around"
        ended = f"{whose} {job.state}: {counted(here, 'unit')} answered"
        earlier = len(self._rows) - here
        return (f"{ended}, {earlier} known from earlier ones" if earlier else ended), ended

    def explain(self) -> str:
        """The same in words, for those who do not see the picture."""
        said = []
        for row in self._rows.values():
            unit, seen = row.unit, row.sighting
            kind = "simulated " if unit.simulated else ""
            mac = f", MAC {shown(unit.mac)}" if unit.mac else ""
            said.append(
                f"{shown(unit.name)} is a {kind}{shown(unit.maker)} at {shown(seen.sender)}{mac}; it answered "
                f"{shown(seen.asked)} after {milliseconds(seen.rtt_s)} ms in discovery {seen.job}. "
                f"How that is known: {shown('; '.join(unit.evidence)) or 'not said'}."
                + "".join(f" It is {shown(doubt)}." for doubt in _standing(unit))
            )
        return "\n".join(said) or "No unit has answered a discovery yet."


def _standing(unit: Unit) -> list[str]:
    """What keeps from using it as usual: a doubt, a reservation."""
    doubt = [f"in doubt: {unit.doubt}"] if unit.doubt else []
    kept = f"reserved by {unit.reserved_by} until {time_of(unit.reserved_until_ns)}"
    return [*doubt, *([kept] if unit.reserved_by else [])]


def _line(row: _Row, scale: float, newest: int) -> Line:
    unit, seen = row.unit, row.sighting
    asked, _, where = seen.asked.partition(" -> ")
    remarks = [
        f"to {where}" if where else "",
        f"{row.answers} answers" if row.answers > 1 else "",
        f"in discovery {seen.job}, not since" if seen.job != newest else "",
    ]
    return Line(
        key=unit.name,
        quiet=seen.job != newest,
        cells=(
            Cell(shown(unit.name), sub="simulated" if unit.simulated else "", tone="name"),
            Cell(
                shown(f"{unit.maker} {unit.about}".rstrip()),
                sub=shown("; ".join((*_standing(unit), *unit.evidence))),
            ),
            Cell(shown(seen.sender), sub=shown(unit.mac), tone="code"),
            Cell(milliseconds(seen.rtt_s), bar=seen.rtt_s / scale if scale > 0 else 0.0),
            Cell(shown(asked), sub=shown(", ".join(filter(None, remarks))), tone="code"),
        ),
    )
