"""Who claims which address: two units with one address are told apart by the MAC that their answers give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from unitbench.schema.address import UnitAddress

LIMITED = "255.255.255.255"
NOWHERE = "0.0.0.0"
MOST = 10_000
"""So many MACs are kept: who invents them must not fill the memory."""
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a unit's newest answer said: its MAC, whence it came, and the addresses that it thereby claims.

    ``heard_at`` is the broadcast address at which it was last reached, ``network`` that of its own subnet.
    """

    mac: str
    host: str
    places: frozenset[Place]
    heard_at: str = ""
    network: str = ""

    @property
    def broadcast(self) -> str:
        """Where a broadcast reaches it: an address that has done so, else what its record says."""
        return self.heard_at or self.network or LIMITED


@dataclass(frozen=True, slots=True)
class Clash:
    """Several units that claim one address, in the order in which they were heard."""

    address: str
    claims: tuple[Claim, ...]

    @property
    def text(self) -> str:
        """What is found, as evidence."""
        macs = [claim.mac for claim in self.claims]
        count = "two" if len(macs) == 2 else str(len(macs))
        return f"{count} units claim {self.address}: {', '.join(macs[:-1])} and {macs[-1]}"


class Claims:
    """The claims of the units of all protocols that give a MAC, by MAC."""

    def __init__(self) -> None:
        self._claims: dict[str, Claim] = {}
        self._at: dict[Place, dict[str, None]] = {}
        self._told: set[tuple[str, frozenset[str]]] = set()

    def known(self, mac: str) -> bool:
        """Whether a unit of that MAC has answered."""
        return mac.casefold() in self._claims

    def note(self, asked: UnitAddress, host: str, mac: str, values: Mapping[str, object]) -> Clash | None:
        """Take what an answer from ``host`` claims; gives a clash that was not there before."""
        key = mac.casefold()
        before = self._claims.get(key)
        if before is None and len(self._claims) >= MOST:
            return None
        ipa, kept = _address(values.get("ipa")), frozenset[Place]()
        if "ipa" not in values and before is not None:
            kept = frozenset(place for place in before.places if place[0] == "ipa")
        places = {("from", f"{host}:{asked.port}")} | ({("ipa", ipa)} if ipa else set()) | kept
        network = _network(ipa, values.get("snm")) or (before.network if before else "")
        heard_at = asked.host if asked.broadcast else before.heard_at if before else ""
        if before is not None and network == before.heard_at != "":
            heard_at = network  # the narrower of two that reach it
        self._put(key, Claim(mac, host, frozenset(places), heard_at, network), before)
        for place in sorted(places):
            clash = self._clash(place)
            fresh = (clash.address, frozenset(self._at[place])) if clash else None
            if fresh is not None and fresh not in self._told:
                self._told.add(fresh)
                return clash
        return None

    def _put(self, key: str, claim: Claim, before: Claim | None) -> None:
        for place in before.places - claim.places if before else ():
            del self._at[place][key]
        self._claims[key] = claim
        for place in claim.places:
            self._at.setdefault(place, {})[key] = None

    def _clash(self, place: Place) -> Clash | None:
        keys = self._at.get(place, {})
        address = place[1].partition(":")[0]
        return Clash(address, tuple(self._claims[key] for key in keys)) if len(keys) > 1 else None

    def of(self, mac: str) -> Clash | None:
        """The clash that the unit of a MAC is part of now, if there is one."""
        claim = self._claims.get(mac.casefold())
        found = (self._clash(place) for place in sorted(claim.places)) if claim else iter(())
        return next((clash for clash in found if clash), None)


def _address(value: object) -> str:
    """An address that a unit can have; else nothing."""
    try:
        found = str(IPv4Address(str(value)))
    except AddressValueError:
        return ""
    return found if found != NOWHERE else ""


def _network(ipa: str, mask: object) -> str:
    """The broadcast address of a subnet; nothing where that is not known."""
    try:
        return str(IPv4Network((ipa, str(mask)), strict=False).broadcast_address)
    except (AddressValueError, NetmaskValueError, ValueError):
        return ""
