"""Announces of cameras: heard without being asked for, told when they say something new."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from unitbench.catalogue import vs1
from unitbench.lab.identification.judging import ANNOUNCE as MARK
from unitbench.lab.identification.judging import evidence_of
from unitbench.lab.identification.model import Evidence, Look, Way
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable
from unitbench.schema.records import SIMULATOR
from unitbench.session.bus import Bus
from unitbench.session.model import Unit
from unitbench.session.places import Places
from unitbench.session.registry import Registry
from unitbench.session.searching.sightings import weighed
from unitbench.transport.base import Address, Stamp
from unitbench.transport.listener import UdpListener
from unitbench.transport.names import resolved
from unitbench.wire.vs1 import announce
from unitbench.wire.vs1.announce import Announce

LOOK_S = 3.0
"""How long a discovery listens: units announce themselves about once a second."""
EVERYWHERE = "255.255.255.255"
"""The broadcast address that stands for every network of this machine."""
REMEMBERED = 1000
"""Senders whose last announce is kept."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest announce of a host. ``known`` is what it says, None where its layout is foreign."""

    host: str
    data: bytes
    stamp: Stamp
    known: Announce | None

    @property
    def evidence(self) -> Evidence:
        """What it says about who sent it: VS-1 and HE1600T announce themselves alike."""
        name, where, t_ns = vs1.PROTOCOL.name, vs1.ANNOUNCE, self.stamp.wall_ns
        return evidence_of(Look(Way.HEARD, name, where.carrier, where.port, data=self.data, t_ns=t_ns))[0]

    @property
    def about(self) -> str:
        """A short description of the unit."""
        return f'{SIMULATOR} "{printable(self.known.name, 60)}"' if self.known else "or HE1600T"

    @property
    def lasting(self) -> object:
        """What is worth telling when it changes: all but the counters."""
        return replace(self.known, counters=()) if self.known else len(self.data)


class Announces:
    """Listens once it is told to, until it is closed. ``keeps`` says which hosts this session hears at all."""

    def __init__(self, bus: Bus, registry: Registry, places: Places, keeps: Callable[[str], bool]) -> None:
        self._bus = bus
        self._registry = registry
        self._places = places
        self._keeps = keeps
        self._listeners: dict[int, UdpListener] = {}
        self._heard: dict[str, Heard] = {}
        self._news = asyncio.Event()
        self.named: set[str] = set()
        """Hosts that a person has named: they are heard too."""

    def listen(self, host: str) -> int:
        """Listen at the port to which the unit at ``host`` announces itself; raises ``OpenFailed``."""
        where = UnitAddress(vs1.PROTOCOL.name, vs1.ANNOUNCE.carrier, host, vs1.ANNOUNCE.port)
        port = self._places.of(where, vs1.ANNOUNCE).port
        if port not in self._listeners:
            self._listeners[port] = UdpListener(port, self._received)
        return port

    def _received(self, data: bytes, sender: Address, stamp: Stamp) -> None:
        host = sender[0]
        if not self._keeps(host) and not any(fits(host, name) for name in self.named):
            return
        before = self._heard.pop(host, None)
        heard = self._heard[host] = Heard(host, data, stamp, announce.decode(data))
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]
        if before is None or before.lasting != heard.lasting:
            self._bus.emit("unasked", self._unit(host).name, text=printable(announce.shown(data), 600))
        self._news.set()

    def _unit(self, host: str) -> Unit:
        """The unit at a host; one that is not known yet has its address for a name."""
        main = vs1.CONTROL
        where = self._places.of(UnitAddress(vs1.PROTOCOL.name, main.carrier, host, main.port), main)
        spelling = where.spelling(vs1.PROTOCOL)
        return self._registry.get(spelling) or Unit(
            spelling,
            vs1.PROTOCOL.name,
            vs1.PROTOCOL.maker,
            spelling,
            simulated=self._registry.is_simulated(where),
        )

    async def look(self, places: Collection[str], found: Callable[[Heard], None]) -> None:
        """Call ``found`` for who announces itself of ``places`` (hosts and broadcast addresses), for ``LOOK_S`` or
        until every single host was heard; raises ``OpenFailed``."""
        wanted = [await self._host(name) for name in places]
        since_ns = time.monotonic_ns()
        self.named |= set(wanted)
        for host in wanted:
            self.listen(host)
        waiting, seen = set(wanted), set[str]()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                while waiting:
                    for heard in [h for h in self._heard.values() if h.stamp.mono_ns > since_ns]:
                        if heard.host not in seen and any(fits(heard.host, name) for name in wanted):
                            seen.add(heard.host)
                            waiting.discard(heard.host)
                            found(heard)
                    self._news.clear()
                    if waiting:
                        await self._news.wait()

    @staticmethod
    async def _host(name: str) -> str:
        """The address that a host's name stands for; raises ``OpenFailed``."""
        (address, *_) = await resolved((name, vs1.ANNOUNCE.port), vs1.ANNOUNCE.carrier, LOOK_S)
        return address[0]

    def known(self, heard: Heard) -> Unit:
        """Make the unit known that an announce is from, or give it new evidence."""
        found = self._unit(heard.host)
        unit = found if self._registry.get(found.name) else self._registry.add(found.address)
        known = weighed(unit, (heard.evidence,), set())
        told = tuple(text for text in known.evidence if not text.startswith(MARK))
        known = replace(known, evidence=(*told, heard.evidence.text), about=heard.about)
        return self._registry.put(known)

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()


def fits(host: str, wanted: str) -> bool:
    """Whether a host is the wanted one, or within the wanted broadcast address (its trailing 255)."""
    if wanted == EVERYWHERE:
        return True
    prefix = wanted
    while prefix.endswith(".255"):
        prefix = prefix.removesuffix(".255")
    return host == wanted or (prefix != wanted and host.startswith(f"{prefix}."))
