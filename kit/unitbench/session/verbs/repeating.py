"""Verbs that perform a line again and again: watch it, count what it comes to, wait for what it brings.

What a person is asked, a password or whether a write may pass, is asked once for all rounds. Where nothing is sent,
one round shows all.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from unitbench.errors import UsageError
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.session.brought import UNEXPECTED, exchanges, held, unmet
from unitbench.session.expecting import check, condition
from unitbench.session.interrupting import UnderWay
from unitbench.session.items import Leave, Notice
from unitbench.session.model import Exchange
from unitbench.session.rendering.base import milliseconds
from unitbench.session.rounds import Row, compared, rows_of
from unitbench.session.scriptcheck import count, interval, never_left
from unitbench.session.scripted import Expected, Repeated, Turned
from unitbench.session.verbs.turn import Handler, Turn

EVERY_S = 1.0
"""How long ``wait-for`` pauses between two looks where it is not said."""
INTERRUPTED = "interrupted"
"""How a request is counted that was under way at Ctrl-C."""


def _watch(turn: Turn) -> Iterator[object]:
    if turn.console.dry_run:
        yield from turn.run(turn.args[1])
        return
    every_s, wanted = interval(turn.args[0]), int(turn.options.get("times", "0"))
    turn, title = _asking_once(turn), _shown(turn)
    before: list[Row] | None = None
    done = changes = 0
    try:
        while not wanted or done < wanted:
            items = _round(turn)
            done += 1
            rows = rows_of(items)
            told, changed = compared(rows, before)
            changes += changed and before is not None
            yield Turned(
                done, wanted, tuple(items), told, changed, turn.console.blocks, title, time.time_ns()
            )
            before = rows
            if held(items):
                break
            if done != wanted:
                turn.console.pause(every_s)
    except KeyboardInterrupt as stop:
        raise _told(stop, _ended(done, changes)) from None
    yield Notice(_ended(done, changes))


def _ended(done: int, changes: int) -> str:
    return f"watched {done} round{'s' * (done != 1)}, {changes} change{'s' * (changes != 1)}"


def _repeat(turn: Turn) -> Iterator[object]:
    if turn.console.dry_run:
        yield from turn.run(turn.args[1])
        return
    wanted, gap_s = count(turn.args[0]), interval(turn.options.get("gap", "0"))
    turn, title = _asking_once(turn), _shown(turn)
    outcomes: Counter[str] = Counter()
    met: list[Exchange] = []
    done = 0

    def summary() -> Repeated:
        rtts = tuple(exchange.rtt_s for exchange in met if exchange.rtt_s is not None)
        stamps = tuple(sorted({exchange.stamp for exchange in met if exchange.rtt_s is not None}))
        return Repeated(title, wanted, done, dict(outcomes), rtts, stamps)

    def count_in(items: Sequence[object]) -> list[Exchange]:
        found = exchanges(items)
        met.extend(found)
        outcomes.update(exchange.outcome for exchange in found)
        outcomes.update({UNEXPECTED: missed} if (missed := unmet(items)) else {})
        return found

    items: list[object] = []
    try:
        while done < wanted:
            items = []
            _round(turn, items)
            done += 1
            counted = tuple((_line(exchange), None) for exchange in count_in(items))
            lines = counted or compared(rows_of(items), None)[0]
            told, items = items, []
            yield Turned(done, wanted, tuple(told), lines, True, False, title, time.time_ns())
            if held(told):
                break
            if done != wanted and gap_s:
                turn.console.pause(gap_s)
    except KeyboardInterrupt as stop:
        count_in(items)
        outcomes.update([INTERRUPTED] if isinstance(stop, UnderWay) else [])
        yield summary()
        raise _told(stop, f"repeated {done} of {wanted} times") from None
    yield summary()


def _round(turn: Turn, into: list[object] | None = None) -> list[object]:
    """What a round brings; ``into`` has what came of one that is interrupted."""
    items: list[object] = [] if into is None else into
    for item in turn.run(turn.args[1]):
        if isinstance(item, Leave):  # in a file, which may have become another one meanwhile
            raise never_left(turn.statement)
        items.append(item)
    return items


def _told(stop: KeyboardInterrupt, ended: str) -> KeyboardInterrupt:
    """How far it had come at Ctrl-C, and what was under way then."""
    return type(stop)("; ".join(filter(None, (ended, str(stop)))))


def _line(exchange: Exchange) -> str:
    """An exchange in a few words."""
    answer = "; ".join(reply.text or reply.data.hex(" ") for reply in exchange.replies[:3])
    why = f"{exchange.error.code}: {exchange.error.meaning}" if exchange.error else ""
    rtt = milliseconds(exchange.rtt_s) if exchange.rtt_s is not None else ""
    return "  ".join(filter(None, (exchange.unit, exchange.outcome, answer, why, rtt)))


def _wait_for(turn: Turn) -> Iterator[object]:
    if turn.console.dry_run:
        yield from turn.run(turn.args[1])
        return
    patience_s, every_s = interval(turn.args[0]), interval(turn.options.get("every", f"{EVERY_S:g}s"))
    wanted = [condition(word) for word in turn.args[2:]]
    turn, console = _asking_once(turn), turn.console
    began, asked = console.clock(), 0
    while True:
        before, console.until = console.until, min(console.until or math.inf, began + patience_s)
        try:
            items = _round(turn)
        finally:
            console.until = before
        asked += 1
        found = exchanges(items)
        if not found:
            raise UsageError(
                "what is waited for is no exchange", hint="wait-for asks a unit: wait-for 10s COMMAND ..."
            )
        checks = tuple(check(each, found[-1]) for each in wanted)
        passed = console.clock() - began
        holds = all(each.holds for each in checks)
        if holds or passed >= patience_s or held(items):
            yield from items
            yield console.used.hidden(Expected(found[-1], checks, passed, asked, timeout=not holds))
            return
        console.pause(min(every_s, max(patience_s - passed, 0.0)))


def _asking_once(turn: Turn) -> Turn:
    """The same turn; what was asked of a person before is not asked again."""
    granted: dict[tuple[str, str, str], str] = {}
    secrets: dict[str, str] = {}
    confirm, secret = turn.confirm, turn.ask_secret

    def confirmed(held: Exchange) -> str:
        assert confirm is not None
        key = (held.unit, held.command, held.allow_with)
        if key not in granted:
            granted[key] = confirm(held)
        return granted[key]

    def known(prompt: str) -> str:
        assert secret is not None
        if prompt not in secrets:
            secrets[prompt] = secret(prompt)
        return secrets[prompt]

    return replace(turn, confirm=confirmed if confirm else None, ask_secret=known if secret else None)


def _shown(turn: Turn) -> str:
    """The line that is performed, without secrets."""
    return printable(
        masked_text(turn.args[1], parse(turn.args[1], turn.console.vocabulary()).statements), 200
    )


HANDLERS: dict[str, Handler] = {"watch": _watch, "repeat": _repeat, "wait-for": _wait_for}
