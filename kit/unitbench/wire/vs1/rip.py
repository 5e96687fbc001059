"""Routes learnt from RIP updates, versions 1 and 2 (RFC 1058, RFC 2453). Nothing is ever answered."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

HEADER, ENTRY = 4, 20
RESPONSE = 2
INET, AUTHENTICATION = 2, 0xFFFF
INFINITY = 16
TIMEOUT_S = 180.0
ROUTES = 1000
MOST_ENTRIES = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One route of an update; ``next_hop`` is empty for the sender itself."""

    network: str
    metric: int
    next_hop: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the table; ``until`` is when it is given up without a further update."""

    network: str
    gateway: str
    metric: int
    until: float


def decode(data: bytes) -> tuple[Entry, ...] | None:
    """The routes of an update; None for what is none. Entries that are wrong are passed over."""
    if (
        len(data) < HEADER + ENTRY
        or (len(data) - HEADER) % ENTRY
        or len(data) > HEADER + MOST_ENTRIES * ENTRY
    ):
        return None
    command, version, zero = struct.unpack_from(">BBH", data)
    if command != RESPONSE or version not in (1, 2) or (version == 1 and zero):
        return None
    found = (_entry(data[at : at + ENTRY], version) for at in range(HEADER, len(data), ENTRY))
    return tuple(entry for entry in found if entry is not None)


def _entry(data: bytes, version: int) -> Entry | None:
    family, tag, address, mask, hop, metric = struct.unpack(">HHIIII", data)
    if family != INET or not 1 <= metric <= INFINITY:
        return None
    if version == 1:
        if tag or mask or hop:
            return None
        mask = _natural(address)
    inverse = mask ^ 0xFFFFFFFF
    if inverse & (inverse + 1) or address >> 28 >= 0xE or address >> 24 == 127:
        return None
    network = IPv4Network((address & mask, 32 - inverse.bit_length()))
    return Entry(str(network), metric, str(IPv4Address(hop)) if hop else "")


def _natural(address: int) -> int:
    """The mask that version 1 means: that of the address class; a host where there are bits below it."""
    if not address:
        return 0
    prefix = 8 if address >> 31 == 0 else 16 if address >> 30 == 2 else 24
    mask = 0xFFFFFFFF << (32 - prefix) & 0xFFFFFFFF
    return mask if not address & ~mask & 0xFFFFFFFF else 0xFFFFFFFF


class Routes:
    """The table of one unit."""

    def __init__(self) -> None:
        self._table: dict[str, Route] = {}
        self.updates = 0
        self.ignored = 0

    def update(self, data: bytes, sender: str, now: float) -> bool:
        """Take a datagram of ``sender``; False, and counted, where it is no update."""
        self.tick(now)
        entries = decode(data)
        if entries is None:
            self.ignored += 1
            return False
        self.updates += 1
        for entry in entries:
            self._learn(entry, sender, now)
        return True

    def _learn(self, entry: Entry, sender: str, now: float) -> None:
        """A route is taken from its own gateway always, from another one where it is shorter."""
        gateway, metric = entry.next_hop or sender, min(entry.metric + 1, INFINITY)
        known = self._table.get(entry.network)
        if known and known.gateway != gateway and known.metric <= metric:
            return
        if metric == INFINITY:
            if known and known.gateway == gateway:
                del self._table[entry.network]
        elif known or len(self._table) < ROUTES:
            self._table[entry.network] = Route(entry.network, gateway, metric, now + TIMEOUT_S)

    def tick(self, now: float) -> None:
        """Give up what was not confirmed in time."""
        for route in [route for route in self._table.values() if now >= route.until]:
            del self._table[route.network]

    @property
    def table(self) -> tuple[Route, ...]:
        """The routes, by network."""
        return tuple(sorted(self._table.values(), key=lambda route: IPv4Network(route.network)))

    def deadline(self) -> float | None:
        """When the next route is given up."""
        return min((route.until for route in self._table.values()), default=None)
