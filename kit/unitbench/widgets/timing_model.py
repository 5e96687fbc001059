"""What TimingView shows: who answered when in each round, and plain figures per unit. Kept by events alone."""

from __future__ import annotations

from unitbench.session.model import Job
from unitbench.session.results import JobResult, Timing
from unitbench.session.stream import Event
from unitbench.widgets.figures import Ended, Told, interval
from unitbench.widgets.raster import draw
from unitbench.widgets.rounds import Rounds, UnitFigures
from unitbench.widgets.sheet import Cell, Column, Line, Picture, Sheet, counted, listed, milliseconds, shown

SHOWN_ROUNDS = 100
SHOWN_UNITS = 40
COLUMNS = (
    Column("unit", about="who was to answer"),
    Column("rounds", numeric=True, about="rounds that count"),
    Column("answered", numeric=True, about="rounds with an answer within the answer window"),
    Column("lost", numeric=True, about="rounds without any answer"),
    Column("late", numeric=True, about="answers that came after their round had ended"),
    Column("duplicate", numeric=True, about="further answers in a round"),
    Column("least, ms", numeric=True, about="the quickest answer"),
    Column("median, ms", numeric=True, about="half of the answers came at least this quickly"),
    Column("p95, ms", numeric=True, about="the smallest time that 95 of 100 answers do not exceed"),
    Column(
        "p99, ms",
        numeric=True,
        about="the smallest time that 99 of 100 do not exceed, when all rounds are in",
    ),
)
DEFINED = (
    "median and p95 are over the answers that came in time; p95 is the smallest time that 95 of 100 do not "
    "exceed; a lost round has no time and enters neither; when all rounds are in, 95 % intervals stand below"
)


class TimingModel:
    """Follows one timing job: number ``follow``, or, where that is None, always the session's newest one."""

    def __init__(self, follow: int | None = None) -> None:
        self._follow = follow
        self._job: Job | None = None
        self._result: Timing | None = None
        self._rounds = Rounds()
        self._ended = Ended()

    @property
    def number(self) -> int:
        """The job that is shown, 0 before there is one."""
        if self._job is not None:
            return self._job.id
        return self._result.job if self._result is not None else self._follow or 0

    def apply(self, event: Event) -> bool:
        """Take in one event; whether anything to be shown changed."""
        if event.job is not None and event.job.kind == "timing":
            return self._told(event.job)
        if event.round is not None and event.round.job == self.number:
            self._rounds.add(event.round)
            return True
        return False

    def _told(self, job: Job) -> bool:
        if job.id < self.number or self._follow not in (None, job.id):
            return False
        if job.id != self.number:
            self._rounds, self._result, self._ended = Rounds(), None, Ended()
        self._job = job
        self._rounds.expect(job.units)
        return True

    def load(self, result: JobResult) -> bool:
        """Take in the result of a job; whether it is the one that is shown."""
        timing = result.timing
        if timing is None or self.number not in (0, timing.job):
            return False
        self._result, self._ended = timing, Ended(timing)
        self._rounds.expect(timing.units)
        for each in timing.rounds:
            self._rounds.add(each)
        return True

    # -- what it says

    def rows(self) -> list[dict[str, object]]:
        """The figures as plain dictionaries; times in milliseconds, None where nothing came. Intervals, and p99, are
        there when all rounds are in; None where there is no such bound."""
        return [
            {
                "unit": each.unit,
                "rounds": each.rounds,
                "answered": each.answered,
                "lost": each.lost,
                "late": each.late,
                "duplicate": each.duplicates,
                "least_ms": _ms(each.least_s),
                "median_ms": _ms(each.median_s),
                "p95_ms": _ms(each.p95_s),
                **self._ended.row(each.unit),
            }
            for each in self._rounds.figures()
        ]

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        rows = self._rounds.figures()
        job = self._job
        running = job is not None and job.state == "running"
        state = self._state()
        return Sheet(
            kind="timing",
            title="Reply times by round",
            columns=COLUMNS,
            lines=tuple(_line(each, self._ended.of(each.unit)) for each in rows),
            state=state,
            said=f"{shown(job.title)} runs" if job is not None and running else state,
            progress=(job.done, job.total) if job is not None and running else None,
            empty="no rounds yet; timing DEVICEIDENT? asks all units in rounds",
            picture=self._picture(rows) if len(self._rounds) else None,
            notes=self._notes() if len(self._rounds) else (),
        )

    def _picture(self, rows: list[UnitFigures]) -> Picture:
        last = self._rounds.last
        total = self._job.total if self._job is not None else last
        first = max(1, last - SHOWN_ROUNDS + 1)
        numbers = range(first, max(last, min(total, SHOWN_ROUNDS)) + 1)
        lanes = [
            (shown(each.unit, 12), each.median_s, self._rounds.marks(each.unit, numbers))
            for each in rows[:SHOWN_UNITS]
        ]
        return draw(lanes, numbers, _in_words(rows, len(self._rounds)))

    def _notes(self) -> tuple[str, ...]:
        notes = [DEFINED, f"times are {Timing.caveat}", *self._ended.notes()]
        ended, voided = self._result, self._rounds.voided
        if ended is not None:
            notes.append(
                f"{shown(ended.command)} by {ended.mode}, answer window {ended.window_s:g} s, "
                f"pause {ended.gap_s:g} s, {ended.stamp} time stamps"
            )
        if voided:
            notes.append(f"{counted(len(voided), 'round')} not counted: {shown(voided[0].voided)}")
        if len(self._rounds) > SHOWN_ROUNDS:
            notes.append(f"the picture has the last {SHOWN_ROUNDS} rounds, the table all")
        if len(self._rounds.units) > SHOWN_UNITS:
            notes.append(f"the picture has the first {SHOWN_UNITS} units, the table all")
        return tuple(notes)

    def _state(self) -> str:
        job, ended = self._job, self._result
        if job is None:
            return f"{shown(ended.command)}, {counted(len(self._rounds), 'round')}" if ended else ""
        whose = f"{shown(job.title)}, job {job.id} by {shown(job.origin)}"
        if job.state == "running":
            return f"{whose}: round {job.done} of {job.total}"
        return f"{whose}: {job.state} after {counted(len(self._rounds), 'round')}"

    def explain(self) -> str:
        """The same in words, for those who do not see the picture."""
        return _in_words(self._rounds.figures(), len(self._rounds))


def _in_words(rows: list[UnitFigures], rounds: int) -> str:
    if not rounds:
        return "No round has been asked yet."
    said = [f"{counted(rounds, 'round')}, {counted(len(rows), 'unit')}."]
    for each in rows:
        count = f"{shown(each.unit)} answered {each.answered} of {each.rounds}"
        if each.median_s is not None:
            count += (
                f", {each.lost} lost, {each.late} late: median {milliseconds(each.median_s)} ms, "
                f"least {milliseconds(each.least_s)} ms, p95 {milliseconds(each.p95_s)} ms"
            )
        said.append(f"{count}.")
    silent = [shown(each.unit) for each in rows if not each.answered]
    if silent:
        said.append(f"Never heard: {listed(silent)}.")
    return "\n".join(said)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1e3, 3)


def _line(each: UnitFigures, told: Told) -> Line:
    p99 = told.get("p99")
    return Line(
        key=each.unit,
        cells=(
            Cell(shown(each.unit), tone="name"),
            Cell(str(each.rounds)),
            Cell(str(each.answered)),
            Cell(str(each.lost), sub=interval(told.get("loss")), tone="bad" if each.lost else "plain"),
            *(Cell(str(n), tone="bad" if n else "plain") for n in (each.late, each.duplicates)),
            Cell(milliseconds(each.least_s)),
            Cell(milliseconds(each.median_s), sub=interval(told.get("median"))),
            Cell(milliseconds(each.p95_s), sub=interval(told.get("p95"))),
            Cell(milliseconds(p99.value if p99 else None), sub=interval(p99)),
        ),
    )
