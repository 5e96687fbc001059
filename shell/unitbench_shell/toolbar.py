"""The lines below the prompt: what Enter would send, what it does, and how the unit and the session stand."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.schema.printable import printable
from unitbench.session.model import Job, Unit
from unitbench_shell.glance import Glance
from unitbench_shell.preview import FAULT, NEXT, SEND, Preview, bytes_lines, preview

MARK = {SEND: " -> ", FAULT: " !  ", NEXT: " .. "}
INDENT = "    "
BYTES_LINES, WORDS_LINES = 4, 2
"""Lines that the bytes may take, and that words may."""
JOBS_SHOWN = 2


class Toolbar:
    """Called at every redraw: reads the cached parse and the newest snapshot, and never waits."""

    def __init__(self, glance: Glance, document: Callable[[], Document], columns: Callable[[], int]) -> None:
        self._glance = glance
        self._document = document
        self._columns = columns

    def __call__(self) -> StyleAndTextTuples:
        document = self._document()
        width = max(self._columns() - 1, 10)
        if self._glance.gone:
            text = f" session {self._glance.state.session} is gone; Enter on an empty line starts a new one"
            return [("class:toolbar.status", _fit(text, width).ljust(width))]
        found = preview(document.current_line, document.cursor_position_col, self._glance.vocabulary())
        lines = [*_head(found, width), *_effects(found, width)]
        lines.append([("class:toolbar.status", self._status(found, width).ljust(width))])
        out: StyleAndTextTuples = []
        for line in lines:
            out += [*line, ("", "\n")]
        return out[:-1]

    def _status(self, found: Preview, width: int) -> str:
        """Unit, link, login, speed of its clock, jobs; of the unit that the line is for, else of the one in use."""
        glance = self._glance
        unit = glance.unit(found.unit.partition(",")[0]) if found.unit else glance.unit()
        jobs = glance.running
        parts = [unit_text(unit)] if unit else [found.unit or f"session {glance.state.session}"]
        if glance.state.speed != 1 and (unit is None or unit.simulated):
            parts.append(f"clocks x{glance.state.speed:g}")
        parts += [job_text(job) for job in jobs[:JOBS_SHOWN]]
        if len(jobs) > JOBS_SHOWN:
            parts.append(f"{len(jobs) - JOBS_SHOWN} more jobs")
        return _fit(" " + " | ".join(parts), width)


def unit_text(unit: Unit) -> str:
    """A unit's name, address, link, login, whether these are in doubt, and the faults that a simulated one was given."""
    text = f"{unit.name} {printable(unit.address, 60)} link {unit.link}"
    text += f" login {unit.login}" if unit.login else ""
    text += " IN DOUBT" if unit.doubt else ""
    return f"{text} FAULTS {unit.faults}" if unit.faults else text


def job_text(job: Job) -> str:
    """A running job, its progress and whose it is."""
    return f"job {job.id} {job.kind} {job.done}/{job.total} [{printable(job.origin, 24)}]"


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
