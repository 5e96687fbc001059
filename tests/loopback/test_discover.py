"""Discovery of hosts that nothing is known of, on loopback: what it finds, what it sends, what it leaves alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.counterparts import TcpCounterpart, UdpCounterpart
from unitbench import Session, Sim
from unitbench.errors import UsageError, Withheld
from unitbench.session.console import Console
from unitbench.session.searching.model import SearchPlan


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as started:
        yield started


@pytest.fixture
def stranger() -> Iterator[Session]:
    """A session that has no simulated units of its own."""
    with Session.local() as session:
        yield session


def log(sim: Sim, name: str) -> list[str]:
    return [note.text for note in sim.unit(name).core.log]


def test_hosts_are_told_by_what_they_answer_and_the_only_place_stays_free(
    sim: Sim, stranger: Session
) -> None:
    host = {name: sim.unit(name).host for name in ("k1", "t1", "q1", "r1")}
    found = stranger.discover(
        f"kramer://{host['k1']}/32",
        f"dcol://{host['t1']}/32",
        f"qstation://{host['q1']}/32",
        f"recorder://{host['r1']}/32",
    )
    scores = {unit.address: unit.score for unit in found.units}
    assert scores == {
        f"kramer://{host['k1']}": 0.92,
        f"dcol://{host['t1']}": 1.0,
        f"qstation://{host['q1']}": 1.0,
        f"recorder://{host['r1']}": 0.8,
    }
    kramer = next(unit for unit in found.units if unit.protocol == "kramer")
    seen = {item.kind: item for item in kramer.seen}
    assert seen["answer #"].data == b"~01@ OK\r\n" and seen["answer #"].weight == 0.9
    assert any("8023/tcp" in text and host["r1"] in text for text in found.skipped)
    with TcpCounterpart() as elsewhere:
        assert elsewhere.heard == []
    assert stranger.ask(f"@recorder://{host['r1']} *IDN?").ok, "its one place was not taken"


def test_a_camera_is_heard_and_knocked_at_and_is_one_unit(sim: Sim, stranger: Session) -> None:
    host = sim.unit("v1").host
    (unit,) = stranger.discover(f"vs1://{host}/32").units
    assert (unit.address, unit.score) == (f"vs1://{host}", pytest.approx(0.94))
    assert {item.kind for item in unit.seen} == {"announce", "ports"}


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nServer: AirTunes/745.1\r\n\r\n", "an AirPlay receiver"),
        (b"\x00\x81\x81\x81", "Protocol 2000"),
        (b"what?\r\n", "says 7 bytes, what?"),
    ],
)
def test_an_impostor_is_no_unit_but_a_finding(reply: bytes, what: str, stranger: Session) -> None:
    with TcpCounterpart(lambda data: reply) as other:
        found = stranger.discover(f"kramer://127.0.0.1/32:{other.port}")
        assert found.units == () and stranger.units == ()
        assert any(text.startswith("127.0.0.1: ") and what in text for text in found.findings), found.findings
        assert b"".join(other.heard) == b"#\r", "nothing but the harmless question"
        named = stranger.discover(f"kramer://127.0.0.1:{other.port}")
        assert any(what in text for text in named.findings)


def test_silence_explains_itself(stranger: Session) -> None:
    with UdpCounterpart() as silent:
        found = stranger.discover(f"qstation://127.0.0.1:{silent.port}")
    assert found.units == ()
    assert any("127.0.0.1 is this machine itself" in text for text in found.doubts)


def test_evidence_against_lowers_a_score(stranger: Session) -> None:
    replies = [b"~01@ OK\r\n"]
    with TcpCounterpart(lambda data: replies[-1]) as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        assert stranger.discover(where).units[0].score == 0.9
        replies.append(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        stranger.discover(where)
        assert stranger.units[0].score == pytest.approx(0.045)
        assert any("a web server" in text for text in stranger.units[0].evidence)


def test_a_dry_run_shows_the_plan_and_sends_nothing(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        before = {unit.name: log(sim, unit.name) for unit in session.units}
        (plan,) = Console(session).run("discover dry=yes")
        assert isinstance(plan, SearchPlan)
        asked = {(line.what, line.data) for line in plan.lines}
        assert asked == {
            ("DEVICEIDENT?", b"DEVICEIDENT?\r"),
            ("*IDN?", b"*IDN?\r\n"),
            ("#", b"#\r"),
            ("AEh 0Ch", bytes.fromhex("0200ae010cbb03")),
        }
        assert plan.listens == (sim.unit("v1").host,) and plan.size == 13 + 7 + 2 + 7
        assert {unit.name: log(sim, unit.name) for unit in session.units} == before
        assert session.jobs == ()


def test_targets_from_a_file_and_other_ports(tmp_path: Path, stranger: Session) -> None:
    file = tmp_path / "targets.txt"
    with TcpCounterpart(lambda data: b"~07@ OK\r\n") as unit:
        file.write_text("kramer://127.0.0.1/32\n", encoding="utf-8")
        (found,) = stranger.discover(str(file), ports=f"kramer:{unit.port}").units
        assert found.address == f"kramer://127.0.0.1:{unit.port}"


def test_very_many_hosts_are_asked_for_first(stranger: Session) -> None:
    with pytest.raises(Withheld) as held:
        stranger.discover("127.64.0.0/16")
    assert held.value.allow_with == "65534"
    assert stranger.plan_discovery("127.64.0.0/16").allow_with == "65534"
    job = stranger.start_discovery("127.64.0.0/16", allow=65534)
    job.stop()
    assert job.result().units == ()


def test_a_stopped_sweep_gives_what_it_has(sim: Sim, stranger: Session) -> None:
    first = str(sim.block[32])
    job = stranger.start_discovery(f"qstation://{first}/30", "kramer://127.64.0.0/22")
    limit = time.monotonic() + 60
    while not any(unit.protocol == "qstation" for unit in stranger.units) and time.monotonic() < limit:
        job.session.state  # noqa: B018
    job.stop()
    assert {unit.protocol for unit in job.result().units} == {"qstation"}


@pytest.mark.parametrize(
    "line", ["discover 10.0.0.0/99", "discover kramer://10.0.0.1/24", "discover nowhere"]
)
def test_a_wrong_target_is_refused_before_anything_begins(line: str, stranger: Session) -> None:
    with pytest.raises(UsageError) as refused:
        list(Console(stranger).run(line))
    assert refused.value.hint and stranger.jobs == ()


@pytest.mark.usefixtures("runtime")
def test_a_view_of_a_keeper_gets_the_same() -> None:
    with Session.attach("looks") as session:
        plan = session.plan_discovery("qstation://127.64.0.0/16")
        assert (plan.allow_with, plan.packets, plan.size) == ("65534", 2 * 65534, 2 * 65534 * 13)
        with pytest.raises(Withheld) as held:
            session.discover("127.64.0.0/16")
        assert held.value.allow_with == "65534"
        assert "192.168.1.39" in session.factory_addresses()
