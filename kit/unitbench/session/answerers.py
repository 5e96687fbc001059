"""Who has answered: units told apart by the MAC they give, and the way to one of several at one address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable
from unitbench.schema.records import Command, Request
from unitbench.schema.values import Mac
from unitbench.session.bus import Bus
from unitbench.session.exchanges import sender_of
from unitbench.session.model import Unit
from unitbench.session.registry import Registry, mac_in
from unitbench.wire.host import Heard

MOST_AGAIN = 20
"""Answers of one broadcast that came again and are told one by one; the rest are counted."""


class Answerers:
    """``asked`` is always the address that a request went to: a unit hears there, whatever port it answers from."""

    def __init__(self, bus: Bus, registry: Registry) -> None:
        self._bus = bus
        self._registry = registry

    def unit(self, heard: Heard, asked: UnitAddress) -> Unit:
        """The unit that an answer comes from, known or not yet."""
        mac = mac_in(heard.dissection.values)
        return self._registry.seen(asked.protocol, _host(heard, asked), asked.port, mac)

    def note(self, heard: Heard, asked: UnitAddress) -> None:
        """Tell everybody where an answer shows that two units claim one address."""
        told = self._registry.heard(asked, _host(heard, asked), heard.dissection.values)
        if told:
            self._bus.emit("notice", self.unit(heard, asked).name, text=told)

    def name(self, heard: Heard, asked: UnitAddress, meant: Unit | None) -> str:
        """The name of the unit that answered; its address where it is not known. ``meant`` is the one that was
        asked: it is taken to have answered unless a MAC says otherwise."""
        mac = mac_in(heard.dissection.values).casefold()
        if meant is not None and (not mac or not meant.mac or mac == meant.mac.casefold()):
            return meant.name
        unit = self.unit(heard, asked)
        return unit.name if self._registry.get(unit.name) == unit else printable(sender_of(heard))

    def once(self, answers: Iterable[Heard], asked: UnitAddress) -> list[Heard]:
        """The answers to a broadcast, one of each MAC. What comes again, by another way or doubled, is told as
        unasked."""
        known: set[str] = set()
        kept = []
        again = 0
        for heard in answers:
            mac = mac_in(heard.dissection.values).casefold()
            if mac and mac in known:
                again += 1
                if again > MOST_AGAIN:
                    continue
                text = printable(heard.data.decode("latin-1"), 200)
                name = self.name(heard, asked, None)
                self._bus.emit("unasked", name, text=f"again, from {sender_of(heard)}: {text}")
                continue
            known.add(mac)
            kept.append(heard)
        if again > MOST_AGAIN:
            self._bus.emit("unasked", asked.endpoint, text=f"{again - MOST_AGAIN} more answers came again")
        return kept

    def way(
        self, unit: Unit, where: UnitAddress, request: Request, command: Command
    ) -> tuple[Unit, UnitAddress]:
        """Whom a request is for, and where it goes. Where several units claim the address, it is a broadcast
        address and the MAC in the request selects; raises ``UsageError`` where that has none."""
        contested, rivals = self._registry.rivals(unit)
        if not rivals:
            return unit, where
        field = next((field.name for field in command.args if isinstance(field.type, Mac)), "")
        wanted = str(request.fields.get(field) or "").casefold()
        if wanted in rivals:
            meant, claim = rivals[wanted]
            return meant, replace(where, carrier="udp", host=claim.broadcast)
        if wanted:
            return unit, where
        names = [known.name for known, _ in rivals.values()]
        _, claim = rivals[unit.mac.casefold()]
        everybody = replace(where, carrier="udp", host=claim.broadcast)
        hint = f"name the MAC, then it goes by broadcast and the MAC selects: {command.name} {unit.mac}"
        if not field:
            spelling = everybody.spelling(catalogue.protocol(where.protocol))
            hint = f"ask all of them: @{spelling} {command.name}, each answers with its MAC"
        raise UsageError(
            f"{' and '.join(names)} claim one address, {contested}: {command.name} without a MAC may reach any "
            "of them",
            hint=hint,
        )


def _host(heard: Heard, asked: UnitAddress) -> str:
    return str(heard.peer[0]) if isinstance(heard.peer, tuple) else asked.host
