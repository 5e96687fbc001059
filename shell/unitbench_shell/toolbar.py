"""The lines below the prompt: what Enter would send, what it does, and how the unit and the session stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import NamedTuple

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.schema.printable import printable
from unitbench.session.jobtext import live
from unitbench.session.model import Job, Unit
from unitbench_shell.glance import Glance, clock, reserved_s
from unitbench_shell.preview import bytes_lines, preview
from unitbench_shell.previewed import FAULT, NEXT, SEND, Preview

MARK = {SEND: " -> ", FAULT: " !  ", NEXT: " .. "}
INDENT = "    "
BYTES_LINES, WORDS_LINES = 4, 2
"""Lines that the bytes may take, and that words may."""
JOBS_SHOWN = 2


class Toolbar:
    """Called at every redraw: reads the cached parse and the newest snapshot, and never waits. ``hints``: whether it
    shows what Enter would send."""

    def __init__(
        self,
        glance: Glance,
        document: Callable[[], Document],
        columns: Callable[[], int],
        hints: Callable[[], bool] = lambda: True,
    ) -> None:
        self._glance = glance
        self._hints = hints
        self._document = document
        self._columns = columns

    def __call__(self) -> StyleAndTextTuples:
        document = self._document()
        width = max(self._columns() - 1, 10)
        if self._glance.gone:
            text = f" session {self._glance.state.session} is gone; Enter on an empty line starts a new one"
            return [("class:toolbar.status", _fit(text, width).ljust(width))]
        found = preview(document.current_line, document.cursor_position_col, self._glance.vocabulary())
        lines = [*_head(found, width), *_effects(found, width)] if self._hints() else []
        lines += _elsewhere(self._glance.elsewhere, width)
        lines.append([("class:toolbar.status", self._status(found, width).ljust(width))])
        out: StyleAndTextTuples = []
        for line in lines:
            out += [*line, ("", "\n")]
        return out[:-1]

    def _status(self, found: Preview, width: int) -> str:
        """Of the unit that the line is for, else of the one in use; whether all is recorded, and what runs."""
        glance = self._glance
        unit = glance.unit(found.unit.partition(",")[0]) if found.unit else glance.unit()
        parts = _of_unit(glance, unit) if unit else [Part(0, found.unit or f"session {glance.state.session}")]
        if glance.state.speed != 1 and (unit is None or unit.simulated):
            parts.append(Part(7, f"clocks x{glance.state.speed:g}"))
        parts.append(Part(8, "recording") if glance.state.journal else Part(5, "NOT recording"))
        jobs = glance.mine
        parts += [Part(6, job_text(job)) for job in jobs[:JOBS_SHOWN]]
        if len(jobs) > JOBS_SHOWN:
            parts.append(Part(9, f"{len(jobs) - JOBS_SHOWN} more jobs"))
        return fitted(parts, width)


def _elsewhere(jobs: Sequence[Job], width: int) -> list[StyleAndTextTuples]:
    """A line for each job of another view, brought up to date as it goes on; of many the oldest."""
    lines = [_fit(f" {live(job)}", width) for job in jobs[:JOBS_SHOWN]]
    if len(jobs) > JOBS_SHOWN:
        lines.append(_fit(f" {len(jobs) - JOBS_SHOWN} more jobs of other views run; jobs lists them", width))
    return [[("class:toolbar.note", line)] for line in lines]


class Part(NamedTuple):
    """A piece of the status line: the greater ``rank``, the sooner it is left out; ``glue`` stands before it."""

    rank: int
    text: str
    glue: str = " | "


def fitted(parts: Sequence[Part], width: int) -> str:
    """As much of the parts as fits, the least important left out first, later ones before earlier ones."""
    kept = list(parts)
    while len(line := _joined(kept)) > width and len(kept) > 1:
        least = max(part.rank for part in kept)
        kept.pop(max(index for index, part in enumerate(kept) if part.rank == least))
    return _fit(line, width)


def _joined(parts: Sequence[Part]) -> str:
    return " " + "".join((part.glue if index else "") + part.text for index, part in enumerate(parts))


def _of_unit(glance: Glance, unit: Unit) -> list[Part]:
    """A unit's name, address, link, login and its time left, whether these are in doubt, whether writes pass, who has
    reserved it, and the faults that a simulated one was given."""
    parts = [Part(0, unit.name), Part(8, printable(unit.address, 60), " "), Part(4, f"link {unit.link}", " ")]
    if unit.login:
        parts.append(Part(2, f"login {unit.login}", " "))
        left_s = glance.login_s(unit)
        if left_s is not None:
            parts.append(Part(3, clock(left_s), " "))
    if unit.doubt:
        parts.append(Part(1, "IN DOUBT", " "))
    parts.append(Part(1, glance.mode_of(unit)[1]))
    if reserved_s(unit):
        whose = printable(unit.reserved_by, 24)
        parts += [Part(3, f"reserved by {whose}"), Part(4, clock(reserved_s(unit)), " ")]
    if unit.faults:
        parts.append(Part(5, f"FAULTS {unit.faults}"))
    return parts


def job_text(job: Job) -> str:
    """A running job and its progress."""
    return f"job {job.id} {job.kind} {job.done}/{job.total}"


def _head(found: Preview, width: int) -> list[StyleAndTextTuples]:
    mark = MARK.get(found.kind, INDENT)
    room = width - len(mark)
    if found.kind == SEND:
        rows, style = bytes_lines(found, room, BYTES_LINES), "class:toolbar.bytes"
    else:
        rows = wrap(found.head, room, max_lines=WORDS_LINES, placeholder=" ...")
        style = "class:toolbar.fault" if found.kind == FAULT else "class:toolbar.head"
    return [[("", mark if index == 0 else INDENT), (style, row)] for index, row in enumerate(rows)]


def _effects(found: Preview, width: int) -> list[StyleAndTextTuples]:
    """Effect, size, answer; whom it reaches last, since the status line says more of it."""
    parts = [printable(part, 200) for part in (found.effect, *found.notes) if part]
    if found.unit:
        parts.append(f"to {found.unit}")
    rows = wrap(" | ".join(parts), width - len(INDENT), max_lines=WORDS_LINES, placeholder=" ...")
    lines: list[StyleAndTextTuples] = [[("", INDENT), ("class:toolbar.note", row)] for row in rows]
    if found.effect and lines:
        word, first = found.effect, rows[0]
        lines[0] = [("", INDENT), (f"class:effect.{word}", word), ("class:toolbar.note", first[len(word) :])]
    return lines


def _fit(line: str, width: int) -> str:
    """A line cut to ``width``, the cut marked."""
    return line if len(line) <= width else line[: max(0, width - 3)] + "..."
