"""What simulated units tell on their private channel: by a line, by a method, as JSON, here and through a keeper."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import SimProcess, inside
from tests.support.logger import until
from unitbench import InvalidValue, Session, Sim, UsageError
from unitbench.session.console import Console
from unitbench.session.insight import SimDump, SimLog
from unitbench.session.rendering import render

PASSWORD = "tin-kettle-93"
"""The one that is tried."""


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local(sim=True) as made:
        yield made


def test_every_unit_tells_its_state_and_its_log(session: Session) -> None:
    for unit in session.sim_state().units:
        dump, log = session.sim_dump(unit.name), session.sim_log(unit.name)
        assert dump.unit == log.unit == unit.name and dump.protocol == log.protocol == unit.protocol
        assert dump.state and json.loads(json.dumps(dump.state)) == dump.state
        assert render(dump).isprintable() or "\n" in render(dump)
        assert asyncio.run(session.asim_dump(unit.name)).state.keys() == dump.state.keys()
        assert asyncio.run(session.asim_log(unit.name, 1)).unit == unit.name


def test_a_camera_tells_its_logins_and_who_is_in_control(session: Session) -> None:
    assert session.ask("@v1 SIMLOGIN bench-operator").ok
    (dump,) = Console(session).run("sim state v1")
    assert isinstance(dump, SimDump)
    assert list(dump.state["logins"].values()) == ["bench-operator"]
    assert {"routes", "connections", "heartbeats missed", "reports"} <= dump.state.keys()
    assert "bench-operator" in render(dump)
    (log,) = Console(session).run("sim log v1 1")
    assert isinstance(log, SimLog) and len(log.entries) == 1
    (entry,) = log.entries
    assert entry.text == "control: done" and b"SIMLOGIN bench-operator" in entry.data
    assert entry.ago_s >= 0 and entry.text in render(log)


def test_no_password_is_told(session: Session) -> None:
    assert session.ask("LOGIN ADMIN,4321").ok
    assert session.ask(f"PASS USER,{PASSWORD}").ok
    assert session.ask(f"LOGIN USER,{PASSWORD}").ok
    session.ask(f"#07@LOGIN USER,{PASSWORD}\r".encode(), "k1", timeout_s=0.05)
    dump, log = session.sim_dump("k1"), session.sim_log("k1")
    assert list(dump.state["logins"].values()) == ["USER"]
    assert [entry.text for entry in log.entries[-2:]] == ["LOGIN: OK", "another device id: silence"]
    for told in (repr(dump), repr(log), render(dump), render(log)):
        assert PASSWORD not in told and "4321" not in told


def test_as_json_through_a_keeper(runtime: Path) -> None:
    with Session.attach("insight", sim=True) as session:
        assert session.ask("SECUR?").ok
        assert session.sim_dump("k1").state["security"] == "ON"
        assert session.sim_log("k1").entries[-1].text == "SECUR: ON"
        ran = inside("--session", "insight", "-c", "sim state q1; sim log k1 5", "--json")
    state, *log = ran.objects
    assert ran.code == 0 and (state["type"], state["unit"], state["protocol"]) == (
        "sim-state",
        "q1",
        "qstation",
    )
    assert state["state"]["ident"]["maa"] == "02:00:00:00:00:31"
    assert [(item["type"], item["unit"], item["text"]) for item in log] == [("sim-log", "k1", "SECUR: ON")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sim state", "sim state needs unit"),
        ("sim state zz", "no simulated unit 'zz'"),
        ("sim log all", "no simulated unit 'all'"),
        ("sim log v1 0", "'0' is no number of entries"),
        ("sim log v1 many", "'many' is no number of entries"),
    ],
)
def test_what_cannot_be_told(line: str, said: str) -> None:
    ran = inside("--sim", "-c", line)
    assert ran.code == 2 and said in ran.err and not ran.out


def test_without_a_set_or_of_another_one(session: Session) -> None:
    with Session.local() as other, pytest.raises(UsageError, match="no simulated units"):
        other.sim_dump("k1")
    with Sim({"kramer": 1}) as sim:
        name = session.ask("SECUR?", f"kramer://{sim.endpoints[0].host}").unit
        with pytest.raises(UsageError, match="another set's: it tells its state where that runs"):
            session.sim_log(name)
    with pytest.raises(InvalidValue, match="no simulated unit 'v9'"):
        Sim({"vs1": 1}).state("v9")


def test_a_set_of_ones_own() -> None:
    with Sim({"vs1": 1}) as sim:
        assert sim.state("v1")["announce"]
        assert sim.state("v1")["routes"] == [] and sim.log("v1") == []


def test_a_camera_tells_what_it_has_discarded() -> None:
    with Sim({"vs1": 1}) as sim:
        place = next(end for end in sim.endpoints if (end.carrier, end.port) == ("tcp", 49059))
        with socket.create_connection((place.host, place.port)) as client:
            client.sendall(bytes(2560))
            assert until(lambda: "49059 from 127.0.0.1, discarded 2560" in sim.state("v1")["connections"])
        assert until(lambda: sim.log("v1")[-1].text == "49059: closed, 2560 bytes discarded")


def test_units_in_the_foreground_tell_it_where_they_run() -> None:
    with SimProcess("--unit", "qstation=1", talks=True) as served:
        served.say("state q1\n\nlog q1 5\nstate zz\nlog\nlog q1 none\nlog q1\n")
        assert served.lines_until("q1 has noted nothing yet")[:2] == ["q1 (qstation, simulated)", "  ident:"]
        assert served.lines_until("q1 has noted nothing yet") == []
        ran = served.stop()
    assert ran.code == 0 and "no simulated unit 'zz'" in ran.err
    assert "state UNIT, or log UNIT [N]" in ran.err and "'none' is no number of entries" in ran.err
