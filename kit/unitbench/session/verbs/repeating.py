"""Verbs that perform a line again and again: watch it, count what it comes to, wait for what it brings.

What a person is asked, a password or whether a write may pass, is asked once for all rounds. Where nothing is sent,
one round shows all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from unitbench.errors import UsageError
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.schema.text import format_value
from unitbench.session.expecting import check, condition
from unitbench.session.items import Notice
from unitbench.session.model import Exchange
from unitbench.session.rendering.base import milliseconds, render
from unitbench.session.scriptcheck import count, interval
from unitbench.session.scripted import Expected, Repeated, Turned
from unitbench.session.verbs.turn import Handler, Turn

EVERY_S = 1.0
"""How long ``wait-for`` pauses between two looks where it is not said."""
WITHHELD, UNEXPECTED = "withheld", "not as expected"
Row = tuple[str, str]
"""What a line of a round is about, and what stands there; the first may be empty."""


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
            items = [*turn.run(turn.args[1])]
            done += 1
            rows = _rows(items)
            told, changed = _compared(rows, before)
            changes += changed and before is not None
            yield Turned(
                done, wanted, tuple(items), told, changed, turn.console.blocks, title, time.time_ns()
            )
            before = rows
            if _held(items):
                break
            if done != wanted:
                turn.console.pause(every_s)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_ended(done, changes)) from None
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

    try:
        while done < wanted:
            items = [*turn.run(turn.args[1])]
            done += 1
            exchanges = [item for item in items if isinstance(item, Exchange)]
            met += exchanges
            outcomes.update(exchange.outcome for exchange in exchanges)
            outcomes.update(UNEXPECTED for item in items if isinstance(item, Expected) and not item.ok)
            lines = (
                tuple((_line(exchange), None) for exchange in exchanges) or _compared(_rows(items), None)[0]
            )
            yield Turned(done, wanted, tuple(items), lines, True, False, title, time.time_ns())
            if _held(items):
                break
            if done != wanted and gap_s:
                turn.console.pause(gap_s)
    except KeyboardInterrupt:
        yield summary()
        raise KeyboardInterrupt(f"repeated {done} of {wanted} times") from None
    yield summary()


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
        items = [*turn.run(turn.args[1])]
        asked += 1
        answered = console.naming.answered
        if answered is None:
            raise UsageError(
                "what is waited for is no exchange", hint="wait-for asks a unit: wait-for 10s COMMAND ..."
            )
        checks = tuple(check(each, answered) for each in wanted)
        passed = console.clock() - began
        holds = all(each.holds for each in checks)
        if holds or passed >= patience_s or _held(items):
            yield from items
            yield Expected(answered, checks, passed, asked, timeout=not holds)
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


def _held(items: Sequence[object]) -> bool:
    """Whether something was withheld: asking again would not change that."""
    return any(isinstance(item, Exchange) and item.outcome == WITHHELD for item in items)


def _shown(turn: Turn) -> str:
    """The line that is performed, without secrets."""
    return printable(
        masked_text(turn.args[1], parse(turn.args[1], turn.console.vocabulary()).statements), 200
    )


def _rows(items: Sequence[object]) -> list[Row]:
    """What a round brought, without what is never the same: numbers of exchanges, times."""
    found: list[Row] = []
    for item in items:
        if isinstance(item, Exchange):
            found += _of_exchange(item)
        elif not isinstance(item, Notice):
            found += [("", line) for line in render(item).splitlines()]
    return found


def _of_exchange(exchange: Exchange) -> Iterator[Row]:
    many = len(exchange.replies) > 1
    for reply in exchange.replies:
        who = f"{reply.unit} " if many else ""
        for name, value in reply.fields.items():
            yield (
                f"{who}{name}",
                printable(format_value(tuple(value) if isinstance(value, list) else value), 200),
            )
        if not reply.fields:
            yield f"{who}reply", printable(reply.text or reply.data.hex(" "), 200)
    if exchange.error is not None:
        yield exchange.outcome, f"{exchange.error.code}: {printable(exchange.error.meaning, 200)}"


def _compared(rows: list[Row], before: list[Row] | None) -> tuple[tuple[tuple[str, str | None], ...], bool]:
    """Rows as text, each with what stood there before where that differs; and whether anything does."""
    wide = max((len(label) for label, _ in rows), default=0) + 2
    known: dict[tuple[str, int], str] = {}
    places: Counter[str] = Counter()
    for label, value in before or ():
        known[label, places[label]] = value
        places[label] += 1
    places.clear()
    told: list[tuple[str, str | None]] = []
    for label, value in rows:
        was = known.pop((label, places[label]), "")
        places[label] += 1
        text = f"{label:<{wide}}{value}" if label else value
        told.append((text, was if before is not None and was != value else None))
    gone = [(f"{label:<{wide}}-" if label else "-", was) for (label, _), was in known.items()]
    return (*told, *gone), before is None or bool(gone) or any(was is not None for _, was in told)


HANDLERS: dict[str, Handler] = {"watch": _watch, "repeat": _repeat, "wait-for": _wait_for}
