"""The addresses of this machine that come out of use and into use again: a pulled cable, another lease.

On Linux the system tells, by rtnetlink, without being asked. Elsewhere, or where that is refused, it is looked from
time to time whether the addresses that links use are still this machine's: a datagram socket can be bound to them.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

from unitbench.transport import netlink
from unitbench.transport.netlink import AddressNews, Done, LinkNews

LOOK_S = 2.0
"""How often addresses are looked at where the system does not tell, in seconds."""
RECEIVE = 65536


@dataclass(frozen=True, slots=True)
class Change:
    """What has happened, for people, and to which addresses of this machine.

    ``gone``: nothing can be sent from them. ``again``: it is worth trying, since they are in use again, or will
    hardly come back, since their interface has another one. ``all``: some changes were missed.
    """

    text: str
    gone: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    all: bool = False


Told = Callable[[Change], None]


def local_address(target: tuple[str, int]) -> str:
    """The address of this machine from which a target is reached; empty where there is no way to it. Nothing is
    sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            sock.connect(target)
        except OSError:
            return ""
        return str(sock.getsockname()[0])


class Table:
    """The interfaces as they are known from what the system tells."""

    def __init__(self) -> None:
        self._links: dict[int, LinkNews] = {}
        self._hosts: dict[str, int] = {}
        self._lost: dict[str, int] = {}

    def take(self, said: LinkNews | AddressNews) -> Change | None:
        """Take news in; what that changes, None where it is nothing new."""
        return self._link(said) if isinstance(said, LinkNews) else self._address(said)

    def _link(self, said: LinkNews) -> Change | None:
        before = self._links.pop(said.index, None)
        if said.there:
            self._links[said.index] = said
        else:
            self._lost = {host: index for host, index in self._lost.items() if index != said.index}
        if before is None or before.usable == said.usable:
            return None
        hosts = frozenset(host for host, index in self._hosts.items() if index == said.index)
        if said.usable:
            return Change(f"{said.name} is up again", again=hosts)
        return Change(f"{said.name} is down: a pulled cable, or it was switched off", gone=hosts)

    def _address(self, said: AddressNews) -> Change | None:
        name, usable = self._name(said.index)
        if said.there:
            if self._hosts.get(said.host) == said.index:
                return None
            self._hosts[said.host] = said.index
            back = self._lost.pop(said.host, None) is not None
            others = {host for host, index in self._lost.items() if index == said.index}
            for host in others:
                del self._lost[host]
            text = f"{name} has the address {said.host} {'again' if back else 'now'}"
            return Change(text, again=frozenset({said.host, *others}) if usable else frozenset())
        if self._hosts.pop(said.host, None) is None:
            return None
        self._lost[said.host] = said.index
        return Change(f"{name} has the address {said.host} no longer", gone=frozenset({said.host}))

    def _name(self, index: int) -> tuple[str, bool]:
        link = self._links.get(index)
        return (link.name, link.usable) if link else (f"interface {index}", True)


class Interfaces:
    """Watches from ``watch`` on until ``close``. ``hosts`` gives the addresses of this machine that links use."""

    def __init__(self, told: Told, hosts: Callable[[], set[str]]) -> None:
        self._told = told
        self._hosts = hosts
        self._table = Table()
        self._sock: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._absent: set[str] = set()

    def watch(self) -> None:
        """Begin; a second time changes nothing."""
        if self._sock is not None or self._timer is not None:
            return
        self._sock = self._opened()
        if self._sock is not None:
            asyncio.get_running_loop().add_reader(self._sock, self._readable)
        else:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def close(self) -> None:
        """Watch no more."""
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- rtnetlink

    def _opened(self) -> socket.socket | None:
        """A socket on which the system tells, with the table as it is now; None where there is no such thing."""
        if sys.platform != "linux":
            return None
        with contextlib.ExitStack() as stack:
            try:
                sock = stack.enter_context(
                    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
                )
                sock.bind((0, netlink.RTMGRP_LINK | netlink.RTMGRP_IPV4_IFADDR))
                sock.settimeout(1.0)
                self._fill(sock)
            except OSError:
                return None
            sock.setblocking(False)
            stack.pop_all()
            return sock

    def _fill(self, sock: socket.socket) -> None:
        """Ask for all that is there. The system answers at once, from the memory of the same machine."""
        self._table = Table()
        for number, kind in enumerate((netlink.RTM_GETLINK, netlink.RTM_GETADDR), 1):
            sock.send(netlink.request(kind, number))
            done = False
            while not done:
                for said in netlink.news(sock.recv(RECEIVE)):
                    if isinstance(said, Done):
                        done = True
                    else:
                        self._table.take(said)

    def _readable(self) -> None:
        sock = self._sock
        if sock is None:
            return
        try:
            data = sock.recv(RECEIVE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._missed(error)
            return
        for said in netlink.news(data):
            if not isinstance(said, Done) and (change := self._table.take(said)) is not None:
                self._told(change)

    def _missed(self, error: OSError) -> None:
        """More came than was kept for us: begin anew, and take nothing for sure."""
        self.close()
        self.watch()
        why = "too much at once" if error.errno == errno.ENOBUFS else error.strerror
        self._told(Change(f"changes of the network were missed ({why})", all=True))

    # -- looking

    def _look(self) -> None:
        self._timer = None
        present = {host: is_ours(host) for host in self._hosts()}
        gone = frozenset(host for host, ours in present.items() if not ours) - self._absent
        back = frozenset(host for host, ours in present.items() if ours) & self._absent
        self._absent = {host for host, ours in present.items() if not ours}
        if gone:
            # No cable tells here when it is back, so what used the address is tried at once.
            text = f"{', '.join(sorted(gone))} is no address of this machine any longer"
            self._told(Change(text, gone=gone, again=gone))
        if back:
            self._told(Change(f"{', '.join(sorted(back))} is an address of this machine again", again=back))
        self.watch()


def is_ours(host: str) -> bool:
    """Whether this machine has an address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((host, 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
        return True
