"""The heartbeat on 49079, both ends. Its bytes are the simulated unit's own: the manual gives none.

A reading ties a heartbeat to the other connections of a client by the client's address, for nothing else is
known; a client that never echoes is tolerated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from unitbench.schema.records import Role
from unitbench.wire.host import Out, Peer
from unitbench.wire.lines.frames import LineFramer
from unitbench.wire.vs1.codec import CODEC

INTERVAL_S = 1.0
MISSES = 3
"""So many beats without an echo, and a client counts as gone (a reading)."""
LINE = 64


def beat(count: int) -> bytes:
    """The line of a beat, and of its echo."""
    return CODEC.encode_report("heartbeat", {"count": f"{count & 0xFFFFFFFF:08X}"})


def count_of(line: bytes) -> int | None:
    """The counter of a beat; None for any other line."""
    seen = CODEC.dissect(line, Role.UNIT)
    if seen.name != "heartbeat" or not seen.ok:
        return None
    try:
        return int(str(seen.values["count"]), 16)
    except ValueError:
        return None


@dataclass
class _Monitored:
    """One client address: its heartbeat connections, and whether it echoes."""

    peers: dict[Peer, LineFramer] = field(default_factory=dict)
    echoed: bool = False
    missed: int = 0


class HeartbeatUnit:
    """The camera's end. ``lost`` names the addresses whose every connection is to be closed."""

    def __init__(self) -> None:
        self.count = 0
        self._hosts: dict[str, _Monitored] = {}
        self._host_of: dict[Peer, str] = {}
        self._next: float | None = None
        self._out: list[Out] = []
        self._lost: list[str] = []

    def connected(self, peer: Peer, host: str, now: float) -> None:
        """A heartbeat connection begins; the first beat goes out at once."""
        self._hosts.setdefault(host, _Monitored()).peers[peer] = LineFramer(LINE)
        self._host_of[peer] = host
        if self._next is None:
            self._next = now

    def disconnected(self, peer: Peer) -> None:
        """It ends. A client that has echoed still owes its echoes."""
        host = self._host_of.pop(peer, None)
        if host in self._hosts:
            monitored = self._hosts[host]
            monitored.peers.pop(peer, None)
            if not monitored.peers and not monitored.echoed:
                del self._hosts[host]

    def receive(self, peer: Peer, data: bytes) -> None:
        """Bytes of a client: echoes count, all else is discarded."""
        monitored = self._hosts.get(self._host_of.get(peer, ""))
        if monitored is None:
            return
        for piece in monitored.peers[peer].feed(data):
            echo = count_of(piece.data)
            if echo is not None and 0 <= (self.count - echo) & 0xFFFFFFFF < MISSES:
                monitored.echoed, monitored.missed = True, 0

    def tick(self, now: float) -> None:
        """Beat when it is time; beats that were slept through are left out, so that nobody is lost by them."""
        if self._next is not None and now >= self._next:
            self._beat()
            steps = int((now - self._next) / INTERVAL_S) + 1
            self._next = self._next + steps * INTERVAL_S if self._hosts else None

    def _beat(self) -> None:
        for host, monitored in list(self._hosts.items()):
            if not monitored.echoed:
                continue
            if monitored.missed >= MISSES:
                del self._hosts[host]
                for peer in monitored.peers:
                    self._host_of.pop(peer, None)
                self._lost.append(host)
                continue
            monitored.missed += 1
        self.count = (self.count + 1) & 0xFFFFFFFF
        self._out += [Out(beat(self.count), peer) for peer in self._host_of]

    def outgoing(self) -> list[Out]:
        """Beats to send."""
        out, self._out = self._out, []
        return out

    def lost(self) -> list[str]:
        """Addresses that fell silent since the last call."""
        lost, self._lost = self._lost, []
        return lost

    def dump(self) -> dict[str, int]:
        """Beats that each client that echoes has missed, by address."""
        return {host: monitored.missed for host, monitored in self._hosts.items() if monitored.echoed}

    def deadline(self) -> float | None:
        """When ``tick`` wants to be called next."""
        return self._next


class HeartbeatClient:
    """Our end. It answers only what a simulated unit alone sends; towards a real camera it never sends a byte,
    and that the connection is open is all that it can tell."""

    def __init__(self, *, simulated: bool) -> None:
        self._simulated = simulated
        self._framer = LineFramer(LINE)
        self._last: float | None = None
        self._open = True
        self.beats = 0
        self.foreign = 0

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes, give those to send back. Those that belong to no whole beat are counted as foreign."""
        answer = b""
        self.foreign += len(data)
        for piece in self._framer.feed(data):
            count = None if piece.fault else count_of(piece.data)
            if count is None:
                continue
            self.foreign -= len(piece.data)
            self.beats += 1
            self._last = now
            if self._simulated:
                answer += beat(count)
        return answer

    def closed(self) -> None:
        """The connection is over."""
        self._open = False

    def missed(self, now: float) -> int:
        """Beats that should have come since the last one; 0 where none ever came."""
        return 0 if self._last is None else max(0, int((now - self._last) / INTERVAL_S))

    def alive(self, now: float) -> bool:
        """Whether the unit is there, as far as can be told."""
        return self._open and self.missed(now) <= MISSES

    def told(self, now: float) -> str:
        """What is known, in a line for people."""
        if not self._open:
            return "closed by the unit"
        if self._last is None:
            return "open; its bytes are not published, so an open connection is all that can be observed"
        return f"{self.beats} beats, {self.missed(now)} missed"
