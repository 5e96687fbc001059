"""Which units something that is sent reaches, however its address is spelt.

A unit has its host for itself, with all ports: what is reserved is not reached by another service of it, or by another
protocol's name for it. Several units at one host are told apart where it is known that they are several: simulated
ones by the address book, those on one line by their ids, and where all have one loopback address, by their ports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from unitbench import catalogue
from unitbench.errors import OpenFailed
from unitbench.schema.address import SERIAL, UnitAddress
from unitbench.schema.hosts import is_address
from unitbench.schema.record import replace
from unitbench.session.places import Places
from unitbench.session.registry import Registry, inside
from unitbench.transport.names import resolved

LOOK_UP_S = 2.0
"""A name service may take so long, in seconds, when a unit is reserved by its name."""
SHARED_HOST = "127.0.0.1"
"""Where systems have no other loopback address, units of a set differ by their ports alone."""


class Reaching:
    """``targets`` gives where open links really go, by what they were opened with; ``owner`` which simulated unit
    has an endpoint, empty where none has."""

    def __init__(
        self,
        registry: Registry,
        places: Places,
        targets: Callable[[], Mapping[UnitAddress, str]] = dict,
        owner: Callable[[UnitAddress], str] = lambda where: "",
    ) -> None:
        self._registry = registry
        self._places = places
        self._targets = targets
        self._owner = owner
        self._found: dict[str, frozenset[str]] = {}

    async def look_up(self, where: UnitAddress) -> None:
        """Learn the addresses of a unit that goes by a name; one that no name service knows has none yet."""
        if where.carrier != SERIAL and not is_address(where.host):
            with suppress(OpenFailed):
                found = await resolved((where.host, where.port), where.carrier, LOOK_UP_S)
                self._found[where.host] = frozenset(host for host, _ in found)

    def _hosts(self, where: UnitAddress) -> frozenset[str]:
        """The host by all that is known of it: its name, what that means, and where open links to it go."""
        if is_address(where.host):
            return frozenset({where.host})
        linked = {target for way, target in self._targets().items() if target and way.host == where.host}
        return frozenset({where.host, *linked}) | self._found.get(where.host, frozenset())

    def one(self, a: UnitAddress, b: UnitAddress, *, raw: bool = False, target: str = "") -> bool:
        """Whether what goes to ``a`` reaches the unit at ``b``. ``raw``: bytes as they are, which several ids on one
        line all hear; ``target`` is where the link goes."""
        if SERIAL in (a.carrier, b.carrier):
            line = a.carrier == b.carrier and os.path.realpath(a.host) == os.path.realpath(b.host)
            return line and (raw or _ids_meet(a, b))
        common = (self._hosts(a) | {target}) & self._hosts(b)
        if not common:
            return False
        if (a.carrier, a.port) == (b.carrier, b.port):
            return raw or _ids_meet(a, b)
        for host in common:
            mine, other = self._owner(replace(a, host=host)), self._owner(replace(b, host=host))
            if mine and other:
                return mine == other and (raw or _ids_meet(a, b))
        return raw or (SHARED_HOST not in common and _ids_meet(a, b))

    def heard(self, broadcast: UnitAddress, b: UnitAddress, *, raw: bool = False) -> bool:
        """Whether what goes to a broadcast address reaches the unit at ``b``, though none of that protocol is known
        there: its bytes are those of anything, or go to a port where that protocol is not at home."""
        if b.carrier == SERIAL or not (raw or not self._at_home(broadcast)):
            return False
        return any(is_address(host) and inside(broadcast.host, host) for host in self._hosts(b))

    def _at_home(self, broadcast: UnitAddress) -> bool:
        if self._places.service(broadcast) is not None:
            return True
        services = catalogue.protocol(broadcast.protocol).services
        homes = [self._registry.address(unit) for unit in self._registry.within(broadcast)]
        ports = {self._places.of(home, s).port for home in homes for s in services}
        return broadcast.port in ports


def _ids_meet(a: UnitAddress, b: UnitAddress) -> bool:
    """Whether two addresses on one line may be of one unit."""
    return a.protocol != b.protocol or a.unit_id is None or b.unit_id is None or a.unit_id == b.unit_id
