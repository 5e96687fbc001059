"""A set of simulated units, running in a thread of its own until it is stopped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import NoReturn

from unitbench import catalogue
from unitbench.errors import InvalidValue, OpenFailed
from unitbench.sim.book import Endpoint, Entry
from unitbench.sim.serve import Broadcasts, Server, make_room, server_of
from unitbench.sim.units import SimUnit, build, counts_of

BLOCKS = 256
"""Blocks that an embedded set tries: 127.77.0.0/24, 127.77.1.0/24, ..."""


class Sim:
    """A set of simulated units on loopback; usable as a context manager.

    ``units`` says how many of a kind (``{"qstation": 1000}``; 0 leaves it out). ``address`` is the block to
    insist on; without it the first free one is taken. ``port_offset`` is added to every port. Same ``seed``,
    same behaviour. Raises ``InvalidValue`` for a block too small, ``OpenFailed`` for an address in use.
    """

    def __init__(
        self,
        units: Mapping[str, int] | None = None,
        *,
        address: str = "",
        port_offset: int = 0,
        seed: int = 0,
    ) -> None:
        self._counts = counts_of(units or {})
        self._address = address
        self._offset = _offset(port_offset, self._counts)
        self._seed = seed
        self.block: IPv4Network | None = None
        self.units: tuple[SimUnit, ...] = ()
        self.endpoints: tuple[Endpoint, ...] = ()
        self._servers: list[Server] = []
        self._broadcasts: Broadcasts | None = None
        self._entry: Entry | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

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
            assert self.block is not None
            self.endpoints = tuple(self._listed())
            self._entry = Entry(str(self.block), list(self.endpoints))
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
            except OpenFailed:
                continue
        raise OpenFailed(
            f"none of the {BLOCKS} blocks 127.77.N.0/24 is free",
            endpoint="127.77.0.0/16",
            hint="name another block, for example address='127.78.0.0/24'",
        )

    def _take(self, block: IPv4Network) -> None:
        units = build(self._counts, block, self._seed)
        servers = [server_of(unit, self._offset, str(block.broadcast_address)) for unit in units]
        broadcasts = Broadcasts(servers, str(block.broadcast_address))
        make_room(sum(len(unit.services) for unit in units))
        try:
            for server in servers:
                server.bind()
            broadcasts.bind()
        except OpenFailed:
            for server in servers:
                server.release()
            broadcasts.release()
            raise
        self.block, self.units = block, tuple(units)
        self._servers, self._broadcasts = servers, broadcasts

    async def _begin(self) -> None:
        for server in self._servers:
            await server.start()
        assert self._broadcasts is not None
        self._broadcasts.start()

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
            )
            for unit, server in zip(self.units, self._servers, strict=True)
            for service, port in server.served
        ]
        heard = {server.unit.protocol for server in self._servers if server.hears}
        for protocol in sorted(heard):
            for port in self._broadcasts.ports_of(protocol):
                listed.append(Endpoint("", protocol, "udp", str(self.block.broadcast_address), port))
        return listed

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
            self._entry = None
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            self._loop = self._thread = None
            asyncio.run_coroutine_threadsafe(self._end(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _end(self) -> None:
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
    ports = [s.port for name, count in counts.items() if count for s in catalogue.protocol(name).services]
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
