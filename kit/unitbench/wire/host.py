"""The host's end of every conversation: requests out, answers matched, time-outs kept. No I/O, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from unitbench.errors import LocalProtocolError
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Request, Role
from unitbench.wire.codec import Codec, Framer, Piece

Peer = Hashable
QUIET_S = 0.5
"""How long a unit is silent after the last line of a reply that has several, in seconds (a reading)."""
MOST_LINES_BYTES = 65536
"""A reply of several lines that is longer is taken as whole."""
PARTIAL_CAP = 65536
"""Bytes that are no answer and are kept of one request: a babbling unit must not fill the memory."""
MOST_ANSWERS = 20_000
"""A request that gathers answers is over with so many, for the same reason."""
LATE_S = 5.0
"""How long an answer that came too late is still taken as the old request's, in seconds."""


@dataclass(frozen=True, slots=True)
class Out:
    """Bytes to send, and to whom (None: the only peer)."""

    data: bytes
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A frame of a unit. ``stamp`` is whatever the transport gave with the bytes."""

    data: bytes
    peer: Peer
    stamp: object
    dissection: Dissection


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the running request."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Settled:
    """The running request is over: ``ok``, ``refused``, ``malformed``, ``silent`` or ``closed``.

    ``partial`` are bytes that arrived and were no answer: all of them where there is no answer, what others said
    included; beside an answer only those that made no frame. ``came`` is how many they are, kept or not.
    Bytes that may begin a frame whose rest has not come leave the request ``silent``; any others that are no
    frame, and nothing else, make it ``malformed``.
    """

    outcome: str
    partial: bytes = b""
    came: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A frame that answers no running request. ``late``: it answers one that was given up."""

    heard: Heard
    late: bool = False


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes that are no frame, and why. ``part``: further ones belong to the same line."""

    data: bytes
    peer: Peer
    stamp: object
    fault: str
    part: bool = False


Event = Answered | Settled | Unasked | Garbled


@dataclass
class _Begun:
    """A reply of several lines, so far; it is whole when nothing has come until ``quiet_at``."""

    first: Heard
    data: bytearray
    quiet_at: float


@dataclass
class _Running:
    request: Request | None
    until: float
    collect: int | None
    answers: int = 0
    refused: bool = False
    malformed: bool = False
    garbled: bytearray = field(default_factory=bytearray)
    came: bytearray = field(default_factory=bytearray)
    came_bytes: int = 0
    begun: _Begun | None = None

    @property
    def awaited(self) -> tuple[Request, ...]:
        """The requests of its message that are not answered yet; one that stands alone, always."""
        members = self.request.members if self.request else ()
        return members[self.answers :] if len(members) > 1 else members

    def arrived(self, data: bytes) -> None:
        """Note bytes as they come, whatever becomes of them."""
        self.came_bytes += len(data)
        self.came += data[: PARTIAL_CAP - len(self.came)]

    def settled(self, outcome: str) -> Settled:
        """How it ended."""
        if self.answers:
            return Settled(outcome, bytes(self.garbled), len(self.garbled))
        return Settled(outcome, bytes(self.came), self.came_bytes)

    @property
    def due(self) -> float:
        """When it wants to be looked at."""
        return min(self.until, self.begun.quiet_at) if self.begun else self.until


class HostCore:
    """One request at a time towards one endpoint (a unit, or a broadcast address).

    ``datagrams`` says that the carrier keeps message borders. With ``collect`` a request gathers every answer
    until its window ends (or so many have come); otherwise the first answer settles it.
    """

    def __init__(self, codec: Codec, *, datagrams: bool) -> None:
        self.codec = codec
        self._datagrams = datagrams
        self._framers: dict[Peer, Framer] = {}
        self._stamps: dict[Peer, object] = {}
        self._running: _Running | None = None
        self._owed: deque[tuple[Request, float]] = deque()
        self._before: tuple[Request, float] | None = None
        self._out: deque[Out] = deque()
        self._events: deque[Event] = deque()

    @property
    def busy(self) -> bool:
        """Whether a request is running."""
        return self._running is not None

    def ask(
        self,
        request: Request,
        now: float,
        *,
        to: Peer | None = None,
        window_s: float | None = None,
        collect: int | None = None,
    ) -> None:
        """Start a request. ``collect`` None: one answer settles it; a number: gather at most so many (0: any
        number) until the window ends. Raises ``LocalProtocolError`` while another one runs."""
        data = self.codec.encode(request)
        if window_s is None:
            window_s = max(self.codec.command(member).answer_s for member in request.members)
        if request.then:
            collect = len(request.members)
        self._start(_Running(request, now + window_s, collect), data, to)

    def send(self, data: bytes, now: float, *, to: Peer | None = None, window_s: float = 1.0) -> None:
        """Send bytes as they are; so many frames as they ask for, most often one, settle it."""
        asked = self.codec.replies_to(data)
        self._start(_Running(None, now + window_s, asked if asked > 1 else None), data, to)

    def _start(self, running: _Running, data: bytes, to: Peer | None) -> None:
        if self._running is not None:
            raise LocalProtocolError(
                "a request is still running on this link", hint="wait for it, or stop it"
            )
        self._running = running
        for framer in self._framers.values():
            running.arrived(framer.pending)
        self._out.append(Out(data, to))

    def receive(self, data: bytes, peer: Peer, now: float, stamp: object = None) -> None:
        """Take bytes. Never raises on their content."""
        if self._running is not None:
            self._running.arrived(data)
        framer = self._framers.get(peer)
        if framer is None:
            framer = self._framers[peer] = self.codec.framer(Role.UNIT, datagrams=self._datagrams)
        pieces = framer.feed(data)
        if self._datagrams:
            pieces += framer.flush()
            del self._framers[peer]
        else:
            self._stamps[peer] = stamp
        for piece in pieces:
            self._take(piece, peer, now, stamp)
        begun = self._running.begun if self._running else None
        if begun is not None and begun.first.peer == peer:
            begun.quiet_at = now + QUIET_S

    def _take(self, piece: Piece, peer: Peer, now: float, stamp: object) -> None:
        running = self._running
        if piece.fault:
            if running is not None:
                running.garbled += piece.data[: PARTIAL_CAP - len(running.garbled)]
                running.malformed = running.malformed or not piece.cut
            self._events.append(Garbled(piece.data, peer, stamp, piece.fault, piece.part))
            return
        if running is not None and running.begun is not None and running.begun.first.peer == peer:
            if self._goes_on(running, running.begun, piece.data):
                return
            self._end_lines(running)
            running = self._running
        heard = Heard(piece.data, peer, stamp, self.codec.dissect(piece.data, Role.UNIT))
        if self._is_late(heard, now):
            self._events.append(Unasked(heard, late=True))
        elif running is None or not self._fits(running, heard):
            self._events.append(Unasked(heard, late=self._was_asked(heard, now)))
        else:
            if not running.answers:
                running.malformed = False
            if self._has_lines(running, heard):
                running.begun = _Begun(heard, bytearray(heard.data), now + QUIET_S)
            else:
                self._answered(running, heard)

    def _answered(self, running: _Running, heard: Heard) -> None:
        running.answers += 1
        running.refused = running.refused or bool(heard.dissection.code)
        running.malformed = running.malformed or bool(heard.dissection.faults)
        self._events.append(Answered(heard))
        if running.collect is None or running.answers in (running.collect, MOST_ANSWERS):
            self._settle()

    def _has_lines(self, running: _Running, heard: Heard) -> bool:
        """Whether further lines may belong to this answer; a refusal has none."""
        request = running.request
        return request is not None and self.codec.command(request).multiline and not heard.dissection.code

    def _goes_on(self, running: _Running, begun: _Begun, line: bytes) -> bool:
        """Take a line that goes on with the reply that has begun; False where it does not."""
        if running.request is None or not self.codec.goes_on(running.request, line):
            return False
        begun.data += line
        if len(begun.data) > MOST_LINES_BYTES:
            self._end_lines(running)
        return True

    def _end_lines(self, running: _Running) -> None:
        """The reply that has begun is whole: its lines are one answer, stamped as its first one."""
        begun = running.begun
        if begun is not None:
            running.begun = None
            data = bytes(begun.data)
            found = self.codec.dissect(data, Role.UNIT)
            self._answered(running, Heard(data, begun.first.peer, begun.first.stamp, found))

    def _fits(self, running: _Running, heard: Heard) -> bool:
        if running.request is None:
            return True
        return self.codec.answers(running.awaited[0], heard.dissection)

    def _is_late(self, heard: Heard, now: float) -> bool:
        """On a stream answers come in order: the first that fits a request given up belongs to it."""
        while self._owed and self._owed[0][1] < now:
            self._owed.popleft()
        if self._owed and self.codec.answers(self._owed[0][0], heard.dissection):
            self._owed.popleft()
            return True
        return False

    def _was_asked(self, heard: Heard, now: float) -> bool:
        """Whether a datagram that answers nothing now answers the request before. Any number of units may have heard
        that, and which of them has not answered is not known: so this names what came, and settles nothing."""
        before = self._before
        if before is None or before[1] < now:
            return False
        return any(self.codec.answers(request, heard.dissection) for request in before[0].members)

    def tick(self, now: float) -> None:
        """The clock has moved: settle what has run out."""
        running = self._running
        if running is None or now < running.due:
            return
        self._flush(now)
        self._end_lines(running)
        if self._running is running and now >= running.until:
            self._give_up(running, now)
            self._settle()

    def _flush(self, now: float) -> None:
        """Take what the framers hold: no more will come in time."""
        for peer, framer in list(self._framers.items()):
            for piece in framer.flush():
                self._take(piece, peer, now, self._stamps.get(peer))

    def cancel(self, now: float) -> None:
        """Stop waiting; an answer that still comes is booked as late."""
        running = self._running
        if running is not None:
            self._end_lines(running)
        if running is not None and self._running is running:
            self._give_up(running, now)
            self._settle()

    def _give_up(self, running: _Running, now: float) -> None:
        """On a stream the answer may still come; not so where its bytes came damaged or cut short."""
        chained = running.request is not None and bool(running.request.then)
        unanswered = running.collect is None and not running.answers and not running.garbled
        if (unanswered or chained) and not self._datagrams:
            self._owed += [(request, now + LATE_S) for request in running.awaited]
        if self._datagrams and running.request is not None:
            self._before = running.request, now + LATE_S

    def closed(self, now: float) -> None:
        """The carrier is gone: a running request ends as ``closed``, unless its answer is there."""
        self._flush(now)
        self._framers.clear()
        self._stamps.clear()
        self._owed.clear()
        running = self._running
        if running is not None:
            self._end_lines(running)
        if running is not None and self._running is running:
            self._running = None
            self._events.append(running.settled(_outcome(running) if running.answers else "closed"))

    def _settle(self) -> None:
        running = self._running
        assert running is not None
        self._running = None
        self._events.append(running.settled(_outcome(running)))

    def outgoing(self) -> list[Out]:
        """What is to be sent now."""
        out = list(self._out)
        self._out.clear()
        return out

    def next_event(self) -> Event | None:
        """The next thing that happened, or None."""
        return self._events.popleft() if self._events else None

    def deadline(self) -> float | None:
        """When ``tick`` wants to be called, on the caller's clock; None: no timer."""
        return self._running.due if self._running else None


def _outcome(running: _Running) -> str:
    if running.refused:
        return "refused"
    if running.malformed:
        return "malformed"
    unanswered = running.awaited if running.request and running.request.then else not running.answers
    return "silent" if unanswered else "ok"
