"""Settings of a unit as a snapshot, and a snapshot as what is to be set again. Pure, but for the reading."""

from __future__ import annotations

import time
from collections.abc import Iterator

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.checks import check
from unitbench.schema.printable import printable
from unitbench.schema.records import Protocol
from unitbench.schema.settable import Settable, Wanted, field_of, settables, unread
from unitbench.schema.values import Value
from unitbench.session.asking import Asking
from unitbench.session.changing import plan
from unitbench.session.changing.follow import Follower
from unitbench.session.changing.model import Section, Snapshot
from unitbench.session.model import Exchange
from unitbench.session.operations import Ask, TakeSnapshot
from unitbench.session.registry import Registry

MOST_ITEMS = 256


class Snapshots:
    """Reads snapshots; used on the session's loop only."""

    def __init__(self, asking: Asking, registry: Registry, follower: Follower) -> None:
        self._asking = asking
        self._registry = registry
        self._follower = follower

    async def take(self, wanted: TakeSnapshot, origin: str) -> Snapshot:
        """All that can be read and set again; raises ``UsageError`` where there is nothing of the kind."""
        unit = self._registry.fresh(self._registry.find(wanted.unit))
        protocol = catalogue.protocol(unit.protocol)
        pairs = list(settables(protocol))
        if not pairs:
            raise UsageError(
                f"nothing of {unit.name} can be kept: the catalogue has no command that reads what another one "
                f"sets for {protocol.maker}",
                hint=f"services {unit.name} tells what is where",
            )
        who, exchanges = await self._follower.who(unit, origin, wanted.timeout_s)
        taken: list[Exchange] = list(exchanges)
        sections: list[Section] = []
        skipped = [f"{command.name}: nothing reads what it sets" for command in unread(protocol)]
        for settable in pairs:
            items, why = await self._items(unit.name, settable, origin, wanted.timeout_s, taken)
            skipped += why
            for one in items:
                exchange = await self._asking.ask(
                    Ask(
                        unit.protocol,
                        settable.reader.name,
                        plan.asked(one),
                        unit.name,
                        timeout_s=wanted.timeout_s,
                    ),
                    origin,
                )
                taken.append(exchange)
                name = plan.named(one) or settable.command.title
                if exchange.ok:
                    sections.append(_section(unit.protocol, one, plan.found(unit.protocol, one, exchange)))
                else:
                    problem = exchange.error.meaning if exchange.error else exchange.outcome
                    skipped.append(f"{name}: {exchange.command}: {printable(problem, 300)}")
        return Snapshot(
            unit.name,
            unit.protocol,
            unit.maker,
            unit.address,
            time.time_ns(),
            tuple(sections),
            who,
            tuple(skipped),
            tuple(taken),
        )

    async def _items(
        self, unit: str, settable: Settable, origin: str, timeout_s: float | None, taken: list[Exchange]
    ) -> tuple[list[Wanted], list[str]]:
        """Every item that a command sets, and what is left out."""
        pair = settable.command.pair
        if settable.table and pair is not None:
            state = pair.idle[0] if pair.idle else None
            told = [
                f"{row.name}: it says what runs now, and is no setting"
                for row in settable.table
                if row.number == state
            ]
            return [Wanted(settable, row.number, ()) for row in settable.table if row.number != state], told
        if settable.item is None or pair is None or pair.items is None:
            return ([Wanted(settable, None, ())], []) if settable.item is None else ([], [])
        protocol = self._registry.find(unit).protocol
        listed = await self._asking.ask(
            Ask(protocol, pair.items.command, {}, unit, timeout_s=timeout_s), origin
        )
        taken.append(listed)
        first, last = listed.fields.get(pair.items.first), listed.fields.get(pair.items.last)
        if not isinstance(first, int) or not isinstance(last, int):
            problem = listed.error.meaning if listed.error else listed.outcome
            return [], [f"every {pair.title}: {listed.command}: {printable(problem, 300)}"]
        numbers = range(first, min(last, first + MOST_ITEMS - 1) + 1)
        return [Wanted(settable, number, ()) for number in numbers], []


def _section(protocol: str, wanted: Wanted, values: plan.Values) -> Section:
    settable = wanted.settable
    return Section(
        settable.command.name,
        settable.reader.name,
        plan.named(wanted) or settable.command.title,
        plan.sources(settable, protocol),
        settable.item.name if settable.item else "",
        wanted.item,
        {name: plan.plain(value) for name, value in values.items()},
    )


def wanted_of(snapshot: Snapshot) -> tuple[Wanted, ...]:
    """What a snapshot wants to be set; raises ``UsageError`` for what cannot be, saying where."""
    protocol = catalogue.protocol(snapshot.protocol)
    pairs = {settable.command.name: settable for settable in settables(protocol)}
    wanted = tuple(one for section in snapshot.sections for one in _wanted(protocol, pairs, section))
    if not wanted:
        raise UsageError("nothing is in the snapshot", hint="snapshot UNIT FILE writes one")
    twice = [one for number, one in enumerate(wanted) if one.key in [w.key for w in wanted[:number]]]
    if twice:
        raise UsageError(f"{plan.named(twice[0]) or twice[0].key[0]} is twice in the snapshot")
    return wanted


def _wanted(protocol: Protocol, pairs: dict[str, Settable], section: Section) -> Iterator[Wanted]:
    settable = pairs.get(section.command)
    if settable is None:
        raise UsageError(
            f"the snapshot sets by '{printable(section.command, 40)}', which is no command of {protocol.name} that "
            "can be read back",
            hint=f"those are {', '.join(pairs) or 'none'}",
        )
    item = settable.item
    if item is not None:
        number = check(item, section.number if section.number is not None else "")
        one = Wanted(settable, number if isinstance(number, int) else None, ())
    else:
        one = Wanted(settable, None, ())
    pair = settable.command.pair
    names = [pair.rows] if settable.table and pair else [field.name for field in settable.kept]
    for name in section.values:
        if name not in names:
            raise UsageError(
                f"{section.title}: '{printable(name, 40)}' is no field of {settable.command.name}",
                hint=f"it has {', '.join(names)}",
            )
    given: list[tuple[str, Value]] = []
    for name in names:
        if name in section.values:
            given.append((name, check(field_of(one, name), section.values[name])))
    yield Wanted(settable, one.item, tuple(given))
