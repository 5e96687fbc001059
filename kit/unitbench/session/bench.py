"""The live session itself: it owns links, logins, units, jobs and the stream, and performs operations."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unitbench.errors import SessionError, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.session import operations as op
from unitbench.session.asking import Asking
from unitbench.session.awake import SYSTEM, Awake, Clocks, Timer
from unitbench.session.bus import Bus
from unitbench.session.changing.performing import Changing
from unitbench.session.doubts import Doubts
from unitbench.session.experiments import Experiments
from unitbench.session.hearing import Hearing
from unitbench.session.holds import Holds
from unitbench.session.home import Home
from unitbench.session.keepalive import KeepAlives
from unitbench.session.linking import Linking
from unitbench.session.links import Links
from unitbench.session.logins import Logins
from unitbench.session.model import Exchange, Unit
from unitbench.session.places import Places
from unitbench.session.policy import Policy
from unitbench.session.reaching import Reaching
from unitbench.session.registry import Registry
from unitbench.session.reserving import Reservations
from unitbench.session.search import Search
from unitbench.session.simulated import Simulated, is_simulated, noted, owner
from unitbench.session.slots import Slots
from unitbench.session.stream import Catchup, State
from unitbench.session.talk import Talk
from unitbench.session.vs1.announces import Announces
from unitbench.session.vs1.listening import Listener
from unitbench.session.waking import Waking
from unitbench.wire.host import Event as CoreEvent

if TYPE_CHECKING:
    from unitbench.session.journal.files import Limits
    from unitbench.session.journal.recording import Recording
    from unitbench.sim import Sim


class Bench:
    """Used on one event loop only. ``perform`` is all that a view can do."""

    def __init__(self, name: str, clocks: Clocks = SYSTEM) -> None:
        self.name = name
        self.bus = Bus()
        self.started_ns = time.time_ns()
        self.clients: Callable[[], tuple[str, ...]] = tuple
        self.linger_s = 0.0
        self.on_stop: Callable[[], None] | None = None
        self._sim: Sim | None = None
        self._own_sim = False
        self._performing: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._links = Links(self._told, self._ended, self._opened)
        self.awake = Awake(clocks)
        self._policy = Policy(self.awake.elapsed_s)
        self._registry = Registry(is_simulated, self._unit_changed, lambda where: noted(where)[1])
        self._places = Places()
        self._slots = Slots(self._links, self._registry, self.bus)
        self._home = Home(self.bus, self._registry, self._places)
        self._announces = Announces(self.bus, self._registry, self._places, self._home.keeps)
        self._logins = Logins(
            self._login_changed, self._login_expired, self._login_later, lambda where: noted(where)[0]
        )
        self._talk = Talk(self.bus, self._registry, self._logins, self._slots)
        self._simulated_set = Simulated(self.bus, self._registry, self._paced)
        reaching = Reaching(self._registry, self._places, lambda: self._links.targets, owner)
        self.reservations = Reservations(self.bus, self._registry, reaching, self.awake)
        self._linking = Linking(
            self._registry, self._places, self._links, self._slots, self._policy, self.reservations
        )
        self._holds = Holds(
            self._linking.ask_quietly,
            lambda: bool(self.clients()),
            self._login_changed,
            self._hold_lost,
            lambda where: noted(where)[0],
        )
        self._doubts = Doubts(
            self.bus,
            self._registry,
            self._links,
            self.awake,
            self._read,
            self._holds.still,
        )
        self._asking = Asking(
            name,
            self.bus,
            self._registry,
            self._places,
            self._links,
            self._slots,
            self._policy,
            self._logins,
            self._holds,
            self._doubts,
            self.reservations,
        )
        self._keepalives = KeepAlives(
            self.bus,
            self._registry,
            self._read,
            lambda: bool(self.clients()),
            self._login_later,
            lambda where: noted(where)[0],
        )
        self._changing = Changing(
            self.bus, self._registry, self._links, self._places, self._policy, self._asking
        )
        self._experiments = Experiments(
            self.bus,
            self._registry,
            self._links,
            self._asking,
            self._policy,
            self.awake,
            self.reservations,
        )
        self.reservations.running = lambda: self._experiments.running
        start = self._experiments.start
        secrets = self._logins.secrets
        self._search = Search(
            self.bus, self._registry, self._links, self._places, self._announces, start, secrets
        )
        hearing = Hearing(self.bus, self._places, self._links, start)
        self._talk.listened = hearing.took
        self._listener = Listener(self.bus, self._registry, self._places, start, hearing.listen)
        Waking(
            self.awake,
            self.bus,
            self._registry,
            self._policy,
            self.reservations,
            self._listener,
            self._doubts,
        )
        self.recording: Recording | None = None

    def state(self, who: str) -> State:
        """What a joining view gets."""
        return State(
            self.name,
            who,
            self.bus.seq,
            os.getpid(),
            self.started_ns,
            self._block(),
            self._registry.units,
            self._experiments.jobs,
            self.clients(),
            self.linger_s,
            self._simulated_set.speed,
            self.recording.where if self.recording else "",
            self.recording.found if self.recording else "",
        )

    def record(self, path: Path | None = None, limits: Limits | None = None) -> None:
        """Write the stream to a file from now on. Without ``path`` it is that of the session's name, and what a keeper
        that was killed has left there is gone on with; a file at ``path`` is a new one.

        Raises ``SessionError`` where ``path`` cannot be written.
        """
        from unitbench.session.journal.recording import Recording

        recording = self.recording = Recording(
            self.name, self.bus, self._registry, self._experiments, self._asking, self._block
        )
        recording.begin(path, limits)

    def _block(self) -> str:
        """The addresses of the session's simulated units; empty where it has none."""
        return str(self._sim.block) if self._sim else ""

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
            case op.SetFields() | op.Undo() | op.Restore() | op.TakeSnapshot():
                return await self._changing.perform(operation, origin)
            case op.Discover():
                return self._search.discover(operation, origin)
            case op.PlanDiscovery() | op.FactoryAddresses():
                return self._search.only_told(operation)
            case op.Time():
                return self._experiments.timing(operation, origin)
            case op.Listen():
                return self._listener.listen(operation, origin)
            case op.Services(unit):
                return self._linking.services(unit)
            case op.Await(job):
                return await self._experiments.wait(job)
            case op.StopJob(job):
                return await self._experiments.stop(job, origin)
            case op.Connect(unit):
                return await self._linking.connect(unit, origin)
            case op.Disconnect(unit):
                return await self._linking.disconnect(unit, origin, self._holds, self._keepalives)
            case op.Reserve(unit, seconds, take):
                await self.reservations.look_up(unit)
                return self.reservations.reserve(unit, seconds, origin, take)
            case op.Release(unit):
                return self.reservations.release(unit, origin)
            case op.AddUnit(address):
                return self._registry.add(address)
            case op.Find(name, protocol):
                return self._registry.find(name, protocol)
            case op.Unlock(unit, seconds):
                return self._unlock(unit, seconds, origin)
            case op.KeepAlive(unit, every_s):
                return self._keepalives.keep(unit, every_s)
            case op.StartSim():
                self.start_sim(origin=origin)
                return self.state(origin)
            case op.SimFault() | op.SimSpeed() | op.LookSim():
                return self._simulated_set.perform(operation, origin)
            case op.LookUnit() | op.LookLog():
                return self._simulated_set.look(operation)
            case op.Since():
                return await self._since(operation)
            case op.Look():
                return self.state(origin)
            case op.Stop():
                return self._stop()
        raise UsageError(f"this session cannot perform {type(operation).__name__}")

    async def _since(self, wanted: op.Since) -> Catchup:
        found = await self.recording.since(wanted) if self.recording else None
        return found or self.bus.since(wanted.seq, wanted.most)

    # -- simulated units

    def start_sim(self, sim: Sim | None = None, origin: str = "session") -> None:
        """Take a set of simulated units into the session; without ``sim`` start the default set, once. It is told to
        every view as what ``origin`` did."""
        if self._sim is not None and sim is None:
            return
        if sim is None:
            from unitbench.sim import Sim

            sim = Sim()
        if not sim.running:
            sim.start()
            self._own_sim = True
        self._sim = sim
        self._home.adopt(sim, self._search, self._announces)
        self._asking.block_broadcast = self._home.broadcast
        self._simulated_set.adopt(sim)
        block = str(sim.block)
        self.bus.emit("notice", origin, text=f"simulated units run in this session, at {block}", sim=block)

    # -- links

    def _unlock(self, name: str, seconds: float, origin: str) -> str:
        unit = self._registry.find(name)
        self._policy.unlock(unit.name, seconds)
        self._registry.update(unit.name, unlocked_until_ns=time.time_ns() + int(seconds * 1e9))
        text = f"{unit.name} is unlocked for {seconds:g} s: changes pass without asking"
        self.bus.emit("notice", origin, text=text)
        return text

    def _told(self, way: UnitAddress, event: CoreEvent) -> None:
        self._talk.told(way, event)

    def _ended(self, way: UnitAddress) -> None:
        self._asking.begun.ended(way)
        self._doubts.over(way)
        self._talk.ended(way)

    def _opened(self, way: UnitAddress) -> None:
        self._doubts.watch()
        self._slots.taken(way)

    def unwatched(self) -> None:
        """No view is left: what only one can have is given back at once."""
        self._slots.give_back()

    # -- what the parts tell

    def _unit_changed(self, unit: Unit) -> None:
        self.bus.emit("unit", "session", unit=unit)
        if not unit.login:
            self._keepalives.ended(unit.name)

    def _login_changed(self, unit: str, level: str) -> None:
        self._registry.update(unit, login=level)

    def _login_expired(self, unit: str, idle_s: float, speed: float) -> None:
        clock = f" of its clock, which runs {speed:g} times faster" if speed != 1 else ""
        text = f"{unit}: no traffic for {idle_s:g} s{clock}, so the unit has ended the login by now"
        self.bus.emit("notice", unit, text=text)

    def _paced(self, theirs: Callable[[UnitAddress], bool], faster: float) -> None:
        self._logins.paced(theirs, faster)
        self._keepalives.paced(theirs, faster)

    async def _read(self, wanted: op.Ask, origin: str) -> Exchange:
        return await self._asking.ask(wanted, origin)

    def _login_later(self, where: UnitAddress, seconds: float, call: Callable[[], None]) -> Timer:
        return self.awake.call_later(seconds, call, sleeps=self._registry.is_simulated(where))

    def _hold_lost(self, unit: str, what: str) -> None:
        self.bus.emit("notice", unit, text=f"{what} of {unit} is lost: the unit did not grant it any longer")

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
        await self._holds.give_back()
        await asyncio.gather(*(self._linking.log_out(where) for where in self._logins.held))
        self._keepalives.close()
        self._doubts.close()
        self._links.close_all()
        self.awake.close()
        self._announces.close()
        self._simulated_set.leave()
        if self._sim is not None and self._own_sim:
            self._sim.stop()
            self._sim = None
        if self.recording is not None:
            self.recording.close()
