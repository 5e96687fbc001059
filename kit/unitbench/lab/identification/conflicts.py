"""What does not fit together: of several units, and of what was seen of hosts that are none of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from unitbench.lab.identification.judging import EVERYTHING_OPEN, evidence_of
from unitbench.lab.identification.model import Look, State, Way
from unitbench.lab.identification.strangers import ECHO, OWN_ECHO, stranger
from unitbench.schema.printable import printable
from unitbench.schema.records import SIMULATOR


@dataclass(frozen=True, slots=True)
class Claim:
    """Who answered: the unit's short name, the address that it answered from, its MAC and serial number (empty where
    they are not told). ``simulator``: it said so itself, or a running set does."""

    unit: str
    protocol: str
    host: str
    mac: str = ""
    serial: str = ""
    simulator: bool = False


def conflicts(claims: Iterable[Claim]) -> tuple[str, ...]:
    """What people are to be told of those who answered: addresses and MACs that are claimed twice, units that are
    reached by two ways, and simulated ones among real ones."""
    told = list(dict.fromkeys(claims))
    return (*_addresses(told), *_macs(told), *_simulators(told))


def _addresses(claims: list[Claim]) -> Iterator[str]:
    told: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        if claim.mac:
            told.setdefault((claim.protocol, claim.host), set()).add(claim.mac)
    for (_, host), macs in told.items():
        if len(macs) > 1:
            yield f"two MACs, one address: {host} is claimed by {_all(macs)}: give one of them another address"


def _macs(claims: list[Claim]) -> Iterator[str]:
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.mac:
            groups.setdefault(claim.mac, []).append(claim)
    for mac, group in groups.items():
        hosts, serials = {c.host for c in group}, {c.serial for c in group if c.serial}
        if len(serials) > 1:
            yield (
                f"one MAC twice: {mac} is told with the serial numbers {_all(serials)} at {_all(hosts)}; "
                "one of them tells a MAC that is not its own"
            )
        elif len(hosts) > 1:
            yield f"one unit by two paths: {group[0].unit} ({mac}) answers from {_all(hosts)}"


def _simulators(claims: list[Claim]) -> Iterator[str]:
    simulated = sorted({c.unit for c in claims if c.simulator})
    if simulated and any(not c.simulator for c in claims):
        yield f"{_all(simulated)}: a {SIMULATOR}, among units that are not known to be simulated"


def _all(words: Iterable[str]) -> str:
    return " and ".join(sorted(words))


def remarks(looks: Iterable[Look]) -> tuple[str, ...]:
    """What was seen of a host that is none of ours, or speaks against being one."""
    found: list[str] = []
    for look in looks:
        where = f"{look.port}/{look.carrier}"
        if look.way is Way.CONTROL and look.state is State.OPEN:
            found += [item.text for item in evidence_of(look) if item.key == EVERYTHING_OPEN]
        elif look.way in (Way.ASKED, Way.HEARD) and look.data:
            what = stranger(look.sent, look.data, own=look.own)
            said = "" if what in (ECHO, OWN_ECHO) else f", {printable(look.data[:40].decode('latin-1'))}"
            found.append(f"{where} is {what}" if what else f"{where} says {len(look.data)} bytes{said}")
        elif look.way is Way.KNOCKED and look.state is State.OPEN:
            found.append(f"{where} is open")
    return tuple(dict.fromkeys(found))
