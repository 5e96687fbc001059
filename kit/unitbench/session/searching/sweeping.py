"""Hosts of which nothing is known, gone through one by one: datagrams first, then connections, until each is known."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from unitbench.catalogue.evidence import CONTROL_PORT
from unitbench.errors import OpenFailed, TransportError
from unitbench.lab.identification.conflicts import remarks
from unitbench.lab.identification.judging import evidence_of
from unitbench.lab.identification.model import PERHAPS, Hypothesis, Look, State, Way
from unitbench.lab.identification.scoring import identified
from unitbench.lab.identification.steps import Rank, Step
from unitbench.lab.identification.strangers import stranger
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Service
from unitbench.session.places import Places
from unitbench.session.scope import Sweep
from unitbench.session.searching.pacing import Pacer
from unitbench.session.searching.planning import TRIES, port_of
from unitbench.transport.base import Address, Stamp
from unitbench.transport.interfaces_list import Interface, neighbours, on_link
from unitbench.transport.tcp import TcpTransport
from unitbench.transport.udp import UdpTransport

ENOUGH = 0.95
"""A host that is known so well is asked nothing more."""
OPEN_S, GREETS_S = 1.0, 0.3
"""How long a connection may take, and how long is listened before anything is sent, in seconds."""
AT_ONCE = 64
"""Connections at the same time, each to another host."""
MOST_BYTES = 65536
"""Bytes of one host that are kept for one question."""

Found = Callable[[str, Hypothesis, Step, int, float, int], None]
"""Told of every host that is newly known to be something: which, what, by which step and port, after how long
(seconds), and when (wall clock)."""


@dataclass
class _Host:
    looks: list[Look] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    controlled: bool = False

    @property
    def best(self) -> Hypothesis | None:
        return next(iter(identified(self.looks)), None)

    def knows(self, protocol: str) -> bool:
        """Whether that protocol is likelier than not already."""
        return any(item.protocol == protocol and item.score >= PERHAPS for item in identified(self.looks))


class Sweeping:
    """One sweep. ``found`` is told as soon as a host is known; ``stopped`` says that a person has had enough."""

    def __init__(
        self,
        sweep: Sweep,
        ports: dict[str, int],
        pacer: Pacer,
        places: Places,
        interfaces: tuple[Interface, ...],
        found: Found,
        stopped: asyncio.Event,
    ) -> None:
        self._sweep = sweep
        self._ports = ports
        self._pacer = pacer
        self._places = places
        self._interfaces = interfaces
        self._found = found
        self._stopped = stopped
        self._hosts = {host: _Host() for host in sweep.hosts}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.skipped: list[str] = []

    @property
    def findings(self) -> list[str]:
        """What was seen at hosts that are none of ours."""
        told = []
        for host, state in self._hosts.items():
            if (said := remarks(state.looks)) and not state.told:
                told.append(f"{host}: unknown; {'; '.join(said)}")
            elif any(look.way is Way.CONTROL and look.state is State.OPEN for look in state.looks):
                told.append(f"{host}: {'; '.join(said)}")
        return told

    async def run(self, steps: Iterable[Step]) -> None:
        """Go through all hosts, step by step."""
        for step in steps:
            if self._stopped.is_set():
                return
            todo = [host for host in self._hosts if self._wanted(host, step)]
            if step.rank is Rank.LISTEN or not todo:
                continue
            if step.carrier == "udp":
                await self._datagrams(step, todo)
            else:
                here = self._present(todo)
                await asyncio.gather(*(self._connections(step, host) for host in here))

    def _wanted(self, host: str, step: Step) -> bool:
        state = self._hosts[host]
        best = state.best
        if best is not None and best.score >= ENOUGH:
            return False
        return not (step.rank is Rank.ASK_STATEFUL and state.knows(step.protocol))

    def _present(self, hosts: list[str]) -> list[str]:
        """Without those on our own networks that have not answered who has their address: nobody is there."""
        known = neighbours()
        absent = {host for host in hosts if known.get(host) == "" and on_link(host, self._interfaces)}
        for host in hosts:
            state = self._hosts[host]
            if known.get(host) and not any(look.way is Way.MAC for look in state.looks):
                state.looks.append(Look(Way.MAC, mac=known[host]))
        return [host for host in hosts if host not in absent or self._hosts[host].looks]

    def _port(self, host: str, step: Step, service: Service) -> int:
        where = UnitAddress(step.protocol, service.carrier, host, service.port)
        return port_of(self._sweep, step, self._places.of(where, service).port, self._ports)

    def _take(self, host: str, step: Step, look: Look, after_s: float = 0.0) -> None:
        state = self._hosts[host]
        state.looks.append(look)
        if not any(item.weight > 0 for item in evidence_of(look)):
            return
        for item in identified(state.looks):
            if item.score >= PERHAPS and item.protocol == step.protocol:
                state.told.add(item.protocol)
                self._found(host, item, step, look.port, after_s, look.t_ns)

    # -- datagrams

    async def _datagrams(self, step: Step, hosts: list[str]) -> None:
        """One socket asks all hosts; those that are silent are asked again."""
        service = step.services[0]
        ports = {host: self._port(host, step, service) for host in hosts}
        sent: dict[str, Stamp] = {}
        silent = set(hosts)
        news = asyncio.Event()

        def received(data: bytes, peer: Address, stamp: Stamp) -> None:
            host = peer[0]
            if host not in sent:
                return
            silent.discard(host)
            after_s = (stamp.wall_ns - sent[host].wall_ns) / 1e9
            look = self._look(step, "udp", ports[host], data, stamp.wall_ns)
            self._take(host, step, look, after_s)
            if not silent:
                news.set()

        transport = UdpTransport((hosts[0], service.port), received, lambda error: None)
        try:
            await transport.open(OPEN_S)
            for _ in range(TRIES):
                for host in sorted(silent, key=socket.inet_aton):
                    if self._stopped.is_set():
                        return
                    await self._pacer.datagram(host)
                    try:
                        sent[host] = transport.send(step.data, (host, ports[host]))
                    except TransportError as error:
                        self.skipped.append(error.message)
                        silent.discard(host)
                if silent:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(step.command.answer_s if step.command else OPEN_S):
                            await news.wait()
                news.clear()
        finally:
            transport.close()

    def _look(self, step: Step, carrier: str, port: int, data: bytes, t_ns: int) -> Look:
        name = step.command.name if step.command else ""
        return Look(
            Way.ASKED, step.protocol, carrier, port, command=name, sent=step.data, data=data, t_ns=t_ns
        )

    # -- connections

    async def _connections(self, step: Step, host: str) -> None:
        async with self._slots, self._pacer.alone(host):
            if step.command is None:
                await self._knock(step, host)
                return
            for service in step.services:
                if self._stopped.is_set() or await self._asked(step, host, self._port(host, step, service)):
                    return

    async def _knock(self, step: Step, host: str) -> None:
        """All the ports of a step must be open; no byte is sent to them."""
        for service in step.services:
            port = self._port(host, step, service)
            state = await self._open(host, port, None)
            if state is not State.OPEN:
                return
        await self._control(host)
        now = Stamp.now().wall_ns
        look = Look(Way.KNOCKED, step.protocol, "tcp", step.services[0].port, State.OPEN, t_ns=now)
        self._take(host, step, look)

    async def _control(self, host: str) -> None:
        """Once for each host that has something open: is a port open that must be closed?"""
        found = self._hosts[host]
        if found.controlled:
            return
        found.controlled = True
        state = await self._open(host, CONTROL_PORT, None)
        found.looks.append(Look(Way.CONTROL, carrier="tcp", port=CONTROL_PORT, state=state))

    async def _open(self, host: str, port: int, transport: TcpTransport | None) -> State:
        """Connect, and close where no transport was given; how the port took it."""
        await self._pacer.connection(host)
        used = transport or TcpTransport((host, port), lambda *_: None, lambda error: None)
        try:
            await used.open(OPEN_S)
        except OpenFailed as error:
            return State.REFUSED if error.message.endswith(": refused") else State.SILENT
        if transport is None:
            used.close()
        return State.OPEN

    async def _asked(self, step: Step, host: str, port: int) -> bool:
        """Connect, listen, ask; whether anything was there."""
        came = bytearray()
        news = asyncio.Event()

        def received(data: bytes, peer: Address, stamp: Stamp) -> None:
            came.extend(data[: MOST_BYTES - len(came)])
            news.set()

        transport = TcpTransport((host, port), received, lambda error: news.set())
        state = await self._open(host, port, transport)
        if state is not State.OPEN:
            return False
        try:
            now = Stamp.now()
            self._take(host, step, Look(Way.KNOCKED, step.protocol, "tcp", port, t_ns=now.wall_ns))
            await asyncio.sleep(GREETS_S)
            greeting = bytes(came)
            if greeting:
                self._take(
                    host, step, Look(Way.HEARD, step.protocol, "tcp", port, data=greeting, t_ns=now.wall_ns)
                )
            if not stranger(b"", greeting):
                came.clear()
                with contextlib.suppress(TransportError):
                    await self._answer(step, host, port, transport, came, news)
        finally:
            transport.close()
        await self._control(host)
        return True

    async def _answer(
        self, step: Step, host: str, port: int, transport: TcpTransport, came: bytearray, news: asyncio.Event
    ) -> None:
        sent = transport.send(step.data)
        looked = self._look(step, "tcp", port, b"", sent.wall_ns)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(step.command.answer_s if step.command else OPEN_S):
                while True:
                    news.clear()
                    await news.wait()
                    looked = self._look(step, "tcp", port, bytes(came), Stamp.now().wall_ns)
                    said = any(item.weight > 0 for item in evidence_of(looked))
                    if said or stranger(step.data, looked.data) or not transport.is_open:
                        break
        self._take(host, step, looked, (looked.t_ns - sent.wall_ns) / 1e9)
