"""Runs the DHCP client of a simulated unit on a network interface: port 68, the address, its times."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

from unitbench.errors import OpenFailed
from unitbench.sim import interface as interfaces
from unitbench.wire.dhcp.client import DhcpClient, Phase
from unitbench.wire.dhcp.lease import Lease
from unitbench.wire.dhcp.message import CLIENT_PORT, SERVER_PORT
from unitbench.wire.unit import UnitCore

EVERYBODY = "255.255.255.255"
FILTERS = Path("/proc/sys/net/ipv4/conf")
NEEDS_ROOT = "a lease needs root, or a network namespace of one's own"


class Dhcp:
    """Keeps a unit's address. ``moved`` is told each new lease, once the interface has its address, and None
    before the address goes. ``place`` asks for a connection (True), or gives it back (False); ``stands`` is told
    what the client is about.

    The client's times are the unit's: ``clock`` gives it and the core's timers wake it; ``pump`` has the unit look
    at them anew.
    """

    def __init__(
        self,
        client: DhcpClient,
        interface: str,
        core: UnitCore,
        *,
        clock: Callable[[], float],
        pump: Callable[[], None],
        place: Callable[[bool], bool],
        moved: Callable[[Lease | None], None],
        stands: Callable[[Phase], None],
    ) -> None:
        self.client = client
        self._interface = interface
        self._core, self._clock, self._pump = core, clock, pump
        self._place, self._moved, self._stands = place, moved, stands
        self._sock: socket.socket | None = None
        self._lease: Lease | None = None
        self._former = ""
        self._held = False
        self._armed: float | None = None

    def bind(self) -> None:
        """Take the interface and the client's port; raises ``OpenFailed``."""
        name = self._interface
        interfaces.check(name)
        _check_filter(name)
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode())
            sock.bind(("", CLIENT_PORT))
        except OSError as error:
            sock.close()
            where = f"{name}:{CLIENT_PORT}/udp"
            raise OpenFailed(
                f"cannot listen on {where}: {error.strerror}", endpoint=where, hint=NEEDS_ROOT
            ) from None
        self._sock = sock

    def start(self) -> None:
        """Begin to hear; the network comes up."""
        assert self._sock is not None
        asyncio.get_running_loop().add_reader(self._sock, self._readable, self._sock)
        self.up()

    def up(self) -> None:
        """The network comes up: ask for a lease, best that of before."""
        self.client.start(self._clock(), wish=self._former)
        self._follow()

    def down(self) -> None:
        """The network goes down, and the address with it."""
        self.client.stop()
        self._armed = None
        self._follow()

    def _readable(self, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data, sender = sock.recvfrom(4096)
                if sender[1] == SERVER_PORT:
                    self.client.receive(data, self._clock())
                    self._follow()

    def _follow(self) -> None:
        """Send, move and wake as the client wants it now."""
        now = self._clock()
        for text in self.client.told():
            self._note(now, text)
        self._stands(self.client.phase)
        if self.client.lease != self._lease:
            self._move(now)
        if self.client.waiting and not self._held:
            self._held = self._place(True)
        for sent in self.client.outgoing():
            if self._held:
                self._send(sent.data, sent.server or EVERYBODY, now)
            else:
                self._note(now, "no place for the DHCP client: tried again later")
        if not self.client.waiting:
            self._give()
        self._wake_at(self.client.deadline())

    def _give(self) -> None:
        if self._held:
            self._held = False
            self._place(False)

    def _send(self, data: bytes, host: str, now: float) -> None:
        assert self._sock is not None
        try:
            self._sock.sendto(data, (host, SERVER_PORT))
        except OSError as error:
            self._note(now, f"the DHCP client cannot send on {self._interface}: {error.strerror}")

    def _move(self, now: float) -> None:
        """Change the interface's address first, so that it is there when the unit is told."""
        former, lease = self._lease, self.client.lease
        self._lease = lease
        if former and lease and _about(former) == _about(lease):
            return
        stays = former and lease and (former.address, former.netmask) == (lease.address, lease.netmask)
        if former and not stays:
            self._give()
            self._former = former.address
            self._moved(None)
        try:
            if former and not stays:
                interfaces.give_back(self._interface, former)
            if lease:
                interfaces.take(self._interface, lease)
        except OpenFailed as error:
            self._note(now, error.message)
            return
        if lease:
            self._moved(lease)

    def _wake_at(self, at: float | None) -> None:
        if at is not None and (self._armed is None or at < self._armed):
            self._armed = at
            self._core.later(at, self._due)
            self._pump()

    def _due(self, now: float) -> None:
        if self._armed is not None and now >= self._armed:
            self._armed = None
            self.client.tick(now)
            self._follow()

    def _note(self, now: float, text: str) -> None:
        self._core.note(now, "", b"", text)

    def close(self) -> None:
        """End it, and give the address and the port back."""
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
        self.client.stop()
        if self._lease:
            with contextlib.suppress(OpenFailed):
                interfaces.give_back(self._interface, self._lease)
            self._lease = None
        self.release()

    def release(self) -> None:
        """Give the port back, before anything was started."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None


def _about(lease: Lease) -> tuple[str, str, str, str]:
    """What the unit uses of a lease; the rest is about its times."""
    return lease.address, lease.netmask, lease.gateway, lease.dns_server


def _check_filter(name: str) -> None:
    """A reverse-path filter drops every answer to an interface that has no address yet."""
    for where in ("all", name):
        setting = FILTERS / where / "rp_filter"
        if setting.exists() and setting.read_text().strip() != "0":
            raise OpenFailed(
                f"the reverse-path filter of this network drops a DHCP server's answers on {name}",
                endpoint=name,
                hint=f"sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{name}.rp_filter=0",
            )
