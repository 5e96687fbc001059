"""Serves a simulated recorder: command server, HTTP and FTP, each connection by leave of its ledger."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from unitbench.schema.records import Service
from unitbench.sim.ports import served_at
from unitbench.sim.recorder.clients import Clients
from unitbench.sim.recorder.files import ACCOUNT, PASSWORD, Files
from unitbench.sim.recorder.gate import Gate, reset
from unitbench.sim.serve import BACKLOG, Stream, UnitServer, bound
from unitbench.sim.units import SimUnit
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import RecorderUnit

if TYPE_CHECKING:
    from unitbench.sim.ftp import FtpSessions
    from unitbench.sim.recorder.web import Site, WebSession

USES = {"command": Use.COMMAND, "HTTP": Use.HTTP, "FTP": Use.FTP}
"""What a client of a TCP service counts as."""


class RecorderServer(UnitServer):
    """One recorder on its sockets. ``clients`` is what it does by itself: clock, backup, names."""

    def __init__(self, unit: SimUnit, port_offset: int) -> None:
        super().__init__(unit, port_offset)
        assert isinstance(unit.core, RecorderUnit)
        self.recorder = unit.core
        self.state = unit.core.state
        self.files = Files(self.state.model, self.state.serial)
        self.clients = Clients(self.recorder, unit.host, self.files, self._settle)
        self.served: list[tuple[Service, int]] = [
            (service, served_at(service.carrier, unit.host, service.port + port_offset))
            for service in unit.services
        ]
        self.udp_ports = {port for service, port in self.served if service.carrier == "udp"}
        self._gates: list[Gate] = []
        self._webs: set[WebSession] = set()
        self._site: Site | None = None
        self._ftp: FtpSessions | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = 0.0
        self._closed = False

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""
        for service, port in self.served:
            if service.carrier == "udp":
                self._udp.append(bound(socket.SOCK_DGRAM, self.unit.host, port, share=False))
            else:
                gate = self._gate(USES[service.name], port)
                self._gates.append(gate)
                gate.bind()

    def _gate(self, use: Use, port: int) -> Gate:
        return Gate(
            self.unit.host,
            port,
            room=lambda: self.state.ledger.room(use),
            take=lambda sock: self._take(use, sock),
            reject=lambda: self.state.reject,
            backlog=0 if use is Use.COMMAND else BACKLOG,
        )

    async def start(self) -> None:
        """Begin to answer."""
        await super().start()
        for gate in self._gates:
            gate.start()
        self.recorder.on_network = self._network
        self.clients.start(self._now(), self.pump)
        self.pump()

    def _take(self, use: Use, sock: socket.socket) -> None:
        """A client that there is room for."""
        if not self.state.ledger.take(use):
            reset(sock)
        elif use is Use.FTP:
            self._ftp_sessions().admit(sock)
        else:
            task = asyncio.get_running_loop().create_task(self._open(use, sock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._settle()

    async def _open(self, use: Use, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            if self.state.down or self._closed:
                raise ConnectionError
            if use is Use.HTTP:
                await loop.connect_accepted_socket(self._web_session, sock)
            else:
                await loop.connect_accepted_socket(lambda: Stream(self), sock)
        except OSError:
            reset(sock)
            self._give(use)

    def _give(self, use: Use) -> None:
        self.state.ledger.give(use)
        self._settle()

    def _settle(self) -> None:
        """Open and shut the ports as the ledger says."""
        if not self._closed:
            for gate in self._gates:
                gate.update(dead=self.state.down)

    def _web_session(self) -> WebSession:
        from unitbench.sim.recorder.web import Site, WebSession

        self._site = self._site or Site(self.files, self._about, lambda: self.state.clock_offset_s)
        session = WebSession(self._site, self._web_gone)
        self._webs.add(session)
        return session

    def _web_gone(self, session: WebSession) -> None:
        if session in self._webs:
            self._webs.remove(session)
            self._give(Use.HTTP)

    def _about(self) -> dict[str, str]:
        state = self.state
        taken = ", ".join(f"{use.value} {count}" for use, count in state.ledger.open.items() if count)
        return {
            "model": state.model,
            "serial number": state.serial,
            "firmware": state.firmware,
            "address": state.ip_address,
            "MAC": state.mac,
            "command port": str(state.command_port),
            "connections": f"{state.ledger.used} of 20 ({taken})",
        }

    def _ftp_sessions(self) -> FtpSessions:
        if self._ftp is None:
            from unitbench.sim.ftp import FtpSessions

            self._ftp = FtpSessions(
                self.files.root,
                ACCOUNT,
                PASSWORD,
                f"{self.state.model} FTP server ready (simulated unit).",
                data=self._ftp_data,
                gone=lambda: self._give(Use.FTP),
            )
        return self._ftp

    def _ftp_data(self, wanted: bool) -> bool:
        if wanted and not self.state.ledger.take(Use.FTP_DATA):
            return False
        if not wanted:
            self.state.ledger.give(Use.FTP_DATA)
        asyncio.get_running_loop().call_soon(self._settle)
        return True

    def joined(self, stream: Stream) -> bool:
        """The command client, for which the ledger has a place already."""
        self._streams.add(stream)
        self._send[stream.peer] = stream.write
        self.core.connected(stream.peer, self._now())
        self._watch(self._now())
        return True

    def left(self, stream: Stream) -> None:
        """The command client is gone."""
        known = stream in self._streams
        super().left(stream)
        if known:
            self._give(Use.COMMAND)

    def bytes_from(self, stream: Stream, data: bytes) -> None:
        """Bytes of the command client."""
        self._heard = self._now()
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

    def datagram(self, data: bytes, sender: tuple[str, int], sock: socket.socket | None = None) -> None:
        """A datagram for this unit; unheard while the network is down."""
        if not self.state.down and self._udp:
            super().datagram(data, sender, sock)

    def _network(self, up: bool) -> None:
        """The network function ends or begins."""
        if not up:
            self._cut()
        self._settle()

    def _cut(self) -> None:
        """End every connection; those still on their way out are no longer counted."""
        streams, webs = list(self._streams), list(self._webs)
        for stream in streams:
            super().left(stream)
            stream.abort()
        self._webs.clear()
        for web in webs:
            web.abort()
        if self._ftp is not None:
            self._ftp.cut()
        self.clients.cut()
        self.state.ledger.restart()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        super().release()
        for gate in self._gates:
            gate.release()

    def close(self) -> None:
        """Close every socket and connection, and remove the files."""
        self._closed = True
        self._cut()
        for task in self._tasks:
            task.cancel()
        for gate in self._gates:
            gate.close()
        if self._ftp is not None:
            self._ftp.close()
        super().close()
        self.files.close()
