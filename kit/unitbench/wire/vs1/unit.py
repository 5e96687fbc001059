"""A whole simulated camera: control, announce, heartbeat, formatted output, routes and console. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from unitbench.catalogue import vs1 as table
from unitbench.schema.records import Role
from unitbench.wire.codec import Piece
from unitbench.wire.host import Out, Peer
from unitbench.wire.unit import UnitCore
from unitbench.wire.vs1 import announce, console
from unitbench.wire.vs1.announce import Announce
from unitbench.wire.vs1.codec import CODEC
from unitbench.wire.vs1.console import Console
from unitbench.wire.vs1.control import Control
from unitbench.wire.vs1.heartbeat import HeartbeatUnit
from unitbench.wire.vs1.job import Job
from unitbench.wire.vs1.producer import Delivery, Producer
from unitbench.wire.vs1.rip import Routes

SERIAL = tuple(service.port for service in table.SERIAL)
EVERYBODY: Peer = ("announce",)
"""The peer of an announce: whoever listens."""
RETRY_S = 0.1
"""How soon a report that stalled is offered again."""
ROUNDING_S = 1e-6
BEHIND_S = 1.0
"""Reports that are later than this are left out: the unit's clock has jumped."""


def jobs(seed: str) -> dict[int, Job]:
    """Four different jobs: CR LF, LF, no end at all, and CR with a byte above 7Fh."""
    patterns = (
        ("%s,%.3f", 1.0, "\\r\\n"),
        ("%d\\t%s", 2.0, "\\n"),
        ("%s%04d", 1.0, ""),
        ("L%d \xb5m", 0.5, "\\r"),
    )
    return {
        port: Job(pattern, rate, end, f"{seed}/{port}")
        for port, (pattern, rate, end) in zip(SERIAL, patterns, strict=True)
    }


@dataclass
class Vs1State:
    """What the camera is called, where it is, and what its serial ports print. ``delivery`` and ``per_s`` are
    those of new clients of the serial ports.

    With ``dhcp_interface`` the address is leased on that interface, by the station ``mac``, and ``ip_address``,
    ``netmask``, ``gateway`` and ``dns_server`` are the DHCP server's; ``network`` says how that stands.
    """

    name: str = "cam-01"
    ip_address: str = "192.168.1.70"
    status: str = "RUN"
    software: str = "4.0.0"
    jobs: dict[int, Job] = field(default_factory=lambda: jobs(""))
    delivery: Delivery = Delivery.LOSSLESS
    per_s: float | None = None
    boot: dict[str, str] = field(default_factory=dict)
    mac: str = "02:00:00:00:00:51"
    dhcp_interface: str = ""
    netmask: str = ""
    gateway: str = ""
    dns_server: str = ""
    network: str = "fixed address"


@dataclass
class _Stream:
    port: int
    host: str
    since: float
    console: Console | None = None
    discarded: int = 0


class Vs1Unit(UnitCore):
    """Streams are told apart by the port that they came in by (``opened``); datagrams are those of control."""

    def __init__(self, state: Vs1State, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state
        self.control = Control()
        self.heartbeat = HeartbeatUnit()
        self.routes = Routes()
        self.producers = {port: Producer() for port in SERIAL}
        self.inspected = self.failed = 0
        self._streams: dict[Peer, _Stream] = {}
        self._ready: list[Out] = []
        self._cuts: list[Peer] = []
        self._announce_at: float | None = None
        self._report_at: dict[int, float] = {}
        self._offered: dict[int, bytes] = {}

    def begin(self, now: float) -> None:
        """The unit is switched on: it announces itself, and its serial ports print."""
        self._announce_at = now
        for port in SERIAL:
            self.set_job(port, self.state.jobs[port], now)

    def set_job(self, port: int, job: Job, now: float) -> None:
        """Let a serial port print something else."""
        self.state.jobs[port] = job
        self._offered.pop(port, None)
        self._report_at.pop(port, None)
        if job.interval_s is not None:
            self._report_at[port] = now + job.interval_s

    def refusal(self, request: bytes) -> bytes | None:
        """Somebody else is in control; nothing but control can be refused."""
        seen = CODEC.dissect(request.rstrip(b"\r\n") + b"\r\n", Role.HOST)
        if CODEC.protocol.command(seen.name) is None:
            return None
        return CODEC.encode_report("busy", {"controller": self.control.holder})

    def switched_off(self, now: float) -> None:
        """Logins, control, routes and counters are lost; jobs and boot parameters are stored."""
        super().switched_off(now)
        fresh = Vs1Unit(self.state)
        self.control, self.heartbeat, self.routes = fresh.control, fresh.heartbeat, fresh.routes
        self.producers, self.inspected, self.failed = fresh.producers, 0, 0
        self.state.jobs = {port: replace(job, count=0) for port, job in self.state.jobs.items()}
        self._announce_at = None
        for kept in (self._streams, self._ready, self._cuts, self._report_at, self._offered):
            kept.clear()

    def switched_on(self, now: float) -> None:
        """It announces itself and prints again."""
        super().switched_on(now)
        self.begin(now)

    def opened(self, peer: Peer, port: int, host: str, now: float) -> None:
        """A stream of a client at ``host`` begins on one of the table's ports."""
        stream = self._streams[peer] = _Stream(port, host, now)
        self.note(now, peer, b"", f"{port}: connected from {host}")
        if port == table.HEARTBEAT.port:
            self.heartbeat.connected(peer, host, now)
        elif port == table.TELNET.port:
            stream.console = Console(now)
            self._ready.append(Out(console.BANNER, peer))
        elif port in SERIAL:
            self.producers[port].join(peer, self.state.delivery, self.state.per_s)

    def disconnected(self, peer: Peer, now: float) -> None:
        super().disconnected(peer, now)
        stream = self._streams.pop(peer, None)
        if stream is None:
            return
        self.note(now, peer, b"", f"{stream.port}: closed, {stream.discarded} bytes discarded")
        self.heartbeat.disconnected(peer)
        if stream.port in SERIAL:
            self.producers[stream.port].leave(peer)

    def receive(self, data: bytes, peer: Peer, now: float, *, datagram: bool) -> None:
        stream = self._streams.get(peer)
        if stream is None:
            super().receive(data, peer, now, datagram=datagram)
        elif stream.console:
            self._ready.append(Out(stream.console.receive(data, now), peer))
        elif stream.port == table.HEARTBEAT.port:
            self.heartbeat.receive(peer, data)
        else:
            stream.discarded += len(data)

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        seen = CODEC.dissect(piece.data.rstrip(b"\r\n") + b"\r\n", Role.HOST)
        if not isinstance(peer, tuple) or len(peer) < 2 or not seen.ok or seen.leaf("item"):
            self.note(now, peer, piece.data, "control: silence")
            return
        host = str(peer[1])
        if seen.name == "SIMLOGIN":
            answer = self.control.login(host, str(seen.values["name"]))
        else:
            action = self.control.act(host, str(seen.values["action"]), now)
            if action is None:
                self.note(now, peer, piece.data, "control: silence")
                return
            answer = action
        self.note(now, peer, piece.data, f"control: {answer.report} {answer.controller}".rstrip())
        self.reply(CODEC.encode_report(answer.report, {"controller": answer.controller}), peer, now)

    def route_update(self, data: bytes, host: str, now: float) -> None:
        """A datagram on the routing port; never answered."""
        taken = self.routes.update(data, host, now)
        self.note(now, ("udp", host), data, "routes: update" if taken else "routes: ignored")

    def writable(self, peer: Peer, yes: bool) -> None:
        """Whether a stream takes more bytes."""
        stream = self._streams.get(peer)
        if stream and stream.port in SERIAL:
            self.producers[stream.port].writable(peer, yes)

    def tick(self, now: float) -> None:
        super().tick(now)
        self.control.tick(now)
        self.routes.tick(now)
        self.heartbeat.tick(now)
        for host in self.heartbeat.lost():
            self.note(now, host, b"", "heartbeat lost: its connections are closed")
            self._cuts += [peer for peer, stream in self._streams.items() if stream.host == host]
        self._cuts += [
            peer for peer, stream in self._streams.items() if stream.console and stream.console.expired(now)
        ]
        for port in list(self._report_at):
            self._print(port, now)
        if self._announce_at is not None and now >= self._announce_at:
            self._announce_at = _following(self._announce_at, announce.INTERVAL_S, now)
            self._ready.append(Out(self.announce().encode(), EVERYBODY))

    def _print(self, port: int, now: float) -> None:
        """Print what is due. A stalled report is kept, and nothing is inspected until it is away."""
        job, producer = self.state.jobs[port], self.producers[port]
        interval = job.interval_s
        if interval is not None and now - self._report_at[port] > BEHIND_S + interval:
            self._report_at[port] = now
        while interval is not None and now + ROUNDING_S >= self._report_at[port]:
            data = self._offered.pop(port, None)
            if data is None:
                data = job.next()
                self.inspected += 1
                self.failed += data.startswith(b"FAIL")
            if not producer.offer(data, now):
                self._offered[port] = data
                self._report_at[port] = now + RETRY_S if producer.stalled else now
                break
            self._report_at[port] += interval
        self._cuts += producer.cuts()

    def announce(self) -> Announce:
        """What the unit says about itself now."""
        state = self.state
        stalls = sum(producer.stalls for producer in self.producers.values())
        counters = (self.inspected, self.failed, stalls)
        return Announce(
            state.name, state.ip_address, self.control.holder, state.status, state.software, counters
        )

    def outgoing(self, now: float) -> list[Out]:
        ready, self._ready = self._ready, []
        ready += self.heartbeat.outgoing()
        for producer in self.producers.values():
            ready += producer.outgoing()
        return [out for out in ready if out.data] + super().outgoing(now)

    def cuts(self) -> list[Peer]:
        """The streams to be closed."""
        cuts, self._cuts = self._cuts, []
        return cuts

    def deadline(self) -> float | None:
        return min(self._deadlines(), default=None)

    def _deadlines(self) -> Iterator[float]:
        parts = (self.control.deadline(), self.routes.deadline(), self.heartbeat.deadline())
        yield from (at for at in (super().deadline(), *parts, self._announce_at) if at is not None)
        yield from self._report_at.values()
        yield from (stream.console.deadline() for stream in self._streams.values() if stream.console)

    def dump(self) -> dict[str, object]:
        """The unit's state, for the private channel."""
        return {
            "announce": self.announce().encode().decode("latin-1").strip(),
            "network": self.state.network,
            "heartbeats missed": self.heartbeat.dump(),
            "logins": dict(self.control.logins),
            "routes": [f"{r.network} via {r.gateway} metric {r.metric}" for r in self.routes.table],
            "connections": [
                f"{s.port} from {s.host}, discarded {s.discarded}" for s in self._streams.values()
            ],
            "reports": {
                port: [f"{c.delivery.value} sent {c.sent} skipped {c.skipped}" for c in p.clients.values()]
                for port, p in self.producers.items()
            },
        }


def _following(at: float, interval: float, now: float) -> float:
    """The next time after ``now`` in steps of ``interval``; what was slept through is not made up for."""
    return at + interval * (int((now - at) / interval) + 1)
