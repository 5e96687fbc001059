"""What the simulated units are: names, addresses, MACs, and the state that each begins with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema.records import Service
from unitbench.schema.values import Value
from unitbench.sim import added
from unitbench.sim.clock import Clock
from unitbench.sim.ways import Port
from unitbench.wire.dcol.state import DcolState
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.kramer.unit import KramerState, KramerUnit
from unitbench.wire.qstation.unit import QstationState, QstationUnit
from unitbench.wire.recorder.unit import RecorderState, RecorderUnit
from unitbench.wire.unit import UnitCore
from unitbench.wire.vs1.unit import Vs1State, Vs1Unit, jobs

FIRST = {"kramer": 11, "dcol": 21, "qstation": 31, "recorder": 41, "vs1": 51}
"""Last byte of the first unit's address, by protocol."""
DEFAULT = {"kramer": 1, "dcol": 1, "qstation": 3, "recorder": 1, "vs1": 1}
NEAR = 9
"""So many units of a kind sit beside the first one; further ones run on from the block's second /24."""
DELAYS_S = (0.002, 0.005, 0.009)
"""Reply delays of q1, q2, q3; later units draw theirs from the seed."""
CLIENTS = {"kramer": 4, "dcol": 1}
"""TCP clients that a unit takes at once (readings)."""


@dataclass
class SimUnit:
    """A simulated unit: its core, where it sits, and how many stream clients it takes.

    ``clock`` and the switch ``port`` are those of its set; ``seed`` decides its faults; ``told`` is called when its
    faults have ended by themselves. ``claims`` is the name of the unit whose address it claims, empty for one with its
    own.
    """

    name: str
    protocol: str
    host: str
    mac: str
    core: UnitCore
    services: tuple[Service, ...]
    clients: int
    clock: Clock = field(default_factory=Clock)
    seed: str = ""
    told: Callable[[], object] = bool
    claims: str = ""
    port: Port = field(default_factory=Port)


def counts_of(wanted: Mapping[str, int]) -> dict[str, int]:
    """How many of each protocol, the default set where nothing is said; raises ``InvalidValue``."""
    counts = DEFAULT | added.default_counts()
    for name, count in wanted.items():
        catalogue.protocol(name)
        if not 0 <= count <= 65000:
            raise InvalidValue(f"{count} units of {name} cannot be simulated", field="unit", rule="0..65000")
        counts[name] = count
    return counts


def build(counts: Mapping[str, int], block: IPv4Network, seed: int) -> list[SimUnit]:
    """The units of a set in ``block``; raises ``InvalidValue`` where it is too small."""
    places = places_in(counts, block)
    return [_unit(name, number, host, block, seed) for (name, number), host in places.items()]


def places_in(counts: Mapping[str, int], block: IPv4Network) -> dict[tuple[str, int], str]:
    """The address of every unit, by protocol and number."""
    places: dict[tuple[str, int], str] = {}
    base = int(block.network_address)
    onward = base + 256
    for name in (name for name in catalogue.names() if counts.get(name)):
        first = first_of(name)
        for number in range(1, counts[name] + 1):
            if number <= NEAR:
                address = base + first + number - 1
            else:
                onward += 1
                while onward & 0xFF in (0, 0xFF):
                    onward += 1
                address = onward
            if address >= int(block.broadcast_address):
                raise InvalidValue(
                    f"the block {block} is too small for {sum(counts.values())} units",
                    field="address",
                    rule="a block that holds all units",
                    hint="give a larger one, for example --address 127.78.0.0/16",
                )
            places[name, number] = str(IPv4Address(address))
    return places


def _unit(protocol: str, number: int, host: str, block: IPv4Network, seed: int) -> SimUnit:
    name = f"{catalogue.protocol(protocol).letter}{number}"
    mac = ""
    clients = CLIENTS.get(protocol, 0)
    core: UnitCore
    if protocol == "kramer":
        core = KramerUnit(KramerState(name=f"bench-{name}", sn=f"{30000000000000 + number}"))
    elif protocol == "dcol":
        core = _dcol(number, host, block)
    elif protocol == "recorder":
        mac = mac_of(number, protocol)
        core = RecorderUnit(RecorderState(serial=str(number), ip_address=host, mac=mac))
    elif protocol == "vs1":
        state = Vs1State(f"cam-{number:02d}", host, jobs=jobs(f"{seed}/{name}"), mac=mac_of(number, protocol))
        core = Vs1Unit(state)
    elif protocol not in catalogue.NAMES:
        mac = mac_of(number, protocol)
        core = added.core_of(protocol, name, number, host, mac)
        clients = added.clients_of(protocol)
    else:
        mac = mac_of(number)
        core = _qstation(name, number, host, mac, block, random.Random(f"{seed}/{name}"))
    services = tuple(s for s in catalogue.protocol(protocol).services if s.carrier != "serial")
    return SimUnit(name, protocol, host, mac, core, services, clients)


def first_of(protocol: str) -> int:
    """Last byte of the address of a kind's first unit; raises ``InvalidValue``."""
    return FIRST[protocol] if protocol in FIRST else added.first_of(protocol)


def mac_of(number: int, protocol: str = "qstation") -> str:
    """The MAC of the n-th simulated unit of a kind; its last pair reads as the last byte of the address."""
    first = first_of(protocol)
    if number <= NEAR and first + NEAR <= 100:
        return f"02:00:00:00:00:{first + number - 1:02d}"
    kind = 1 if protocol == "qstation" else first
    return f"02:00:00:{kind:02x}:{number >> 8:02x}:{number & 0xFF:02x}"


def _dcol(number: int, host: str, block: IPv4Network) -> DcolUnit:
    state = DcolState(serial=4000000000 + number)
    state.addressing |= {
        "ip_address": host,
        "netmask": str(block.netmask),
        "broadcast_address": str(block.broadcast_address),
        "gateway": str(block.network_address + 1),
    }
    return DcolUnit(state)


def _qstation(
    name: str, number: int, host: str, mac: str, block: IPv4Network, chance: random.Random
) -> QstationUnit:
    delay = DELAYS_S[number - 1] if number <= len(DELAYS_S) else chance.uniform(0.001, 0.010)
    ident: dict[str, Value] = {
        "sid": 1,
        "oan": "Q.station",
        "ovn": "Gantner",
        "san": f"Bench {name}",
        "svn": "unitbench",
        "loc": "simulated",
        "mkc": "QST",
        "mid": str(number),
        "snr": f"{318000 + number}",
        "ask": "STATIC",
        "ipa": host,
        "snm": str(block.netmask),
        "gwa": str(block.network_address + 1),
        "maa": mac,
    }
    return QstationUnit(QstationState(ident), reply_delay_s=delay)
