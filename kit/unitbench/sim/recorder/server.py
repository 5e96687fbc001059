"""Serves a simulated recorder: command server, HTTP and FTP, each connection by leave of its ledger.

Its ports are opened anew where the command port has changed, or where a lease gives it another address.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from unitbench.errors import OpenFailed
from unitbench.schema.records import Service
from unitbench.sim.automatic import Automatic
from unitbench.sim.broadcasts import EVERYBODY
from unitbench.sim.gate import Gate
from unitbench.sim.moving import Moving
from unitbench.sim.ports import served_at
from unitbench.sim.recorder.clients import Clients
from unitbench.sim.recorder.files import Files
from unitbench.sim.recorder.pages import Pages
from unitbench.sim.serve import UnitServer
from unitbench.sim.serving import DATAGRAM_SIZE
from unitbench.sim.sockets import BACKLOG, bound, reset
from unitbench.sim.stream import Stream
from unitbench.sim.units import SimUnit
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import RecorderUnit

USES = {"command": Use.COMMAND, "HTTP": Use.HTTP, "FTP": Use.FTP}
"""What a client of a TCP service counts as."""
STANDBY = {
    ("command", "tcp"): Use.COMMAND_LISTENER,
    ("command", "udp"): Use.COMMAND_UDP,
    ("HTTP", "tcp"): Use.HTTP_LISTENER,
    ("FTP", "tcp"): Use.FTP_LISTENER,
}
"""What a service counts as while it waits; a model that lacks it has no such port."""


class RecorderServer(Moving, UnitServer):
    """One recorder on its sockets. ``clients`` is what it does by itself: clock, backup, names."""

    libraries = ("HTTP", "FTP")

    def __init__(self, unit: SimUnit, port_offset: int) -> None:
        super().__init__(unit, port_offset)
        assert isinstance(unit.core, RecorderUnit)
        self.recorder = unit.core
        self.state = unit.core.state
        self.state.settle()
        self.files = Files(self.state.model, self.state.serial)
        self.clients = Clients(self.recorder, self.files, self.settle)
        self._offset = port_offset
        if self.state.dhcp_interface:
            self.automatic = Automatic(
                unit,
                self.state,
                self.state.model,
                pump=self.pump,
                place=self._dhcp_place,
                moved=self.relocate,
            )
        self.served = [] if self.dhcp else self._places()
        self.udp_ports = {port for service, port in self.served if service.carrier == "udp"}
        self.hears = bool(self.udp_ports)
        self._heard_at = self.state.listens
        self._pages = Pages(self.state, self.files, settle=self.settle, delay=self.faults.delay)
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = 0.0

    def _dhcp_place(self, wanted: bool) -> bool:
        if not wanted:
            self.state.ledger.give(Use.DHCP_CLIENT)
        elif not self.state.ledger.take(Use.DHCP_CLIENT):
            return False
        # Later: the ports cannot be opened and shut while they are being moved.
        asyncio.get_running_loop().call_soon(self.settle)
        return True

    def _places(self) -> list[tuple[Service, int]]:
        """The services of this model, each with its port here."""
        found = []
        for service in self.unit.services:
            port = self.state.listens if service.name == "command" else service.port
            if STANDBY[service.name, service.carrier] in self.state.ledger.standing:
                found.append((service, served_at(service.carrier, self.unit.host, port + self._offset)))
        return found

    def listen(self) -> None:
        """Take the ports at the unit's address. Broadcasts on loopback are heard by its set, at the port that the
        unit had at its start; else the unit hears for itself.
        """
        self.served = self._places()
        broadcasts = self.automatic.broadcasts if self.automatic else ()
        if self.state.listens != self._heard_at and self.unit.host.startswith("127."):
            broadcasts = (EVERYBODY,)
        try:
            for service, port in self.served:
                if service.carrier == "udp":
                    self._udp.append(bound(socket.SOCK_DGRAM, self.unit.host, port, share=False))
                    for host in broadcasts:
                        self._udp.append(bound(socket.SOCK_DGRAM, host, port, share=True))
                else:
                    self.gates.append(self._gate_of(USES[service.name], port))
                    self.gates[-1].bind()
        except OpenFailed:
            super().release()
            self._udp.clear()
            self.gates.clear()
            raise

    def _gate_of(self, use: Use, port: int) -> Gate:
        return Gate(
            self.unit.host,
            port,
            room=lambda: self._has_room(use),
            take=lambda sock: self._admit(use, sock),
            reject=lambda: self.reject or self.state.reject,
            dead=lambda: self.dead,
            backlog=0 if use is Use.COMMAND else BACKLOG,
        )

    def _has_room(self, use: Use) -> bool:
        """Whether the ledger, and faults, let one more client of that kind in."""
        ledger = self.state.ledger
        busy = use is Use.COMMAND and "busy" in self.faults.values
        return not busy and not self.only_one(ledger.open[use]) and ledger.room(use)

    @property
    def dead(self) -> bool:
        """Whether nothing listens at all: a crash, or the network function restarts."""
        return self.faults.down or self.state.down

    async def start(self) -> None:
        """Begin to answer."""
        await super().start()
        self.recorder.on_network = self._network
        self.clients.start(self.now, self.pump)
        if self.dhcp:
            self.dhcp.start()
        self.pump()

    def _admit(self, use: Use, sock: socket.socket) -> None:
        """A client that there is room for."""
        if not self.state.ledger.take(use):
            reset(sock)
        elif use is Use.FTP:
            self._later(self._admit_ftp, sock)
        else:
            task = asyncio.get_running_loop().create_task(self._begin(use, sock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self.settle()

    def _later(self, action: Callable[[socket.socket], object], sock: socket.socket) -> None:
        """Do something with a connection, at once or as late as the faults say."""
        wait = self.faults.delay()
        if wait:
            asyncio.get_running_loop().call_later(wait, action, sock)
        else:
            action(sock)

    def _admit_ftp(self, sock: socket.socket) -> None:
        if self.dead or self.ended:
            reset(sock)
            self._pages.give(Use.FTP)
        else:
            self._pages.admit_ftp(sock)

    async def _begin(self, use: Use, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            if self.dead or self.ended:
                raise ConnectionError
            if use is Use.HTTP:
                transport, _ = await loop.connect_accepted_socket(self._pages.web_session, sock)
                if self.dead:
                    transport.abort()
            else:
                await loop.connect_accepted_socket(lambda: Stream(self), sock)
        except OSError:
            reset(sock)
            self._pages.give(use)

    def settle(self) -> None:
        """Open and shut the ports as the ledger says."""
        if not self.ended:
            super().settle()

    def joined(self, stream: Stream) -> bool:
        """The command client, for which the ledger has a place already."""
        self.welcome(stream)
        self._watch(self.now())
        return True

    def left(self, stream: Stream) -> None:
        """The command client is gone."""
        known = stream in self._streams
        super().left(stream)
        if known:
            self._pages.give(Use.COMMAND)

    def bytes_from(self, stream: Stream, data: bytes) -> None:
        """Bytes of the command client."""
        self._heard = self.now()
        super().bytes_from(stream, data)

    def _watch(self, now: float) -> None:
        """Drop the command client once it has been silent for ``idle_s``, where that is set."""
        self._heard = now
        if self.state.idle_s:
            self.core.later(now + self.state.idle_s, self._idle)
            self.pump()

    def _idle(self, now: float) -> None:
        due = self._heard + self.state.idle_s
        if self._streams and now < due:
            self.core.later(due, self._idle)
        for stream in list(self._streams) if now >= due else ():
            stream.abort()

    def _datagrams(self, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while sock in self._udp:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                self._command(data, sender)

    def datagram(self, data: bytes, sender: tuple[str, int], sock: socket.socket | None = None) -> None:
        """A datagram that its set has heard, at the port of its start."""
        if self.state.listens == self._heard_at:
            self._command(data, sender)

    def _command(self, data: bytes, sender: tuple[str, int]) -> None:
        """A datagram for this unit; unheard while the network is down. The answer leaves from its own address."""
        if not self.dead and self._udp:
            super().datagram(data, sender, self._udp[0])

    def _network(self, up: bool) -> None:
        """The network function ends or begins."""
        if not up:
            if self.dhcp:
                self.dhcp.down()
            self.drop()
            self.settle()
        elif self.dhcp:
            self.dhcp.up()
        elif self.served != self._places():
            self.leave()
            self.enter()
        else:
            self.settle()

    def returned(self) -> None:
        """Power is back: what it does by itself is planned anew."""
        self.clients.start(self.now, self.pump)
        self._network(True)

    def cut(self) -> None:
        """End every connection; without power there is no lease either."""
        if self.dhcp and self.faults.down:
            self.dhcp.down()
        self.drop()

    def drop(self) -> None:
        """End every connection; those still on their way out are no longer counted."""
        for stream in list(self._streams):
            super().left(stream)
            (stream.reset if self.faults.down else stream.abort)()
        self._pages.cut()
        self.clients.cut()
        self.state.ledger.restart()

    def hear(self) -> None:
        """Begin to read the UDP ports."""
        for sock in self._udp:
            asyncio.get_running_loop().add_reader(sock, self._datagrams, sock)

    def unhear(self) -> None:
        """Close the UDP ports."""
        for sock in self._udp:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._udp.clear()

    def close(self) -> None:
        """Close every socket and connection, and remove the files."""
        self.ended = True
        self.drop()
        for task in self._tasks:
            task.cancel()
        self._pages.close()
        super().close()
        if self.dhcp:
            self.dhcp.close()
        self.files.close()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        super().release()
        if self.dhcp:
            self.dhcp.release()
