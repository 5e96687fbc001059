"""The virtual ports of the unit: when a set takes effect, who is a client, who is called, who gets reports."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support.foreign import dcol_build, dcol_setting, dcol_sum
from tests.support.golden import frame
from unitbench.wire.dcol.openings import Opening
from unitbench.wire.dcol.state import DcolState
from unitbench.wire.dcol.unit import DcolUnit

ACK, NAK = b"\x06", b"\x15"
A, B, C = ("tcp", 1), ("tcp", 2), ("tcp", 3)
GET = frame("C1").data


class Play:
    """The unit with a clock that a test moves, and its clients."""

    def __init__(self, **readings: object) -> None:
        self.core = DcolUnit(DcolState(**readings))  # type: ignore[arg-type]
        self.now = 10.0

    def ask(self, peer: object, data: bytes, *, udp: bool = False) -> list[bytes]:
        """Bytes of a client; what it hears at once."""
        self.core.receive(data, peer, self.now, datagram=udp)  # type: ignore[arg-type]
        return self.heard(peer)

    def heard(self, peer: object) -> list[bytes]:
        """What leaves now; nothing is for anybody else."""
        out = self.core.outgoing(self.now)
        assert {item.peer for item in out} <= {peer}
        return [item.data for item in out]

    def wait(self, seconds: float) -> None:
        """Time passes; the unit is woken when it wants to be."""
        end = self.now + seconds
        while (due := self.core.deadline()) is not None and due <= end and due > self.now:
            self.now = due
            self.core.tick(due)
        self.now = end
        self.core.tick(end)

    @property
    def places(self) -> dict[int, int]:
        """IP ports by virtual port."""
        return {number: opening.ip_port for number, opening in self.core.openings.items()}

    @property
    def last(self) -> str:
        """The last decision."""
        return self.core.log[-1].text


def test_as_delivered() -> None:
    assert Play().core.openings == {19: Opening(19, "tcp", 5017), 20: Opening(20, "tcp", 5018)}


@pytest.mark.parametrize("number", range(19, 29))
def test_every_virtual_port_can_be_set(number: int) -> None:
    play = Play()
    play.core.opened(A, 19 if number != 19 else 20, play.now)
    assert play.ask(A, dcol_setting(number, 6000 + number, udp=1, only=1)) == [ACK]
    assert play.core.openings[number] == Opening(number, "udp", 6000 + number, many=True)
    assert play.ask(A, dcol_setting(number, active=0)) == [ACK]
    assert number not in play.core.openings


def test_a_set_of_another_port_takes_effect_at_once() -> None:
    play = Play()
    play.core.opened(A, 20, play.now)
    assert play.ask(A, dcol_setting(19, 5055)) == [ACK]
    assert play.places == {19: 5055, 20: 5018}


def test_a_set_of_the_port_in_use_takes_effect_after_its_ack() -> None:
    play = Play()
    play.core.opened(A, 20, play.now)
    assert play.ask(A, dcol_setting(20, 5056)) == [ACK]
    play.wait(0.09)
    assert play.places[20] == 5018 and play.core.clients.of(20) == [A]
    play.wait(0.02)
    assert play.places[20] == 5056 and play.core.clients.of(20) == []


def test_the_reply_delay_is_not_overtaken() -> None:
    play = Play()
    play.core.reply_delay_s = 1.0
    play.core.opened(A, 20, play.now)
    assert play.ask(A, dcol_setting(20, 5056)) == []
    play.wait(1.0)
    assert play.heard(A) == [ACK]
    play.wait(0.2)
    assert play.places[20] == 5056


def test_as_another_reading_the_ack_is_lost_with_the_connection() -> None:
    play = Play(effect_s=None)
    play.core.opened(A, 20, play.now)
    assert play.ask(A, dcol_setting(20, 5056)) == []
    assert play.places[20] == 5056
    assert play.last == "ACK, lost with the connection"


def test_a_set_that_changes_nothing_drops_nobody() -> None:
    play = Play()
    play.core.opened(A, 20, play.now)
    assert play.ask(A, dcol_setting(20, 5018, timeout=9)) == [ACK]
    play.wait(1)
    assert play.core.clients.of(20) == [A]


def test_new_addressing_drops_every_connection_after_the_ack_and_the_ports_open_again() -> None:
    play = Play()
    play.core.opened(A, 19, play.now)
    play.core.opened(B, 20, play.now)
    assert play.ask(A, frame("C3").data) == [ACK]
    assert play.core.clients.of(20) == [B]
    play.wait(0.2)
    assert play.core.clients.of(19) + play.core.clients.of(20) == []
    assert play.core.openings == {19: Opening(19, "tcp", 5017, turn=1), 20: Opening(20, "tcp", 5018, turn=1)}
    play.core.opened(A, 19, play.now)
    assert play.ask(A, frame("C3").data) == [ACK]
    play.wait(0.2)
    assert play.core.clients.of(19) == [A], "the same addressing again"


def test_whoever_came_through_no_port_is_heard_and_stays() -> None:
    play = Play()
    assert play.ask("line", dcol_setting(19, 5055)) == [ACK]
    assert play.places[19] == 5055
    assert len(play.ask("line", GET)) == 1


def test_one_client_a_port() -> None:
    play = Play()
    assert play.core.has_room(19) and not play.core.has_room(21)
    play.core.opened(A, 19, play.now)
    assert not play.core.has_room(19) and play.core.has_room(20) and play.core.has_room(19, most=2)
    play.core.disconnected(A, play.now)
    assert play.core.has_room(19)


def test_an_output_only_port_takes_many_and_hears_none() -> None:
    play = Play()
    play.ask("line", dcol_setting(19, 5017, only=1))
    for peer in (A, B, C):
        assert play.core.has_room(19)
        play.core.opened(peer, 19, play.now)
        assert play.ask(peer, GET + dcol_setting(20, 1)) == []
    assert play.last == "virtual port 19 is output only: silence"
    assert play.places[20] == 5018


# -- client mode


def dialling(**readings: object) -> Play:
    play = Play(**readings)
    play.ask("line", dcol_setting(21, remote=("127.0.0.1", 28001)))
    return play


def test_client_mode_calls_and_speaks_there() -> None:
    play = dialling()
    (call,) = play.core.dials(play.now)
    assert call == Opening(21, "tcp", 0, ("127.0.0.1", 28001))
    assert play.core.dials(play.now) == []
    play.core.opened(A, 21, play.now)
    assert len(play.ask(A, GET)) == 1
    assert play.core.dials(play.now + 100) == []


def test_calls_that_nobody_takes_are_repeated_at_a_bounded_rate() -> None:
    play = dialling(retry_s=5.0)
    calls = []
    for _ in range(300):
        for opening in play.core.dials(play.now):
            calls.append(play.now)
            play.core.dial_failed(opening.number, play.now, "refused")
        play.wait(0.1)
    assert len(calls) in (6, 7)
    assert min(b - a for a, b in pairwise(calls)) >= 5.0
    assert "virtual port 21 dials 127.0.0.1:28001/tcp: refused" in {entry.text for entry in play.core.log}


def test_a_call_that_ends_is_made_again() -> None:
    play = dialling(retry_s=5.0)
    assert len(play.core.dials(play.now)) == 1
    play.core.opened(A, 21, play.now)
    play.wait(1)
    play.core.disconnected(A, play.now)
    assert play.core.dials(play.now) == []
    assert play.core.deadline() == pytest.approx(15.0)
    play.wait(4)
    assert len(play.core.dials(play.now)) == 1


def test_a_call_ends_with_its_setting() -> None:
    play = dialling()
    play.core.dials(play.now)
    play.core.opened(A, 21, play.now)
    assert play.ask("line", dcol_setting(21, active=0)) == [ACK]
    assert play.core.clients.of(21) == [] and play.core.dials(play.now + 100) == []


def test_names_are_stored_and_not_called() -> None:
    play = Play()
    assert play.ask("line", dcol_setting(21, remote=("bench.example", 1))) == [ACK]
    assert play.core.dials(play.now) == [] and 21 not in play.core.openings
    assert any("resolves no names" in entry.text for entry in play.core.log)


# -- UDP


def udp_port(timeout: int = 60, only: int = 0, **readings: object) -> Play:
    play = Play(**readings)
    play.ask("line", dcol_setting(21, 6000, udp=1, timeout=timeout, only=only))
    return play


def test_a_udp_client_is_answered_until_its_time_out_then_another_may_come() -> None:
    play = udp_port(timeout=60)
    assert play.core.heard(A, 21, play.now)
    assert len(play.ask(A, GET, udp=True)) == 1
    play.wait(30)
    assert play.core.heard(A, 21, play.now)
    play.wait(59)
    assert not play.core.heard(B, 21, play.now), "heard 59 s ago"
    play.wait(2)
    assert play.core.clients.of(21) == []
    assert play.core.heard(B, 21, play.now)


def test_without_a_time_out_nobody_is_forgotten() -> None:
    play = udp_port(timeout=0)
    assert play.core.heard(A, 21, play.now)
    play.wait(1e6)
    assert play.core.clients.of(21) == [A]


def test_as_another_reading_the_last_one_has_the_port() -> None:
    play = udp_port(udp_takeover=True)
    assert play.core.heard(A, 21, play.now) and play.core.heard(B, 21, play.now)
    assert play.core.clients.of(21) == [B]


def test_an_output_only_udp_port_has_many_who_are_silent_too_long_go() -> None:
    play = udp_port(timeout=10, only=1)
    play.core.stream(21, 1.0, play.now)
    assert play.core.heard(A, 21, play.now) and play.ask(A, GET, udp=True) == []
    told = []
    for second in range(1, 17):
        play.wait(1.0)
        told.append({item.peer for item in play.core.outgoing(play.now)})
        if second == 5:
            assert play.core.heard(B, 21, play.now)
    assert told == [{A}] * 5 + [{A, B}] * 4 + [{B}] * 5 + [set()] * 2


def test_a_udp_port_that_sends_to_somebody_hears_nobody_else() -> None:
    play = Play()
    play.ask("line", dcol_setting(21, udp=1, timeout=1, remote=("127.0.0.1", 9)))
    assert play.core.dials(play.now) == [], "there is no connection to make"
    play.core.opened(A, 21, play.now)
    assert not play.core.heard(B, 21, play.now) and play.core.heard(A, 21, play.now)
    play.wait(100)
    assert play.core.clients.of(21) == [A], "the setting says who it is"


# -- reports unasked


def test_a_stream_is_real_packets_with_what_is_true_of_the_unit() -> None:
    play = Play(status=8, serial=4000000007)
    play.core.stream(19, 0.5, play.now)
    play.wait(3)
    assert play.heard(A) == [], "nobody listens"
    play.core.opened(A, 19, play.now)
    play.wait(1.6)
    reports = play.heard(A)
    assert len(reports) == 3
    for count, report in enumerate(reports):
        assert report[:10] == bytes([0x02, 0x08, 0x40, 9, count, 0, 0, 15, 4, 0xEE])
        assert int.from_bytes(report[9:13], "big") == 4000000007
        assert report[-2:] == bytes([dcol_sum(report), 3])
    play.core.stream(19, 0, play.now)
    play.wait(5)
    assert play.heard(A) == []


def test_answers_stand_among_the_reports() -> None:
    play = Play(report_s=0.5)
    play.core.opened(A, 19, play.now)
    play.wait(0.6)
    play.core.receive(dcol_setting(20, 5018), A, play.now, datagram=False)
    play.wait(0.6)
    kinds = [data[2] if len(data) > 1 else data for data in play.heard(A)]
    assert kinds == [0x40, ACK, 0x40]


def test_a_stream_begins_once_for_all_clients_and_anew_for_the_next() -> None:
    play = Play(report_s=1.0)
    play.ask("line", dcol_setting(19, 5017, only=1))
    play.core.opened(A, 19, play.now)
    play.core.opened(B, 19, play.now)
    play.wait(1.1)
    assert [item.peer for item in play.core.outgoing(play.now)] == [A, B]
    play.core.disconnected(A, play.now)
    play.core.disconnected(B, play.now)
    play.wait(5)
    assert play.core.deadline() is None
    play.core.opened(C, 19, play.now)
    play.wait(1.1)
    assert len(play.heard(C)) == 1


# -- power


def test_after_power_on_the_ports_are_as_they_were_set_and_nobody_is_there() -> None:
    play = Play(report_s=1.0)
    play.core.opened(A, 19, play.now)
    play.ask(A, dcol_setting(20, 5056))
    play.core.switched_off(play.now)
    assert play.core.openings == {} and play.core.deadline() is None
    play.core.switched_on(play.now)
    assert play.places == {19: 5017, 20: 5056} and play.core.clients.of(19) == []


# -- reasons


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (dcol_build(0, 0x41, b""), "packet type 41h is not supported"),
        (dcol_build(0, 0xAE, b"\x03"), "subtype 03h is not in the manual's table"),
        (dcol_build(0, 0xAE, b""), "no SUBTYPE: LENGTH is 0"),
        (dcol_build(0, 0xAE, b"\x0d\x13\x1c\x00"), "AEh 0Dh is a report: only a receiver sends it"),
        (dcol_build(0, 0xAE, b"\x0e\x12"), "there is no virtual port 18: 19..28"),
        (dcol_build(0, 0xAE, b"\x00\x00"), "1 bytes more than the table has"),
        (frame("C13").data, 'output_only is true: the manual: "in client mode'),
        (dcol_setting(19, 5018), "virtual port 20 listens on TCP 5018 already"),
        (dcol_setting(21), "an active port that listens needs an IP port"),
        (dcol_setting(21, remote=("10.0.0.9", 0)), "client mode needs a remote port"),
        (dcol_setting(21, remote=("", 9)), "client mode needs a remote address"),
    ],
)
def test_the_private_channel_says_why(data: bytes, reason: str) -> None:
    play = Play()
    assert play.ask(A, data) == [NAK]
    assert play.last.startswith("NAK: ") and reason in play.last


def test_strict_ip_wants_four_numbers() -> None:
    for address, said in (("bench.example", NAK), ("1.2.3", NAK), ("1.2.3.256", NAK), ("1.2.3.4", ACK)):
        assert Play(strict_ip=True).ask(A, dcol_setting(21, remote=(address, 9))) == [said], address
