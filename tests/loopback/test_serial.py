"""Units on serial lines: simulated ones on pseudo-terminals, met by a session and by a foreign terminal program."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import SimProcess, unitbench
from tests.support.foreign import dcol_build, dcol_complete
from tests.support.need import need
from tests.support.tty import Wire
from unitbench import Session, Sim
from unitbench.errors import InvalidValue
from unitbench.schema.address import SERIAL
from unitbench.session.items import Units
from unitbench.session.operations import Disconnect
from unitbench.session.rendering import render
from unitbench.session.stream import Event
from unitbench.wire.kramer.unit import KramerUnit


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({"qstation": 0, "recorder": 0, "vs1": 0}, serial=("k1", "t1")) as made:
        yield made


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    with Session.local(sim=sim) as made:
        yield made


def device(sim: Sim, name: str) -> str:
    (found,) = [e.host for e in sim.endpoints if (e.unit, e.carrier) == (name, SERIAL)]
    return found


def kramer(sim: Sim) -> KramerUnit:
    core = sim.unit("k1").core
    assert isinstance(core, KramerUnit)
    return core


def test_a_unit_on_a_serial_line_is_simulated_and_answers(sim: Sim, session: Session) -> None:
    where = f"kramer+serial://{device(sim, 'k1')}"
    found = session.ask("SECUR?", where)
    assert (found.outcome, found.text, found.stamp, found.simulated) == ("ok", "~01@SECUR ON", "user", True)
    assert found.address == where and found.replies[0].sender == device(sim, "k1")
    unit = next(unit for unit in session.units if unit.address == where)
    assert unit.link == "open"
    # who asks there is not who asks over TCP
    assert session.ask("LOGIN USER,1234", where).ok
    assert session.ask("LOGIN?", where).fields == {"auth": "USER"}
    assert session.ask("LOGIN?", "k1").fields == {"auth": "NONE"}


def test_binary_packets_pass_unharmed(sim: Sim, session: Session) -> None:
    where = f"dcol+serial://{device(sim, 't1')}"
    assert session.ask("0Ch", where).fields["last_virtual_port"] == 28
    assert session.ask("0Eh 19", where).fields["ip_port"] == 5017
    refused = session.ask("0Eh 5", where)
    assert refused.outcome == "refused" and refused.error and refused.error.code == "NAK"


def test_garbage_before_a_packet_does_no_harm_to_either_end(sim: Sim, session: Session) -> None:
    noise = b"\xff\x00\x02\x03\x15\x06\x02"
    request, reply = dcol_build(0, 0xAE, b"\x0c"), dcol_build(0, 0xAE, bytes([0x0D, 19, 28, 1, 19]))
    with Wire() as wire, Session.local() as other:
        said = threading.Thread(target=lambda: (wire.hear(len(request)), wire.say(noise[:-1] + reply)))
        said.start()
        found = other.ask("0Ch", f"dcol+serial://{wire.device}?baud=9600")
        said.join()
        assert found.ok and found.fields["active_virtual_ports"] == [19]
    line = os.open(device(sim, "t1"), os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(line, noise)  # ends in what could begin a packet
        os.write(line, b"\x00\xae\x01" + request)
        came = b""
        while not dcol_complete(came):
            came += os.read(line, 512)
    finally:
        os.close(line)
    assert came[4] == 0x0D


def test_closing_the_line_does_not_end_the_login(sim: Sim, session: Session) -> None:
    told: list[Event] = []
    session.subscribe(told.append)
    where = f"kramer+serial://{device(sim, 'k1')}"
    assert session.ask("LOGIN USER,1234", where).ok
    name = next(unit.name for unit in session.units if unit.address == where)
    session.perform(Disconnect(name))
    unit = next(unit for unit in session.units if unit.address == where)
    assert (unit.link, unit.login) == ("closed", "USER")
    assert "link closed, login USER kept until its time-out" in render(Units((unit,)), 200)
    assert [event.text for event in told if event.kind == "notice"] == [
        f"the serial line to {name} is closed; "
        "the unit may hold the USER login until 300 s have passed without traffic"
    ]
    assert session.ask("LOGIN?", where).fields == {"auth": "USER"}, "it is the same line"


def test_a_session_that_ends_logs_out_even_where_its_line_was_closed(sim: Sim) -> None:
    where = f"kramer+serial://{device(sim, 'k1')}"
    with Session.local(sim=sim) as session:
        assert session.ask("LOGIN ADMIN,4321", where).ok
        name = next(unit.name for unit in session.units if unit.address == where)
        session.perform(Disconnect(name))
        assert kramer(sim).state.secur
    with Session.local(sim=sim) as session:
        assert session.ask("LOGIN?", where).fields == {"auth": "NONE"}


def test_two_units_share_a_line_by_their_ids(session: Session) -> None:
    """A bus with units 1 and 7, played by hand: each request names its unit, and only that one's line counts."""
    with Wire() as wire:
        heard: list[bytes] = []

        def play() -> None:
            for request, reply in (
                (b"#07@SECUR?\r", b"~01@SECUR ON\r\n~07@SECUR OFF\r\n"),
                (b"#01@LOGIN?\r", b"~07@LOGIN ADMIN\r\n~01@LOGIN NONE\r\n"),
                (b"#LOGIN?\r", b"~07@LOGIN USER\r\n"),
            ):
                heard.append(wire.hear(len(request)))
                wire.say(reply)

        told: list[Event] = []
        session.subscribe(told.append)
        player = threading.Thread(target=play)
        player.start()
        bus = f"kramer+serial://{wire.device}"
        assert session.ask("SECUR?", f"{bus}?id=7").fields == {"secur": "OFF"}
        assert session.ask("LOGIN?", f"{bus}?id=1").fields == {"auth": "NONE"}
        assert session.ask("LOGIN?", bus).fields == {"auth": "USER"}
        player.join()
    assert heard == [b"#07@SECUR?\r", b"#01@LOGIN?\r", b"#LOGIN?\r"]
    names = {unit.address: unit.name for unit in session.units}
    unasked = [(event.origin, event.text) for event in told if event.kind == "unasked"]
    assert unasked == [
        (bus, "~01@SECUR ON"),
        (names[f"{bus}?id=7"], "~07@LOGIN ADMIN"),
    ]


def test_a_unit_of_another_id_stays_silent(sim: Sim, session: Session) -> None:
    kramer(sim).state.dev_id = 3
    host = next(unit.address for unit in session.units if unit.name == "k1")
    assert session.ask("SECUR?", f"{host}?id=3").text == "~03@SECUR ON"
    assert session.ask("SECUR?", f"{host}?id=2", timeout_s=0.2).outcome == "silent"
    assert session.discover(f"{host}?id=3").units[0].address == f"{host}?id=3"


def test_a_line_that_is_pulled_ends_what_runs(session: Session) -> None:
    with Wire() as wire:
        pull = threading.Thread(target=lambda: (wire.hear(8), wire.say(b"~01@SEC"), wire.unplug()))
        pull.start()
        found = session.ask("SECUR?", f"kramer+serial://{wire.device}")
        pull.join()
    assert found.outcome == "closed" and found.error and found.error.code == "LinkLost"
    again = session.ask("SECUR?", f"kramer+serial://{wire.device}")
    assert again.error and again.error.code == "OpenFailed"


def test_the_line_of_a_set_that_has_ended_is_real_no_more(sim: Sim) -> None:
    where = f"kramer+serial://{device(sim, 'k1')}"
    with Session.local() as session:
        assert session.ask("SECUR?", where).simulated
        sim.stop()
        assert not session.ask("SECUR?", where).simulated


@pytest.mark.parametrize(
    ("name", "seen"),
    [("q1", "q1 has no serial port: qstation is not spoken over one"), ("k9", "no simulated unit 'k9'")],
)
def test_who_cannot_be_on_a_line(name: str, seen: str) -> None:
    with pytest.raises(InvalidValue, match=seen):
        Sim({"recorder": 0, "vs1": 0}, serial=(name,)).start()


def test_the_command_serves_lines_and_one_shots_use_them(runtime: Path) -> None:
    with SimProcess("--serial", "k1", "--serial", "t1") as process:
        rows = [row for row in process.endpoints if row[2] == SERIAL]
        assert [row[:2] for row in rows] == [["k1", "kramer"], ["t1", "dcol"]]
        ran = unitbench("-c", "SECUR?", f"kramer+serial://{rows[0][3]}?baud=115200", "--json")
        assert (ran.one["outcome"], ran.one["simulated"]) == ("ok", True)
        assert ran.one["address"] == f"kramer+serial://{rows[0][3]}?baud=115200"
        assert unitbench("-c", "00h", f"dcol+serial://{rows[1][3]}").code == 0


@pytest.mark.needs("picocom", "pexpect")
def test_picocom_meets_a_unit(sim: Sim) -> None:
    import pexpect

    words = ["--quiet", "--nolock", "--baud", "9600", device(sim, "k1")]
    terminal = pexpect.spawn(need("picocom"), words, timeout=20, encoding="latin-1")
    try:
        terminal.send("#SECUR?\r")
        terminal.expect_exact("~01@SECUR ON\r\n")
        terminal.send("#LOGIN ADMIN,4321\r")
        terminal.expect_exact("~01@LOGIN ADMIN OK\r\n")
        terminal.send("#FOO\r")
        terminal.expect_exact("~01@ ERR002\r\n")
    finally:
        terminal.close(force=True)
    # The program has gone and the line has not noticed: the next one is still logged in.
    assert kramer(sim).level((SERIAL, device(sim, "k1"))) == "ADMIN"
