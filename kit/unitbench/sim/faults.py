"""The faults of one simulated unit: what stands between its sockets and its core. No I/O, no clock.

Bytes that come in pass ``heard`` on their way to the core, bytes that go out pass ``say`` and leave by
``outgoing`` at their time. ``deadline`` says when to ask again. Times are those of the line, in seconds.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from heapq import heappop, heappush

from unitbench.catalogue.faults import FAULTS
from unitbench.schema.records import Role
from unitbench.schema.settings import checked, listed
from unitbench.schema.values import Value
from unitbench.sim.damage import broken_off, without_end, wrong_checksum, wrong_mac
from unitbench.sim.ways import Port, Way
from unitbench.wire.codec import Codec, Framer
from unitbench.wire.host import Out, Peer

PIECE_S = 0.005
"""So long after one piece of a reply the next one leaves, that the network does not join them again."""
OVERTAKEN_S = 0.1
"""A reply that the next one is to overtake waits so long for it."""
BABBLED_TO_S = 60.0
"""A UDP client that was heard in this time is babbled to."""
BABBLE_BYTES = 12
WAITING = 10_000
"""Replies that wait at most; further ones are lost."""
PEERS = 100


def checked_faults(codec: Codec, values: Mapping[str, object]) -> dict[str, Value]:
    """Faults by name for units of a protocol, each checked; raises ``InvalidValue``."""
    return checked(FAULTS, values, codec.protocol, what="fault")


class Faults:
    """``values`` are the faults in force, by name. ``refusal`` gives the bytes that refuse a request: none for
    one that is refused by silence, None for what cannot be refused. Same ``seed`` and same traffic, same
    faults: chance begins anew whenever faults are set. ``met`` counts how often each was met."""

    def __init__(
        self,
        codec: Codec,
        refusal: Callable[[bytes], bytes | None],
        seed: str = "",
        port: Port | None = None,
    ) -> None:
        self.way = Way(seed, port)
        self._codec = codec
        self._refusal = refusal
        self._seed = seed
        self.values: dict[str, Value] = {}
        self.met: Counter[str] = Counter()
        self._chances: dict[str, random.Random] = {}
        self._framers: dict[Peer, Framer] = {}
        self._streams: dict[Peer, None] = {}
        self._heard_at: dict[Peer, float] = {}
        self._queue: list[tuple[float, int, bool, Out]] = []
        self._count = 0
        self._last: dict[Peer, float] = {}
        self._gathering: dict[Peer, float] = {}
        self._held: dict[Peer, tuple[float, bytes]] = {}
        self._pieces_until: dict[Peer, float] = {}
        self._babble_at: float | None = None

    # -- which there are

    def set(self, values: Mapping[str, object], now: float) -> None:
        """Have these faults too; 0 or off ends one. Raises ``InvalidValue`` and changes nothing."""
        fresh = self.values | checked_faults(self._codec, values)
        self.values = {name: value for name, value in fresh.items() if value not in (0, "off")}
        self._chances.clear()
        self.way.set(self.values)
        self._babble_at = now + 1 / self._number("babble") if "babble" in self.values else None

    def clear(self) -> None:
        """Have none."""
        self.values.clear()
        self.way.set(self.values)
        self._babble_at = None

    @property
    def text(self) -> str:
        """Those in force as people read them; empty where there is none."""
        return listed(FAULTS, self.values)

    @property
    def down(self) -> bool:
        """The unit has crashed and is not back yet."""
        return "crash" in self.values

    @property
    def deaf(self) -> bool:
        """Nothing is read and nothing answered."""
        return self.down or "halfopen" in self.values

    def _number(self, name: str) -> float:
        value = self.values.get(name, 0)
        assert isinstance(value, (int, float))
        return value

    def _chance(self, name: str) -> random.Random:
        if name not in self._chances:
            self._chances[name] = random.Random(f"{self._seed}/{name}")
        return self._chances[name]

    def _meets(self, name: str) -> bool:
        """Whether chance has it that this request or reply meets with a fault."""
        if name not in self.values or self._chance(name).random() >= self._number(name):
            return False
        self.met[name] += 1
        return True

    # -- clients

    def joined(self, peer: Peer) -> None:
        """A stream client."""
        self._streams[peer] = None

    def left(self, peer: Peer) -> None:
        """A stream client is gone; nothing of it stays."""
        for known in (
            self._streams,
            self._framers,
            self._last,
            self._gathering,
            self._held,
            self._pieces_until,
        ):
            known.pop(peer, None)
        self.way.left(peer)
        self._queue = sorted(entry for entry in self._queue if entry[3].peer != peer)

    def forget(self) -> None:
        """Power is off: nothing waits, and nobody is known."""
        for peer in list(self._streams):
            self.left(peer)
        self.way.forget()
        self._queue.clear()
        self._held.clear()
        self._heard_at.clear()
        self._framers.clear()

    # -- in

    def heard(self, data: bytes, peer: Peer, now: float, *, datagram: bool) -> list[bytes]:
        """Bytes of a client: those of them that the core is to get."""
        if self.deaf:
            return []
        if datagram:
            self._heard_at.pop(peer, None)
            self._heard_at[peer] = now
            if len(self._heard_at) > PEERS:
                del self._heard_at[next(iter(self._heard_at))]
        framer = self._framers.pop(peer, None)
        if not self.values.keys() & {"loss_req", "dup_req", "refuse"}:
            return [framer.pending + data] if framer else [data]
        framer = framer or self._codec.framer(Role.HOST, datagrams=datagram)
        pieces = framer.feed(data)
        if datagram:
            pieces += framer.flush()
        else:
            self._framers[peer] = framer
        taken = [
            piece.data
            for piece in pieces
            if not self._meets("loss_req") and not (not piece.fault and self._refused(piece.data, peer, now))
        ]
        return [data for data in taken for _ in range(2 if self._meets("dup_req") else 1)]

    def _refused(self, request: bytes, peer: Peer, now: float) -> bool:
        """Refuse a request, if it meets with that."""
        if "refuse" not in self.values:
            return False
        answer = self._refusal(request)
        if answer is None or not self._meets("refuse"):
            return False
        if answer:
            self.say(answer, peer, now)
        return True

    # -- out

    def passed(self, data: bytes) -> list[bytes]:
        """A datagram that the unit sends unasked: it is lost, leaves, or leaves twice."""
        if self.deaf or self._meets("loss"):
            return []
        return [data] * (2 if self._meets("dup") else 1)

    def delay(self) -> float:
        """How much later the next reply comes, in seconds."""
        late = self._number("delay")
        if "jitter" in self.values:
            late += self._chance("jitter").random() * self._number("jitter")
        return late

    def say(self, data: bytes, peer: Peer | None, now: float) -> None:
        """A reply of the core, or something else that it sends."""
        if self.deaf or len(self._queue) >= WAITING:
            return
        held = self._held.pop(peer, None)
        if not self._meets("loss"):
            data = self._damaged(data)
            if held is None and self._meets("reorder"):
                self._held[peer] = (now + OVERTAKEN_S, data)
                return
            for _ in range(2 if self._meets("dup") else 1):
                self._put(data, peer, now)
        if held is not None:
            self._put(held[1], peer, now)

    def _damaged(self, data: bytes) -> bytes:
        if self._meets("checksum"):
            data = wrong_checksum(data, self._codec)
        if self._meets("wrong_mac"):
            data = wrong_mac(data)
        if self._meets("no_end"):
            data = without_end(data)
        if self._meets("truncate"):
            data = broken_off(data, self._chance("truncated"))
        return data

    def _put(self, data: bytes, peer: Peer | None, now: float) -> None:
        """Have bytes leave at their time. Those of a stream keep their order."""
        due = now + self.delay() + self.way.takes("backward")
        if peer in self._streams:
            due = max(due, self._last.get(peer, due))
            if "coalesce" in self.values:
                gathered = self._gathering.get(peer, 0.0)
                due = gathered if gathered > now and gathered >= due else due + self._number("coalesce")
                self._gathering[peer] = due
            self._last[peer] = due
        self._push(due, Out(data, peer), whole=True)

    def _push(self, due: float, out: Out, *, whole: bool) -> None:
        self._count += 1
        heappush(self._queue, (due, self._count, whole, out))

    def outgoing(self, now: float) -> list[Out]:
        """What leaves now."""
        if self.deaf:
            self._queue.clear()
            self._held.clear()
            return []
        for peer, (until, data) in list(self._held.items()):
            if until <= now:
                del self._held[peer]
                self._put(data, peer, now)
        self._babble(now)
        out: list[Out] = []
        gathered: dict[Peer, bytes] = {}
        while self._queue and self._queue[0][0] <= now:
            due, _, whole, item = heappop(self._queue)
            if whole and self.way.queues and item.peer not in self._streams:
                self._push(self.way.leaves_port(due, len(item.data)), item, whole=False)
                continue
            if whole and (until := self._pieces_until.get(item.peer, due)) > due:
                self._push(until, item, whole=True)  # behind the pieces of the one before
                continue
            if whole and "coalesce" in self.values and item.peer in self._streams:
                gathered[item.peer] = gathered.get(item.peer, b"") + item.data
            else:
                out += self._pieces(item, now) if whole else [item]
        for peer, data in gathered.items():
            out += self._pieces(Out(data, peer), now)
        return out

    def _pieces(self, item: Out, now: float) -> list[Out]:
        """The first piece of a reply; the others follow one by one."""
        size = int(self._number("segment"))
        if not (size and item.peer in self._streams and len(item.data) > size):
            return [item]
        self.met["segment"] += 1
        for number, at in enumerate(range(size, len(item.data), size), 1):
            due = self._pieces_until[item.peer] = now + number * PIECE_S
            self._push(due, Out(item.data[at : at + size], item.peer), whole=False)
        return [Out(item.data[:size], item.peer)]

    def _babble(self, now: float) -> None:
        if self._babble_at is None:
            return
        period = 1 / self._number("babble")
        self._babble_at = max(self._babble_at, now - 1.0)
        while self._babble_at <= now:
            self._babble_at += period
            chance = self._chance("babble")
            garbage = chance.randbytes(chance.randint(1, BABBLE_BYTES))
            for peer in self._listeners(now):
                self.met["babble"] += 1
                self._push(now, Out(garbage, peer), whole=True)

    def _listeners(self, now: float) -> list[Peer]:
        recent = [peer for peer, at in self._heard_at.items() if now - at <= BABBLED_TO_S]
        return [*self._streams, *recent]

    def deadline(self) -> float | None:
        """When ``outgoing`` wants to be called next."""
        if self.deaf:
            return None
        times = [due for due, _ in self._held.values()]
        if self._queue:
            times.append(self._queue[0][0])
        if self._babble_at is not None and (self._streams or self._heard_at):
            times.append(self._babble_at)
        return min(times, default=None)
