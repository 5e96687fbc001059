"""Situations with the truth about each: genuine units of every family, dialect and fault, and impostors."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.identification.hosts import Host, Speaker, core_speaker, noise
from tests.identification.impostors import impostors
from unitbench.catalogue import vs1
from unitbench.schema.values import Value
from unitbench.sim import damage
from unitbench.wire import codec_of
from unitbench.wire.dcol.genout import genout
from unitbench.wire.dcol.state import DcolState
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.kramer.unit import KramerState, KramerUnit
from unitbench.wire.qstation.unit import QstationState, QstationUnit
from unitbench.wire.recorder.unit import RecorderState, RecorderUnit
from unitbench.wire.unit import UnitCore
from unitbench.wire.vs1.announce import Announce

Damage = Callable[[bytes], bytes]
PREFIXES = {
    "kramer": "00:1D:56",
    "dcol": "00:17:47",
    "qstation": "00:12:08",
    "vs1": "00:0B:43",
    "recorder": "00:03:76",
}
TRUE, SIMULATED = "genuine", "simulator"


@dataclass(frozen=True)
class Situation:
    """``truth`` is the protocol that is spoken there, empty for none of ours. ``hidden``: good manners see nothing of
    it that would say what it is."""

    name: str
    truth: str
    host: Host
    hidden: bool = False


def situations(seed: int) -> list[Situation]:
    """The corpus of a seed."""
    chance = random.Random(f"corpus/{seed}")
    return [*_genuine(chance), *(Situation(name, "", host) for name, host in impostors(chance))]


def _mac(family: str, chance: random.Random) -> str:
    """Mostly of the maker; some have a board of somebody else, and some hosts are not in the neighbour table."""
    kind = chance.random()
    tail = ":".join(f"{chance.randrange(256):02X}" for _ in range(3))
    return "" if kind < 0.4 else f"{PREFIXES[family]}:{tail}" if kind < 0.8 else f"02:00:5E:{tail}"


def _faults(family: str, chance: random.Random) -> Iterator[tuple[str, Damage]]:
    """Faults of the line, those that every reply meets with among them."""
    codec = codec_of(family)
    state = {"lost": 0}

    def lost_once(data: bytes) -> bytes:
        state["lost"] += 1
        return b"" if state["lost"] == 1 else data

    yield "no fault", bytes
    yield "first reply lost", lost_once
    yield "twice", lambda data: data * 2 if family in ("kramer", "dcol") else data
    yield "no line end", damage.without_end
    yield "checksum", lambda data: damage.wrong_checksum(data, codec)
    yield "somebody else's MAC", damage.wrong_mac
    if family == "kramer":
        yield "refuses", lambda data: b"~01@ %s\r\n" % chance.choice([b"ERR002", b"ERR 002", b"err 004"])
    if family == "dcol":
        yield "refuses", lambda data: b"\x15"


def _genuine(chance: random.Random) -> Iterator[Situation]:
    for family, dialects in (
        ("kramer", _kramer),
        ("dcol", _dcol),
        ("qstation", _qstation),
        ("recorder", _recorder),
    ):
        for number in range(5):
            for fault, change in _faults(family, chance):
                for name, host in dialects(chance, change):
                    host.mac = _mac(family, chance)
                    yield Situation(f"{family}: {name}, {fault} ({number})", family, host)
    for number in range(6):
        for name, host in _vs1(chance):
            host.mac = _mac("vs1", chance)
            yield Situation(f"vs1: {name} ({number})", "vs1", host)
        silent = Host(tcp={8023: Speaker(), 80: Speaker()}, mac=_mac("recorder", chance))
        yield Situation(f"recorder: without UDP ({number})", "recorder", silent, hidden=True)


def _kramer(chance: random.Random, change: Damage) -> Iterator[tuple[str, Host]]:
    number = chance.randint(1, 99)
    core = KramerUnit(KramerState(dev_id=number, secur=chance.random() < 0.5))
    yield "as simulated", Host(tcp={5000: core_speaker(core, datagram=False, damage=change)})
    core = KramerUnit(KramerState(dev_id=number))
    yield "UDP only", Host(udp={50000: core_speaker(core, datagram=True, damage=change)})
    spelt = chance.choice([b"~%02d@OK\r\n", b"~%02d@ OK\r\n", b"~%02d@ ok\r\n", b"~%02d@ OK\r"]) % number
    yield "another spelling", Host(tcp={5000: Speaker(lambda data: change(spelt))})


def _dcol(chance: random.Random, change: Damage) -> Iterator[tuple[str, Host]]:
    def unit() -> UnitCore:
        return DcolUnit(DcolState(serial=chance.randint(1, 10**9)))

    yield "as simulated", Host(tcp={5017: core_speaker(unit(), datagram=False, damage=change)})
    yield "second port", Host(tcp={5018: core_speaker(unit(), datagram=False, damage=change)})
    streams = core_speaker(unit(), datagram=False, damage=change)
    streams.greeting = genout(1, 4000) + genout(2, 4000)
    yield "streams reports", Host(tcp={5017: streams})


def _qstation(chance: random.Random, change: Damage) -> Iterator[tuple[str, Host]]:
    ident: dict[str, Value] = {
        "sid": chance.choice([1, 2]),
        "oan": "Q.station",
        "ovn": "Gantner",
        "san": f"Bench {chance.randint(1, 999)}",
        "svn": "x",
        "loc": chance.choice(["", "Hall B", "Prüfstand 3"]),
        "mkc": "QST",
        "mid": "17",
        "snr": str(chance.randint(1, 10**6)),
        "ask": chance.choice(["STATIC", "DYNAMIC", "BOOTP"]),
        "ipa": "192.0.2.7",
        "snm": "255.255.255.0",
        "gwa": "192.0.2.1",
        "maa": "02:00:00:00:00:31",
    }
    core = QstationUnit(QstationState(ident))
    yield "as simulated", Host(udp={5565: core_speaker(core, datagram=True, damage=change)})


def _recorder(chance: random.Random, change: Damage) -> Iterator[tuple[str, Host]]:
    core = RecorderUnit(replace(RecorderState(), serial=str(chance.randint(1, 10**6))))
    speaker = core_speaker(core, datagram=True, damage=change)
    yield "as simulated", Host(udp={8023: speaker}, tcp={80: Speaker(), 8023: Speaker()})


def _vs1(chance: random.Random) -> Iterator[tuple[str, Host]]:
    ports = {service.port: Speaker() for service in vs1.SERVICES if service.carrier == "tcp"}
    ours = Announce(f"cam-{chance.randint(1, 99):02d}", "192.0.2.9").encode()
    theirs = noise(chance, 24, 200)
    yield "as simulated", Host(tcp=dict(ports), announces=ours)
    yield "a real one's announce", Host(tcp=dict(ports), announces=theirs)
    yield "announce alone", Host(announces=theirs)
    yield "no announce heard", Host(tcp=dict(ports))
