"""A unit on a serial line: the far end of a pseudo-terminal, whose near end any program may open."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterable

from unitbench import catalogue
from unitbench.errors import InvalidValue, OpenFailed
from unitbench.schema.address import SERIAL
from unitbench.schema.printable import printable
from unitbench.schema.records import Service
from unitbench.sim.book import Endpoint
from unitbench.sim.serve import UnitServer
from unitbench.sim.serving import Server
from unitbench.wire.host import Peer

READ_SIZE = 4096


class SerialLine:
    """One unit at the end of a line. There is no connection: it never learns that a client has come or gone.

    ``path`` is the device that a client opens. Raises ``InvalidValue`` for a unit that has no serial port,
    ``OpenFailed`` where the system has no pseudo-terminals.
    """

    def __init__(self, server: Server) -> None:
        self.service = _service(server)
        assert isinstance(server, UnitServer)
        self._server = server
        try:
            import tty

            # The near end stays open here too: bytes that nobody reads are lost, as on a line, and no error.
            self._far, self._near = os.openpty()
        except (ImportError, AttributeError, OSError) as error:
            raise OpenFailed(
                f"no serial line can be simulated: {error}",
                endpoint=SERIAL,
                hint="this needs pseudo-terminals, which Windows does not have",
            ) from None
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path = os.ttyname(self._near)
        self.peer: Peer = (SERIAL, self.path)

    @property
    def endpoint(self) -> Endpoint:
        """Where the unit is to be had."""
        unit = self._server.unit
        return Endpoint(unit.name, unit.protocol, SERIAL, self.path, 0, unit.mac, service=self.service.name)

    def start(self) -> None:
        """Begin to answer."""
        self._server.attach(self.peer, self._write, self.service.forgets_s)
        asyncio.get_running_loop().add_reader(self._far, self._readable)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._server.line.receive(os.read(self._far, READ_SIZE), self.peer, datagram=False)

    def _write(self, data: bytes) -> None:
        """Send bytes; what the line does not take is lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._far, data)

    def release(self) -> None:
        """Give the device back before anything was started."""
        os.close(self._far)
        os.close(self._near)
        self._far = self._near = -1  # an answer that comes too late goes nowhere

    def close(self) -> None:
        """Take the device away: whoever has it open sees it unplugged."""
        asyncio.get_running_loop().remove_reader(self._far)
        self.release()


class SerialLines:
    """The serial lines of a set: one for each unit that is named. Raises as ``SerialLine``, and leaves none open."""

    def __init__(self, servers: list[Server], names: Iterable[str]) -> None:
        self._lines: dict[str, SerialLine] = {}
        try:
            for name in names:
                self._lines[name] = SerialLine(_named(servers, name))
        except (InvalidValue, OpenFailed):
            self.release()
            raise

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where the units are to be had."""
        return [line.endpoint for line in self._lines.values()]

    def start(self) -> None:
        """Begin to answer."""
        for line in self._lines.values():
            line.start()

    def release(self) -> None:
        """Give the devices back before anything was started."""
        for line in self._lines.values():
            line.release()

    def close(self) -> None:
        """Take the devices away."""
        for line in self._lines.values():
            line.close()


def _named(servers: list[Server], name: str) -> Server:
    """What serves the unit of that name; raises ``InvalidValue``."""
    found = next((server for server in servers if server.unit.name == name), None)
    if found is None:
        known = printable(", ".join(server.unit.name for server in servers), 200)
        raise InvalidValue(
            f"no simulated unit '{printable(name, 40)}' to have a serial line",
            field=SERIAL,
            rule=f"one of {known}",
            hint=f"units of this set: {known}",
        )
    return found


def _service(server: Server) -> Service:
    """The serial service of a unit; raises ``InvalidValue``."""
    protocol = catalogue.protocol(server.unit.protocol)
    try:
        return protocol.service(SERIAL)
    except KeyError:
        raise InvalidValue(
            f"{server.unit.name} has no serial port: {protocol.name} is not spoken over one",
            field=SERIAL,
            rule="a unit of a protocol with a serial service",
        ) from None
