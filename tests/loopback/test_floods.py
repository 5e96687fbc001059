"""Units that never stop sending: a request ends in its time, says what came, and the stream of events stays small."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.support.commands import inside
from tests.support.counterparts import Counterpart, TcpCounterpart, UdpCounterpart
from tests.support.shapes import check_exchange
from unitbench import Session
from unitbench.session.answerers import MOST_AGAIN
from unitbench.session.floods import MOST
from unitbench.session.stream import Event

PATIENCE_S = 40.0
HAIL = 100
LINE = b"~01@VID 1>2\r\n"
MAC = "02:00:00:00:00:31"
FOREIGN = b"MAA:02:00:00:00:00:99\tACK\r\n"


class Babbler(TcpCounterpart):
    """Sends the same again and again to everybody who comes, until it is closed."""

    def __init__(self, what: bytes) -> None:
        super().__init__()
        self._what = what

    def _talk(self, conn: socket.socket) -> None:
        with conn, contextlib.suppress(OSError):
            while True:
                conn.sendall(self._what)


class Hail(UdpCounterpart):
    """Answers the first datagram with the same again and again, until it is closed."""

    def _stones(self) -> Iterable[object]:
        return count()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            data, sender = self.sock.recvfrom(65536)
            for _ in self._stones():
                self.sock.sendto(self._answer(data) or b"", sender)


class Shower(Hail):
    """The same, ``HAIL`` times and no more: how many come in a time depends on the machine."""

    def _stones(self) -> Iterable[object]:
        return range(HAIL)


def ended(unit: Counterpart, line: str, *words: str) -> dict[str, object]:
    """The one exchange of a line, which must end while the unit goes on."""
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(inside, "-c", line, *words, "--timeout", "0.3", "--json", "--yes")
        try:
            return run.result(PATIENCE_S).exchanges[0]
        finally:
            unit.close()


@pytest.mark.parametrize("scheme", ["kramer", "dcol", "recorder"])
@pytest.mark.parametrize("what", [b"x" * 65536, LINE * 1000], ids=["bytes", "lines"])
def test_a_request_to_a_babbling_unit_ends_in_its_time(scheme: str, what: bytes) -> None:
    asked = {"kramer": "SECUR?", "dcol": "0Ch", "recorder": "*IDN?"}[scheme]
    with Babbler(what) as unit:
        item = ended(unit, asked, f"{scheme}://127.0.0.1:{unit.port}")
    check_exchange(item)
    assert item["outcome"] in ("silent", "malformed")
    error = item["error"]
    assert isinstance(error, dict) and " bytes arrived that were no answer: " in error["meaning"]
    assert bytes.fromhex(str(item["partial"])).startswith(what[:500])


def test_a_search_at_a_babbling_unit_ends() -> None:
    with Babbler(LINE * 1000) as unit, ThreadPoolExecutor(1) as pool:
        run = pool.submit(inside, "-c", f"discover kramer://127.0.0.1:{unit.port}", "--yes")
        try:
            assert "nothing answered" in run.result(PATIENCE_S).out
        finally:
            unit.close()


def test_a_request_in_a_hail_of_datagrams_ends_in_its_time() -> None:
    with Hail(lambda data: FOREIGN) as unit:
        item = ended(unit, f"DEVICESYNC {MAC}", f"qstation://127.0.0.1:{unit.port}")
    assert item["outcome"] == "silent"
    assert bytes.fromhex(str(item["partial"])).startswith(FOREIGN)


def test_the_acknowledgement_of_another_unit_is_told() -> None:
    with UdpCounterpart(lambda data: FOREIGN) as unit:
        item = ended(unit, f"DEVICESYNC {MAC}", f"qstation://127.0.0.1:{unit.port}")
    error = item["error"]
    assert isinstance(error, dict)
    said = "27 bytes arrived that were no answer: MAA:02:00:00:00:00:99<TAB>ACK<CR><LF>"
    assert error["meaning"] == f"no reply within 0.3 s; {said}"
    assert bytes.fromhex(str(item["partial"])) == FOREIGN


@pytest.mark.parametrize("secret", ["heron-on-a-hat", "xyz"])
def test_an_echo_is_told_without_its_password(secret: str) -> None:
    with TcpCounterpart(lambda data: data) as unit:
        item = ended(unit, f"LOGIN USER,{secret}", f"kramer://127.0.0.1:{unit.port}")
    error = item["error"]
    assert isinstance(error, dict) and "no answer: #LOGIN USER,***<CR>" in error["meaning"]
    assert secret not in str(item) and secret.encode().hex() not in str(item)


def test_a_line_without_an_end_is_told_once_and_counted() -> None:
    events: list[Event] = []
    answer = [b"~01@MODEL " + b"m" * 60_000, b"\r\n~01@SECUR ON\r\n"]
    with TcpCounterpart(lambda data: answer.pop(0)) as unit, Session.local() as session:
        session.subscribe(events.append)
        where = f"@kramer://127.0.0.1:{unit.port}"
        session.ask(f"{where} MODEL?", timeout_s=0.3)
        session.ask(f"{where} SECUR?", timeout_s=0.3)
    told = [event.text for event in events if event.kind == "unasked"]
    assert told[0].startswith("part of a line of more than 1024 bytes: 7e 30 31 40 4d 4f")
    assert told[1] == "that line came in 59 parts, 60010 bytes in all"
    assert [text for text in told if "more than 1024 bytes" in text] == told[:1]


def test_a_flood_of_lines_is_told_once() -> None:
    events: list[Event] = []
    with Babbler(LINE * 1000) as unit, Session.local() as session:
        session.subscribe(events.append)
        where = f"@kramer://127.0.0.1:{unit.port}"
        assert session.ask(f"{where} SECUR?", timeout_s=0.3).outcome == "silent"
        unit.close()
        session.ask(f"{where} SECUR?", timeout_s=0.3)
    told = [event.text for event in events if event.kind == "unasked"]
    assert told[:MOST] == ["~01@VID 1>2"] * MOST
    assert told[MOST] == f"more than {MOST} lines came unasked; further ones are counted, not shown"
    (last,) = told[MOST + 1 :]
    number, _, said = last.partition(" ")
    assert int(number) > 0 and said == "more came unasked and were not shown"


def test_a_refused_login_is_never_ok() -> None:
    secret = "newt-in-a-net"

    def unwilling(data: bytes) -> bytes:
        return b"~01@LOGIN ERR004 bad " + data.split(b",")[-1].strip() + b"\r\n"

    with TcpCounterpart(unwilling) as unit:
        ran = inside("-c", f"LOGIN USER,{secret}; units", f"kramer://127.0.0.1:{unit.port}", "--json")
    item = ran.exchanges[0]
    assert (ran.code, item["outcome"], item["error"]["code"]) == (1, "refused", "ERR004")
    assert secret not in ran.out and secret.encode().hex() not in ran.out
    (row,) = (found for found in ran.objects if found["type"] == "unit")
    assert not row["login"]


def test_an_answer_that_comes_again_and_again_is_told_a_few_times() -> None:
    events: list[Event] = []
    answer = b"SID:1\tMAA:02:00:00:00:00:31\r\n"
    with Shower(lambda data: answer, "0.0.0.0") as unit, Session.local() as session:
        session.subscribe(events.append)
        line = f"@qstation://127.0.0.255:{unit.port} DEVICEIDENT?"
        exchange = session.ask(line, timeout_s=2.0)
    assert len(exchange.replies) == 1
    told = [event.text for event in events if event.kind == "unasked" and "again" in event.text]
    assert len(told) == MOST_AGAIN + 1
    assert told[-1] == f"{HAIL - 1 - MOST_AGAIN} more answers came again"
