"""Two units that claim one address, met by a session: told apart by their MACs, reached by broadcast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import free_block, inside
from tests.support.counterparts import UdpCounterpart
from unitbench import Session, Sim, UsageError
from unitbench.session.console import Console
from unitbench.session.items import Notice
from unitbench.session.model import Exchange

ONLY = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0}
OWNER, GUEST, THIRD = (f"02:00:00:00:00:{n}" for n in (31, 32, 33))


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({**ONLY, "qstation": 3}, address=free_block(), options={"q2": {"address": "q1"}}) as sim:
        yield sim


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    with Session.local(sim=sim) as session:
        session.notices = []  # type: ignore[attr-defined]
        session.subscribe(
            lambda event: session.notices.append(event.text) if event.kind == "notice" else None  # type: ignore[attr-defined]
        )
        yield session


def notices(session: Session) -> list[str]:
    found: list[str] = session.notices  # type: ignore[attr-defined]
    return [text for text in found if "claim" in text]


def clash(sim: Sim) -> str:
    return f"two units claim {sim.unit('q1').host}: {OWNER} and {GUEST}"


def resets(sim: Sim) -> list[int]:
    return [len(sim.unit(name).core.state.resets) for name in ("q1", "q2", "q3")]


def test_a_discovery_names_both_and_tells_the_conflict(session: Session, sim: Sim) -> None:
    assert [unit.name for unit in session.units] == ["q1", "q3"]
    found = {unit.name: unit for unit in session.discover().units}
    assert {name: unit.mac for name, unit in found.items()} == {"q1": OWNER, "q2": GUEST, "q3": THIRD}
    assert found["q1"].address == found["q2"].address != found["q3"].address
    assert clash(sim) in found["q1"].evidence and clash(sim) in found["q2"].evidence
    assert not any("claim" in row for row in found["q3"].evidence)
    session.discover()
    assert notices(session) == [
        f"{clash(sim)}; what is sent with a MAC goes to them by broadcast, and the MAC selects"
    ]


def test_an_ordinary_broadcast_tells_it_too(session: Session, sim: Sim) -> None:
    exchange = session.ask("@all DEVICEIDENT?")
    assert sorted(reply.unit for reply in exchange.replies) == ["q1", "q2", "q3"]
    assert len(notices(session)) == 1
    assert [unit.name for unit in session.units] == ["q1", "q3", "q2"]


def test_a_command_with_a_mac_goes_by_broadcast_and_the_mac_selects(session: Session, sim: Sim) -> None:
    session.discover()
    broadcast = f"qstation://{sim.block.broadcast_address}"  # type: ignore[union-attr]
    for line, unit, done in (
        (f"@q2 DEVICESYNC {GUEST}", "q2", [0, 1, 0]),
        (f"@q1 DEVICESYNC {GUEST.upper()}", "q2", [0, 2, 0]),
        (f"@q1 DEVICESYNC {OWNER}", "q1", [1, 2, 0]),
    ):
        exchange = session.ask(line)
        assert exchange.ok and exchange.address == broadcast and exchange.unit == unit
        assert [reply.unit for reply in exchange.replies] == [unit]
        assert resets(sim) == done


def test_a_mac_that_must_be_there_is_that_of_the_unit_that_is_meant(session: Session, sim: Sim) -> None:
    session.discover()
    assert session.ask("@q2 SETDISTRIBUTORPORTPROPERTIES identifier=5 data=50").ok
    assert session.ask("@q2 SETDISTRIBUTORPORTPROPERTIES identifier=5 data=-1").fields["info"] == "50"
    assert session.ask("@q1 SETDISTRIBUTORPORTPROPERTIES identifier=5 data=-1").fields["info"] == "100"


def test_a_mac_of_neither_stays_with_the_unit_that_was_asked(session: Session, sim: Sim) -> None:
    session.discover()
    exchange = session.ask(f"@q1 DEVICESYNC {THIRD}", timeout_s=0.1)
    assert exchange.outcome == "silent" and exchange.address == f"qstation://{sim.unit('q1').host}"
    assert resets(sim) == [0, 0, 0]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("@q1 DEVICESYNC", f"DEVICESYNC {OWNER}"),
        ("@q2 ARMBUFFER", f"ARMBUFFER {GUEST}"),
        ("@q2 DEVICEIDENT?", "255 DEVICEIDENT?, each answers with its MAC"),
        ("@q1 SETDISTRIBUTORPORTPROPERTIESALL 5 50", "255 SETDISTRIBUTORPORTPROPERTIESALL"),
    ],
)
def test_without_a_mac_it_is_ambiguous(session: Session, sim: Sim, line: str, hint: str) -> None:
    session.discover()
    with pytest.raises(UsageError, match="q1 and q2 claim one address") as caught:
        session.ask(line)
    assert hint in caught.value.hint
    assert resets(sim) == [0, 0, 0] and sim.unit("q1").core.distributor.read(5) == 100
    assert session.ask("@q3 DEVICESYNC").ok, "the others are as before"


def test_in_rounds_each_counts_by_its_mac(session: Session) -> None:
    session.discover()
    timing = session.timing(rounds=3, gap_s=0).result()
    assert all({a.unit for a in found.arrivals} == {"q1", "q2", "q3"} for found in timing.rounds)


def test_the_command_line_tells_it(sim: Sim) -> None:
    host = sim.block.broadcast_address if sim.block else ""
    ran = inside("-c", f"discover qstation://{host}; identify q1; @q1 DEVICESYNC")
    assert ran.code == 2 and clash(sim) in ran.out + ran.err
    assert "name the MAC" in ran.err and "Traceback" not in ran.err


def record(mac: str, ipa: str) -> bytes:
    items = f"SID:1 OAN:a OVN:b SAN:c SVN:d LOC:e MKC:f SNR:g ASK:STATIC IPA:{ipa} SNM:255.255.255.0"
    return f"{items} GWA:10.0.0.1 MAA:{mac}\r\n".replace(" ", "\t").encode()


def test_two_that_answer_from_different_places_may_claim_one_address_in_their_records() -> None:
    one, two = "02:00:00:00:0a:01", "02:00:00:00:0A:02"
    with (
        UdpCounterpart(lambda _: record(one, "10.0.0.9")) as first,
        UdpCounterpart(lambda _: record(two, "10.0.0.9")) as second,
        Session.local() as session,
    ):
        for unit in (first, second):
            session.discover(f"qstation://127.0.0.1:{unit.port}")
        assert len(session.units) == 2
        with pytest.raises(UsageError, match=r"q1 and q2 claim one address, 10\.0\.0\.9: DEVICESYNC"):
            session.ask("@q2 DEVICESYNC")
        assert all(f"two units claim 10.0.0.9: {one} and {two}" in unit.evidence for unit in session.units)


@pytest.mark.parametrize("ipa", ["0.0.0.0", "none", ""])
def test_no_address_is_claimed_by_nobody(ipa: str) -> None:
    macs = iter(["02:00:00:00:0a:01", "02:00:00:00:0a:02"])
    with (
        UdpCounterpart(lambda _: record(next(macs), ipa)) as first,
        UdpCounterpart(lambda _: record(next(macs), ipa)) as second,
        Session.local() as session,
    ):
        session.discover(*(f"qstation://127.0.0.1:{unit.port}" for unit in (first, second)))
        assert len(session.units) == 2
        assert not any("claim" in row for unit in session.units for row in unit.evidence)


def test_another_unit_answers_at_a_known_address() -> None:
    macs = iter(["02:00:00:00:0a:01", "02:00:00:00:0a:02"])
    with UdpCounterpart(lambda _: record(next(macs), "127.0.0.1")) as unit, Session.local() as session:
        where = f"qstation://127.0.0.1:{unit.port}"
        (first,) = session.discover(where).units
        assert session.ask(f"@{where} DEVICEIDENT?").replies[0].unit == "q2" != first.name
        assert [known.mac[-2:] for known in session.units] == ["01", "02"]


def test_units_of_the_own_set_keep_their_names_whoever_answers_first() -> None:
    options = {"q2": {"address": "q1", "reply_delay": "60ms"}, "q3": {"address": "q1"}}
    with Sim({**ONLY, "qstation": 3}, options=options) as sim, Session.local(sim=sim) as session:
        names = {sighting.unit.mac: sighting.unit.name for sighting in session.discover().sightings}
        assert list(names) == [OWNER, THIRD, GUEST] and names == {OWNER: "q1", GUEST: "q2", THIRD: "q3"}
        assert any(f"3 units claim {sim.unit('q1').host}: " in row for row in session.units[0].evidence)


def test_a_mac_in_the_command_chooses_the_unit(session: Session, sim: Sim) -> None:
    session.discover()
    assert session.ask(f"DEVICESYNC {THIRD.upper()}").unit == "q3" and resets(sim) == [0, 0, 1]
    assert session.ask(f"SETDISTRIBUTORPORTPROPERTIES {THIRD} 5 50").ok
    console = Console(session)
    for line, unit, notices in (
        (f"SETDISTRIBUTORPORTPROPERTIES {THIRD} 5 -1", "q3", []),
        (f"GETLIFESIGNAL {GUEST}", "q2", []),
        (f"@q3 DEVICESYNC {GUEST}", "q3", [f"q3 does not have the MAC {GUEST} (q2 has it)"]),
        (f"@q1 DEVICESYNC {GUEST}", "q2", []),
        ("DEVICEIDENT? ?", "", []),
    ):
        items = list(console.run(line, timeout_s=0.1 if unit == "q3" else None))
        exchanges = [item for item in items if isinstance(item, Exchange)]
        assert [item.unit for item in exchanges] == [unit] * bool(unit), line
        told = [item.text for item in items if isinstance(item, Notice)]
        assert len(told) == len(notices) and all(map(str.startswith, told, notices)), line
    list(console.run("use q1"))
    (exchange,) = console.run(f"DEVICESYNC {THIRD}")
    assert isinstance(exchange, Exchange) and exchange.ok and exchange.unit == "q3"


def test_a_mac_that_no_unit_known_has(session: Session) -> None:
    session.discover()
    *notices, exchange = Console(session).run("@q3 DEVICESYNC 02:00:00:00:00:99", timeout_s=0.05)
    assert isinstance(exchange, Exchange) and exchange.outcome == "silent"
    assert "no unit known has it" in str(notices)


def test_the_mac_may_be_left_out_before_values_by_place(session: Session) -> None:
    session.discover()
    exchange = session.ask("@q3 SETDISTRIBUTORPORTPROPERTIES FrequencySendToHz -1")
    assert exchange.ok and THIRD.encode() in exchange.request
