"""A DCOL receiver: it answers, refuses, and keeps its virtual ports open as they are set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from unitbench.catalogue import dcol
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Command
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.dcol.clients import Clients
from unitbench.wire.dcol.codec import CODEC
from unitbench.wire.dcol.frames import HEAD
from unitbench.wire.dcol.genout import genout
from unitbench.wire.dcol.openings import Opening, opening_of
from unitbench.wire.dcol.refusals import dotted, why_refused
from unitbench.wire.dcol.state import DcolState, identity
from unitbench.wire.host import Peer
from unitbench.wire.unit import UnitCore

NAK = dcol.NAK.name


class DcolUnit(UnitCore):
    """Answers a get by its report, a set by ACK or NAK, damage by silence.

    ``openings`` says, by virtual port, what the driver is to have open; it tells the core who came through which
    port (``opened``, ``heard``). Whoever came otherwise, over a serial line, is heard without a port.
    """

    def __init__(self, state: DcolState | None = None, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state or DcolState()
        self._lease = dict(self.state.addressing)
        self.clients = Clients(self.state)
        self.openings: dict[int, Opening] = {}
        self._turn = 0
        self._dial_at: dict[int, float] = {}
        self._dialling: set[int] = set()
        self._watched: set[Peer] = set()
        self._streaming: set[int] = set()
        self._said = 0
        for number in self.state.ports:
            self._open(number, 0.0)
        self.log.clear()

    def refusal(self, request: bytes) -> bytes | None:
        return CODEC.encode_report(NAK, {})

    def switched_off(self, now: float) -> None:
        super().switched_off(now)
        self.clients = Clients(self.state)
        for kept in (self.openings, self._dial_at, self._dialling, self._watched, self._streaming):
            kept.clear()

    def switched_on(self, now: float) -> None:
        super().switched_on(now)
        self._reopen(now)

    def dump(self) -> dict[str, object]:
        """Addressing, the virtual ports that are in use, and who is there."""
        ports = {number: port for number, port in self.state.ports.items() if port["active"]}
        return {
            "addressing": self.state.addressing,
            "status": self.state.status,
            "active virtual ports": ports,
            "open": [str(opening) for opening in self.openings.values()],
            "clients": {number: self.clients.of(number) for number in ports},
        }

    # -- clients

    def has_room(self, number: int, most: int = 1) -> bool:
        """Whether a virtual port takes one more stream client; ``most``: where it is not output only."""
        opening = self.openings.get(number)
        return opening is not None and self.clients.room(number, most, many=opening.many)

    def opened(self, peer: Peer, number: int, now: float) -> None:
        """A connection through a virtual port begins: of a client, or one that the unit dialled."""
        self.connected(peer, now)
        self._dialling.discard(number)
        self.clients.add(peer, number, now)
        self._begin_stream(number, now)

    def heard(self, peer: Peer, number: int, now: float) -> bool:
        """A datagram comes to a virtual port; whether its sender is a client of it, or becomes one."""
        self.tick(now)
        if not self._admits(peer, number, now):
            self.note(now, peer, b"", f"virtual port {number} has another UDP client: silence")
            return False
        self.clients.add(peer, number, now)
        self._watch(peer)
        self._begin_stream(number, now)
        return True

    def _admits(self, peer: Peer, number: int, now: float) -> bool:
        """Whether a UDP port has this client, or takes it; its last one makes room where that is the reading."""
        if self.clients.port(peer) == number:
            return True
        opening = self.openings.get(number)
        if opening is None or opening.remote:
            return False
        if self.state.udp_takeover and not opening.many:
            for other in self.clients.of(number):
                self.disconnected(other, now)
        return self.clients.room(number, 1, many=opening.many)

    def _watch(self, peer: Peer) -> None:
        """Forget a UDP client when nothing has come of it for its port's time-out."""
        number = self.clients.port(peer)
        opening = self.openings.get(number) if number is not None else None
        due = self.clients.silent_at(peer)
        if due is not None and opening and not opening.remote and peer not in self._watched:
            self._watched.add(peer)
            self.later(due, lambda at: self._look(peer, at))

    def _look(self, peer: Peer, at: float) -> None:
        self._watched.discard(peer)
        due = self.clients.silent_at(peer)
        if due is not None and due <= at:
            self.note(at, peer, b"", "UDP time-out: the client is forgotten")
            self.disconnected(peer, at)
        else:
            self._watch(peer)

    def disconnected(self, peer: Peer, now: float) -> None:
        super().disconnected(peer, now)
        number = self.clients.remove(peer)
        if number is not None and number in self.openings and self.openings[number].remote:
            self._dial_later(number, now)

    # -- what is open

    def dials(self, now: float) -> list[Opening]:
        """The TCP connections to begin now; each is then ``opened``, or ``dial_failed``."""
        due = [
            opening
            for number, opening in self.openings.items()
            if opening.remote
            and opening.carrier == "tcp"
            and number not in self._dialling
            and not self.clients.of(number)
            and self._dial_at.get(number, now) <= now
        ]
        for opening in due:
            self._dialling.add(opening.number)
            self._dial_at[opening.number] = now + self.state.retry_s
        return due

    def dial_failed(self, number: int, now: float, why: str) -> None:
        """Nobody took the call; it is tried again, not sooner than ``retry_s`` after the last time."""
        self._dialling.discard(number)
        if number in self.openings:
            self.note(now, None, b"", f"{self.openings[number]}: {why}")
            self._dial_later(number, now)

    def _dial_later(self, number: int, now: float) -> None:
        at = self._dial_at[number] = max(now, self._dial_at.get(number, now))
        self.later(at, lambda _: None)

    def _open(self, number: int, now: float) -> None:
        """Let what is open follow the settings of a port. A change drops its clients."""
        opening = opening_of(self.state.ports[number], self._turn)
        if opening and opening.remote and not dotted(opening.remote[0]):
            self.note(now, None, b"", f"{opening}: the receiver resolves no names")
            opening = None
        if opening == self.openings.get(number):
            return
        self.note(now, None, b"", str(opening) if opening else f"virtual port {number} is closed")
        self.openings.pop(number, None)
        for peer in self.clients.of(number):
            self.disconnected(peer, now)
        self._dialling.discard(number)
        self._dial_at.pop(number, None)
        if opening:
            self.openings[number] = opening

    def _reopen(self, now: float) -> None:
        """All IP connections drop."""
        self._turn += 1
        for number in self.state.ports:
            self._open(number, now)

    # -- reports that nobody asked for

    def stream(self, number: int, interval_s: float, now: float) -> None:
        """Let a virtual port send a report every so many seconds; 0: no more."""
        self.state.streams[number] = interval_s
        self._begin_stream(number, now)

    def _begin_stream(self, number: int, now: float) -> None:
        interval = self.state.interval_s(number)
        if interval > 0 and number not in self._streaming and self.clients.of(number):
            self._streaming.add(number)
            self.later(now + interval, lambda at: self._say(number, at))

    def _say(self, number: int, at: float) -> None:
        self._streaming.discard(number)
        if self.state.interval_s(number) <= 0:
            return
        report = genout(self._said, self.state.serial, self.state.status)
        self._said += 1
        for peer in self.clients.of(number):
            self.reply(report, peer, at)
        self._begin_stream(number, at)

    # -- requests

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        if piece.fault:
            self.note(now, peer, piece.data, f"{piece.fault}: silence")
            return
        number = self.clients.port(peer)
        opening = self.openings.get(number) if number is not None else None
        if opening is not None and opening.many:
            self.note(now, peer, piece.data, f"virtual port {number} is output only: silence")
            return
        frame = piece.data
        seen = CODEC.dissect(frame)
        if frame[2] == CODEC.type_code:
            record = CODEC.protocol.by_code(frame[HEAD]) if frame[3] else None
        else:
            record = CODEC.protocol.by_packet_type(frame[2])
        values = {**seen.values, **_reserved(frame, seen)}
        why = why_refused(record, seen, values, self.state)
        if why or not isinstance(record, Command):
            self.note(now, peer, frame, f"{NAK}: {why}")
            self.reply(CODEC.encode_report(NAK, {}), peer, now)
            return
        answer = self._perform(record, values, peer, now)
        if number is not None and self.clients.port(peer) is None:
            self.note(now, peer, frame, f"{record.reply[0]}, lost with the connection")
            return
        self.note(now, peer, frame, record.reply[0])
        self.reply(CODEC.encode_report(record.reply[0], answer, self.state.status), peer, now)

    def _perform(self, record: Command, values: dict[str, Value], peer: Peer, now: float) -> dict[str, Value]:
        """Do what a command says that is not refused; the values of the report that answers it."""
        state = self.state
        number = values.get("virtual_port")
        if record is dcol.GET_ADDRESSING:
            dhcp = bool(state.addressing["dhcp_active"])
            return {**self._lease, "dhcp_active": True} if dhcp else dict(state.addressing)
        if record is dcol.SET_ADDRESSING:
            new = {key: values[key] for key in state.addressing}
            changed, state.addressing = new != state.addressing, new
            if changed:
                self._take_effect(self._reopen, now, later=True)
        elif record is dcol.GET_SUMMARY:
            return self._summary()
        elif record is dcol.GETSERIAL:
            return identity(state.serial)
        elif isinstance(number, int) and record is dcol.GET_PORT:
            return dict(state.ports[number])
        elif isinstance(number, int):
            state.ports[number] = {key: values[key] for key in state.ports[number]}
            own = self.clients.port(peer) == number
            self._take_effect(partial(self._open, number), now, later=own)
        return {}

    def _take_effect(self, change: Callable[[float], None], now: float, *, later: bool) -> None:
        """Change what is open; ``later``: it ends the connection of who asked, so after the answer."""
        wait = self.state.effect_s
        if later and wait is not None:
            self.later(now + self.reply_delay_s * self.pace + wait, change)
        else:
            change(now)

    def _summary(self) -> dict[str, Value]:
        ports = self.state.ports
        active = tuple(number for number, port in sorted(ports.items()) if port["active"])
        return {
            "first_virtual_port": min(ports),
            "last_virtual_port": max(ports),
            "active_virtual_ports": active,
        }


def _reserved(frame: bytes, seen: Dissection) -> dict[str, Value]:
    """The reserved bytes of a frame as they came: they are stored and echoed."""
    return {
        leaf.name: frame[leaf.start : leaf.end] for leaf in seen.fields if leaf.name.startswith("reserved_")
    }
