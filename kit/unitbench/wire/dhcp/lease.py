"""What a DHCP server gives for a while: an address in a network, with gateway, DNS server and times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from unitbench.wire.dhcp.message import Message, Option

FOREVER = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Lease:
    """What a server has given: ``gateway`` and ``dns_server`` are empty where it names none; times in seconds."""

    address: str
    netmask: str
    gateway: str
    dns_server: str
    server: str
    lease_s: float
    renew_s: float
    rebind_s: float

    @property
    def network(self) -> IPv4Network:
        """The network that the address is in."""
        return IPv4Network(f"{self.address}/{self.netmask}", strict=False)


def lease_of(message: Message) -> Lease | None:
    """What an offer or an acknowledgement gives; None where that is no use."""
    netmask, server = message.address(Option.NETMASK), message.address(Option.SERVER)
    seconds = message.number(Option.LEASE_S)
    if not netmask or not server or not seconds:
        return None
    try:
        network = IPv4Network(f"{message.yours}/{netmask}", strict=False)
    except ValueError:
        return None
    address = IPv4Address(message.yours)
    unusable = address.is_unspecified or address.is_multicast or address.is_loopback or address.is_reserved
    if unusable or not network.prefixlen or str(network.netmask) != netmask:
        return None
    if network.prefixlen < 31 and address in (network[0], network[-1]):
        return None
    lease_s = math.inf if seconds == FOREVER else float(seconds)
    renew_s, rebind_s = (message.number(option) for option in (Option.RENEW_S, Option.REBIND_S))
    if renew_s is None or rebind_s is None or not 0 < renew_s < rebind_s < lease_s:
        times = lease_s / 2, lease_s * 7 / 8
    else:
        times = float(renew_s), float(rebind_s)
    return Lease(
        message.yours,
        netmask,
        message.address(Option.ROUTER),
        message.address(Option.DNS_SERVER),
        server,
        lease_s,
        *times,
    )
