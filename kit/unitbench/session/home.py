"""The session's own set of simulated units: known by name, and where a discovery looks first."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from unitbench import catalogue
from unitbench.errors import OpenFailed
from unitbench.lab.identification.steps import announced_at
from unitbench.schema.address import UnitAddress
from unitbench.session.bus import Bus
from unitbench.session.places import Places
from unitbench.session.registry import Registry
from unitbench.session.search import Search
from unitbench.session.vs1.announces import Announces

if TYPE_CHECKING:
    from unitbench.sim import Sim


class Home:
    """``adopt`` takes a set over, which runs."""

    def __init__(self, bus: Bus, registry: Registry, places: Places) -> None:
        self._bus = bus
        self._registry = registry
        self._places = places
        self._sim: Sim | None = None
        self.broadcast = ""
        """The address at which every unit of the set hears."""

    def adopt(self, sim: Sim, search: Search, announces: Announces) -> None:
        """Make the units of a set known, and the places where a discovery finds them."""
        self._sim = sim
        for unit in sim.units:
            if unit.claims:
                self._registry.call(unit.mac, unit.name)
        for endpoint in sim.endpoints:
            self._places.learn(endpoint)
            where = UnitAddress(endpoint.protocol, endpoint.carrier, endpoint.host, endpoint.port)
            if not endpoint.unit:
                self.broadcast = endpoint.host
                search.home.insert(0, where)
            elif endpoint.main:
                known = self._registry.add(
                    where.spelling(catalogue.protocol(endpoint.protocol)),
                    name=endpoint.unit,
                    evidence=("a unit of this session's simulated set",),
                )
                self._registry.update(known.name, mac=endpoint.mac)
                self._look_at(where, search, announces)

    def _look_at(self, where: UnitAddress, search: Search, announces: Announces) -> None:
        """Let a discovery look at a unit that no broadcast reaches."""
        record = catalogue.protocol(where.protocol)
        if announced_at(record):
            search.home.append(where)
            try:
                announces.listen(where.host)
            except OpenFailed as error:
                self._bus.emit("notice", "session", text=error.message)
        elif not record.hears_broadcast and any(command.probe for command in record.commands):
            search.home.append(where)

    def keeps(self, host: str) -> bool:
        """Whether this session takes what a host announces: one with units of its own hears only those."""
        block = self._sim.block if self._sim else None
        return block is None or IPv4Address(host) in block
