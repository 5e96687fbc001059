"""What our verbs about other lines yield, as text."""

from __future__ import annotations

import time

from unitbench.line.macros import shape
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.session.rendering.base import WIDTH, milliseconds, render, shown, table
from unitbench.session.scripted import Expected, Failed, Macros, Repeated, Step, Turned

CHANGED, SAME = "* ", "  "


@render.register(Expected)
def _(item: Expected, width: int = WIDTH) -> str:
    lines = []
    for check in item.checks:
        seen = f"seen {check.seen}" if check.seen else "there is no such field"
        lines.append(f"{'as expected' if check.holds else 'NOT AS EXPECTED'}: {check.wanted}    {seen}")
    if item.asked:
        how = f"asked {item.asked} time{'s' * (item.asked != 1)} in {item.waited_s:.1f} s"
        lines.append(f"waited in vain, {how}" if item.timeout else how)
    elif not item.ok:
        lines.append(f"  try: why explains #{item.exchange.id}, {item.exchange.command}")
    return shown(lines)


@render.register(Turned)
def _(item: Turned, width: int = WIDTH) -> str:
    if item.block:
        return _block(item, width)
    if not item.changed:
        return ""
    if item.total:
        head = f"{item.number}/{item.total}  "
    else:
        head = f"{time.strftime('%H:%M:%S', time.localtime(item.t_ns / 1e9))}  "
    first = item.number == 1 or all(was is None for _, was in item.rows)
    return shown(head + _changed(text, was) for text, was in item.rows if first or was is not None)


def _block(item: Turned, width: int) -> str:
    clock = time.strftime("%H:%M:%S", time.localtime(item.t_ns / 1e9))
    of = f" of {item.total}" if item.total else ""
    lines = [f"{item.title}    round {item.number}{of}, {clock}; Ctrl-C ends it"]
    lines += [f"{SAME if was is None else CHANGED}{_changed(text, was)}" for text, was in item.rows]
    return "\n".join(printable(line, 400)[: max(20, width - 1)] for line in lines)


def _changed(text: str, was: str | None) -> str:
    return text if was is None else f"{text}    (was {was or 'not there'})"


@render.register(Repeated)
def _(item: Repeated, width: int = WIDTH) -> str:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in item.outcomes.items()) or "no exchange"
    lines = [f"{item.command}: {item.done} of {item.wanted} times, {counts}"]
    if item.rtt_s is not None:
        least, middle, most = map(milliseconds, item.rtt_s)
        stamps = " and ".join(item.stamps)
        lines.append(
            f"round trip min {least}, median {middle}, max {most}  ({len(item.rtts_s)} replies, {stamps} stamps)"
        )
    return shown(lines)


@render.register(Macros)
def _(item: Macros, width: int = WIDTH) -> str:
    if not item.macros:
        return (
            "there is no alias; alias NAME = LINE"
            if item.alias
            else "nothing is saved; save NAME LINE with $VAR"
        )
    rows = [(macro.name if macro.alias else shape(macro), _hidden(macro.text)) for macro in item.macros]
    return table(("alias" if item.alias else "saved", "line"), rows, width)


def _hidden(text: str) -> str:
    """A line of the file, which a person may have edited, without what may be a secret."""
    return masked_text(text, parse(text).statements)


@render.register(Step)
def _(item: Step, width: int = WIDTH) -> str:
    return shown([f"{item.where}: {item.text}"])


@render.register(Failed)
def _(item: Failed, width: int = WIDTH) -> str:
    lines = [f"{item.where}: {item.error.message}"]
    return shown([*lines, f"  try: {item.error.hint}"] if item.error.hint else lines)
