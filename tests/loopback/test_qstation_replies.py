"""Replies of a Q.station that no manual foresees: echoes, other ports, late, doubled, odd records, very many."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.support.commands import free_wide_block
from tests.support.counterparts import UdpCounterpart
from tests.support.golden import frame
from tests.support.logger import until
from unitbench import Session, Sim

RECORD = frame("E2").data
MAC = "00:02:8A:01:0F:3C"
ONLY = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0}


class Station(UdpCounterpart):
    """Sends several datagrams for one, from its socket or, with ``elsewhere``, from another port."""

    def __init__(self, answers: Callable[[bytes], list[bytes]], *, elsewhere: bool = False) -> None:
        super().__init__()
        self._answers = answers
        self.other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.other.bind(("127.0.0.1", 0))
        self._from = self.other if elsewhere else self.sock

    def _serve(self) -> None:
        while True:
            try:
                data, sender = self.sock.recvfrom(65536)
                if sender is None:
                    return
                for out in self._answers(data):
                    self._from.sendto(out, sender)
            except OSError:
                return

    @property
    def where(self) -> str:
        return f"qstation://127.0.0.1:{self.port}"

    def close(self) -> None:
        super().close()
        self.other.close()


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local() as session:
        session.told = []  # type: ignore[attr-defined]
        session.subscribe(
            lambda event: session.told.append(event.text) if event.kind == "unasked" else None  # type: ignore[attr-defined]
        )
        yield session


def told(session: Session) -> list[str]:
    found: list[str] = session.told  # type: ignore[attr-defined]
    return found


def test_our_own_request_that_comes_back_is_no_answer(session: Session) -> None:
    with Station(lambda data: [data]) as echo:
        assert session.ask(f"@{echo.where} DEVICEIDENT?", timeout_s=0.1).outcome == "silent"
        assert session.ask(
            f"@{echo.where} DEVICESYNC {MAC}", allow="reconfigures", timeout_s=0.1
        ).outcome == ("silent")
        found = session.discover(echo.where)
        assert found.units == () and found.sightings == ()


def test_an_answer_behind_our_own_request_is_taken(session: Session) -> None:
    with Station(lambda data: [data, RECORD]) as echo:
        exchange = session.ask(f"@{echo.where} DEVICEIDENT?")
        assert exchange.ok and [reply.data for reply in exchange.replies] == [RECORD]
        (unit,) = session.discover(echo.where).units
        assert (unit.mac, unit.score) == (MAC, 1.0)


def test_a_reply_may_come_from_another_port_but_the_unit_hears_where_it_was_asked(session: Session) -> None:
    with Station(lambda _: [RECORD], elsewhere=True) as unit:
        (found,) = session.discover(unit.where).units
        assert found.address == unit.where and found.mac == MAC
        exchange = session.ask(f"@{found.name} DEVICEIDENT?")
        assert exchange.ok and exchange.replies[0].unit == found.name
        assert exchange.replies[0].sender == f"127.0.0.1:{unit.other.getsockname()[1]}" != unit.where
        assert len(session.units) == 1


def test_a_reply_after_the_time_out_is_told_and_is_not_the_next_ones(session: Session) -> None:
    go = threading.Event()
    values = iter((b"INFO:50", b"INFO:60"))

    def answer(_: bytes) -> list[bytes]:
        go.wait(20)
        return [next(values) + b"\tMAA:" + MAC.encode() + b"\tACK\r\n"]

    with Station(answer) as unit:
        line = f"@{unit.where} SETDISTRIBUTORPORTPROPERTIES {MAC} 5 -1"
        assert session.ask(line, allow="reconfigures", timeout_s=0.1).outcome == "silent"
        threading.Timer(0.05, go.set).start()
        exchange = session.ask(line, allow="reconfigures", timeout_s=5)
        assert exchange.ok and exchange.fields["info"] == "60"
        assert until(lambda: any(text.startswith("late answer: INFO:50") for text in told(session)))


def test_a_record_without_its_end_is_malformed_and_still_read(session: Session) -> None:
    with Station(lambda _: [RECORD[:-2]]) as unit:
        exchange = session.ask(f"@{unit.where} DEVICEIDENT?")
        assert exchange.outcome == "malformed" and "CR LF" in exchange.replies[0].meaning
        assert exchange.fields["maa"] == MAC and exchange.fields["loc"] == "Hall B"


def test_a_structure_of_a_later_time_keeps_what_nobody_knows_in_its_place(session: Session) -> None:
    later = RECORD.replace(b"SID:1", b"SID:3").replace(b"\tSNR", b"\tFAN:on:2\tNIC:\tSNR")
    with Station(lambda _: [later]) as unit:
        exchange = session.ask(f"@{unit.where} DEVICEIDENT?")
        assert exchange.ok and exchange.fields["sid"] == 3
        assert list(exchange.fields)[6:10] == ["mkc", "fan", "nic", "snr"]
        assert (exchange.fields["fan"], exchange.fields["nic"]) == ("on:2", "")
        assert session.discover(unit.where).units[0].mac == MAC


def test_what_comes_twice_counts_once() -> None:
    with (
        Sim({**ONLY, "qstation": 2}, faults={"q1": {"duplicate": 1}}) as sim,
        Session.local(sim=sim) as session,
    ):
        again: list[str] = []
        session.subscribe(lambda event: again.append(event.text) if event.kind == "unasked" else None)
        exchange = session.ask("@all DEVICEIDENT?")
        assert sorted(reply.unit for reply in exchange.replies) == ["q1", "q2"]
        assert until(lambda: bool(again))
        host = sim.unit("q1").host
        assert again[0].startswith(f"again, from {host}:5565: SID:1<TAB>OAN:Q.station<TAB>")
        assert [unit.name for unit in session.discover().units] == ["q1", "q2"]


def test_two_hundred_answer_one_scan_at_once() -> None:
    with (
        Sim({**ONLY, "qstation": 200}, address=free_wide_block(), options={"all": {"reply_delay": 0}}) as sim,
        Session.local(sim=sim) as session,
    ):
        exchange = session.ask("@all DEVICEIDENT?", timeout_s=5)
        assert len({reply.fields["maa"] for reply in exchange.replies}) == 200
        assert len({reply.unit for reply in exchange.replies}) == 200
