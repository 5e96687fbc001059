"""Faults on demand, met from outside on real sockets by a foreign client."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.foreign import RawTcp, RawUdp, dcol_build, dcol_sum, kramer_line
from tests.support.logger import until
from unitbench import InvalidValue, Sim

SECUR, ON = kramer_line("SECUR?"), b"~01@SECUR ON\r\n"
IDENT, IDN = b"DEVICEIDENT?\r", b"*IDN?\r\n"
ADDRESSING = dcol_build(0, 0xAE, b"\x00")


@pytest.fixture
def units() -> Iterator[Sim]:
    with Sim({"qstation": 1, "recorder": 1, "vs1": 1}) as sim:
        yield sim


def host(sim: Sim, name: str) -> str:
    return sim.unit(name).host


def port(sim: Sim, name: str, number: int) -> int:
    """Where a port of the manual is served."""
    return next(served for service, served in sim.server(name).served if service.port == number)


def kramer(sim: Sim) -> RawTcp:
    return RawTcp(host(sim, "k1"), 5000)


def line(came: bytes) -> bool:
    return came.endswith(b"\r\n")


def took(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def test_a_delay_and_its_end(units: Sim) -> None:
    with kramer(units) as client:
        units.fault("k1", delay="80ms", jitter="20ms")
        assert took(lambda: client.ask(SECUR, line)) >= 0.08
        units.no_faults("k1")
        assert min(took(lambda: client.ask(SECUR, line)) for _ in range(5)) < 0.08


def test_lost_requests_and_lost_replies_are_told_apart_by_what_the_unit_did(units: Sim) -> None:
    with kramer(units) as client:
        assert client.ask(kramer_line("LOGIN ADMIN,4321"), line) == b"~01@LOGIN ADMIN OK\r\n"
        for fault, name in (("loss_req", "bench-k1"), ("loss", "renamed")):
            units.fault("k1", **{fault: 1})
            assert client.ask(kramer_line("NAME renamed"), line, 0.1) == b""
            units.no_faults("k1")
            assert client.ask(kramer_line("NAME?"), line) == f"~01@NAME {name}\r\n".encode()


def test_a_doubled_reply_and_one_that_is_overtaken(units: Sim) -> None:
    with RawUdp(host(units, "q1"), 5565) as client:
        units.fault("q1", dup=1)
        assert len(client.ask(IDENT, lambda came: len(came) == 2)) == 2
    units.fault("k1", reorder=1)
    with RawUdp(host(units, "k1"), 50000) as other:
        other.send(SECUR)
        came = other.ask(kramer_line("LOGIN?"), lambda came: len(came) == 2)
        assert [data for data, _ in came] == [b"~01@LOGIN NONE\r\n", ON]


def test_split_and_coalesced_segments(units: Sim) -> None:
    units.fault("k1", segment=4)
    with kramer(units) as client:
        client.send(SECUR)
        first = client.read(bool)
        assert ON.startswith(first) and len(first) < len(ON)
        assert first + client.read(line) == ON
        units.fault("k1", segment=0, coalesce="150ms")
        client.send(SECUR)
        client.read(lambda came: False, 0.02)
        client.send(SECUR)
        assert client.read(bool) == 2 * ON


def test_a_wrong_checksum(units: Sim) -> None:
    units.fault("t1", checksum=1)
    with RawTcp(host(units, "t1"), 5017) as client:
        reply = client.ask(ADDRESSING, lambda came: len(came) >= 28)
        assert reply[4] == 1 and reply[26] != dcol_sum(reply) and reply[27] == 3


def test_broken_replies(units: Sim) -> None:
    with RawUdp(host(units, "q1"), 5565) as client:
        units.fault("q1", truncate=1)
        ((data, _),) = client.ask(IDENT, bool)
        assert data.startswith(b"S") and not data.endswith(b"\n")
        units.fault("q1", truncate=0, wrong_mac=1)
        ((data, _),) = client.ask(IDENT, bool)
        assert data.endswith(b"\tMAA:02:00:00:00:00:b1\r\n")
        units.fault("q1", wrong_mac=0, no_end=1)
        ((data, _),) = client.ask(IDENT, bool)
        assert data.endswith(b"\tMAA:02:00:00:00:00:31")


def test_babble_comes_unasked_and_the_unit_still_answers(units: Sim) -> None:
    units.fault("k1", babble=100)
    with kramer(units) as client:
        assert len(client.read(lambda came: len(came) > 20)) > 20
        assert ON in client.ask(SECUR, lambda came: ON in came)


@pytest.mark.parametrize(
    ("name", "number", "request_", "refusal"),
    [
        ("k1", 5000, SECUR, b"~01@ ERR002\r\n"),
        ("t1", 5017, ADDRESSING, b"\x15"),
        ("r1", 8023, IDN, b"SIMERR 1\r\n"),
    ],
)
def test_a_refusal_is_that_of_the_protocol(
    units: Sim, name: str, number: int, request_: bytes, refusal: bytes
) -> None:
    units.fault(name, refuse=1)
    with RawTcp(host(units, name), port(units, name, number)) as client:
        assert client.ask(request_, lambda came: len(came) >= len(refusal)) == refusal


def test_a_refusal_by_silence_and_one_by_the_camera(units: Sim) -> None:
    units.fault("all", refuse=1)
    with RawUdp(host(units, "q1"), 5565) as client:
        assert client.ask(IDENT, bool, 0.1) == []
    with RawUdp(host(units, "v1"), 49493) as camera:
        ((data, _),) = camera.ask(b"SIMLOGIN bench\r\n", bool)
        assert data == b"SIMBUSY 0.0.0.0\r\n"


def refused(where: str, number: int) -> bool:
    try:
        RawTcp(where, number, 1.0).close()
    except (ConnectionRefusedError, TimeoutError):
        return True
    return False


@pytest.mark.parametrize(("name", "number"), [("k1", 5000), ("t1", 5017), ("r1", 8023), ("v1", 49211)])
def test_a_crash_kills_every_connection_and_the_unit_comes_back(units: Sim, name: str, number: int) -> None:
    where, at = host(units, name), port(units, name, number)
    with RawTcp(where, at) as client:
        client.send(b"\r\n")
        units.fault(name, crash=0.3)
        assert units.faults == {name: units.server(name).faults_told} and "crash 300 ms" in units.faults[name]
        client.read(lambda came: False, 2.0)
        assert client.closed and refused(where, at)
    assert until(lambda: not refused(where, at))
    assert units.faults == {}


def test_after_a_crash_a_unit_is_as_after_power_on(units: Sim) -> None:
    with kramer(units) as client:
        assert client.ask(kramer_line("LOGIN ADMIN,4321"), line) == b"~01@LOGIN ADMIN OK\r\n"
        assert client.ask(kramer_line("NAME kept"), line) == b"~01@NAME kept OK\r\n"
    with RawUdp(host(units, "k1"), 50000) as client_udp, RawUdp(host(units, "q1"), 5565) as stations:
        login, mine = kramer_line("LOGIN USER,1234"), kramer_line("LOGIN?")
        client_udp.ask(login, bool)
        stations.ask(b"ARMBUFFER\r", bool)
        units.fault("all", crash=60)
        assert client_udp.ask(mine, bool, 0.1) == []
        units.no_faults()
        ((said, _),) = client_udp.ask(mine, bool)
        assert said == b"~01@LOGIN NONE\r\n"
        client_udp.ask(login, bool)
        ((said, _),) = client_udp.ask(kramer_line("NAME?"), bool)
        assert said == b"~01@NAME kept\r\n"
        assert stations.ask(b"TRIGGERBUFFER\r", bool, 0.1) == []


def test_a_half_open_connection_stays_and_says_nothing(units: Sim) -> None:
    with kramer(units) as client:
        client.ask(SECUR, line)
        units.fault("k1", halfopen=True)
        assert client.ask(SECUR, line, 0.1) == b"" and not client.closed
        with kramer(units) as other:
            assert other.ask(SECUR, line, 0.1) == b"" and not other.closed
        units.no_faults("k1")
        assert client.read(line) == ON


@pytest.mark.parametrize(("name", "number"), [("k1", 5000), ("t1", 5018), ("r1", 80), ("v1", 49079)])
def test_a_second_client(units: Sim, name: str, number: int) -> None:
    where, at = host(units, name), port(units, name, number)
    units.fault(name, second="rst")
    first = RawTcp(where, at)
    assert until(lambda: refused(where, at))
    units.fault(name, second="close")
    with RawTcp(where, at) as second:
        assert second.read(lambda came: False, 2.0) == b"" and second.closed
    units.fault(name, second="silent")
    with pytest.raises(TimeoutError):
        RawTcp(where, at, 0.2)
    first.close()
    assert until(lambda: not refused(where, at))


@pytest.mark.parametrize(("name", "number"), [("k1", 5000), ("t1", 5017), ("r1", 8023)])
def test_a_slot_that_somebody_else_has(units: Sim, name: str, number: int) -> None:
    where, at = host(units, name), port(units, name, number)
    units.fault(name, busy=True, second="rst")
    assert refused(where, at)
    units.no_faults(name)
    assert not refused(where, at)


def test_web_and_file_servers_have_delay_crash_and_second_and_are_spared_the_rest(units: Sim) -> None:
    units.fault("r1", loss=1, delay="100ms")
    assert units.faults["r1"] == "loss 100 %, delay 100 ms (no loss at HTTP and FTP)"
    for name in ("r1", "v1"):
        units.fault(name, delay="100ms")
        with RawTcp(host(units, name), port(units, name, 80)) as web:
            began = time.monotonic()
            assert web.ask(b"HEAD / HTTP/1.0\r\n\r\n", lambda came: False).startswith(b"HTTP/1.")
            assert time.monotonic() - began >= 0.1
        with RawTcp(host(units, name), port(units, name, 21)) as files:
            began = time.monotonic()
            assert files.read(line).startswith(b"220 ")
            assert time.monotonic() - began >= 0.09


def test_same_seed_same_faults() -> None:
    def pattern(seed: int) -> list[bytes]:
        faults = {"k1": {"loss": 0.3, "truncate": 0.3, "dup": 0.3}}
        none = {"qstation": 0, "dcol": 0, "recorder": 0, "vs1": 0}
        with Sim(none, seed=seed, faults=faults) as sim, RawUdp(host(sim, "k1"), 50000) as client:
            asked = sim.unit("k1").core.log
            for _ in range(40):
                client.send(kramer_line("LOGIN?"))
            assert until(lambda: len(asked) >= 40)
            sim.fault("k1", loss=0, truncate=0, dup=0)
            came = client.ask(SECUR, lambda came: bool(came) and came[-1][0] == ON)
            return [data for data, _ in came]

    first = pattern(7)
    assert first == pattern(7) != pattern(8)


def test_bad_faults_are_refused_and_change_nothing(units: Sim) -> None:
    for name, values, said in (
        ("k9", {"loss": 1}, "no simulated unit 'k9' in this set"),
        ("k1", {"los": 1}, "k1: no fault 'los'"),
        ("k1", {"loss": 2}, "k1: loss: '2' is not a share"),
        ("q1", {"loss": 1, "segment": 3}, "q1: a qstation unit has no fault 'segment'"),
        ("all", {"loss": 1, "delay": "x"}, "delay: 'x'"),
    ):
        with pytest.raises(InvalidValue) as error:
            units.fault(name, **values)
        assert said in error.value.message
    assert units.faults == {}
    units.fault("all", checksum=1)
    assert list(units.faults) == ["t1"]


def test_the_sockets_of_a_crashed_set_are_given_back() -> None:
    sim = Sim({"recorder": 1, "vs1": 1})
    for _ in range(2):
        with sim:
            sim.fault("all", crash=60)
    with sim, socket.create_connection((host(sim, "k1"), 5000), 5):
        assert sim.faults == {}
