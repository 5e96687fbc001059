"""Where a discovery looks: units, addresses, networks, interfaces, files of these, and nothing that was not named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.lab.identification.steps import announced_at, harmless
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable, without_account
from unitbench.session.registry import Registry
from unitbench.session.targets import NETWORK, network_of, ports_in
from unitbench.transport.interfaces_list import Interface

LIMITED = "255.255.255.255"
ASKS_FROM = 1024
"""So many hosts are asked without a question; for more, their number is to be said."""
EXAMPLES = (
    "a unit's name, an interface, 192.168.1.0/24, kramer://192.168.1.39, qstation://192.168.1.255 or a file"
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Hosts to be asked one by one: by every protocol, or only by ``protocol``, at ``port`` where that is said."""

    network: IPv4Network
    protocol: str = ""
    port: int = 0

    @property
    def hosts(self) -> list[str]:
        """The addresses, without those of the network itself and of its broadcast."""
        return [str(host) for host in self.network.hosts()]

    @property
    def size(self) -> int:
        """How many that are."""
        many = self.network.num_addresses
        return many - 2 if self.network.prefixlen < 31 else many

    @property
    def text(self) -> str:
        """Where, for people."""
        where = str(self.network.network_address) if self.network.prefixlen == 32 else str(self.network)
        return f"{self.protocol}://{where}" if self.protocol else where


@dataclass
class Scope:
    """Where to look. ``places`` are asked by their protocol's question, or heard; ``sweeps`` host by host; ``ports``
    are those that units have instead of their usual ones, by protocol; ``skipped`` what is left alone, and why."""

    places: list[UnitAddress] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> int:
        """How many hosts are asked one by one."""
        return sum(sweep.size for sweep in self.sweeps)


def scope_of(
    targets: Sequence[str], ports: str, registry: Registry, interfaces: tuple[Interface, ...]
) -> Scope:
    """The scope that targets mean; raises ``UsageError``. Without targets it is every network of this machine, by
    broadcast."""
    scope = Scope(ports=ports_in(ports))
    for target in targets:
        _add(scope, target, registry, interfaces)
    if not targets:
        used = [item for item in interfaces if usable(item)]
        for item in used:
            _broadcasts(scope, item)
        _limited(scope)
        scope.skipped += [f"{item.name}: {unfit(item)}" for item in interfaces if not usable(item)]
        if not used:
            named = "; ".join(scope.skipped) or "this system does not tell them"
            raise UsageError(
                f"no network to look at: {named}",
                hint="name a place: discover kramer://192.168.1.39, discover qstation://192.168.1.255",
            )
    return scope


def usable(item: Interface) -> bool:
    """Whether a broadcast can leave by an interface."""
    return item.up and item.running and item.broadcasts and not item.loopback and bool(item.networks)


def unfit(item: Interface) -> str:
    """Why none can."""
    if item.loopback:
        return "this machine itself, left alone unless an address on it is named"
    if not item.up:
        return "switched off"
    if not item.running:
        return "no cable, or nothing at its other end"
    return "no IPv4 address" if not item.addresses else "no broadcasts"


def _add(scope: Scope, target: str, registry: Registry, interfaces: tuple[Interface, ...]) -> None:
    unit = registry.get(target)
    if unit is not None:
        scope.places.append(registry.address(unit))
        return
    interface = next((item for item in interfaces if item.name == target), None)
    if interface is not None:
        if not usable(interface):
            raise UsageError(
                f"nothing can be looked for at {target}: {unfit(interface)}",
                hint="its units' addresses can be named all the same: discover 127.77.1.0/24"
                if interface.loopback
                else f"ip link set {target} up; ip address add 192.168.1.200/24 dev {target}",
            )
        _broadcasts(scope, interface)
        return
    match = NETWORK.fullmatch(target)
    if match is not None and (match["protocol"] is None or "/" in match["network"]):
        port = int(match["port"] or 0)
        if match["protocol"]:
            catalogue.protocol(match["protocol"])
        elif port:
            raise UsageError(
                f"'{printable(target, 40)}': whose port that is, is not said",
                hint=f"kramer://{match['network']}:{port}, or ports=kramer:{port}",
            )
        scope.sweeps.append(Sweep(network_of(match["network"]), match["protocol"] or "", port))
        return
    if "://" not in target:
        names = ", ".join(item.name for item in registry.units) or "none known yet"
        known = ", ".join(item.name for item in interfaces) or "not told by this system"
        raise UsageError(
            f"'{printable(without_account(target), 60)}' is no place to look at",
            hint=f"{EXAMPLES}; units: {names}; interfaces: {known}",
        )
    scope.places.append(registry.address(target))


def _broadcasts(scope: Scope, interface: Interface) -> None:
    """Everything that may go to all units of an interface's networks at once; who announces itself is heard."""
    for network in interface.networks:
        for protocol in catalogue.protocols():
            place = _everyone(protocol.name, str(network.broadcast_address), scope.ports)
            if place is not None:
                scope.places.append(place)


def _limited(scope: Scope) -> None:
    """The broadcast that needs no right mask on either side."""
    for protocol in catalogue.protocols():
        place = _everyone(protocol.name, LIMITED, scope.ports)
        if place is not None and announced_at(protocol) is None:
            scope.places.append(place)


def _everyone(name: str, host: str, ports: dict[str, int]) -> UnitAddress | None:
    protocol = catalogue.protocol(name)
    service = announced_at(protocol)
    if service is not None:
        main = next(item for item in protocol.services if item.main)
        return UnitAddress(name, main.carrier, host, main.port)
    if not protocol.hears_broadcast or harmless(protocol, broadcast=True) is None:
        return None
    return UnitAddress(name, "udp", host, ports.get(name) or protocol.service("udp").port)
