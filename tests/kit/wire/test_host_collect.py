"""Requests that gather the answers of many units until their window ends."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from tests.support.playbook import HostPlay
from unitbench.wire.host import LATE_S

MACS = [f"02:00:00:00:00:3{n}" for n in range(1, 4)]
PEERS = [("127.0.0.3", 5565 + n) for n in range(3)]
SYNC = "DEVICESYNC\r"


def ack(mac: str) -> str:
    return f"MAA:{mac}\tACK\r\n"


def play(collect: int | None = 0, line: str = "DEVICESYNC") -> HostPlay:
    started = HostPlay("qstation", datagrams=True).ask(line, collect=collect)
    started.core.outgoing()
    return started


def test_all_answers_in_their_order_until_the_window_ends() -> None:
    started = play()
    for mac, peer in zip(MACS, PEERS, strict=True):
        started.wait(0.1).hears(ack(mac), peer).answered("ACK", maa=mac, result="ACK")
    started.wait(0.69)
    assert started.core.busy
    started.wait(0.02).settled("ok").quiet()


def test_no_answer_at_all() -> None:
    play().wait(1.0).settled("silent").quiet()


def test_so_many_and_no_more() -> None:
    started = play(collect=2).hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK")
    started.hears(ack(MACS[1])).answered(maa=MACS[1], result="ACK").settled("ok")
    started.hears(ack(MACS[2])).unasked(maa=MACS[2], result="ACK").quiet()


def test_one_answer_of_many_that_is_wrong_is_told() -> None:
    started = play().hears(ack(MACS[0])[:-2]).answered(maa=MACS[0], result="ACK")
    started.hears(ack(MACS[1])).answered(maa=MACS[1], result="ACK").wait(1.0).settled("malformed").quiet()


def test_what_is_no_answer_stands_apart() -> None:
    started = (
        play()
        .hears(SYNC)
        .unasked("", item="DEVICESYNC")
        .hears(frame("E2").data)
        .unasked("ident", **frame("E2").fields)
    )
    started.hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK").wait(1.0).settled("ok").quiet()


def test_one_unit_is_meant_and_another_answers() -> None:
    started = (
        play(None, f"DEVICESYNC {MACS[0]}").hears(ack(MACS[1])).unasked("ACK", maa=MACS[1], result="ACK")
    )
    started.hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK").settled("ok").quiet()


def test_an_acknowledgement_cut_short_is_still_that_of_its_unit() -> None:
    started = play(None, f"DEVICESYNC {MACS[0]}").hears(f"MAA:{MACS[0]}\r\n").answered("ACK", maa=MACS[0])
    started.settled("malformed").quiet()


def test_after_the_window_an_answer_is_nobodys() -> None:
    started = play().wait(1.0).settled("silent")
    started.hears(ack(MACS[0])).unasked(late=True, maa=MACS[0], result="ACK")
    started.ask("DEVICESYNC", collect=0).out(SYNC).wait(1.0).settled("silent").quiet()


def test_what_comes_to_a_round_that_was_stopped_is_told_as_late_for_a_time() -> None:
    started = play().hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK").cancelled().settled("ok")
    for mac, peer in zip(MACS[1:], PEERS[1:], strict=True):
        started.wait(0.1).hears(ack(mac), peer).unasked(late=True, maa=mac, result="ACK")
    started.wait(LATE_S + 0.1).hears(ack(MACS[1])).unasked(maa=MACS[1], result="ACK").quiet()


def test_a_round_that_was_stopped_takes_no_answer_from_the_next() -> None:
    started = play().cancelled().settled("silent").ask("DEVICESYNC", collect=0).out(SYNC)
    started.hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK").wait(1.0).settled("ok").quiet()


@pytest.mark.parametrize("closed", [True, False])
def test_a_port_that_nobody_serves(closed: bool) -> None:
    started = play()
    if not closed:
        started.hears(ack(MACS[0])).answered(maa=MACS[0], result="ACK")
    started.closed().settled("closed" if closed else "ok").quiet()


def test_datagrams_of_different_units_are_never_joined() -> None:
    one, two = ack(MACS[0])[:-6], ack(MACS[0])[-6:]
    for peers in (PEERS[:2], PEERS[:1] * 2):
        started = play().hears(one, peers[0]).answered("ACK", maa=MACS[0])
        started.hears(two, peers[1]).answered("ACK", result="ACK").wait(1.0).settled("malformed").quiet()
