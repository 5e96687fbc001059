"""Serves a simulated DCOL receiver: each virtual port on sockets of its own, as the core has them open."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace

from unitbench.errors import OpenFailed
from unitbench.schema.records import Service
from unitbench.sim.dcol.doors import DatagramDoor, Door, PortStream, StreamDoor
from unitbench.sim.ports import served_at
from unitbench.sim.serve import UnitServer
from unitbench.sim.stream import Stream
from unitbench.sim.units import SimUnit
from unitbench.wire.dcol.openings import Opening
from unitbench.wire.dcol.state import FACTORY
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.host import Peer

CONNECT_S = 5.0
"""How long a call of the receiver may ring, in seconds."""


class DcolServer(UnitServer):
    """One receiver on its sockets. ``served`` are the ports that it listens on now.

    It dials from its own address only, so that a set on loopback never leaves this machine. A port that cannot
    be had is noted in the core's log and stays shut until it is set again, or another one of the unit closes.
    """

    def __init__(self, unit: SimUnit, port_offset: int) -> None:
        super().__init__(unit, port_offset)
        assert isinstance(unit.core, DcolUnit)
        self.receiver = unit.core
        self._offset = port_offset
        self._doors: dict[int, tuple[Opening, Door | None]] = {}
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._factory = {
            number: service
            for service in unit.services
            for number, port in FACTORY.items()
            if service.port == port
        }

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""
        for opening in self.receiver.openings.values():
            self._doors[opening.number] = opening, None
            door = self._door(opening)
            if door is not None:
                door.bind()
                self._doors[opening.number] = opening, door
        self._list()

    async def start(self) -> None:
        """Begin to answer."""
        for _, door in self._doors.values():
            if door is not None:
                door.start()
        self.pump()

    def _door(self, opening: Opening) -> Door | None:
        """What listens for clients; None where the unit itself dials a connection."""
        port = served_at(opening.carrier, self.unit.host, opening.ip_port + self._offset)
        if opening.carrier == "udp":
            return DatagramDoor(self, opening, 0 if opening.remote else port)
        return None if self._calls_from(opening) else StreamDoor(self, opening, port)

    @staticmethod
    def _calls_from(opening: Opening) -> bool:
        """Whether the unit dials a connection: there is nothing to listen with."""
        return opening.carrier == "tcp" and opening.remote is not None

    # -- as the core has it

    def moved(self) -> None:
        """Open, close and dial as the core wants it now."""
        wanted = self.receiver.openings
        stale = [opening for opening, _ in self._doors.values() if wanted.get(opening.number) != opening]
        fresh = [opening for number, opening in wanted.items() if self._having(number) != opening]
        for opening in stale:
            self._shut(opening)
        failed = [o for o, door in self._doors.values() if door is None and not self._calls_from(o)]
        for opening in [*fresh, *(failed if stale else ())]:
            self._doors[opening.number] = opening, self._opened(opening)
        if stale or fresh:
            self._list()
        if not self.dead:
            for opening in self.receiver.dials(self.now()):
                self._calls[opening.number] = asyncio.get_running_loop().create_task(self._dial(opening))

    def _having(self, number: int) -> Opening | None:
        return self._doors[number][0] if number in self._doors else None

    def _opened(self, opening: Opening) -> Door | None:
        door = self._door(opening)
        try:
            if door is not None:
                door.bind()
                door.start()
        except (OpenFailed, OverflowError) as error:
            self.core.note(self.now(), None, b"", f"{opening}: {error}")
            return None
        return door

    def _shut(self, opening: Opening) -> None:
        _, door = self._doors.pop(opening.number)
        self._list()
        if door is not None:
            door.close()
        call = self._calls.pop(opening.number, None)
        if call is not None:
            call.cancel()
        for stream in self._through(opening.number):
            self.left(stream)
            stream.end()

    def _through(self, number: int) -> list[PortStream]:
        """The stream clients of a virtual port."""
        return [s for s in self._streams if isinstance(s, PortStream) and s.opening.number == number]

    def _list(self) -> None:
        """Say what is served now; a unit that has crashed will be back there."""
        self.gates = [door.gate for _, door in self._doors.values() if isinstance(door, StreamDoor)]
        if self.faults.down:
            return
        served = [
            (self._service(opening), door.port)
            for _, (opening, door) in sorted(self._doors.items())
            if door is not None and not opening.remote
        ]
        if served != self.served:
            self.served = served
            self.udp_ports = {port for service, port in served if service.carrier == "udp"}
            self.on_moved()

    def _service(self, opening: Opening) -> Service:
        about = "receiver port, set over the link"
        known = self._factory.get(opening.number)
        service = known or Service(f"virtual port {opening.number}", opening.carrier, opening.ip_port, about)
        return replace(service, carrier=opening.carrier, port=opening.ip_port)

    async def _dial(self, opening: Opening) -> None:
        """One call of the receiver; the connection lives on by itself."""
        assert opening.remote is not None
        try:
            loop, host = asyncio.get_running_loop(), self.unit.host
            call = loop.create_connection(
                lambda: PortStream(self, opening), *opening.remote, local_addr=(host, 0)
            )
            await asyncio.wait_for(call, CONNECT_S)
        except OSError as error:
            why = os.strerror(error.errno).lower() if error.errno else "no answer"
            if self._having(opening.number) == opening:
                self.receiver.dial_failed(opening.number, self.now(), why)
                self.pump()

    # -- clients

    def send(self, peer: Peer | None, data: bytes) -> None:
        """Let bytes leave. What an ACK confirms is there before it."""
        self.moved()
        super().send(peer, data)

    def crowded(self, number: int) -> bool:
        """Whether faults keep one more client away from a virtual port."""
        return "busy" in self.faults.values or self.only_one(len(self._through(number)))

    def joined(self, stream: Stream) -> bool:
        """A stream client asks to be taken; False where its port is full, or gone."""
        assert isinstance(stream, PortStream)
        number = stream.opening.number
        if self._having(number) != stream.opening or not self.receiver.has_room(number, self.unit.clients):
            return False
        self.welcome(stream)
        self.receiver.opened(stream.peer, number, self.now())
        self.pump()
        return True

    def left(self, stream: Stream) -> None:
        """A stream client is gone; one that was dialled is dialled again at its time."""
        known = stream in self._streams
        super().left(stream)
        if known and isinstance(stream, PortStream) and stream.opening.remote:
            asyncio.get_running_loop().call_soon(self._look_again, stream.opening)

    def _look_again(self, opening: Opening) -> None:
        if self._having(opening.number) == opening:
            self.pump()

    def heard(self, opening: Opening, data: bytes, peer: Peer, answer: Callable[[bytes], object]) -> None:
        """A datagram came to a virtual port."""
        if self.receiver.heard(peer, opening.number, self.now()):
            self._udp_peers[peer] = answer
            self.line.receive(data, peer, datagram=True)
        self._forget_strangers()

    def reached(self, opening: Opening, peer: Peer, answer: Callable[[bytes], object]) -> None:
        """The one that a UDP port sends to."""
        self._udp_peers[peer] = answer
        self.receiver.opened(peer, opening.number, self.now())

    def _forget_strangers(self) -> None:
        for peer in [peer for peer in self._udp_peers if self.receiver.clients.port(peer) is None]:
            del self._udp_peers[peer]

    # -- the end

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for _, door in self._doors.values():
            if door is not None:
                door.release()
        super().release()

    def close(self) -> None:
        """Close every socket and connection."""
        for call in self._calls.values():
            call.cancel()
        for _, door in self._doors.values():
            if door is not None:
                door.close()
        self._doors.clear()
        self._list()
        super().close()
