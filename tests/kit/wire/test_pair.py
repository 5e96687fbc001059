"""Our host core against our unit cores, in memory: every command, whole and byte by byte."""

from __future__ import annotations

import pytest

from tests.support.bench import Bench, qstation, unit_of
from tests.support.golden import frame
from tests.support.playbook import HOST, OTHER
from unitbench import catalogue
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.kramer.unit import KramerState, KramerUnit

MAC = "02:00:00:00:00:31"


LINES = [
    pytest.param(protocol.name, example, id=example)
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for example in command.examples
]
SERVED = {
    "*IDN?",
    "SIMFIND?",
    "SIMLOGIN",
    "#",
    "SECUR?",
    "LOGIN",
    "LOGIN?",
    "LOGOUT",
    "DEVICEIDENT?",
    "GETLIFESIGNAL",
    "DEVICESYNC",
} | {
    "DEVICEIDENTEXT?",
    "ARMBUFFER",
    "SETDISTRIBUTORPORTPROPERTIES",
    "SETDISTRIBUTORPORTPROPERTIESALL",
}


@pytest.mark.parametrize("piece", [0, 1, 3])
@pytest.mark.parametrize(("protocol", "line"), LINES)
def test_every_example_of_the_catalogue_is_understood(protocol: str, line: str, piece: int) -> None:
    datagrams = protocol in ("qstation", "vs1")
    bench = Bench(protocol, unit_of(protocol), datagrams=datagrams, piece=0 if datagrams else piece)
    found = bench.ask(line)
    head = line.split(maxsplit=1)[0].upper()
    if protocol == "dcol" or head in SERVED:
        assert found.outcome == "ok", found
        assert len(found.answers) == 1
    else:
        assert found.outcome in ("ok", "refused", "silent"), found


@pytest.mark.parametrize("datagrams", [False, True])
def test_the_login_flow(datagrams: bool) -> None:
    bench = Bench("kramer", KramerUnit(KramerState(passwords={"USER": "correct-horse"})), datagrams=datagrams)
    assert bench.ask("#").values == {"result": "OK"}
    assert bench.ask("SECUR?").values == {"secur": "ON"}
    assert bench.ask("LOGIN?").values == {"auth": "NONE"}
    wrong = bench.ask("LOGIN USER,battery-staple")
    assert (wrong.outcome, wrong.values) == ("refused", {"result": "ERR004"})
    assert bench.ask("LOGIN ADMIN,correct-horse").outcome == "refused"
    assert bench.ask("LOGIN USER,correct-horse").values == {"auth": "USER", "result": "OK"}
    assert bench.ask("LOGIN?").values == {"auth": "USER"}
    bench.wait(299.0)
    assert bench.ask("LOGIN?").values == {"auth": "USER"}
    bench.peer = OTHER
    assert bench.ask("LOGIN?").values == {"auth": "NONE"}
    bench.peer = HOST
    bench.wait(301.0)
    assert bench.ask("LOGIN?").values == {"auth": "NONE"}
    assert bench.ask("LOGOUT").values == {"result": "OK"}


def test_addressing_is_read_set_and_read_back() -> None:
    bench = Bench("dcol", DcolUnit())
    before = bench.ask("00h").values
    line = "AEh 02h 0 10.2.3.6 255.255.255.0 10.2.3.255 10.2.3.1 0.0.0.0"
    assert bench.ask(line).said == [b"\x06"]
    after = bench.ask("00h").values
    assert after != before
    assert after["ip_address"] == "10.2.3.6"


def test_a_port_is_read_set_and_read_back() -> None:
    bench = Bench("dcol", DcolUnit())
    dialling = (
        "10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=0 output_only=0 "
        "initiate_connection=1 remote_ip_port=28001 remote_ip_address=192.168.1.10"
    )
    assert bench.ask(dialling).outcome == "ok"
    assert bench.ask("0Eh 20").values == frame("C12").fields
    assert bench.ask("0Ch").values["active_virtual_ports"] == (19, 20)
    assert bench.ask("0Eh 29").outcome == "refused"
    assert bench.ask(dialling.replace("port=20", "port=29", 1)).outcome == "refused"


def test_a_scan_finds_every_unit_in_the_order_of_their_answers() -> None:
    units = [qstation(1, 0.009), qstation(2, 0.002), qstation(3, 0.005)]
    bench = Bench("qstation", *units, datagrams=True)
    found = bench.ask("DEVICEIDENT?", collect=0)
    assert found.outcome == "ok"
    assert [str(heard.dissection.values["maa"])[-1] for heard in found.answers] == ["2", "3", "1"]
    assert [heard.stamp for heard in found.answers] == pytest.approx([0.002, 0.005, 0.009])
    assert found.waited == 1.0


def test_one_unit_of_many_flashes_and_another_stays_dark() -> None:
    units = [qstation(1), qstation(2)]
    bench = Bench("qstation", *units, datagrams=True)
    found = bench.ask("GETLIFESIGNAL 02:00:00:00:00:32")
    assert found.outcome == "ok"
    assert found.waited == 2.0
    assert [unit.state.flashing_until for unit in units] == [0.0, 2.0]


def test_a_sync_without_a_mac_reaches_all_and_with_one_only_that() -> None:
    units = [qstation(1), qstation(2)]
    bench = Bench("qstation", *units, datagrams=True)
    assert len(bench.ask("DEVICESYNC", collect=0).answers) == 2
    assert len(bench.ask(f"DEVICESYNC {MAC}", collect=0).answers) == 1
    assert [len(unit.state.resets) for unit in units] == [2, 1]


def test_a_unit_that_is_not_there() -> None:
    found = Bench("qstation", qstation(), datagrams=True).ask("DEVICESYNC 02:00:00:00:00:39")
    assert (found.outcome, found.answers, found.waited) == ("silent", [], 1.0)


def test_a_slow_unit_is_silent_and_its_late_answer_is_not_the_next_one() -> None:
    unit = KramerUnit(reply_delay_s=2.5)
    bench = Bench("kramer", unit)
    assert bench.ask("SECUR?").outcome == "silent"
    unit.reply_delay_s, unit.state.secur = 0.1, False
    found = bench.ask("SECUR?")
    assert found.values == {"secur": "OFF"}
    assert found.waited == pytest.approx(0.5)
