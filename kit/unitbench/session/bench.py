"""The live session itself: it owns links, logins, units, jobs and the stream, and performs operations."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from unitbench import catalogue
from unitbench.errors import SessionError, TransportError, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Request
from unitbench.session import operations as op
from unitbench.session.asking import Asking
from unitbench.session.bus import Bus
from unitbench.session.exchanges import hidden, reply_of
from unitbench.session.experiments import Experiments
from unitbench.session.links import Links
from unitbench.session.logins import Logins
from unitbench.session.model import State, Unit
from unitbench.session.policy import Policy
from unitbench.session.registry import Registry
from unitbench.wire import codec_of
from unitbench.wire.host import Event as CoreEvent
from unitbench.wire.host import Garbled, Unasked

if TYPE_CHECKING:
    from unitbench.sim import Sim

FAREWELL_S = 1.0
"""How long a unit may take to answer the LOGOUT when a session ends, in seconds."""


class Bench:
    """Used on one event loop only. ``perform`` is all that a view can do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bus = Bus()
        self.started_ns = time.time_ns()
        self.clients: Callable[[], tuple[str, ...]] = tuple
        self.linger_s = 0.0
        self.on_stop: Callable[[], None] | None = None
        self._sim: Sim | None = None
        self._own_sim = False
        self._home: list[UnitAddress] = []
        self._performing: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._links = Links(self._told, self._ended)
        self._policy = Policy()
        self._registry = Registry(_simulated, self._unit_changed)
        self._logins = Logins(self._login_changed, self._login_expired)
        self._asking = Asking(name, self.bus, self._registry, self._links, self._policy, self._logins)
        self._experiments = Experiments(self.bus, self._registry, self._links, self._asking, self._policy)
        self._experiments.home = lambda: list(self._home)

    def state(self, who: str) -> State:
        """What a joining view gets."""
        return State(
            self.name,
            who,
            self.bus.seq,
            os.getpid(),
            self.started_ns,
            str(self._sim.block) if self._sim else "",
            self._registry.units,
            self._experiments.jobs,
            self.clients(),
            self.linger_s,
        )

    async def perform(self, operation: op.Operation, origin: str) -> Any:
        """Perform an operation for ``origin``; the result is what ``operations.RESULTS`` names."""
        if self._closing:
            raise self._ending()
        task = asyncio.current_task()
        assert task is not None
        self._performing.add(task)
        try:
            return await self._perform(operation, origin)
        except asyncio.CancelledError:
            if self._closing:
                raise self._ending() from None
            raise
        finally:
            self._performing.discard(task)

    def _ending(self) -> SessionError:
        return SessionError(
            f"session {self.name} is ending; whether a request that was running reached the unit is not known",
            hint="attach again to start a new one",
        )

    async def _perform(self, operation: op.Operation, origin: str) -> Any:
        match operation:
            case op.Ask():
                return await self._asking.ask(operation, origin)
            case op.Raw():
                return await self._asking.raw(operation, origin)
            case op.Discover():
                return self._experiments.discover(operation, origin)
            case op.Time():
                return self._experiments.timing(operation, origin)
            case op.Await(job):
                return await self._experiments.wait(job)
            case op.StopJob(job):
                return await self._experiments.stop(job)
            case op.Connect(unit):
                return await self._connect(unit)
            case op.Disconnect(unit):
                return self._disconnect(unit)
            case op.AddUnit(address):
                return self._registry.add(address)
            case op.Find(name, protocol):
                return self._registry.find(name, protocol)
            case op.Unlock(unit, seconds):
                return self._unlock(unit, seconds, origin)
            case op.StartSim():
                self.start_sim()
                return self.state(origin)
            case op.Since(seq, most):
                return self.bus.since(seq, most)
            case op.Look():
                return self.state(origin)
            case op.Stop():
                return self._stop()
        raise UsageError(f"this session cannot perform {type(operation).__name__}")

    # -- simulated units

    def start_sim(self, sim: Sim | None = None) -> None:
        """Take a set of simulated units into the session; without ``sim`` start the default set, once."""
        if self._sim is not None and sim is None:
            return
        if sim is None:
            from unitbench.sim import Sim

            sim = Sim()
        if not sim.running:
            sim.start()
            self._own_sim = True
        self._sim = sim
        for endpoint in sim.endpoints:
            if endpoint.protocol not in catalogue.NAMES:
                continue
            where = UnitAddress(endpoint.protocol, endpoint.carrier, endpoint.host, endpoint.port)
            if not endpoint.unit:
                self._asking.block_broadcast = endpoint.host
                self._home.insert(0, where)
            elif endpoint.main:
                unit = self._registry.add(
                    where.spelling(catalogue.protocol(endpoint.protocol)),
                    name=endpoint.unit,
                    evidence=("a unit of this session's simulated set",),
                )
                self._registry.update(unit.name, mac=endpoint.mac)
                if endpoint.carrier == "tcp":
                    self._home.append(where)

    # -- links

    async def _connect(self, name: str) -> Unit:
        unit = self._registry.find(name)
        where = self._registry.address(unit)
        await self._links.to(where)
        return self._registry.update(unit.name, link="open") or unit

    def _disconnect(self, name: str) -> Unit:
        unit = self._registry.find(name)
        if not self._links.close(self._registry.address(unit)):
            raise UsageError(f"no link to {unit.name} is open", hint="units shows the links")
        return self._registry.find(unit.name)

    def _unlock(self, name: str, seconds: float, origin: str) -> str:
        unit = self._registry.find(name)
        self._policy.unlock(unit.name, seconds)
        self._registry.update(unit.name, unlocked_until_ns=time.time_ns() + int(seconds * 1e9))
        text = f"{unit.name} is unlocked for {seconds:g} s: changes pass without asking"
        self.bus.emit("notice", origin, text=text)
        return text

    def _told(self, where: UnitAddress, event: CoreEvent) -> None:
        """What a unit says unasked goes on the stream."""
        name = where.spelling(catalogue.protocol(where.protocol))
        unit = self._registry.get(name)
        shown = unit.name if unit else name
        if isinstance(event, Garbled):
            data = hidden(event.data, self._logins.secrets(where))
            self.bus.emit("unasked", shown, text=f"{event.fault}: {data[:64].hex(' ')}")
        elif isinstance(event, Unasked):
            late = "late answer: " if event.late else ""
            reply = reply_of(event.heard, codec_of(where.protocol), None, shown, self._logins.secrets(where))
            self.bus.emit("unasked", shown, text=f"{late}{reply.text}")

    def _ended(self, where: UnitAddress) -> None:
        """A link is over: so is a login on it."""
        held = self._logins.held.get(where)
        self._logins.dropped(where)
        unit = self._registry.get(where.spelling(catalogue.protocol(where.protocol)))
        if unit is not None:
            self._registry.update(unit.name, link="closed", login="")
            lost = f", the {held} login on it is gone" if held else ""
            self.bus.emit("notice", unit.name, text=f"the connection to {unit.name} ended{lost}")

    # -- what the parts tell

    def _unit_changed(self, unit: Unit) -> None:
        self.bus.emit("unit", "session", unit=unit)

    def _login_changed(self, unit: str, level: str) -> None:
        self._registry.update(unit, login=level)

    def _login_expired(self, unit: str, idle_s: float) -> None:
        text = f"{unit}: no traffic for {idle_s:g} s, so the unit has ended the login by now"
        self.bus.emit("notice", unit, text=text)

    # -- the end

    def _stop(self) -> str:
        if self.on_stop is not None:
            asyncio.get_running_loop().call_soon(self.on_stop)
        return f"session {self.name} ends"

    async def close(self) -> None:
        """Log out wherever a login is held, close every link, end the jobs and the units started here.

        What is still being performed is stopped first: it must not keep a LOGOUT from its turn.
        """
        self._closing = True
        await self._experiments.stop_all()
        await asyncio.sleep(0)  # who waits for a job gets its result
        running = self._performing - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(*(self._log_out(where) for where in self._logins.held))
        self._links.close_all()
        if self._sim is not None and self._own_sim:
            self._sim.stop()
            self._sim = None

    async def _log_out(self, where: UnitAddress) -> None:
        farewell = next((c for c in catalogue.protocol(where.protocol).commands if c.ends_login), None)
        link = self._links.get(where)
        if farewell is not None and link is not None:
            with contextlib.suppress(TransportError):
                await link.ask(Request(where.protocol, farewell.name), window_s=FAREWELL_S)


def _simulated(where: UnitAddress) -> bool:
    """Whether a running set of this user says so."""
    from unitbench.sim import book

    return book.has((where.carrier, where.host, where.port))
