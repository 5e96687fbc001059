"""The interfaces of this machine with their IPv4 addresses, the way to a host, and what was counted of both."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from unitbench.transport import netlink

RECEIVE = 65536
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
UP, BROADCAST, LOOPBACK, RUNNING = 0x1, 0x2, 0x8, 0x40
"""Linux, include/uapi/linux/if.h."""
NET = Path("/proc/thread-self/net")
"""What the kernel tells of this thread's network; a namespace has its own."""
CONF = Path("/proc/sys/net/ipv4/conf")
GATEWAY = 0x2
"""Linux, include/uapi/linux/route.h: RTF_GATEWAY."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface: ``up`` as it was set, ``running`` with a cable or what stands for one. ``addresses`` with masks."""

    name: str
    up: bool
    running: bool
    loopback: bool
    broadcasts: bool
    addresses: tuple[IPv4Interface, ...] = ()

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """The networks that it is on; a line to a single peer is none."""
        return tuple(address.network for address in self.addresses if address.network.prefixlen < 31)


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a host: by which interface, and through which router; empty where it is on the same network."""

    interface: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted since the start: packets that could not be sent, datagrams for which sockets had no room, what
    the reverse path filter threw away, and the packets sent and received by each interface."""

    errors: int = 0
    dropped: int = 0
    filtered: int = 0
    by_interface: dict[str, tuple[int, int]] = field(default_factory=dict)


def interfaces() -> tuple[Interface, ...]:
    """All interfaces; none where the system does not tell (only Linux does, by rtnetlink)."""
    if sys.platform != "linux":
        return ()
    links: dict[int, Interface] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
        sock.settimeout(1.0)
        for number, kind in enumerate((netlink.RTM_GETLINK, netlink.RTM_GETADDR), 1):
            sock.send(netlink.request(kind, number))
            for body_kind, body in _bodies(sock):
                _take(links, body_kind, body)
    return tuple(links.values())


def _bodies(sock: socket.socket) -> Iterator[tuple[int, bytes]]:
    while True:
        data = sock.recv(RECEIVE)
        at = 0
        while at + _HEADER.size <= len(data):
            size, kind, _, _, _ = _HEADER.unpack_from(data, at)
            if size < _HEADER.size or kind in (netlink.NLMSG_DONE, netlink.NLMSG_ERROR):
                return
            yield kind, data[at + _HEADER.size : at + size]
            at += (size + 3) & ~3


def _take(links: dict[int, Interface], kind: int, body: bytes) -> None:
    if kind == netlink.RTM_NEWLINK:
        _, _, index, flags, _ = _LINK.unpack_from(body)
        said = dict(netlink.attributes(body[_LINK.size :]))
        name = said.get(netlink.IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "replace")
        links[index] = Interface(
            name,
            bool(flags & UP),
            bool(flags & RUNNING),
            bool(flags & LOOPBACK),
            bool(flags & BROADCAST),
        )
    elif kind == netlink.RTM_NEWADDR:
        family, prefix, _, _, index = _ADDRESS.unpack_from(body)
        said = dict(netlink.attributes(body[_ADDRESS.size :]))
        host = said.get(netlink.IFA_LOCAL, said.get(netlink.IFA_ADDRESS, b""))
        if family == socket.AF_INET and len(host) == 4 and index in links:
            link = links[index]
            address = IPv4Interface((socket.inet_ntoa(host), prefix))
            links[index] = replace(link, addresses=(*link.addresses, address))


def way_to(host: str) -> Way | None:
    """How a host is reached by the main table of routes; None where there is no way, or the system does not tell."""
    wanted, best, found = int(IPv4Address(host)), -1, None
    for words in _rows("route"):
        network, gateway, mask = (int.from_bytes(bytes.fromhex(words[at]), "little") for at in (1, 2, 7))
        if wanted & mask == network and mask > best and int(words[3], 16) & 1:
            best = mask
            through = str(IPv4Address(gateway)) if int(words[3], 16) & GATEWAY else ""
            found = Way(words[0], through)
    return found


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of one of the kernel's tables, without its head."""
    with contextlib.suppress(OSError):
        for line in (NET / name).read_text(encoding="ascii", errors="replace").splitlines()[1:]:
            if words := line.split():
                yield words


def neighbours() -> dict[str, str]:
    """The hardware addresses of hosts on the same networks, by address; empty: it was asked for and nobody answered."""
    none = "00:00:00:00:00:00"
    return {words[0]: "" if words[3] == none else words[3] for words in _rows("arp") if len(words) > 5}


def counts() -> Counts:
    """What was counted until now; zeros where the system does not tell."""
    by_interface = {}
    errors = 0
    for words in list(_rows("dev"))[1:]:
        name, _, first = " ".join(words).partition(":")
        numbers = [int(word) for word in first.split()]
        by_interface[name] = numbers[9], numbers[1]
        errors += numbers[10] + numbers[11]
    told = _named("snmp", "Udp:")
    return Counts(
        errors,
        told.get("RcvbufErrors", 0),
        _named("netstat", "TcpExt:").get("IPReversePathFilter", 0),
        by_interface,
    )


def _named(table: str, group: str) -> dict[str, int]:
    """The counters of a group: a row of names, a row of numbers."""
    with contextlib.suppress(OSError, ValueError):
        rows = [line.split() for line in (NET / table).read_text().splitlines() if line.startswith(group)]
        return dict(zip(rows[0][1:], map(int, rows[1][1:]), strict=False))
    return {}


def reverse_path_filter(name: str) -> int:
    """0 off, 1 strict, 2 loose: whether what comes by an interface must be answered by it."""
    found = 0
    for where in ("all", name):
        with contextlib.suppress(OSError, ValueError):
            found = max(found, int((CONF / where / "rp_filter").read_text()))
    return found


def in_container() -> bool:
    """Whether this is a container, whose networks are mostly the host's bridges."""
    return os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv")


def on_link(host: str, found: tuple[Interface, ...]) -> Interface | None:
    """The interface on whose network a host is; None where a router is between."""
    address = ipaddress.IPv4Address(host)
    return next((item for item in found if any(address in network for network in item.networks)), None)
