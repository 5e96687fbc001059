"""The units that a session knows: named once, merged by MAC or address, found by what a person calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.line.guard import brief
from unitbench.schema.address import UnitAddress, address_of, split_address
from unitbench.schema.records import Touch
from unitbench.session.claims import LIMITED, Claim, Claims
from unitbench.session.mirror import unlinked
from unitbench.session.model import Unit

MOST_ADDRESSES = 65_536
"""So many addresses are kept in parts, those of all the units that there may be: each request asks for some of them
several times."""
_IPV4 = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", re.ASCII)
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


def mac_in(values: Mapping[str, object]) -> str:
    """The MAC that a record gives, if it is one."""
    mac = str(values.get("maa", ""))
    return mac if _MAC.fullmatch(mac) else ""


class Registry:
    """``changed`` is called with every unit that is new or different; ``faults_of`` says what faults a simulated
    one was given."""

    def __init__(
        self,
        is_simulated: Callable[[UnitAddress], bool],
        changed: Callable[[Unit], None],
        faults_of: Callable[[UnitAddress], str] = lambda where: "",
    ) -> None:
        self._units: dict[str, Unit] = {}
        self._faults_of = faults_of
        self.is_simulated = is_simulated
        self._changed = changed
        self._claims = Claims()
        self._called: dict[str, str] = {}
        self._booked: set[str] = set()
        self._free: dict[str, int] = {}
        self._homes: dict[str, str] = {}
        self._address = lru_cache(MOST_ADDRESSES)(_address)

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units, in the order in which they became known."""
        return tuple(self._units.values())

    def of(self, protocol: str) -> list[Unit]:
        """The units of a protocol."""
        return [unit for unit in self._units.values() if unit.protocol == protocol]

    def get(self, name: str) -> Unit | None:
        """The unit of that short name, address or MAC."""
        if name in self._units:
            return self._units[name]
        return self._at_home(name.casefold())

    def _at_home(self, folded: str) -> Unit | None:
        """The unit of that address or MAC, in lower case. Where one has had it there is mostly no other to look for:
        a request asks this several times, and there may be a thousand units."""
        home = self._homes.get(folded)
        if home is None:
            return None
        known = self._units.get(home)
        if known is not None and folded in (known.address.casefold(), known.mac.casefold()):
            return known
        units = self._units.values()
        return next((u for u in units if folded in (u.address.casefold(), u.mac.casefold())), None)

    def find(self, name: str, protocol: str = "") -> Unit:
        """The unit that ``name`` means, or the first of ``protocol``; an address makes a unit known.

        Raises ``UsageError``.
        """
        if name:
            unit = self.get(name)
            if unit is None and "://" in name:
                unit = self.add(name)
            if unit is None:
                known = ", ".join(self._units) or "none yet"
                raise UsageError(
                    f"no unit '{brief(name)}'", expected=tuple(self._units), hint=f"units known: {known}"
                )
            if protocol and unit.protocol != protocol:
                raise UsageError(
                    f"{unit.name} speaks {unit.protocol}, the command is {protocol}",
                    hint=f"leave the unit away, or name one that speaks {protocol}",
                )
            return unit
        for unit in self._units.values():
            if unit.protocol == protocol:
                return unit
        maker = catalogue.protocol(protocol).maker
        raise UsageError(
            f"no {maker} unit is known", hint=f"discover, or name one: @{protocol}://HOST COMMAND"
        )

    def address(self, unit: Unit | str) -> UnitAddress:
        """The address of a unit, in parts; raises ``UsageError``."""
        return self._address(unit if isinstance(unit, str) else unit.address)

    def add(
        self, address: str, *, name: str = "", evidence: tuple[str, ...] = (), score: float = 0.0
    ) -> Unit:
        """Make a unit known by its address, or give the one that is there."""
        where = self.address(address)
        protocol = catalogue.protocol(where.protocol)
        spelling = where.spelling(protocol)
        known = self.get(spelling)
        if known:
            return known
        unit = Unit(
            name or self._next_name(where.protocol),
            where.protocol,
            protocol.maker,
            spelling,
            score=score,
            evidence=evidence or ("named by you",),
            simulated=self.is_simulated(where),
        )
        return self.fresh(self.put(unit))

    def resume(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """Know again what a keeper that was killed has known; gives the units that are gone with it: simulated ones
        that no set runs any more, and those whose protocol this process does not have."""
        gone = []
        for unit in units:
            self._units[unit.name] = unit
            try:
                stays = not unit.simulated or self.is_simulated(self.address(unit))
            except UsageError:
                stays = False
            self.put(unlinked(unit))
            if not stays:
                gone.append(self._units.pop(unit.name))
        self._free.clear()
        return tuple(gone)

    def put(self, unit: Unit) -> Unit:
        """Store a unit; listeners hear of it where it differs."""
        for place in filter(None, (unit.address, unit.mac)):
            self._homes.setdefault(place.casefold(), unit.name)
        if self._units.get(unit.name) != unit:
            self._units[unit.name] = unit
            self._changed(unit)
        return unit

    def update(self, name: str, **changes: object) -> Unit | None:
        """Change some facts of a unit."""
        unit = self._units.get(name)
        if unit is None or all(getattr(unit, key) == value for key, value in changes.items()):
            return unit
        return self.put(replace(unit, **changes))  # type: ignore[arg-type]

    def seen(self, protocol: str, host: str, port: int, mac: str) -> Unit:
        """The unit that answered from there; one with the same MAC is the same unit."""
        if mac:
            same = self._at_home(mac.casefold())
            if same is not None and same.protocol != protocol:
                same = next((u for u in self.of(protocol) if u.mac.casefold() == mac.casefold()), None)
            if same:
                return same
        record = catalogue.protocol(protocol)
        carrier = next(service.carrier for service in record.services if service.main)
        spelling = UnitAddress(protocol, carrier, host, port).spelling(record)
        there = self.get(spelling)
        if there and not (mac and there.mac):
            return there
        name = self._called.get(mac.casefold()) or self._next_name(protocol)
        where = UnitAddress(protocol, carrier, host, port)
        return Unit(name, protocol, record.maker, spelling, mac, simulated=self.is_simulated(where))

    def call(self, mac: str, name: str) -> None:
        """Have the unit of a MAC called so as soon as it is heard."""
        before = self._called.get(mac.casefold(), name)
        self._called[mac.casefold()] = name
        self._booked.add(name)
        if before != name and before not in self._called.values():
            self._booked.discard(before)
            self._free.clear()

    def heard(self, asked: UnitAddress, host: str, values: Mapping[str, object]) -> str:
        """Take note of who has answered from ``host``. Where several units turn out to claim one address, each of
        them is known from then on, with that as evidence; gives what people are to be told."""
        mac = mac_in(values)
        if not mac or asked.lasting:
            return ""
        there = self.get(_udp_spelling(asked, host))
        if there is not None and there.mac and not self._claims.known(there.mac):
            self._claims.note(asked, host, there.mac, {})
        unit = self.seen(asked.protocol, host, asked.port, mac)
        own = self.address(unit).host
        if unit.name in self._units and own != host and _IPV4.fullmatch(own):
            self._found(unit, f"answers from {host} as well")
        clash = self._claims.note(asked, host, mac, values)
        if clash is None:
            return ""
        for claim in clash.claims:
            unit = self.seen(asked.protocol, claim.host, asked.port, claim.mac)
            self._found(replace(unit, mac=claim.mac), clash.text)
        return f"{clash.text}; what is sent with a MAC goes to them by broadcast, and the MAC selects"

    def _found(self, unit: Unit, evidence: str) -> None:
        if evidence not in unit.evidence:
            self.put(replace(unit, evidence=(*unit.evidence, evidence)))

    def rivals(self, unit: Unit) -> tuple[str, dict[str, tuple[Unit, Claim]]]:
        """An address that this unit and others claim, and all these by MAC in lower case; nothing and none where it
        is alone."""
        clash = self._claims.of(unit.mac) if unit.mac else None
        if clash is None:
            return "", {}
        pairs = [(self.get(claim.mac), claim) for claim in clash.claims]
        return clash.address, {
            claim.mac.casefold(): (known, claim) for known, claim in pairs if known is not None
        }

    def beside(self, where: UnitAddress) -> Unit | None:
        """The unit that has a service at ``where`` besides the one that it is known by: a unit whose services
        are not all spoken alike is one unit at all its ports."""
        services = catalogue.protocol(where.protocol).services
        if all(service.touch is Touch.SPEAKS and not service.exclusive for service in services):
            return None
        return next((u for u in self.of(where.protocol) if self.address(u).host == where.host), None)

    def at(self, way: UnitAddress) -> list[Unit]:
        """The units that are reached by a link: one, or several of different ids."""
        return [unit for unit in self.of(way.protocol) if self.address(unit).way == way]

    def fresh(self, unit: Unit) -> Unit:
        """The unit with what the address book says of it now: sets of simulated units begin and end."""
        where = self.address(unit)
        simulated = self.is_simulated(where)
        faults = self._faults_of(where) if simulated else ""
        same = (simulated, faults) == (unit.simulated, unit.faults)
        return unit if same else self.put(replace(unit, simulated=simulated, faults=faults))

    def within(self, where: UnitAddress) -> list[Unit]:
        """The units of its protocol that a broadcast address reaches."""
        return [unit for unit in self.of(where.protocol) if inside(where.host, self.address(unit).host)]

    def _next_name(self, protocol: str) -> str:
        letter = catalogue.protocol(protocol).letter
        number = self._free.get(letter, 1)
        while (name := f"{letter}{number}") in self._units or name in self._booked:
            number += 1
        self._free[letter] = number  # the names below stay taken
        return f"{letter}{number}"


def inside(broadcast: str, host: str) -> bool:
    """Whether a broadcast address reaches a host (a reading: its trailing 255 stand for any number). The limited
    one, all 255, reaches every host but those on loopback."""
    if broadcast == LIMITED:
        return not host.startswith("127.")
    prefix = broadcast
    while prefix.endswith(".255"):
        prefix = prefix.removesuffix(".255")
    return host.startswith(f"{prefix}.")


def _address(text: str) -> UnitAddress:
    return address_of(text, catalogue.protocol(split_address(text)[0]))


def _udp_spelling(asked: UnitAddress, host: str) -> str:
    """What a unit is called by its address, if it is at ``host`` and hears at the port that was asked."""
    return replace(asked, host=host).spelling(catalogue.protocol(asked.protocol))
