"""Two Q.stations of a set that claim one address: broadcasts reach both, unicast reaches its owner alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import SimProcess, free_block
from tests.support.foreign import RawUdp, qstation_ident
from unitbench import InvalidValue, Sim, UsageError

ONLY = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0}
Came = list[tuple[bytes, tuple[str, int]]]


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({**ONLY, "qstation": 3}, address=free_block(), options={"q2": {"address": "q1"}}) as sim:
        yield sim


def last(sim: Sim) -> str:
    return str(sim.block.broadcast_address) if sim.block else ""


def macs(came: Came) -> list[str]:
    return sorted(str(qstation_ident(data)["maa"])[-2:] for data, _ in came)


def test_a_broadcast_reaches_both_and_both_answer_from_the_one_address(sim: Sim) -> None:
    owner = sim.unit("q1").host
    with RawUdp(last(sim), 5565) as client:
        came = client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) >= 3)
    assert macs(came) == ["31", "32", "33"]
    assert {sender for data, sender in came if qstation_ident(data)["maa"] != "02:00:00:00:00:33"} == {
        (owner, 5565)
    }
    assert [qstation_ident(data)["ipa"] for data, _ in came].count(owner) == 2


def test_unicast_reaches_the_owner_alone(sim: Sim) -> None:
    with RawUdp(sim.unit("q1").host, 5565) as client:
        client.send(b"DEVICEIDENT?\r")
        client.send(b"DEVICESYNC\t02:00:00:00:00:32\r")
        client.send(b"DEVICESYNC\t02:00:00:00:00:31\r")
        came = client.read(lambda all_: len(all_) >= 3, 0.2)
    assert sorted(data for data, _ in came)[0] == b"MAA:02:00:00:00:00:31\tACK\r\n" and len(came) == 2
    assert sim.unit("q2").core.state.resets == []


def test_the_mac_in_a_broadcast_selects(sim: Sim) -> None:
    with RawUdp(last(sim), 5565) as client:
        came = client.ask(b"DEVICESYNC\t02:00:00:00:00:32\r", lambda all_: len(all_) >= 1)
    assert came == [(b"MAA:02:00:00:00:00:32\tACK\r\n", (sim.unit("q1").host, 5565))]
    assert sim.unit("q1").core.state.resets == [] and len(sim.unit("q2").core.state.resets) == 1


def test_it_listens_nowhere_itself_and_the_other_goes_on_without_it(sim: Sim) -> None:
    assert {endpoint.unit for endpoint in sim.endpoints} == {"q1", "q3", ""}
    sim.fault("q2", crash=60)
    with RawUdp(last(sim), 5565) as client:
        assert macs(client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) >= 3, 0.2)) == ["31", "33"]


def test_both_stream_from_the_one_address(sim: Sim) -> None:
    with RawUdp(last(sim), 5565) as client, RawUdp(last(sim), 5566) as sink:
        host, port = sink.local
        for number, value in ((7, host), (8, port), (10, 0), (4, 1), (5, 20)):
            line = f"SETDISTRIBUTORPORTPROPERTIESALL\t{number}\t{value}\r".encode()
            assert len(client.ask(line, lambda all_: len(all_) >= 3)) == 3
        for number in ("31", "32"):
            line = f"SETDISTRIBUTORPORTPROPERTIES\t02:00:00:00:00:{number}\t1000\t1\r".encode()
            assert len(client.ask(line, lambda all_: len(all_) >= 1)) == 1
        came = sink.read(lambda all_: len(all_) >= 6)
    assert {sender for _, sender in came} == {(sim.unit("q1").host, 5566)}
    assert all("cannot listen" not in said.text for name in ("q1", "q2") for said in sim.unit(name).core.log)


@pytest.mark.parametrize("wrong", ["q9", "k1", "q2", "q3", "127.0.0.1"])
def test_whose_address_is_said_by_the_name_of_a_unit_that_has_one(wrong: str) -> None:
    options = {"q2": {"address": wrong}, "q3": {"address": "q1"}}
    with pytest.raises(InvalidValue, match=r"q2: address=") as caught:
        Sim({**ONLY, "qstation": 3, "kramer": 1}, options=options).start()
    assert "q1" in caught.value.hint and caught.value.field == "address"


def test_no_other_kind_of_unit_has_that_option() -> None:
    with pytest.raises(InvalidValue, match="a kramer unit has no option 'address'"):
        Sim({**ONLY, "kramer": 2}, options={"k2": {"address": "k1"}}).start()


SHARED = """[[units]]
protocol = "qstation"
sid = 2

[[units]]
protocol = "qstation"
count = 2
address = "q1"
"""


def test_a_set_that_is_written_down(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text(SHARED)
    with Sim.from_file(file) as sim, RawUdp(last(sim), 5565) as client:
        came = client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) >= 3)
        assert macs(came) == ["31", "32", "33"]
        assert {sender for _, sender in came} == {(sim.unit("q1").host, 5565)}
        assert sorted(qstation_ident(data)["sid"] for data, _ in came) == [1, 1, 2]


@pytest.mark.parametrize("wrong", ["q4", "q3", "k1"])
def test_a_file_that_names_no_such_unit_is_refused_by_its_line(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "set.toml"
    file.write_text(SHARED.replace("q1", wrong))
    with pytest.raises(UsageError, match=rf"set.toml, line 8: q2: address={wrong} is no unit"):
        Sim.from_file(file)


def test_the_command_line_says_who_claims_whose_address() -> None:
    counts = ("--unit=kramer=0", "--unit=dcol=0", "--unit=recorder=0", "--unit=vs1=0")
    with SimProcess(*counts, "--set=q3.address=q2") as running:
        assert [row[0] for row in running.endpoints] == ["q1", "q2", "all", "all"]
        host = running.host("q2")
        assert f"q3 claims the address of q2, {host}" in running.stop().err
