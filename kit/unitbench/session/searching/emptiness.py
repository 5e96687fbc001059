"""Why a discovery has found nothing: what this machine can know of that, each with what to try."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from unitbench import catalogue
from unitbench.catalogue.evidence import FACTORY
from unitbench.session.scope import LIMITED, unfit, usable
from unitbench.transport.interfaces_list import Counts, Interface, Way

STRICT = 1
BRIDGES = IPv4Network("172.16.0.0/12")
"""Where containers' networks mostly are."""
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What the system tells. ``targets`` are the addresses that were asked, ``ways`` how they are reached (None: not
    at all), ``neighbours`` who has answered for an address on our networks (empty: nobody), ``filters`` the reverse
    path filter of each interface, ``container``: this is one. ``replies`` is how many answers came, ``dropped`` and
    ``listened`` what was lost and heard."""

    interfaces: tuple[Interface, ...]
    targets: tuple[str, ...]
    ways: dict[str, Way | None]
    neighbours: dict[str, str]
    filters: dict[str, int]
    before: Counts
    after: Counts
    container: bool = False
    system: str = sys.platform


def doubts(facts: Facts) -> tuple[str, ...]:
    """What may be the reason, the surest first, and what to try; nothing is kept back for being unlikely."""
    return tuple(dict.fromkeys([*_lost(facts), *_ways(facts), *_packets(facts), *_surroundings(facts)]))


def _lost(facts: Facts) -> Iterator[str]:
    dropped = facts.after.dropped - facts.before.dropped
    if dropped > 0:
        yield (
            f"{dropped} datagrams were lost here for want of room (kernel drop counter): "
            "try sysctl -w net.core.rmem_max=8388608, or smaller networks one after the other"
        )
    filtered = facts.after.filtered - facts.before.filtered
    if filtered > 0:
        yield (
            f"{filtered} packets were thrown away by the reverse path filter: they came by an interface that does not "
            "lead back; try sysctl -w net.ipv4.conf.all.rp_filter=2"
        )


def _ways(facts: Facts) -> Iterator[str]:
    for target in facts.targets[:SHOWN]:
        if target == LIMITED:
            continue
        address = IPv4Address(target)
        if address.is_loopback:
            yield f"{target} is this machine itself: does a program, or unitbench sim, serve units there?"
            continue
        here = next((item for item in facts.interfaces if any(address in net for net in item.networks)), None)
        way = facts.ways.get(target)
        if here is not None:
            own = next(each for each in here.addresses if address in each.network)
            yield (
                f"{target} is on {here.name}, where this machine is {own}: is the unit on, its cable in, its mask "
                "the same?"
            )
            if facts.neighbours.get(target) == "":
                yield f"nobody has the address {target} (ARP asked, nobody answered): is it the unit's address now?"
        elif way is None:
            yield f"there is no route to {target}: try ip route, or discover factory=yes for a second address"
        elif way.gateway:
            yield (
                f"{target} is behind the router {way.gateway} ({way.interface}): broadcasts and announces do not pass "
                "it; try the units' network: discover 192.168.1.0/24"
            )


def _packets(facts: Facts) -> Iterator[str]:
    used = sorted({way.interface for host, way in facts.ways.items() if way is not None and not _here(host)})
    if LIMITED in facts.targets:
        used = [item.name for item in facts.interfaces if usable(item)]
    for name in used:
        sent, came = (
            late - soon
            for late, soon in zip(
                facts.after.by_interface.get(name, (0, 0)),
                facts.before.by_interface.get(name, (0, 0)),
                strict=True,
            )
        )
        if sent <= 0:
            yield f"no packet has left {name}: a firewall of this machine? try nft list ruleset"
        elif came <= 0:
            yield f"{sent} packets left {name}, none came in: another network or VLAN at its other end, or a firewall"
        else:
            yield f"{sent} packets left {name} and {came} came in, none of them an answer from a unit"
    if facts.after.errors > facts.before.errors:
        yield f"{facts.after.errors - facts.before.errors} packets could not be sent: a bad cable or adapter"


def _surroundings(facts: Facts) -> Iterator[str]:
    if facts.targets and all(_here(host) for host in facts.targets):
        return
    down = [
        f"{item.name} ({unfit(item)})" for item in facts.interfaces if not usable(item) and not item.loopback
    ]
    if down:
        yield f"not looked at: {', '.join(down)}"
    if facts.container and any(
        address.ip in BRIDGES for item in facts.interfaces for address in item.addresses
    ):
        yield (
            "this is a container on a bridge, which broadcasts do not leave: try it with the host's network, or "
            "discover NETWORK, which asks host by host"
        )
    strict = [name for name, value in facts.filters.items() if value == STRICT]
    if strict and len([item for item in facts.interfaces if usable(item)]) > 1:
        yield (
            f"the reverse path filter is strict on {', '.join(sorted(strict))}: answers that come by another "
            "interface are thrown away; try sysctl -w net.ipv4.conf.all.rp_filter=2"
        )
    if facts.system == "win32":
        yield "the firewall of Windows lets answers to a broadcast in for three seconds only, and none unasked"


def _here(host: str) -> bool:
    return IPv4Address(host).is_loopback


def factory_text(interfaces: Iterable[Interface], system: str = sys.platform) -> str:
    """The addresses that units have when they are new: which can be reached from here, and the commands that give
    this machine a second address for the others, and take it away again."""
    found = [item for item in interfaces if usable(item)]
    device = found[0].name if found else "eth0"
    lines = []
    for item in FACTORY:
        maker = catalogue.protocol(item.protocol).maker
        if not item.address:
            lines.append(f"{maker}: {item.how}")
            continue
        network = IPv4Network(f"{item.address}/{item.mask}", strict=False)
        address = IPv4Address(item.address)
        here = next((each for each in found if any(address in net for net in each.networks)), None)
        lines.append(f"{maker}: {item.address}/{item.mask} ({item.how}; {item.source.status.value})")
        if here is not None:
            lines.append(f"  on the network of {here.name}: discover {item.protocol}://{item.address}")
            continue
        second = _free(network, address)
        lines.append("  not on a network of this machine; a second address leads there:")
        lines += [f"    {line}" for line in _commands(system, device, second, item.mask)]
    return "\n".join(lines)


def _free(network: IPv4Network, taken: IPv4Address) -> str:
    """An address of a network that is unlikely to be anybody's."""
    return next(str(host) for host in sorted(network.hosts(), reverse=True) if host not in (taken, taken + 1))


def _commands(system: str, device: str, address: str, mask: int) -> list[str]:
    dotted = IPv4Network(f"0.0.0.0/{mask}").netmask
    every = {
        "linux": (
            f"sudo ip address add {address}/{mask} dev {device}",
            f"sudo ip address del {address}/{mask} dev {device}",
        ),
        "darwin": (
            f"sudo ifconfig {device if system == 'darwin' else 'en0'} alias {address} {dotted}",
            f"sudo ifconfig {device if system == 'darwin' else 'en0'} -alias {address}",
        ),
        "win32": (
            f'netsh interface ipv4 add address "Ethernet" {address} {dotted}',
            f'netsh interface ipv4 delete address "Ethernet" {address}',
        ),
    }
    names = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
    order = sorted(every, key=lambda name: name != system)
    return [
        f"{names[name]:<8}{add}\n            {'then':<8}{away}"
        for name in order
        for add, away in [every[name]]
    ]
