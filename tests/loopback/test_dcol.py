"""A receiver on real sockets, met by a stranger: its ports open, move, call out, and stream as they are set."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.commands import free_block
from tests.support.foreign import RawTcp, RawUdp, dcol_complete, dcol_setting, dcol_sum
from tests.support.golden import frame
from unitbench import Session, Sim
from unitbench.session.stream import Event
from unitbench.sim import book
from unitbench.sim.units import SimUnit
from unitbench.wire.host import Peer

ACK, NAK = b"\x06", b"\x15"
SUMMARY = frame("C8").data
NONE = {"kramer": 0, "qstation": 0, "recorder": 0, "vs1": 0}


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim(NONE, address=free_block()) as sim:
        yield sim


@pytest.fixture
def t1(sim: Sim) -> SimUnit:
    return sim.unit("t1")


def closed(host: str, port: int) -> bool:
    """Whether nothing listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) != 0


def noting(unit: SimUnit, text: str) -> threading.Event:
    """An event that is set when the unit decides something with that text."""
    came, note = threading.Event(), unit.core.note

    def listen(now: float, peer: Peer, data: bytes, said: str) -> None:
        note(now, peer, data, said)
        if text in said:
            came.set()

    unit.core.note = listen  # type: ignore[method-assign]
    return came


def test_a_port_opens_moves_and_closes_before_its_ack(t1: SimUnit) -> None:
    with RawTcp(t1.host, 5018) as client:
        for ip_port in (5055, 5056):
            assert client.ask(dcol_setting(25, ip_port), dcol_complete) == ACK
            with RawTcp(t1.host, ip_port) as other:
                assert other.ask(SUMMARY, dcol_complete)[7:11] == bytes([3, 19, 20, 25])
        assert closed(t1.host, 5055)
        assert client.ask(dcol_setting(25, active=0), dcol_complete) == ACK
        assert closed(t1.host, 5056)


def test_the_port_in_use_says_ack_and_is_gone(t1: SimUnit) -> None:
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(20, 5056), lambda came: False) == ACK
        assert client.closed
    with RawTcp(t1.host, 5056) as client:
        assert client.ask(SUMMARY, dcol_complete)[4] == 0x0D
    assert closed(t1.host, 5018)


def test_new_addressing_drops_every_connection_and_the_unit_stays_where_it_is(t1: SimUnit) -> None:
    with RawTcp(t1.host, 5017) as one, RawTcp(t1.host, 5018) as two:
        assert one.ask(frame("C3").data, lambda came: False) == ACK
        assert two.read(lambda came: False) == b""
        assert one.closed and two.closed
    with RawTcp(t1.host, 5017) as client:
        assert client.ask(frame("C1").data, dcol_complete)[6:10] == bytes([10, 2, 3, 6])


def test_one_client_on_each_port(t1: SimUnit) -> None:
    with RawTcp(t1.host, 5017) as one, RawTcp(t1.host, 5018) as two, RawTcp(t1.host, 5017) as three:
        assert three.ask(SUMMARY, dcol_complete) == b"" and three.closed
        for client in (one, two):
            assert client.ask(SUMMARY, dcol_complete)[4] == 0x0D


def test_output_only_has_many_clients_who_hear_reports_and_are_not_heard(sim: Sim, t1: SimUnit) -> None:
    t1.core.state.report_s = 0.02  # type: ignore[attr-defined]
    with RawTcp(t1.host, 5018) as client:
        client.send(dcol_setting(21, 5021, only=1))
        came = client.read(lambda came: ACK in came.split(b"\x03"))
        assert ACK in came.split(b"\x03")
    clients = [RawTcp(t1.host, 5021) for _ in range(5)]
    try:
        for client in clients:
            client.send(SUMMARY)
            came = client.read(lambda came: len(came) >= 3 * 15)
            reports = [came[at : at + 15] for at in range(0, 45, 15)]
            assert all(r[2] == 0x40 and r[-2] == dcol_sum(r) for r in reports)
    finally:
        for client in clients:
            client.close()


def test_answers_come_among_the_reports_of_a_port(t1: SimUnit) -> None:
    t1.core.state.streams = {19: 0.005, 20: 0.005}  # type: ignore[attr-defined]
    told: list[Event] = []
    with Session.local() as session:
        session.subscribe(told.append)
        where = f"dcol://{t1.host}"
        for number in range(20):
            found = session.ask(
                f"10h 28 0 {6000 + number} TCP 0 0 0 0 ''" if number % 2 else "GETSERIAL", unit=where
            )
            assert found.outcome == "ok"
        assert found.replies[0].text == "ACK"
        texts = [event.text for event in told if event.kind == "unasked"]
        assert texts and {text.split()[1] for text in texts} == {"40h"}


def test_client_mode_calls_out_and_speaks_there_and_calls_again(t1: SimUnit) -> None:
    t1.core.state.retry_s = 0.1  # type: ignore[attr-defined]
    refused = noting(t1, "connection refused")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        place = listener.getsockname()
        with RawTcp(t1.host, 5018) as client:
            assert client.ask(dcol_setting(21, remote=place), dcol_complete) == ACK
            assert refused.wait(5)
            listener.listen()
            listener.settimeout(5)
            for _ in range(2):
                sock, sender = listener.accept()
                with sock:
                    assert sender[0] == t1.host
                    sock.settimeout(5)
                    sock.sendall(SUMMARY)
                    assert sock.recv(100)[2:5] == b"\xae\x07\x0d"
            assert client.ask(dcol_setting(21, active=0), dcol_complete) == ACK


def test_a_call_leaves_loopback_never(t1: SimUnit) -> None:
    failed = noting(t1, "dials 192.0.2.1:9/tcp: invalid argument")
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, remote=("192.0.2.1", 9)), dcol_complete) == ACK
        assert failed.wait(5)


def test_client_mode_over_udp_sends_to_the_one_that_is_named(t1: SimUnit) -> None:
    t1.core.state.streams = {21: 0.02}  # type: ignore[attr-defined]
    with RawUdp(t1.host, 9) as sink, RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, udp=1, remote=sink.local), dcol_complete) == ACK
        came = sink.read(lambda all_: len(all_) >= 3)
        assert {data[2] for data, _ in came} == {0x40}
        sink.peer = came[0][1]
        assert sink.peer[0] == t1.host
        sink.send(SUMMARY)
        came = sink.read(lambda all_: bool(all_) and all_[-1][0][2] == 0xAE)
        assert came[-1][0][4] == 0x0D


def test_a_udp_port_has_one_client_and_forgets_it_after_its_time_out(t1: SimUnit) -> None:
    forgotten = noting(t1, "UDP time-out")
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, 6000, udp=1, timeout=2), dcol_complete) == ACK
    with RawUdp(t1.host, 6000) as one, RawUdp(t1.host, 6000) as two:
        ((said, sender),) = one.ask(SUMMARY, lambda all_: len(all_) == 1)
        assert said[4] == 0x0D and sender == (t1.host, 6000)
        assert two.ask(SUMMARY, lambda all_: len(all_) == 1, 0.1) == []
        assert forgotten.wait(5)
        assert len(two.ask(SUMMARY, lambda all_: len(all_) == 1)) == 1


def test_two_ports_on_one_number_are_refused_and_a_port_that_somebody_has_is_noted(t1: SimUnit) -> None:
    with socket.socket() as squatter, RawTcp(t1.host, 5018) as client:
        squatter.bind((t1.host, 6001))
        squatter.listen()
        assert client.ask(dcol_setting(21, 5017), dcol_complete) == NAK
        assert client.ask(dcol_setting(21, 6001), dcol_complete) == ACK
        assert any("cannot listen on" in entry.text for entry in t1.core.log)
        assert client.ask(dcol_setting(21, 6002), dcol_complete) == ACK
        assert not closed(t1.host, 6002)


def test_a_number_that_is_about_to_be_free_is_taken_when_it_is(t1: SimUnit) -> None:
    with RawTcp(t1.host, 5017) as other, RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(20, 5056), dcol_complete) == ACK
        assert other.ask(dcol_setting(21, 5018), dcol_complete) == ACK
        assert client.read(lambda came: False) == b"" and client.closed
        assert other.ask(SUMMARY, dcol_complete)[7:11] == bytes([3, 19, 20, 21])
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, 5058), lambda came: False) == ACK and client.closed


def test_the_address_book_follows(sim: Sim, t1: SimUnit) -> None:
    place = ("tcp", t1.host, 5055)
    assert not book.has(place)
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(19, 5055), dcol_complete) == ACK
        assert book.has(place) and not book.has(("tcp", t1.host, 5017))
        assert [(e.port, e.main) for e in sim.endpoints if e.unit == "t1"] == [(5055, True), (5018, False)]
        for port in range(6100, 6105):
            assert client.ask(dcol_setting(21, port), dcol_complete) == ACK
            assert book.has(("tcp", t1.host, port)) and not book.has(("tcp", t1.host, port - 1))
    sim.stop()
    assert not book.has(place)


def test_a_crash_leaves_the_unit_in_the_book_and_it_is_back_as_it_was_set(sim: Sim, t1: SimUnit) -> None:
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, 5055), dcol_complete) == ACK
        sim.fault("t1", crash=60)
        assert client.read(lambda came: False) == b"" and client.closed
    assert closed(t1.host, 5055) and book.has(("tcp", t1.host, 5055))
    sim.no_faults("t1")
    with RawTcp(t1.host, 5055) as client:
        assert client.ask(SUMMARY, dcol_complete)[4] == 0x0D


def test_faults_meet_each_port_by_itself(sim: Sim, t1: SimUnit) -> None:
    with RawTcp(t1.host, 5018) as client:
        assert client.ask(dcol_setting(21, 5021), dcol_complete) == ACK
        sim.fault("t1", second="rst")
        assert [closed(t1.host, port) for port in (5017, 5018, 5021)] == [False, True, False]
        sim.no_faults("t1")
        sim.fault("t1", refuse=1)
        assert client.ask(SUMMARY, dcol_complete) == NAK
        assert client.ask(dcol_setting(21, 5022), dcol_complete) == NAK
        assert closed(t1.host, 5022)


def test_over_a_session_a_moved_port_answers_and_is_known_to_be_simulated(sim: Sim, t1: SimUnit) -> None:
    with Session.local(sim=sim) as session:
        moved = session.ask("10h 19 1 5055 TCP 60 0 0 0 ''", unit=f"dcol://{t1.host}:5018")
        assert moved.outcome == "ok"
        found = session.ask("0Eh 19", unit=f"dcol://{t1.host}:5055")
        assert (found.outcome, found.simulated, found.fields["ip_port"]) == ("ok", True, 5055)


def test_over_a_session_moving_the_port_in_use_loses_the_link_and_says_so(sim: Sim, t1: SimUnit) -> None:
    told: list[str] = []
    lost = threading.Event()

    def listen(event: Event) -> None:
        if event.kind == "notice":
            told.append(event.text)
            lost.set()

    with Session.local(sim=sim) as session:
        session.subscribe(listen)
        assert session.ask("@t1 10h 19 1 5055 TCP 60 0 0 0 ''").outcome == "ok"
        assert lost.wait(5)
        assert told == ["the connection to t1 ended"]
        found = session.ask("@t1 0Eh 19")
        assert found.outcome == "closed" and found.error is not None and found.error.code == "OpenFailed"
        assert session.ask("0Eh 19", unit=f"dcol://{t1.host}:5055").outcome == "ok"
