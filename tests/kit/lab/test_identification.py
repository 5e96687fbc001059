"""What observations say of a host: evidence, score, word, what would decide, what does not fit."""

from __future__ import annotations

import pytest

from tests.support.imports import ROOT
from unitbench import catalogue
from unitbench.catalogue.evidence import CLUES, KNOCKS, NEXT, PREFIXES
from unitbench.catalogue.files import from_file
from unitbench.lab.identification.conflicts import Claim, conflicts, remarks
from unitbench.lab.identification.following import following
from unitbench.lab.identification.judging import evidence_of
from unitbench.lab.identification.model import Look, State, Way, word
from unitbench.lab.identification.scoring import combined, identified
from unitbench.lab.identification.steps import Rank, steps, steps_of
from unitbench.lab.identification.strangers import stranger

EXAMPLE = ROOT / "notebooks" / "protocols" / "yokogawa_dx.toml"
ASKED_KRAMER = Look(Way.ASKED, "kramer", "tcp", 5000, command="#", sent=b"#\r")
ASKED_DCOL = Look(Way.ASKED, "dcol", "tcp", 5017, command="AEh 0Ch", sent=bytes.fromhex("0200AE010CBB03"))
ASKED_IDN = Look(Way.ASKED, "recorder", "udp", 8023, command="*IDN?", sent=b"*IDN?\r\n")
SUMMARY = bytes.fromhex("0208AE060D1314021314") + bytes(
    [(0x08 + 0xAE + 6 + 0x0D + 0x13 + 0x14 + 2 + 0x13 + 0x14) % 256, 3]
)


def said(look: Look, data: bytes, **changes: object) -> Look:
    """The same observation with other bytes."""
    fields = {name: getattr(look, name) for name in Look.__dataclass_fields__}
    return Look(**{**fields, "data": data, **changes})


@pytest.mark.parametrize(
    ("look", "data", "weight"),
    [
        (ASKED_KRAMER, b"~01@ OK\r\n", 0.9),
        (ASKED_KRAMER, b"~01@OK\r\n", 0.9),
        (ASKED_KRAMER, b"~01@ ERR002\r\n", 0.7),
        (ASKED_KRAMER, b"~01@ OK", 0.6),
        (ASKED_KRAMER, b"~\r\n", 0.25),
        (ASKED_KRAMER, b"what?\r\n", -0.5),
        (ASKED_KRAMER, b"HTTP/1.1 400 Bad Request\r\n\r\n", -0.95),
        (ASKED_KRAMER, b"\x01\x81\x81\x81", -0.95),
        (ASKED_KRAMER, b"#\r", -0.95),
        (ASKED_KRAMER, b"", 0.0),
        (ASKED_DCOL, SUMMARY, 1.0),
        (ASKED_DCOL, b"\x15", 0.6),
        (ASKED_DCOL, SUMMARY[:-2] + b"\x00\x03", 0.6),
        (ASKED_IDN, b"GRAPHTEC,GL840,123,1.0\r\n", 0.8),
        (ASKED_IDN, b"KEYSIGHT,34465A,MY1,A.02\r\n", 0.35),
    ],
)
def test_what_an_answer_weighs(look: Look, data: bytes, weight: float) -> None:
    (item,) = evidence_of(said(look, data))
    assert (item.protocol, item.weight, item.data) == (look.protocol, weight, data)


def test_our_own_question_that_comes_back_says_nothing_and_is_told() -> None:
    look = said(ASKED_KRAMER, b"#\r", own=True)
    assert evidence_of(look) == []
    assert remarks([look]) == ("5000/tcp is our own question, which came back",)


def test_kinds_count_once_and_add_up_as_independent_ones() -> None:
    assert combined([]) == 0
    assert combined([("a", 0.8), ("a", 0.8)]) == 0.8
    assert combined([("a", 0.8), ("b", 0.7)]) == pytest.approx(0.94)
    assert combined([("a", 0.8), ("b", -0.5)]) == pytest.approx(0.4)
    assert combined([("a", 0.3), ("a", 0.9), ("a", 0.0)]) == 0.9, "the strongest of a kind"


def test_words() -> None:
    assert [word(score) for score in (1.0, 0.9, 0.89, 0.6, 0.59, 0.5, 0.49, 0.0)] == [
        "sure", "sure", "likely", "likely", "perhaps", "perhaps", "unknown", "unknown",
    ]  # fmt: skip


def test_two_ports_and_an_announce_are_sure_and_each_alone_is_likely() -> None:
    ports = Look(Way.KNOCKED, "vs1", "tcp", 49079)
    announce = Look(Way.HEARD, "vs1", "udp", 49495, data=bytes(range(40)))
    (alone,) = identified([announce])
    assert (alone.score, word(alone.score)) == (0.8, "likely") and "49079 and 49200" in following(
        alone.protocol, alone.evidence
    )
    (closed,) = identified([ports])
    assert (closed.score, word(closed.score)) == (0.7, "likely") and "announce" in following(
        closed.protocol, closed.evidence
    )
    (both,) = identified([ports, announce])
    assert both.score == pytest.approx(0.94) and word(both.score) == "sure"


def test_a_firewall_that_takes_everything_makes_open_ports_worth_nothing() -> None:
    ports = Look(Way.KNOCKED, "vs1", "tcp", 49079)
    control = Look(Way.CONTROL, carrier="tcp", port=49199)
    assert identified([ports, control]) == ()
    assert "open ports prove nothing" in remarks([control])[0]
    closed = Look(Way.CONTROL, carrier="tcp", port=49199, state=State.REFUSED)
    assert identified([ports, closed])[0].score == 0.7


def test_what_would_decide_is_named() -> None:
    (likely,) = identified([said(ASKED_IDN, b"GRAPHTEC,GL840,123,1.0\r\n")])
    assert following(likely.protocol, likely.evidence).startswith(
        "*IDN? over TCP; it takes the only place for a command client"
    )
    (hint,) = identified([Look(Way.MAC, mac="00:1d:56:01:02:03")])
    assert (
        hint.protocol == "kramer"
        and hint.score == 0.1
        and following(hint.protocol, hint.evidence).startswith("# (")
    )
    (full,) = identified([said(ASKED_DCOL, SUMMARY)])
    assert following(full.protocol, full.evidence) == "nothing; it named itself in full"


def test_the_announce_of_a_simulated_unit_is_called_so() -> None:
    data = b"VS1SIM/1\tNAME=cam\tIP=192.0.2.9\tCTRL=0.0.0.0\tSTAT=RUN\tSW=4.0.0\tCNT=1,2,3\r\n"
    (found,) = identified([Look(Way.HEARD, "vs1", "udp", 49495, data=data)])
    assert found.evidence[0].simulator and 'announce heard of a simulator: "cam"' in found.evidence[0].text


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nServer: AirTunes/745.1\r\n", "an AirPlay receiver"),
        (b"HTTP/1.1 200 OK\r\n", "a web server"),
        (b"SSH-2.0-x\r\n", "an SSH server"),
        (b"\xff\xfd\x18", "a Telnet console"),
        (b"\x40\x81\x81\x81", "a Kramer unit in Protocol 2000 mode: switch it to Protocol 3000 at the unit"),
        (b"~01@ OK\r\n", ""),
        (b"", ""),
    ],
)
def test_strangers_are_named(data: bytes, what: str) -> None:
    assert stranger(b"#\r", data) == what


def test_conflicts_are_findings() -> None:
    a, b = "02:00:00:00:00:01", "02:00:00:00:00:02"
    two = conflicts([Claim("q1", "qstation", "10.0.0.1", a), Claim("q2", "qstation", "10.0.0.1", b)])
    assert two == (
        f"two MACs, one address: 10.0.0.1 is claimed by {a} and {b}: give one of them another address",
    )
    paths = conflicts([Claim("q1", "qstation", host, a, "7") for host in ("10.0.0.1", "10.1.0.1")])
    assert paths == (f"one unit by two paths: q1 ({a}) answers from 10.0.0.1 and 10.1.0.1",)
    (cloned,) = conflicts([Claim("q1", "qstation", f"10.0.0.{n}", a, str(n)) for n in (1, 2)])
    assert cloned.startswith(f"one MAC twice: {a} is told with the serial numbers 1 and 2")
    (mixed,) = conflicts([Claim("v1", "vs1", "10.0.0.1", simulator=True), Claim("k1", "kramer", "10.0.0.2")])
    assert mixed == "v1: a simulator, among units that are not known to be simulated"
    assert conflicts([Claim("q1", "qstation", "10.0.0.1", a, "7")] * 2) == ()


def test_steps_go_from_passive_to_what_has_one_place_only_and_none_takes_it() -> None:
    todo = steps()
    assert [step.rank for step in todo] == sorted(step.rank for step in todo)
    assert [step.protocol for step in todo] == [
        "vs1",
        "qstation",
        "vs1",
        "kramer",
        "dcol",
        "kramer",
        "recorder",
    ]
    assert all(not service.exclusive for step in todo for service in step.services)
    never = {21, 23, 520, 49049, 49050, 49059, 49493}
    assert never.isdisjoint(service.port for step in todo for service in step.services)
    assert sum(step.rank is Rank.ASK_DATAGRAM for step in todo) == 1


def test_a_protocol_of_a_file_brings_its_question_along() -> None:
    record = from_file(str(EXAMPLE), [])
    (step,) = steps_of(record)
    assert step.protocol == record.name and step.command is not None and step.command.probe
    assert (step.rank, step.services[0].port) == (Rank.ASK_DATAGRAM, 34264)


def test_the_data_name_what_the_catalogue_has() -> None:
    assert len({clue.key for clue in CLUES}) == len(CLUES)
    for item in (*KNOCKS, *NEXT, *PREFIXES):
        catalogue.protocol(item.protocol)
    for item in NEXT:
        catalogue.command(item.protocol, item.command)
    for knock in KNOCKS:
        names = {service.name for service in catalogue.protocol(knock.protocol).services}
        assert set(knock.services) <= names
