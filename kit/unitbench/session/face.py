"""The session as people and programs hold it: the same face in-process and through a keeper."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from unitbench.errors import SessionGone
from unitbench.line.vocabulary import Vocabulary
from unitbench.runtime import NoFolder
from unitbench.schema.records import Request
from unitbench.session import operations as op
from unitbench.session.changeface import ChangedUnits
from unitbench.session.discoverface import Discoverer
from unitbench.session.given import checked, in_seconds
from unitbench.session.jobs import JobHandle
from unitbench.session.lines import ask_of, raw_of
from unitbench.session.loop import LoopThread
from unitbench.session.losses import held
from unitbench.session.mirror import Mirror
from unitbench.session.model import Exchange, Job, Unit
from unitbench.session.names import vocabulary_of
from unitbench.session.origin import alone, default_session, origin_of
from unitbench.session.pastface import Recorded
from unitbench.session.port import ENDED, Port
from unitbench.session.reserveface import ReservedUnits
from unitbench.session.results import JobResult, Listening
from unitbench.session.showing import Listed, html
from unitbench.session.simface import SimulatedUnits
from unitbench.session.stream import Catchup, Event, State
from unitbench.session.timingface import TimedUnits

if TYPE_CHECKING:
    from unitbench.sim import Sim

T = TypeVar("T")
Callback = Callable[[Event], None]


class Session(Discoverer, ChangedUnits, SimulatedUnits, ReservedUnits, TimedUnits, Recorded):
    """A live session: ask, discover, time, look, subscribe.

    Every method exists twice: plain, which blocks and can be called from a cell, a thread or a script; and
    with ``a`` in front, to be awaited on any event loop. Callbacks run on the session's own thread.
    """

    def __init__(self, port: Port, loop: LoopThread, state: State) -> None:
        self._port = port
        self._loop = loop
        self._mirror = Mirror(state)
        self._callbacks: list[Callback] = []
        self._closed = False
        self._gone = ""

    # -- making one

    @classmethod
    def attach(
        cls,
        name: str | None = None,
        sim: bool = False,
        start: bool = True,
        *,
        who: str | None = None,
        linger_s: float | None = None,
        keep: bool = False,
    ) -> Session:
        """Join the session of that name, in its keeper; ``start`` begins one if there is none. Without a name it is
        the one that ``UNITBENCH_SESSION`` names, as in ``unitbench lab``, else ``default``.

        ``sim``: let the keeper start the default set of simulated units, if it has none. ``linger_s``: how
        long the keeper stays after its last view, in seconds (``keep``: for good). Raises ``SessionError``.

        Where the runtime folder cannot be used no keeper can be found or started: a warning says so, and the
        session is one in this process.
        """
        from unitbench.session.remote import attach

        name = default_session() if name is None else name
        who = origin_of(who)
        try:
            return cls._made(attach(name, sim=sim, start=start, who=who, linger_s=linger_s, keep=keep))
        except NoFolder as error:
            if not start:
                raise
            alone = f"session {name} is in this process alone, goes with it, and no other view finds it"
            warnings.warn(f"{error.message}; {alone}", stacklevel=2)
            return cls.local(sim, who=who, name=name)

    @classmethod
    def local(
        cls,
        sim: bool | Sim = False,
        *,
        who: str | None = None,
        name: str = "local",
        journal: str | Path = "",
    ) -> Session:
        """A session in this process. ``sim``: with the default set of simulated units, or with one of yours.

        ``journal`` is a file to record into, which must not be there yet; without one nothing is written. Raises
        ``SessionError``.
        """
        from unitbench.session.local import local

        return cls._made(local(name, sim, alone(origin_of(who)), journal=journal))

    @classmethod
    def _made(cls, opening: Callable[[LoopThread], Coroutine[Any, Any, tuple[Port, State]]]) -> Session:
        loop = LoopThread("unitbench session")
        try:
            port, state = loop.run(opening(loop))
        except BaseException:
            loop.close()
            raise
        session = cls(port, loop, state)
        session._sync(session._port.listen(session._heard, session._lost))
        return session

    # -- asking

    async def aask(
        self,
        what: str | Request | bytes,
        unit: str = "",
        *,
        allow: str | int = "",
        timeout_s: float | None = None,
    ) -> Exchange:
        """Send one command and wait for what becomes of it.

        ``what`` is a line such as ``"SECUR?"`` or ``"@t1 0Eh 19"``, a ``Request``, or ``bytes`` that go to
        ``unit`` as they are. ``unit`` is a name or an address. ``allow`` lets a write to a real unit pass:
        ``"reconfigures"``, the unit's name, or the number of units reached. Raises ``UsageError`` for what cannot
        be meant; what a unit does, or does not, is in the exchange.
        """
        exchange: Exchange = await self.aperform(self.operation(what, unit, allow=allow, timeout_s=timeout_s))
        return exchange

    def ask(
        self,
        what: str | Request | bytes,
        unit: str = "",
        *,
        allow: str | int = "",
        timeout_s: float | None = None,
    ) -> Exchange:
        """As ``aask``, blocking."""
        exchange: Exchange = self.perform(self.operation(what, unit, allow=allow, timeout_s=timeout_s))
        return exchange

    def operation(
        self,
        what: str | Request | bytes,
        unit: str = "",
        *,
        allow: str | int = "",
        timeout_s: float | None = None,
    ) -> op.Ask | op.Raw:
        """The operation that a line, a request or bytes become; raises ``UsageError``."""
        if isinstance(what, bytes):
            return raw_of(what, unit, allow=str(allow), timeout_s=timeout_s)
        vocabulary = self.vocabulary()
        return ask_of(what, unit, vocabulary, allow=str(allow), timeout_s=timeout_s)

    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed; the result is the one that ``operations.RESULTS`` names."""
        return await self._loop.start(self._performed(operation))

    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""
        return self._sync(self._performed(operation))

    async def _performed(self, operation: op.Operation) -> Any:
        if self._gone:
            raise SessionGone(self._gone, session=self.name)
        return await self._port.perform(checked(operation))

    def _sync(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)

    # -- looking round

    def start_listening(
        self, unit: str, seconds: float | str = 10.0, framing: str = "line"
    ) -> JobHandle[Listening]:
        """Begin to read what a unit sends by itself at its ports that are only read, for some seconds, or a
        time such as ``"2m"``.

        ``framing`` says how it is cut: ``line``, ``fixed:N`` bytes or ``idle:T`` milliseconds.
        """
        return self._job(self.perform(op.Listen(unit, in_seconds(seconds), framing)), "listening")

    def listen(self, unit: str, seconds: float | str = 10.0, framing: str = "line") -> Listening:
        """As ``start_listening``, and wait for the end."""
        return self.start_listening(unit, seconds, framing).result()

    async def alisten(self, unit: str, seconds: float | str = 10.0, framing: str = "line") -> Listening:
        """As ``listen``, to be awaited."""
        job = await self.aperform(op.Listen(unit, in_seconds(seconds), framing))
        heard: Listening = await self._job(job, "listening").alone()
        return heard

    def _job(self, job: Job, kind: str) -> JobHandle[Any]:
        async def wait(number: int) -> Any:
            result: JobResult = await self._performed(op.Await(number))
            return getattr(result, kind)

        return JobHandle(self, job, self._loop, wait, self._performed)

    @property
    def name(self) -> str:
        """The session's name."""
        return self._mirror.state.session

    @property
    def who(self) -> str:
        """The origin that marks what this view does."""
        return self._mirror.state.who

    @property
    def state(self) -> State:
        """A snapshot of the state; kept up to date by the stream, so it costs nothing."""
        return self._mirror.state

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units known, in the order in which they became known."""
        return Listed(self._mirror.state.units)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs of the session, ended ones too."""
        return Listed(self._mirror.state.jobs)

    def vocabulary(self, current: str = "") -> Vocabulary:
        """What a line can refer to now."""
        return vocabulary_of(self.state, current)

    # -- the stream

    def subscribe(self, callback: Callback, *, since: int | None = None) -> Callable[[], None]:
        """Have ``callback`` called with every event from now on, on the session's thread; it must not block.

        With ``since`` the events behind that sequence number are delivered first, without gap or double.
        Returns what ends the subscription.
        """
        if since is not None:
            self._sync(self._replay(callback, since))
        else:
            self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    async def _past(self, since: int) -> list[Event]:
        """The events behind a sequence number that the session has in memory."""
        events: list[Event] = []
        while True:
            past: Catchup = await self._performed(
                op.Since(events[-1].seq if events else since, recorded=False)
            )
            events += past.events
            if not past.more:
                return events

    async def _replay(self, callback: Callback, since: int) -> None:
        waiting: list[Event] = []
        hold = waiting.append
        self._callbacks.append(hold)
        try:
            seen = since
            for event in await self._past(since):
                self._tell(callback, event)
                seen = event.seq
            for event in waiting:
                if event.seq > seen:
                    self._tell(callback, event)
            self._callbacks[self._callbacks.index(hold)] = callback
        except BaseException:
            self._callbacks.remove(hold)
            raise

    def _heard(self, event: Event) -> None:
        self._mirror.apply(event)
        for callback in list(self._callbacks):
            self._tell(callback, event)

    def _tell(self, callback: Callback, event: Event) -> None:
        try:
            callback(event)
        except Exception as error:  # a view's fault must not stop the stream for the others
            self._port.complain(callback, error)

    def _lost(self, reason: str) -> None:
        ended = reason == ENDED
        lost = held(self.state) if ended else ""
        what = "the session is gone" if ended else "the session is gone for this view"
        self._gone = f"{what}: {reason}" + (f"; gone with it: {lost}" if lost else "")
        self._mirror.lose()
        self._heard(Event(self.state.seq + 1, time.time_ns(), "notice", "session", self._gone))

    # -- ending

    @property
    def gone(self) -> str:
        """That the session has ended without this view, why, and what went with it; empty while it is there."""
        return self._gone

    @property
    def closed(self) -> bool:
        """Whether this view has left."""
        return self._closed

    def close(self) -> None:
        """Leave. A session in a keeper goes on; one in this process ends with its links and units."""
        self._loop.guard()
        if self._closed:
            return
        self._closed = True
        try:
            self._loop.run(self._port.close())
        finally:
            self._loop.close()

    async def aclose(self) -> None:
        """As ``close``, to be awaited."""
        self._loop.guard()
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        return html(self.state)

    def __repr__(self) -> str:
        return f"<Session {self.name!r} as {self.who!r}: {len(self.units)} units>"
