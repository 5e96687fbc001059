"""Nmap's files: every probe is safe and stays at home, and each pattern knows its own units and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.support import golden
from unitbench import catalogue
from unitbench.export.nmap import probes, services
from unitbench.schema.records import Field, Lines, Protocol, Report, Request, Source
from unitbench.schema.values import Text
from unitbench.wire import encode

ALL = list(catalogue.protocols())
DIRECTIVE = re.compile(r"Probe (TCP|UDP) (\S+) q(.)(.*)\3")
MATCH = re.compile(r"match (\S+) m(.)(.*)\2s p/([^/]+)/(?: i/[^/]+/)?")


class Probe(NamedTuple):
    """One probe of the file, read back as nmap's manual has it."""

    carrier: str
    data: bytes
    ports: frozenset[int]
    rarity: int
    patterns: dict[str, list[re.Pattern[bytes]]]


def read(text: str) -> Iterator[Probe]:
    """The probes of a file; every line must be one that nmap knows."""
    for block in text.strip().split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        head = DIRECTIVE.fullmatch(lines[0])
        assert head, lines[0]
        ports, rarity = frozenset[int](), 1
        patterns: dict[str, list[re.Pattern[bytes]]] = {}
        for line in lines[1:]:
            word, _, rest = line.partition(" ")
            if word == "ports":
                ports = frozenset(map(int, rest.split(",")))
            elif word == "rarity":
                rarity = int(rest)
            elif word == "match":
                found = MATCH.fullmatch(line)
                assert found, line
                pattern = re.compile(found[3].encode(), re.DOTALL)
                patterns.setdefault(found[1], []).append(pattern)
            else:
                assert re.fullmatch(r"totalwaitms [1-9]\d{2,4}", line), line
        data = head[4].encode().decode("unicode_escape").encode("latin-1")
        yield Probe(head[1], data, ports, rarity, patterns)


FILE = list(read(probes(ALL)))


def test_only_safe_commands_are_sent() -> None:
    safe = {
        encode(Request(protocol.name, command.name))
        for protocol in ALL
        for command in protocol.commands
        if command.probe > 0
    }
    assert {probe.data for probe in FILE} - {b""} == safe
    assert b"#\r" in safe
    assert not any(b"SIM" in probe.data for probe in FILE)


def test_no_probe_goes_to_a_port_that_is_not_its_protocols() -> None:
    sent = {(probe.data, probe.carrier): probe for probe in FILE if probe.data}
    assert all(probe.ports and probe.rarity == 9 for probe in sent.values())
    assert sent[b"#\r", "TCP"].ports == {5000}
    assert sent[b"#\r", "UDP"].ports == {50000}
    assert sent[b"DEVICEIDENT?\r", "UDP"].ports == {5565}
    assert sent[b"*IDN?\r\n", "TCP"].ports == {8023}
    assert sent[bytes.fromhex("0200AE010CBB03"), "TCP"].ports == {5017, 5018}
    assert (b"DEVICEIDENT?\r", "TCP") not in sent


@pytest.mark.parametrize(
    ("protocol", "frame"),
    [
        ("kramer", b"~01@ OK\r\n"),
        ("kramer", b"~01@ ERR 004\r\n"),
        ("dcol", bytes.fromhex("0200AE060D13140213141103")),
        ("qstation", golden.frame("E2").data),
        ("recorder", b"GRAPHTEC,GL840,0,01.00\r\n"),
        ("recorder", b"SIMERR 1\r\n"),
        ("vs1", b"HB 0000001f\r\n"),
    ],
    ids=repr,
)
def test_a_reply_is_known_and_taken_for_no_other(protocol: str, frame: bytes) -> None:
    known = {
        name
        for probe in FILE
        for name, patterns in probe.patterns.items()
        if any(pattern.match(frame) for pattern in patterns)
    }
    assert known == {protocol}


@pytest.mark.parametrize(
    "frame", [b"", b"\x06", b"\x15", b"HTTP/1.1 200 OK\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"220 ready\r\n"]
)
def test_what_others_say_is_known_to_none(frame: bytes) -> None:
    assert not any(
        pattern.match(frame) for probe in FILE for patterns in probe.patterns.values() for pattern in patterns
    )


def test_every_port_has_one_name() -> None:
    rows = [line.split("\t") for line in services(ALL).splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name, *_ in rows)
    ports = {port: name for name, port, *_ in rows}
    assert len(ports) == len(rows)
    assert ports["5000/tcp"] == "kramer-protocol-3000"
    assert ports["49079/tcp"] == "vs1-connection-monitor"
    assert ports["21/tcp"] == "ftp"
    assert not any("serial" in port for port in ports)
    assert all(float(row[2]) > 0 for row in rows)


def test_a_protocol_alone() -> None:
    text = probes([catalogue.protocol("qstation")])
    assert [probe.data for probe in read(text)] == [b"", b"DEVICEIDENT?\r"]


def test_what_a_protocol_file_may_hold_stays_one_line() -> None:
    vs1 = catalogue.protocol("vs1")
    odd = Report(
        "odd", "odd", (Field("a", Text(forbid="|]\n")),), Source("", ""), tag="A|/!%=\n^$(", separator="|"
    )
    strange = Protocol("strange", "s", "S/\n→", "s", Source("", ""), vs1.services, (), (odd,), lines=Lines())
    (found,) = read(probes([strange]))
    (pattern,) = found.patterns["strange"]
    assert pattern.match(b"A|/!%=\n^$(|some text\r\n")
    assert not pattern.match(b"A|/!%=\n^$(some text\r\n")
