"""The lines below the prompt: what Enter would send, what it does, and how the unit and the session stand."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.schema.printable import printable
from unitbench.schema.records import Effect
from unitbench.session.model import Job, Unit
from unitbench_shell.glance import Glance
from unitbench_shell.preview import FAULT, NEXT, SEND, Preview, bytes_lines, preview

MARK = {SEND: " -> ", FAULT: " !  ", NEXT: " .. "}
INDENT = "    "
BYTES_LINES = 4
"""Lines that the bytes may take."""
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
        found = preview(document.current_line, document.cursor_position_col, self._glance.vocabulary())
        lines = [*_head(found, width), _effects(found, width)]
        lines.append([("class:toolbar.status", self._status(found, width).ljust(width))])
        out: StyleAndTextTuples = []
        for line in lines:
            out += [*line, ("", "\n")]
        return out[:-1]

    def _status(self, found: Preview, width: int) -> str:
        """Unit, link, login, jobs; of the unit that the line is for, else of the one in use."""
        glance = self._glance
        unit = glance.unit(found.unit.partition(",")[0]) if found.unit else glance.unit()
        jobs = glance.running
        parts = [unit_text(unit)] if unit else [found.unit or f"session {glance.state.session}"]
        parts += [job_text(job) for job in jobs[:JOBS_SHOWN]]
        if len(jobs) > JOBS_SHOWN:
            parts.append(f"{len(jobs) - JOBS_SHOWN} more jobs")
        return _fit(" " + " | ".join(parts), width)


def unit_text(unit: Unit) -> str:
    """A unit's name, address, link and login."""
    text = f"{unit.name} {printable(unit.address, 60)} link {unit.link}"
    return f"{text} login {unit.login}" if unit.login else text


def job_text(job: Job) -> str:
    """A running job, its progress and whose it is."""
    return f"job {job.id} {job.kind} {job.done}/{job.total} [{printable(job.origin, 24)}]"


def _head(found: Preview, width: int) -> list[StyleAndTextTuples]:
    mark = MARK.get(found.kind, INDENT)
    if found.kind != SEND:
        style = "class:toolbar.fault" if found.kind == FAULT else "class:toolbar.head"
        return [[(style, _fit(mark + found.head, width))]]
    rows = bytes_lines(found, width - len(mark), BYTES_LINES)
    return [[("", mark if index == 0 else INDENT), ("class:toolbar.bytes", row)] for index, row in enumerate(rows)]


def _effects(found: Preview, width: int) -> StyleAndTextTuples:
    """Effect, size, answer; whom it reaches last, since the status line says more of it."""
    parts = [*found.notes, *([f"to {found.unit}"] if found.unit else [])]
    rest = " | ".join(printable(part, 200) for part in parts)
    if not found.effect:
        return [("class:toolbar.note", _fit(INDENT + rest, width))]
    word = Effect(found.effect).value
    gap = " | " if rest else ""
    return [
        ("", INDENT),
        (f"class:effect.{word}", word),
        ("class:toolbar.note", _fit(gap + rest, max(0, width - len(INDENT) - len(word)))),
    ]


def _fit(line: str, width: int) -> str:
    """A line cut to ``width``, the cut marked."""
    return line if len(line) <= width else line[: max(0, width - 3)] + "..."
