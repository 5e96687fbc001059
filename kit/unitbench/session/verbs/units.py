"""Verbs about units: find, take, connect, look at, unlock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from unitbench import catalogue
from unitbench.errors import Withheld
from unitbench.schema.printable import printable
from unitbench.session import operations as op
from unitbench.session.arguments import duration, yes_or_no
from unitbench.session.items import Notice, Page, Places, Units
from unitbench.session.jobs import JobHandle
from unitbench.session.reasons import unit as of_unit
from unitbench.session.results import Discovery
from unitbench.session.spans import time_of
from unitbench.session.verbs.jobs import early
from unitbench.session.verbs.turn import Handler, Turn


def _discover(turn: Turn) -> Iterator[object]:
    ports = turn.options.get("ports", "")
    if yes_or_no(turn.options, "factory"):
        yield Page("addresses of new units", turn.session.factory_addresses())
    elif turn.console.dry_run or yes_or_no(turn.options, "dry"):
        yield turn.session.plan_discovery(*turn.args, ports=ports)
    else:
        handle = _begun(turn, ports)
        yield from handle.waited()
        yield from early(turn.session, handle.id)


def _begun(turn: Turn, ports: str) -> JobHandle[Discovery]:
    """The discovery, once a person has agreed to its width, where it is so wide that this is asked."""
    begin = partial(turn.session.start_discovery, *turn.args, ports=ports, timeout_s=turn.timeout_s)
    try:
        return begin(allow=turn.allow)
    except Withheld as error:
        question = turn.console.question
        if question is None or not error.allow_with or not question(f"{error.message}. Begin?"):
            raise
        return begin(allow=error.allow_with)


def _units(turn: Turn) -> Iterator[object]:
    yield Units(turn.session.units, turn.session.state.speed)


def _use(turn: Turn) -> Iterator[object]:
    unit = turn.unit(turn.args[0])
    turn.console.current = unit.name
    yield Notice(f"{unit.name} is in use: {unit.maker} at {unit.address}")


def _connect(turn: Turn) -> Iterator[object]:
    unit = turn.session.perform(op.Connect(turn.named()))
    yield Notice(f"connected to {unit.name} at {unit.address}")


def _disconnect(turn: Turn) -> Iterator[object]:
    unit = turn.session.perform(op.Disconnect(turn.named()))
    yield Notice(f"the link to {unit.name} is closed")


def _services(turn: Turn) -> Iterator[object]:
    name = turn.named()
    yield Places(name, turn.session.perform(op.Services(name)))


def _identify(turn: Turn) -> Iterator[object]:
    """The unit shows which one it is, where its protocol has a command for that and nothing more."""
    unit = turn.unit(turn.named())
    command = next((item for item in catalogue.protocol(unit.protocol).commands if item.shows_s), None)
    if command is not None and not turn.console.dry_run:
        yield Notice(f"look at {unit.name}: {command.title}")
        yield turn.session.perform(
            op.Ask(unit.protocol, command.name, {}, unit.name, timeout_s=turn.timeout_s)
        )
    yield of_unit.page(turn.unit(unit.name))


def _unlock(turn: Turn) -> Iterator[object]:
    yield Notice(turn.session.perform(op.Unlock(turn.args[0], duration(turn.args[1]))))


def _reserve(turn: Turn) -> Iterator[object]:
    name, seconds = turn.args[0], duration(turn.args[1])
    unit = turn.session.reserve(name, seconds, yes_or_no(turn.options, "take"))
    who, until = printable(turn.session.who), time_of(unit.reserved_until_ns)
    yield Notice(f"{unit.name} is reserved for {who} until {until}; release {unit.name} ends it")


def _release(turn: Turn) -> Iterator[object]:
    unit = turn.session.release(turn.args[0])
    yield Notice(f"{unit.name} is free again: every view may write to it")


HANDLERS: dict[str, Handler] = {
    "discover": _discover,
    "units": _units,
    "use": _use,
    "connect": _connect,
    "disconnect": _disconnect,
    "services": _services,
    "identify": _identify,
    "unlock": _unlock,
    "reserve": _reserve,
    "release": _release,
}
