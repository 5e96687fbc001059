"""One core on one transport: asks, keeps the time, hands events on. Requests wait for each other."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench.errors import LinkLost, TransportError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Request, Role
from unitbench.transport.backlog import Backlog
from unitbench.transport.base import Address, Lost, Received, Stamp, Transport
from unitbench.transport.interfaces import local_address
from unitbench.transport.serial import SerialTransport
from unitbench.transport.tcp import TcpTransport
from unitbench.transport.udp import UdpTransport
from unitbench.wire.codec import Codec
from unitbench.wire.host import LATE_S, Answered, Event, Garbled, Heard, HostCore, Settled, Unasked

Listener = Callable[[Event], None]
LATE_PORTS = 8
"""So many UDP ports are still listened on for answers to requests that were given up."""


@dataclass
class Result:
    """What became of a request: the answers, the outcome, when it left, bytes that were no answer (``came`` counts
    those too that are not kept), and why not.

    ``complete``: the caller had enough before the window ended. ``lost`` is why the way ended;
    ``unreachable``: the unit's system, or the network, refused a datagram. ``dropped``: so many datagrams found no
    room in the receive buffer while answers were gathered, as far as the system tells that.
    """

    outcome: str = "silent"
    answers: list[Heard] = field(default_factory=list)
    sent: Stamp | None = None
    partial: bytes = b""
    came: int = 0
    fault: str = ""
    complete: bool = False
    lost: OSError | None = None
    unreachable: bool = False
    dropped: int = 0


def _transport(where: UnitAddress, received: Received, lost: Lost) -> Transport:
    """The transport of an address, not yet open."""
    address = (where.host, where.port)
    if where.carrier == "serial":
        return SerialTransport(address, where.baud, where.framing, received, lost)
    return (TcpTransport if where.carrier == "tcp" else UdpTransport)(address, received, lost)


class Link:
    """The way to one endpoint. ``listener`` gets what nobody asked for; ``closed`` is called when it ends."""

    def __init__(
        self,
        codec: Codec,
        where: UnitAddress,
        *,
        listener: Listener | None = None,
        closed: Callable[[Link], None] | None = None,
    ) -> None:
        self.where = where
        self.codec = codec
        self._backlog = Backlog(self._received)
        self.transport = _transport(where, self._backlog.put, self._lost)
        self._given_up: deque[Transport] = deque()
        self._owed = False
        self.core = HostCore(codec, datagrams=self.transport.datagrams)
        self._listener = listener
        self._closed = closed
        self._lock = asyncio.Lock()
        self._result: Result | None = None
        self._each: Callable[[Heard], bool | None] | None = None
        self._done: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ending = False
        self.is_open = False

    async def open(self, timeout_s: float) -> None:
        """Open the transport; raises ``OpenFailed``."""
        await self.transport.open(timeout_s)
        self.is_open = True

    @property
    def local(self) -> str:
        """The address of this machine that it uses; empty for a serial line, and for a broadcast to all networks."""
        return self.transport.local

    @property
    def rerouted(self) -> bool:
        """Whether the unit is reached from another address of this machine now."""
        target = self.transport.target
        return target is not None and local_address(target) not in ("", self.local)

    @property
    def busy(self) -> bool:
        """Whether a request is running or waits for its turn."""
        return self._lock.locked()

    async def ask(
        self,
        request: Request | bytes,
        *,
        window_s: float | None = None,
        collect: bool = False,
        each: Callable[[Heard], bool | None] | None = None,
        kept_back: Callable[[], str] | None = None,
    ) -> Result:
        """Send a request (or bytes as they are) and wait for what becomes of it.

        The first answer settles it; with ``collect`` all are gathered that come before the window ends: datagrams
        by their stamps, however late there is time for them. ``each`` is called
        for every answer as it comes, and ends the gathering where it gives True. ``kept_back`` is asked when its turn
        has come, and gives why it must not be sent any more, or nothing; what it raises is raised. Cancelling stops
        the wait; a late answer is then never taken for the next one's.
        """
        async with self._lock:
            if not self.is_open:
                raise LinkLost(
                    f"the link to {self.where.endpoint} was closed before its turn came",
                    hint="nothing was sent; send it again",
                )
            if self._owed:
                await self._change_port()
            if kept_back is not None and (why := kept_back()):
                raise LinkLost(f"{why} before its turn came", hint="nothing was sent; send it again")
            loop = asyncio.get_running_loop()
            self._result, self._done, self._each = Result(), loop.create_future(), each
            result = self._result
            self._backlog.queues, self._ending = collect and self.transport.datagrams, False
            dropped = self.transport.dropped if collect else 0
            try:
                if isinstance(request, bytes):
                    self.core.send(request, loop.time(), window_s=1.0 if window_s is None else window_s)
                else:
                    self.core.ask(request, loop.time(), window_s=window_s, collect=0 if collect else None)
                for out in self.core.outgoing():
                    result.sent = self.transport.send(out.data)
                self._pump()
                await self._done
            except TransportError:
                if self.transport.datagrams:
                    self.core.closed(loop.time())
                    self._pump()
                else:
                    self.transport.close()
                    self._end()
                raise
            except asyncio.CancelledError:
                self.mistrust()
                self.core.cancel(loop.time())
                self._pump()
                raise
            finally:
                self._result = self._done = self._each = None
                self._backlog.queues = False
            result.dropped = self.transport.dropped - dropped if collect else 0
            if result.outcome == "silent" or (collect and not result.complete):
                self.mistrust()
            return result

    def mistrust(self) -> None:
        """Answers to what was sent may still come: the next request goes from another port."""
        self._owed = self._can_change_port

    @property
    def _can_change_port(self) -> bool:
        """A login over UDP is bound to our port, so there it must stay."""
        return self.transport.datagrams and self.codec.protocol.login_idle_s is None

    async def _change_port(self) -> None:
        """Answers carry no number: what a request given up may still bring must come to another port."""
        old, backlog = self.transport, Backlog(self._received)
        transport = _transport(self.where, backlog.put, self._lost)
        await transport.open(LATE_S)
        self._backlog.deliver = self._came_late
        self.transport, self._backlog, self._owed = transport, backlog, False
        old.lost = lambda _: None
        self._given_up.append(old)
        if len(self._given_up) > LATE_PORTS:
            self._forget(self._given_up[0])
        asyncio.get_running_loop().call_later(LATE_S, self._forget, old)

    def _came_late(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        if self._listener:
            self._listener(Unasked(Heard(data, peer, stamp, self.codec.dissect(data, Role.UNIT)), late=True))

    def _forget(self, old: Transport) -> None:
        if old in self._given_up:
            self._given_up.remove(old)
            old.close()

    def close(self) -> None:
        """Close the link; a running request ends as ``closed``."""
        self.transport.close()
        self._end()

    def _received(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        now = asyncio.get_running_loop().time()
        if self._backlog.queues:
            came = now - max(0, time.monotonic_ns() - stamp.mono_ns) / 1e9
            if stamp.source == "kernel":  # a user's says when it was read, which may be long after it came
                self.core.tick(came)
            self.core.receive(data, peer, came, stamp)
        else:
            self.core.receive(data, peer, now, stamp)
            # Behind the bytes, since they may be the answer; here, since a flood makes the timer late.
            self.core.tick(now)
        self._pump()

    def _lost(self, error: OSError | None) -> None:
        if self._result is not None:
            self._result.lost = error
        if self.transport.datagrams:
            self._backlog.flush()
            if self._result is not None:
                self._result.unreachable = True
            self.core.closed(asyncio.get_running_loop().time())
            self._pump()
        else:
            self._end()

    def _end(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._backlog.clear()
        for old in list(self._given_up):
            self._forget(old)
        self.core.closed(asyncio.get_running_loop().time())
        self._pump()
        if self._closed:
            self._closed(self)

    def _pump(self) -> None:
        """Hand on what the core has to say, and set its timer anew."""
        while (event := self.core.next_event()) is not None:
            if isinstance(event, Answered) and self._result is not None:
                self._result.answers.append(event.heard)
                if self._each and self._each(event.heard):
                    self._result.complete = True
                    self.core.cancel(asyncio.get_running_loop().time())
            elif isinstance(event, Settled):
                self._settle(event)
            else:
                if isinstance(event, Garbled) and self._result is not None:
                    self._result.fault = self._result.fault or event.fault
                if self._listener:
                    self._listener(event)
        deadline = self.core.deadline()
        # A timer that is right is left alone: one set anew at each read would never fire under a flood.
        if self._timer and self._timer.when() != deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and deadline is not None and not self._ending:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._tick)

    def _settle(self, event: Settled) -> None:
        if self._result is not None and self._done is not None:
            self._result.outcome = event.outcome
            self._result.partial, self._result.came = event.partial, event.came
            with contextlib.suppress(asyncio.InvalidStateError):
                self._done.set_result(None)

    def _tick(self) -> None:
        self._timer = None
        # The loop may wake a little early by its clock's resolution; the core must not be asked to wait again.
        deadline = self.core.deadline()
        now = asyncio.get_running_loop().time()
        if deadline is not None and self._backlog.queues:
            # What is here already came in time, by its stamp or for all that is known: it goes first.
            self._ending = True
            self.transport.drain()
            self._backlog.then(lambda: self._ended(deadline))
        else:
            self._time_is(now if deadline is None else max(now, deadline))

    def _ended(self, deadline: float) -> None:
        self._ending = False
        self._time_is(deadline)

    def _time_is(self, now: float) -> None:
        self.core.tick(now)
        self._pump()
