"""The way to one unit: route, interface, address, neighbour, port; and the interfaces that there are."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from unitbench import catalogue
from unitbench.schema.address import SERIAL, UnitAddress, address_of, split_address
from unitbench.schema.records import Protocol, Service, Touch
from unitbench.session.doctor.model import Finding, Findings, by_system
from unitbench.session.model import Unit
from unitbench.transport.interfaces import local_address

NETWORK, GROUP = "the network", "the way to "
CONNECT_S = 1.0
ARP = Path("/proc/net/arp")
ROUTES = Path("/proc/net/route")
CONTAINERS = ("/.dockerenv", "/run/.containerenv")
GET_ADDRESS, GET_NETMASK = 0x8915, 0x891B
"""SIOCGIFADDR and SIOCGIFNETMASK of Linux, include/uapi/linux/sockios.h."""
COMPLETE = 0x2
"""Flag of an entry in the table of neighbours that is known (ATF_COM of include/uapi/linux/if_arp.h)."""


def interfaces() -> Iterator[Finding]:
    """The networks that this machine is in."""
    found = _addresses()
    if found is None:
        yield Finding(NETWORK, "interfaces", None, "this system does not tell without a tool")
        return
    told = [f"{name} {address}" for name, address in found if not address.is_loopback]
    mend = "plug in a cable, or give the interface an address; simulated units need none"
    yield Finding(NETWORK, "interfaces", bool(told), ", ".join(told) or "loopback alone", mend)
    if any(Path(mark).exists() for mark in CONTAINERS):
        mend = (
            "start it with the host's network (--network host), or name the units: discover NAME or ADDRESS"
        )
        seen = "inside one: a broadcast reaches the container's own network only"
        yield Finding(NETWORK, "container", False, seen, mend)


def way(address: str, unit: Unit | None = None) -> Findings:
    """The way to a unit, known as ``unit`` to a session or not; raises ``UsageError``. Where a port takes commands
    from several clients a connection is opened once, and closed without a byte."""
    protocol = catalogue.protocol(split_address(address)[0])
    where = address_of(address, protocol)
    return Findings(tuple(_steps(where, protocol, unit, f"{GROUP}{unit.name if unit else address}")))


def _steps(where: UnitAddress, protocol: Protocol, unit: Unit | None, group: str) -> Iterator[Finding]:
    if where.carrier == SERIAL:
        yield _device(where, group)
        return
    try:
        host = socket.gethostbyname(where.host)
    except OSError as error:
        yield Finding(
            group, "name", False, f"{where.host}: {error.strerror}", "write its address instead", True
        )
        return
    if host != where.host:
        yield Finding(group, "name", True, f"{where.host} is {host}")
    source = local_address((host, where.port))
    if not source:
        mend = by_system(
            "look at this machine's addresses",
            linux=f"ip route get {host} tells more; give an interface an address",
        )
        yield Finding(group, "route", False, f"there is no way to {host}", mend, True)
        return
    yield Finding(group, "route", True, f"from {source}", needed=True)
    name, network = _interface(source)
    yield from _neighbourhood(host, source, name, network, group)
    yield from _port(where, host, protocol, unit, group)
    yield from _neighbour(host, source, network, group)


def _device(where: UnitAddress, group: str) -> Finding:
    """A serial line: whether the device can be opened is seen by its rights, without opening it."""
    path = where.host
    if not Path(path).exists():
        return Finding(
            group, "serial device", False, f"{path} is not there", "plug it in; look at its name", True
        )
    able = os.access(path, os.R_OK | os.W_OK)
    mend = by_system("ask for the right to use it", linux="sudo usermod -aG dialout $USER, then log in again")
    return Finding(
        group, "serial device", able, path if able else f"{path} may not be used by this user", mend, True
    )


def _neighbourhood(
    host: str, source: str, name: str, network: IPv4Interface | None, group: str
) -> Iterator[Finding]:
    """Whether the unit is in a network of this machine, or behind a gateway."""
    if network is None:
        yield Finding(group, "interface", None, "this system does not tell without a tool")
        return
    yield Finding(group, "interface", True, f"{name} {network}")
    address = IPv4Address(host)
    if address == network.network.broadcast_address:
        yield Finding(group, "address", None, "the network's broadcast address: it reaches all units there")
    elif network.is_loopback:
        yield Finding(group, "address", True, "on this machine")
    elif address in network.network:
        yield Finding(group, "address", True, f"in the same network, {network.network}")
    else:
        seen = f"not in {network.network}: over the gateway {_gateway(name) or 'that the route names'}"
        yield Finding(group, "address", None, f"{seen}; broadcasts do not get there")


def _port(
    where: UnitAddress, host: str, protocol: Protocol, unit: Unit | None, group: str
) -> Iterator[Finding]:
    """Whether the port takes connections; one that has room for one client alone is left to who needs it."""
    service = next((s for s in protocol.services if s.carrier == where.carrier), None)
    what = f"port {where.port}/{where.carrier}"
    if unit is not None and unit.link != "closed":
        yield Finding(group, what, True, f"this session's link is {unit.link}")
        return
    kept = _kept_from(service, where)
    if kept:
        yield Finding(group, what, None, kept)
        return
    try:
        with socket.create_connection((host, where.port), CONNECT_S):
            yield Finding(group, what, True, "takes connections")
    except ConnectionRefusedError:
        seen = "refused: the machine is there, the port is not"
        mend = f"switch the unit's service on, or name its port: {protocol.name}://{where.host}:PORT"
        yield Finding(group, what, False, seen, mend, True)
    except OSError as error:
        seen = (
            f"no answer within {CONNECT_S:g} s"
            if isinstance(error, TimeoutError)
            else str(error.strerror or error)
        )
        yield Finding(
            group, what, False, seen, "is it switched on, is the cable in, is a firewall between?", True
        )


def _kept_from(service: Service | None, where: UnitAddress) -> str:
    """Why no connection is tried; empty where one is."""
    if where.carrier != "tcp":
        return f"no connection to try: {where.carrier} has none; discover asks the unit"
    if service is not None and service.exclusive:
        return "room for one client only, so it is not touched; services UNIT says more"
    if service is not None and service.touch is Touch.LEAVES:
        return "never opened by us"
    return ""


def _neighbour(host: str, source: str, network: IPv4Interface | None, group: str) -> Iterator[Finding]:
    """Whether the machine has met the unit: nothing is sent to find out."""
    if network is None or network.is_loopback or IPv4Address(host) not in network.network:
        return
    if IPv4Address(host) == network.network.broadcast_address or host == source:
        return
    mac = _mac_of(host)
    if mac:
        yield Finding(group, "neighbour", True, f"its MAC is {mac}")
    elif ARP.exists():
        mend = "is it switched on, is the cable in, is its address the one on its display?"
        yield Finding(group, "neighbour", False, "no MAC is known of it: it has not answered lately", mend)


def _mac_of(host: str, table: Path = ARP) -> str:
    """The MAC that the system knows of an address; empty where it knows none."""
    with contextlib.suppress(OSError):
        for row in table.read_text(encoding="ascii", errors="replace").splitlines()[1:]:
            words = row.split()
            if len(words) >= 4 and words[0] == host and int(words[2], 16) & COMPLETE:
                return words[3]
    return ""


def _gateway(name: str, table: Path = ROUTES) -> str:
    """The gateway of an interface; empty where there is none, or the system does not tell."""
    with contextlib.suppress(OSError):
        for row in table.read_text(encoding="ascii", errors="replace").splitlines()[1:]:
            words = row.split()
            if len(words) > 2 and words[0] == name and words[2] != "00000000":
                return socket.inet_ntoa(struct.pack("<L", int(words[2], 16)))
    return ""


def _interface(source: str) -> tuple[str, IPv4Interface | None]:
    """The interface that has an address of this machine; loopback has more addresses than it tells."""
    for name, address in _addresses() or ():
        if str(address.ip) == source or (address.is_loopback and IPv4Address(source) in address.network):
            return name, address
    return "", None


def _addresses() -> list[tuple[str, IPv4Interface]] | None:
    """The interfaces with an IPv4 address, the first of each; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            asked = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):
                host, mask = (
                    socket.inet_ntoa(fcntl.ioctl(sock, request, asked)[20:24])
                    for request in (GET_ADDRESS, GET_NETMASK)
                )
                found.append((name, IPv4Interface(f"{host}/{mask}")))
    return found
