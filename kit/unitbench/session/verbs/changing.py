"""Verbs that change a unit and put it back: set, undo, snapshot, restore, compare."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from unitbench.errors import UsageError
from unitbench.schema.record import replace
from unitbench.session import operations as op
from unitbench.session.arguments import yes_or_no
from unitbench.session.brought import told
from unitbench.session.changing.compared import compared
from unitbench.session.changing.model import Change, Snapshot
from unitbench.session.changing.showing import Performed, Planned, Saved
from unitbench.session.changing.words import assignments, number
from unitbench.session.interrupting import asking
from unitbench.session.model import Exchange
from unitbench.session.preferences import chosen
from unitbench.session.verbs.preferring import prefer
from unitbench.session.verbs.turn import Handler, Turn

CHANGE_S = 2.0
"""How long a command of a change is waited for at most where something is waited for."""


def _set(turn: Turn) -> Iterator[object]:
    preferred = chosen(turn.args, turn.options)
    if preferred is not None:
        yield from prefer(turn, *preferred)
        return
    unit, values = assignments(turn.args)
    unit = unit or turn.named(())
    yield from _carried_out(turn, op.SetFields(unit=unit, values=dict(values)), f"set {unit}")


def _undo(turn: Turn) -> Iterator[object]:
    wanted = number(turn.args[0]) if turn.args else 0
    yield from _carried_out(turn, op.Undo(number=wanted), f"undo {wanted or ''}")


def _restore(turn: Turn) -> Iterator[object]:
    snapshot = _file(turn.args[1])
    unit = turn.unit(turn.args[0]).name
    yield from _carried_out(turn, op.Restore(unit=unit, snapshot=snapshot), f"restore {unit}")


def _carried_out(turn: Turn, wanted: op.Changing, what: str) -> Iterator[object]:
    """Have a change performed, and ask the person as often as it takes: a rule first, then the policy."""
    console, shown = turn.console, False
    console.naming.answered = None  # what was answered before is no answer to this
    wanted = msgspec.structs.replace(
        wanted,
        allow=turn.allow,
        dry=console.dry_run or yes_or_no(turn.options, "dry"),
        always=console.confirm_always,
        timeout_s=turn.window_s(CHANGE_S),
    )
    while True:
        change: Change = turn.send(wanted)
        if change.outcome == "question" and change.error is not None:
            if console.question is None or not isinstance(wanted, op.SetFields):
                raise UsageError(change.error.meaning, hint=change.error.hint)
            if not asking(console.question)(change.error.meaning):
                break
            wanted = msgspec.structs.replace(wanted, values={**wanted.values, **dict(change.mend)})
        elif change.outcome == "withheld" and change.allow_with and turn.confirm is not None:
            if not shown:
                yield Planned(change)
            shown = True
            granted = turn.confirm(_as_exchange(change, what))
            if not granted:
                break
            wanted = msgspec.structs.replace(wanted, allow=granted, seen=change.seen)
        else:
            break
    console.last = told(change) or console.last
    yield Performed(change) if shown else change


def _as_exchange(change: Change, what: str) -> Exchange:
    """A withheld change as front ends ask for one: its bytes were shown already."""
    held = next(exchange for exchange in reversed(change.exchanges) if exchange.outcome == "withheld")
    return replace(
        held,
        command=what.strip(),
        request=b"",
        error=change.error,
        effect=change.effect,
        allow_with=change.allow_with,
    )


def _snapshot(turn: Turn) -> Iterator[object]:
    taken: Snapshot = turn.session.perform(op.TakeSnapshot(turn.named(), turn.timeout_s))
    yield Saved(taken, _written(taken, turn.args[1])) if len(turn.args) > 1 else taken


def _file(name: str) -> Snapshot:
    from unitbench.session.changing.files import read

    return read(name)


def _written(taken: Snapshot, name: str) -> str:
    from unitbench.session.changing.files import write

    return str(write(taken, name))


def _compare(turn: Turn) -> Iterator[object]:
    a, b = (_side(turn, name) for name in turn.args)
    yield compared(a, b, (turn.args[0], turn.args[1]))


def _side(turn: Turn, name: str) -> Snapshot:
    """A snapshot of a unit that is known by that name, or the one in a file."""
    known = any(name.casefold() in (u.name.casefold(), u.address.casefold()) for u in turn.session.units)
    if not known and "://" not in name:
        return _file(name)
    taken: Snapshot = turn.session.perform(op.TakeSnapshot(turn.unit(name).name, turn.timeout_s))
    return taken


HANDLERS: dict[str, Handler] = {
    "set": _set,
    "undo": _undo,
    "snapshot": _snapshot,
    "restore": _restore,
    "compare": _compare,
}
