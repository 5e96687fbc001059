"""Writes to units that are not known to be simulated: simulated ones of another user's set, which look real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Ran, SimProcess, free_block, inside
from tests.support.counterparts import Counterpart, TcpCounterpart, UdpCounterpart
from tests.support.shapes import check_exchange
from unitbench import Request, Session, Sim, Withheld
from unitbench.session.operations import Disconnect

ADDRESSING = (
    "AEh 02h dhcp_active=0 ip_address=10.0.0.9 netmask=255.255.255.0 broadcast_address=10.0.0.255 "
    "gateway=10.0.0.1 dns_server_address=0.0.0.0"
)
PORT = (
    "AEh 10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=60 output_only=0 "
    "initiate_connection=0 remote_ip_port=0 remote_ip_address=''"
)


@pytest.fixture
def q1(stranger: SimProcess) -> str:
    return f"qstation://{stranger.host('q1')}"


def test_what_was_invented_for_simulated_units_goes_to_no_other() -> None:
    with Session.local() as session:
        found = session.ask(Request("recorder", "SIMFIND?"), "recorder+udp://127.0.0.1:9", allow="r1")
    assert (found.outcome, found.replies, found.t_ns) == ("withheld", (), 0)
    assert found.error is not None and "invented" in found.error.meaning and not found.allow_with


def ask(line: str, *more: str) -> Ran:
    ran = inside("-c", line, "--json", *more)
    for item in ran.exchanges:
        check_exchange(item)
    return ran


def test_they_look_real(q1: str) -> None:
    ran = ask("DEVICEIDENT?", q1)
    assert ran.code == 0 and ran.one["simulated"] is False


def test_reading_login_and_lights_never_ask(stranger: SimProcess, t1: str) -> None:
    k1 = f"kramer://{stranger.host('k1')}"
    ran = ask(f"@{k1} LOGIN ADMIN,4321; @{k1} LOGIN?; @{t1} 0Ch")
    assert ran.code == 0 and len(ran.exchanges) == 3


def test_a_change_is_withheld(q1: str) -> None:
    ran = ask("DEVICESYNC", q1)
    assert ran.code == 5 and ran.one["replies"] == [] and ran.one["outcome"] == "withheld"
    assert ran.one["error"]["code"] == "Withheld" and ran.one["error"]["hint"]
    assert "--yes" in ran.one["error"]["hint"] and ran.one["effect"] == "reconfigures"
    assert bytes.fromhex(ran.one["request"]["hex"]) == b"DEVICESYNC\r"


@pytest.mark.parametrize("yes", ["--yes", "--yes=q1", "--yes=1", "--yes=ADDRESS"])
def test_what_lets_a_change_pass(q1: str, yes: str) -> None:
    ran = ask("DEVICESYNC", q1, yes.replace("ADDRESS", q1))
    assert ran.code == 0 and ran.one["outcome"] == "ok"


@pytest.mark.parametrize("yes", ["--yes=q2", "--yes=2", "--yes=disrupts", "--yes="])
def test_what_does_not(q1: str, yes: str) -> None:
    assert ask("DEVICESYNC", q1, yes).code == 5


def test_a_bare_yes_does_not_take_the_unit(q1: str) -> None:
    ran = inside("--yes", q1, "-c", "DEVICESYNC", "--json")
    assert ran.code == 0 and ran.one["address"] == q1


@pytest.mark.parametrize(
    ("yes", "code"), [("--yes", 5), ("--yes=t2", 5), ("--yes=2", 5), ("--yes=t1", 0), ("--yes=1", 0)]
)
def test_a_disrupting_command_wants_the_name(stranger: SimProcess, yes: str, code: int) -> None:
    unit = f"dcol+tcp://{stranger.host('t2')}"
    assert ask(PORT.replace("5018", "5019"), unit, yes).code == (0 if yes == "--yes" else code)
    if code:
        ran = ask(ADDRESSING, unit, yes)
        assert ran.code == 5 and ran.one["effect"] == "disrupts"
        assert "t1" in ran.one["error"]["hint"]


def test_unlock_lets_changes_pass_and_nothing_stronger(stranger: SimProcess, q1: str) -> None:
    t1 = f"dcol://{stranger.host('t1')}"
    ran = ask(f"DEVICESYNC; unlock q1 1m; DEVICESYNC; unlock t1 1m; {ADDRESSING}; @t1 raw 06", q1, t1)
    assert [item["outcome"] for item in ran.exchanges] == ["withheld", "ok", "withheld", "withheld"]
    assert "q1 is unlocked for 60 s" in ran.err


def test_raw_bytes_may_do_anything(q1: str) -> None:
    assert ask("raw 'DEVICEIDENT?\\r'", q1, "--yes").code == 5
    ran = ask("raw 'DEVICEIDENT?\\r'", q1, "--yes=q1")
    assert ran.code == 0 and ran.one["replies"][0]["fields"]["sid"] == 1


def test_a_broadcast_wants_the_number_of_units(stranger: SimProcess) -> None:
    units = [f"qstation://{stranger.host(name)}" for name in ("q1", "q2", "q3")]
    line = f"@qstation://{stranger.block.removesuffix('0/24')}255 DEVICESYNC"
    assert "q1, q2, q3" in ask(line, *units).one["error"]["meaning"]
    for yes, code in (("--yes", 5), ("--yes=2", 5), ("--yes=q1", 5), ("--yes=3", 0)):
        ran = ask(line, *units, yes, "--timeout", "0.3")
        assert ran.code == code, yes
    assert len(ran.one["replies"]) == 3


def test_all_of_several_wants_the_number_too(stranger: SimProcess) -> None:
    units = [f"dcol://{stranger.host(name)}" for name in ("t1", "t2")]
    for yes, code in (("--yes", 5), ("--yes=t1", 5), ("--yes=2", 0)):
        ran = inside("-c", f"@all {PORT}", *units, "--json", yes)
        assert ran.code == code, yes
        assert len(ran.exchanges) == 2


def test_a_simulated_unit_of_ours_never_asks(tmp_path: Path) -> None:
    with SimProcess() as mine:
        ran = ask("DEVICESYNC", f"qstation://{mine.host('q1')}")
        assert ran.code == 0 and ran.one["simulated"] is True
        everywhere = f"qstation://{mine.block.removesuffix('0/24')}255"
        assert ask(f"@{everywhere} DEVICESYNC", "--timeout", "0.3").code == 0


def test_a_killed_set_is_not_believed() -> None:
    with SimProcess() as mine:
        where = f"qstation://{mine.host('q1')}"
        assert ask("DEVICESYNC", where).code == 0
        mine.process.kill()
        mine.process.wait()
        ran = ask("DEVICESYNC", where)
    assert ran.code == 5 and ran.one["simulated"] is False


RESTART = b"SIMNETRESTART 00:11:22:33:44:55\r\n"


@pytest.mark.parametrize(
    "data",
    [
        RESTART,
        b"*IDN?\r\n" + RESTART,
        b" \tsimfind?  \t\r\n",
        b"SIMFIND?",
        b"SIMLOGIN bench\r\n",
        b"SIMNETRESTART\r\n",
        b"SIMCONTROL TAKE\n*IDN?\n",
        b"\r\n\r\nSimFind?\r\n",
        b"\0SIMFIND?\r\n",
    ],
)
@pytest.mark.parametrize("scheme", ["recorder+tcp", "recorder+udp", "vs1+udp", "kramer+tcp", "dcol+tcp"])
def test_raw_bytes_that_were_invented_reach_no_other(scheme: str, data: bytes) -> None:
    kind: type[Counterpart] = UdpCounterpart if scheme.endswith("udp") else TcpCounterpart
    with kind() as unit, Session.local() as session:
        where = f"{scheme}://127.0.0.1:{unit.port}"
        for allow in (where, "r1", "1", ""):
            found = session.ask(data, where, allow=allow, timeout_s=0.05)
            assert (found.outcome, found.replies, found.allow_with) == ("withheld", (), "")
            assert found.error is not None and "invented" in found.error.meaning
        assert session.ask(b"*IDN?\r\n", where, allow="1", timeout_s=0.05).outcome == "silent"
        assert unit.wait_for(lambda came: came.endswith(b"\n")) == b"*IDN?\r\n"


def test_a_command_in_two_pieces_is_one_on_a_stream_and_none_in_datagrams() -> None:
    with TcpCounterpart() as unit, Session.local() as session:
        where = f"recorder://127.0.0.1:{unit.port}"

        def sent(data: bytes) -> str:
            return session.ask(data, where, allow="1", timeout_s=0.05).outcome

        assert sent(b"*IDN?\r\nSIMF") == "silent"
        assert sent(b"IND?\r\n") == "withheld"
        assert sent(b"x\r\n") == "silent", "what was sent is another word"
        assert sent(b"IND?\r\n") == "silent"
        assert sent(b"SIMF") == "silent"
        assert session.ask("*IDN?", where, timeout_s=0.05).outcome == "silent", "its line end ends that line"
        assert sent(b"IND?\r\n") == "silent"
        assert sent(b"SIMF") == "silent"
        session.perform(Disconnect("r1"))
        assert sent(b"IND?\r\n") == "silent", "on a new connection"
    with UdpCounterpart() as unit, Session.local() as session:
        where = f"recorder+udp://127.0.0.1:{unit.port}"
        for data in (b"SIMF", b"IND?\r\n"):
            assert session.ask(data, where, allow="1", timeout_s=0.05).outcome == "silent"


def test_a_simulated_unit_takes_them_as_bytes_too() -> None:
    with one_recorder() as sim, Session.local(sim=sim) as session:
        found = session.ask(b"SIMFIND?\r\n", "r1")
    assert found.ok and found.text.startswith("SIMFOUND")


def test_rounds_of_what_was_invented_end_with_the_set() -> None:
    with one_recorder() as sim, Session.local(sim=sim) as session:
        assert session.timing("SIMFIND?", rounds=1, window_s=0.05).result()
        sim.stop()
        with pytest.raises(Withheld, match="invented"):
            session.timing("SIMFIND?", rounds=1, allow="1")


def one_recorder() -> Sim:
    return Sim({"recorder": 1, "kramer": 0, "dcol": 0, "qstation": 0, "vs1": 0}, address=free_block())
