"""Findings as text: a line each, and how to mend what is not there below it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from unitbench.schema.printable import printable
from unitbench.session.doctor.model import Finding, Findings
from unitbench.session.rendering import WIDTH, render

__all__ = ["render"]

MARKS = {True: "ok ", False: "NO ", None: "-- "}
NAME = 26
NARROW = 60


@render.register(Findings)
def _(item: Findings, width: int = WIDTH) -> str:
    lines: list[str] = []
    group = ""
    for each in item.findings:
        if each.group != group:
            group = each.group
            lines.append(group)
        lines += _finding(each, width)
    bad = [each for each in item.findings if each.ok is False]
    needed = ", ".join(each.what for each in bad if each.needed)
    told = f"{len(bad)} of {len(item.findings)} are not there" if bad else "all is there"
    lines += wrap(f"{told}; nothing works well without {needed}" if needed else told, width)
    return "\n".join(lines)


def _finding(item: Finding, room: int) -> Iterator[str]:
    head = f"{MARKS[item.ok]} {item.what}"
    if room >= NARROW:
        beside = len(MARKS[True]) + 1 + NAME
        first, *rest = _wrapped(item.seen, room, beside)
        yield f"{head:<{beside - 1}} {first.strip()}"
        yield from rest
    else:
        yield head
        yield from _wrapped(item.seen, room, 4)
    if item.ok is False and item.mend:
        yield from _wrapped(f"mend: {item.mend}", room, 6)


def _wrapped(text: str, room: int, indent: int) -> list[str]:
    blank = " " * indent
    found = wrap(printable(text), room, initial_indent=blank, subsequent_indent=blank, break_on_hyphens=False)
    return found or [blank]
