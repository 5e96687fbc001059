"""A set of simulated units, running in a thread of its own until it is stopped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from pathlib import Path
from typing import Any, NoReturn, cast

from unitbench import catalogue
from unitbench.catalogue.faults import FAULTS
from unitbench.catalogue.unit_options import UNIT_OPTIONS
from unitbench.errors import InvalidValue, OpenFailed
from unitbench.sim import guests, telling
from unitbench.sim.book import Endpoint, Entry, Unwritten, enter
from unitbench.sim.broadcasts import Broadcasts
from unitbench.sim.choices import ALL, by_unit, meant, one, spread
from unitbench.sim.clock import Clock, checked_speed
from unitbench.sim.options import fitted
from unitbench.sim.serial import SerialLines
from unitbench.sim.serve import server_of
from unitbench.sim.serving import Server
from unitbench.sim.sockets import make_room
from unitbench.sim.truth import Effect
from unitbench.sim.units import SimUnit, build, counts_of
from unitbench.sim.ways import Port

BLOCKS = 256
"""Blocks that an embedded set tries: 127.77.0.0/24, 127.77.1.0/24, ..."""


class Sim:
    """A set of simulated units on loopback; usable as a context manager.

    ``units`` says how many of a kind (``{"qstation": 1000}``; 0 leaves it out). ``address`` is the block to
    insist on; without it the first free one is taken. ``port_offset`` is added to every port. ``serial`` names
    units that are to be had on a serial line (a pseudo-terminal) as well. Same ``seed``, same behaviour.
    ``speed`` runs the units' clocks so many times faster; ``options`` and ``faults`` are given by unit, or for
    ``all``: ``options={"r1": {"reject": "silent"}}``. Raises ``InvalidValue`` for what cannot be had and for a
    block too small, ``OpenFailed`` for an address in use.
    """

    def __init__(
        self,
        units: Mapping[str, int] | None = None,
        *,
        address: str = "",
        port_offset: int = 0,
        seed: int = 0,
        serial: Iterable[str] = (),
        speed: float = 1.0,
        options: Mapping[str, Mapping[str, object]] | None = None,
        faults: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self._counts = counts_of(units or {})
        self._address = address
        self._offset = _offset(port_offset, self._counts)
        self._seed = seed
        self._clock = Clock(checked_speed(speed))
        self._port = Port()
        self._options = dict(options or {})
        self._faults = {name: dict(values) for name, values in (faults or {}).items()}
        self._watchers: list[Callable[[], object]] = []
        self._noted = False
        self._serial = tuple(dict.fromkeys(serial))
        self._lines: SerialLines | None = None
        self.block: IPv4Network | None = None
        self.units: tuple[SimUnit, ...] = ()
        self.endpoints: tuple[Endpoint, ...] = ()
        self._servers: list[Server] = []
        self._broadcasts: Broadcasts | None = None
        self._entry: Entry | Unwritten | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def from_file(cls, path: str | Path) -> Sim:
        """The set that a TOML file describes, see ``sim.setfile``; raises ``UsageError`` with line and reason."""
        from unitbench.sim.setfile import told_in

        return cls(**told_in(str(path)))

    @property
    def running(self) -> bool:
        """Whether the units answer."""
        return self._loop is not None

    def start(self) -> Sim:
        """Take the addresses and begin to answer; returns when every unit does. A set that runs stays as it is."""
        if self._loop is not None:
            return self
        if self._address:
            self._take(_block(self._address))
        else:
            self._take_first_free()
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(loop,), name="simulated units", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._begin(), loop).result()
            for name in sorted(self._faults, key=lambda name: name != ALL):
                self.fault(name, **self._faults[name])
            self._tell()
        except BaseException:
            self.stop()
            raise
        return self

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    def _take_first_free(self) -> None:
        for number in range(BLOCKS):
            try:
                self._take(IPv4Network(f"127.77.{number}.0/24"))
                return
            except OpenFailed as error:
                if not error.endpoint.startswith("127."):  # an interface: no other block has a better one
                    raise
        raise OpenFailed(
            f"none of the {BLOCKS} blocks 127.77.N.0/24 is free",
            endpoint="127.77.0.0/16",
            hint="name another block, for example address='127.78.0.0/24'",
        )

    def _take(self, block: IPv4Network) -> None:
        units = self._built(block)
        servers = [server_of(unit, self._offset, str(block.broadcast_address)) for unit in units]
        guests.lodge(servers)
        broadcasts = Broadcasts(servers, block)
        make_room(sum(len(unit.services) for unit in units))
        try:
            for server in servers:
                server.bind()
            broadcasts.bind()
            self._lines = SerialLines(servers, self._serial)
        except (InvalidValue, OpenFailed):
            for server in servers:
                server.release()
            broadcasts.release()
            raise
        self.block, self.units = block, tuple(units)
        self._servers, self._broadcasts = servers, broadcasts

    def _built(self, block: IPv4Network) -> list[SimUnit]:
        """The units of the set with their options; raises ``InvalidValue``."""
        units = build(self._counts, block, self._seed)
        options = by_unit(UNIT_OPTIONS, self._options, units, what="option")
        by_unit(FAULTS, self._faults, units, what="fault")
        return [
            replace(
                unit, clock=self._clock, seed=f"{self._seed}/{unit.name}", told=self._tell, port=self._port
            )
            for unit in guests.moved(fitted(unit, options[unit.name]) for unit in units)
        ]

    async def _begin(self) -> None:
        for server in self._servers:
            await server.start()
        assert self._broadcasts is not None and self._lines is not None
        self._broadcasts.start()
        self._lines.start()
        self.endpoints = tuple(self._listed())
        self._entry = enter(str(self.block), list(self.endpoints))
        for server in self._servers:
            server.on_moved = self._relist

    def _relist(self) -> None:
        """A unit listens elsewhere now."""
        self.endpoints = tuple(self._listed())
        entry = self._entry
        if entry is not None:
            entry.relist(list(self.endpoints))
        for watcher in list(self._watchers):
            watcher()

    def _listed(self) -> list[Endpoint]:
        assert self.block is not None and self._broadcasts is not None
        listed = [
            Endpoint(
                unit.name,
                unit.protocol,
                service.carrier,
                unit.host,
                port,
                unit.mac,
                service.main,
                service.name,
            )
            for unit, server in zip(self.units, self._servers, strict=True)
            for service, port in server.served
        ]
        heard = {server.unit.protocol for server in self._servers if server.hears}
        for protocol in sorted(heard):
            for port in self._broadcasts.ports_of(protocol):
                listed.append(Endpoint("", protocol, "udp", str(self.block.broadcast_address), port))
        return listed + (self._lines.endpoints if self._lines else [])

    # -- faults and speed

    def fault(self, name: str, **values: object) -> None:
        """Have faults of a unit from now on, or of ``all``; those it had before stay, 0 ends one.

        ``sim.fault("k1", loss=0.2, delay="50ms")``; the names are those of ``catalogue.faults``. Raises
        ``InvalidValue`` and changes nothing.
        """
        if self._loop is None:
            self._faults[name] = {**self._faults.get(name, {}), **values}
            return
        for unit, own in spread(FAULTS, name, values, self.units, what="fault").items():
            self._do(self.server(unit).fault, own)
        self._tell()

    def no_faults(self, name: str = ALL) -> None:
        """Let a unit, or all, be whole again."""
        if self._loop is None:
            self._faults = {} if name == ALL else {n: v for n, v in self._faults.items() if n != name}
            return
        for unit in meant(name, self.units):
            self._do(self.server(unit.name).no_faults)
        self._tell()

    @property
    def faults(self) -> dict[str, str]:
        """The units that have faults, with these as people read them."""
        return {server.unit.name: server.faults_told for server in self._servers if server.faults.values}

    @property
    def speed(self) -> float:
        """How many times faster than real the units' clocks run; may be set while they run."""
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._do(self._pace, checked_speed(speed))
        self._tell()

    def _pace(self, speed: float) -> None:
        self._clock.speed = speed
        for server in self._servers if self._loop is not None else ():
            server.pump()

    # -- the private channel

    def state(self, name: str) -> dict[str, Any]:
        """What a unit keeps and counts now, by names of its own; no passwords. Raises ``InvalidValue``."""
        unit = one(name, self.units)
        effects = self.server(unit.name).line.effects
        return cast(dict[str, Any], self._do(telling.state_of, unit.core, effects))

    def log(self, name: str, count: int = 20) -> list[telling.Said]:
        """What a unit made of its last ``count`` events, the oldest first. Raises ``InvalidValue``."""
        unit = one(name, self.units)
        return cast(list[telling.Said], self._do(lambda: telling.log_of(unit.core, unit.clock.now(), count)))

    def truth(self, name: str) -> list[Effect]:
        """When the requests that a unit handled took effect, in truth, the oldest first. Raises ``InvalidValue``."""
        unit = one(name, self.units)
        return cast(list[Effect], self._do(lambda: list(self.server(unit.name).line.effects)))

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Have ``watcher`` called whenever faults, speed or endpoints have changed, on any thread; it must not
        block.

        Returns what ends that.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def _tell(self) -> None:
        if self._entry is not None and (self.faults or self.speed != 1 or self._noted):
            self._noted = True
            self._entry.note(self.speed, self.faults)
        for watcher in list(self._watchers):
            watcher()

    def _do(self, action: Callable[..., object], *args: object) -> object:
        """Have something done on the units' own thread, and wait for what it gives."""
        if self._loop is None:
            return action(*args)

        async def act() -> object:
            return action(*args)

        return asyncio.run_coroutine_threadsafe(act(), self._loop).result(10)

    # -- its parts

    @property
    def shared(self) -> tuple[tuple[str, int], ...]:
        """Host and port of the UDP sockets at which every set on this machine hears."""
        return tuple(self._broadcasts.shared) if self._broadcasts else ()

    def unit(self, name: str) -> SimUnit:
        """The unit of that name; its core holds the state and the log of what it decided. ``KeyError``."""
        return next((unit for unit in self.units if unit.name == name), None) or _no_unit(name)

    def server(self, name: str) -> Server:
        """What serves the unit of that name; ``KeyError``."""
        return next((server for server in self._servers if server.unit.name == name), None) or _no_unit(name)

    def stop(self) -> None:
        """End every unit and give the addresses back. Stopping twice is fine."""
        if self._entry:
            self._entry.remove()
            self._entry, self._noted = None, False
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            self._loop = self._thread = None
            asyncio.run_coroutine_threadsafe(self._end(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _end(self) -> None:
        if self._lines:
            self._lines.close()
        for server in self._servers:
            server.close()
        if self._broadcasts:
            self._broadcasts.close()
        await asyncio.sleep(0)

    def __enter__(self) -> Sim:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()


def _no_unit(name: str) -> NoReturn:
    raise KeyError(f"no simulated unit {name}")


def _offset(offset: int, counts: Mapping[str, int]) -> int:
    """The offset, if every port stays one; raises ``InvalidValue``."""
    served = [s for name, count in counts.items() if count for s in catalogue.protocol(name).services]
    ports = [service.port for service in served if service.port]
    least, most = 1 - min(ports, default=1), 65535 - max(ports, default=0)
    if not least <= offset <= most:
        rule = f"{least}..{most}"
        raise InvalidValue(
            f"a port offset of {offset} leaves the range of ports",
            field="port_offset",
            rule=rule,
            hint=f"for these units: {rule}",
        )
    return offset


def _block(text: str) -> IPv4Network:
    try:
        return IPv4Network(text, strict=True)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise InvalidValue(
            f"'{text}' is no block of addresses: {error}",
            field="address",
            rule="an IPv4 network such as 127.77.0.0/24",
            hint="write the first address and the prefix length, for example 127.77.0.0/24",
        ) from None
