"""Units that send what no unit should: nothing breaks, and nothing of it reaches a terminal as it is."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.commands import Ran, inside, unitbench
from tests.support.counterparts import TcpCounterpart, UdpCounterpart
from tests.support.shapes import check_exchange
from unitbench import Session
from unitbench.session.rendering import event_line

ESCAPES = b"\x1b]0;owned\x07\x1b[31m\x1b[2J\x9b31m\x00\x08\x7f\xe2\x80\xae\r"
HTML = b"<script>alert('x')</script><img src=x onerror=y>"
SAYINGS = {
    "escapes": b"~01@SECUR " + ESCAPES + b"\r\n",
    "escapes and no frame": ESCAPES * 20,
    "html": b"~01@SECUR " + HTML + b"\r\n",
    "64 KB line": b"~01@SECUR " + b"A" * 65536 + b"\r\n",
    "64 KB without end": b"~" + b"A" * 65536,
    "nothing but NUL": b"\x00" * 3000,
    "half a frame": b"~01@SEC",
    "no name": b"~01@\r\n",
    "only line ends": b"\r\n" * 500,
    "many replies": b"~01@SECUR ON\r\n" * 500,
    "errors": b"~01@SECUR ERR 999999\r\n~01@ ERR\r\n",
    "random": random.Random(3).randbytes(5000),
    "text of another protocol": b"HTTP/1.1 400 Bad Request\r\nServer: \x1b[0m\r\n\r\n",
    "odd white space": b"~01@SECUR\xa0\x85\xadON\r\n",
}
PACKETS = {
    "wrong checksum": bytes.fromhex("0200ae010cbc03"),
    "long LENGTH": bytes.fromhex("0200aeff0d131c02"),
    "another type": bytes.fromhex("020040010041 03".replace(" ", "")) * 3,
    "count too large": bytes.fromhex("0200ae040d131cff e603".replace(" ", "")),
    "STX for ever": b"\x02" * 5000,
    "escapes": ESCAPES * 30,
    "random": random.Random(4).randbytes(5000),
}
RECORDS = {
    "escapes": b"SID:1\tSAN:" + ESCAPES + b"\tSNR:" + ESCAPES + b"\tMAA:" + ESCAPES + b"\r\n",
    "escapes in a good record": b"SID:1\tSAN:\x1b[31m\x07\tSNR:\x9b\tMAA:02:00:00:00:00:31\r\n",
    "html": b"SID:1\tSAN:" + HTML + b"\tSNR:" + HTML + b"\tMAA:" + HTML + b"\r\n",
    "60 KB": b"SID:1\tSAN:" + b"B" * 60000 + b"\r\n",
    "tabs": b"\t" * 4000,
    "many keys": b"".join(b"K%d:\x1b\t" % n for n in range(3000)),
    "names of ours": b"SID:1\tstx:\x1b\tcommand:\x07\tMAA:02:00:00:00:00:31\r\n",
    "not a MAC": b"MAA:zz:00\tACK\r\n",
    "empty": b"\r\n",
}


def assert_clean(ran: Ran) -> None:
    """No character that a terminal would act on, no fault of ours."""
    for text in (ran.out, ran.err):
        assert all(char.isprintable() or char == "\n" for char in text), text[:2000]
    assert "Traceback" not in ran.err and "fault of ours" not in ran.err
    assert ran.code in (0, 1, 3)


@pytest.mark.parametrize("name", SAYINGS)
def test_a_hostile_kramer(name: str) -> None:
    with TcpCounterpart(lambda data: SAYINGS[name], greeting=SAYINGS[name][:50]) as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        line = "SECUR?; why; identify k1; units; LOGIN USER,x; jobs"
        ran = inside("-c", line, where, "--timeout", "0.15")
        assert_clean(ran)
        with_json = inside("-c", "SECUR?; units", where, "--timeout", "0.15", "--json")
        assert_clean(with_json)
        for item in with_json.exchanges:
            check_exchange(item)
            assert len(json.dumps(item)) < 40_000


@pytest.mark.parametrize("name", PACKETS)
def test_a_hostile_receiver(name: str) -> None:
    with TcpCounterpart(lambda data: PACKETS[name], greeting=PACKETS[name][:50]) as unit:
        where = f"dcol://127.0.0.1:{unit.port}"
        assert_clean(inside("-c", "0Ch; why; 0Eh 19; identify t1", where, "--timeout", "0.15"))
        ran = inside("-c", "0Ch", where, "--timeout", "0.15", "--json")
        check_exchange(ran.one)
        assert ran.one["outcome"] != "ok"


@pytest.mark.parametrize("name", RECORDS)
def test_a_hostile_station(name: str) -> None:
    with UdpCounterpart(lambda data: RECORDS[name]) as unit:
        where = f"qstation://127.0.0.1:{unit.port}"
        line = "DEVICEIDENT?; why; GETLIFESIGNAL; units; identify q1"
        assert_clean(inside("-c", line, where, "--timeout", "0.15"))
        ran = inside("-c", "DEVICEIDENT?; units", where, "--timeout", "0.15", "--json")
        for item in ran.exchanges:
            check_exchange(item)


def test_names_that_a_person_was_talked_into(runtime: Path) -> None:
    """Addresses with escapes in them, in every line that shows them, and in other views."""
    lines: list[str | None] = []
    with Session.attach("names") as session:
        session.subscribe(lambda event: lines.append(event_line(event)))
        for name in ("\x1b[31m", "\x9b31m\x07", "\u202eabc", "a\tb"):
            for line in (
                f"@kramer://{name} SECUR?",
                f"discover qstation://{name}",
                f"use kramer://{name}; units; identify",
            ):
                for more in ((), ("--json",)):
                    ran = inside("-c", line, "--session", "names", *more)
                    assert ran.code in (0, 2, 3, 4) and "fault of ours" not in ran.err
                    assert all(char.isprintable() or char == "\n" for char in ran.out + ran.err), line
        session.ask("@k1 SECUR?")
    assert lines and all(line is None or line.isprintable() for line in lines)


def test_hostile_discovery_through_the_real_script() -> None:
    with UdpCounterpart(lambda data: RECORDS["html"]) as station:
        where = f"qstation://127.0.0.1:{station.port}"
        for more in ((), ("--json",)):
            ran = unitbench("-c", f"discover {where}; units; identify q1", *more)
            assert_clean(ran)
        assert [item["mac"] for item in ran.objects if item["type"] == "unit"] == [None, None]


def test_a_unit_that_closes_at_once_and_again(runtime: object) -> None:
    with TcpCounterpart(lambda data: None) as unit, Session.attach("closing") as session:
        line = f"@kramer://127.0.0.1:{unit.port} SECUR?"
        outcomes = {session.ask(line).outcome for _ in range(30)}
        assert outcomes == {"closed"}
        assert session.units[0].link == "closed"


def test_a_unit_that_never_stops_does_not_hold_the_others_up() -> None:
    flood = b"~01@SECUR" + b"\x1b[31mX" * 5000
    with TcpCounterpart(lambda data: flood * 200) as unit, Session.local(sim=True) as session:
        with ThreadPoolExecutor(1) as pool:
            line = f"@kramer://127.0.0.1:{unit.port} SECUR?"
            flooded = pool.submit(session.ask, line, timeout_s=0.5)
            began = time.monotonic()
            others = [session.ask("@k1 SECUR?") for _ in range(20)]
            assert time.monotonic() - began < 10
            assert all(exchange.ok for exchange in others)
            exchange = flooded.result()
        assert not exchange.ok and len(exchange.partial) <= 2048


def test_unasked_lines_are_shown_and_answer_nothing() -> None:
    unasked = b"~01@VID 1>2\r\n"
    with (
        TcpCounterpart(lambda data: unasked + b"~01@SECUR ON\r\n" + unasked) as unit,
        Session.local() as session,
    ):
        told: list[str] = []
        session.subscribe(lambda event: told.append(event.text) if event.kind == "unasked" else None)
        for _ in range(3):
            assert session.ask(f"@kramer://127.0.0.1:{unit.port} SECUR?").text == "~01@SECUR ON"
        assert session.ask(f"@kramer://127.0.0.1:{unit.port} SECUR?").ok
    assert told.count("~01@VID 1>2") >= 6
