"""Answers to a broadcast are judged by when they came, not by when there was time for them."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable

import pytest

from tests.support.commands import free_wide_block
from unitbench import Session, Sim, catalogue
from unitbench.lab.identification.steps import probe_for
from unitbench.link import Link, Result
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Request
from unitbench.session.searching.windows import unheard
from unitbench.transport import udp
from unitbench.transport.base import Stamp
from unitbench.wire import codec_of
from unitbench.wire.host import Event, Heard, Unasked

ANSWER = b"SID:1\tOAN:Q.station\tSNR:%d\tMAA:02:00:00:00:%02X:%02X\r\n"
WINDOW_S = 0.5
MANY = 3 * udp.DRAIN
NONE = dict.fromkeys(catalogue.names(), 0)


class Crowd:
    """Everybody behind one socket: so many answers to each request, at once."""

    def __init__(self, many: int) -> None:
        self._many = many
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.asker: tuple[str, int] = ("", 0)

    def answer(self) -> None:
        """Take a request, and answer it."""
        _, self.asker = self.sock.recvfrom(4096)
        for number in range(self._many):
            self.say(number)

    def say(self, number: int) -> None:
        """One answer."""
        self.sock.sendto(ANSWER % (number, number >> 8, number & 255), self.asker)


def gathered(crowd: Crowd, each: Callable[[Heard], None], enough: Callable[[list[Event]], bool]) -> Result:
    """What a request gathers, with ``each`` done for every answer; ends when ``enough`` was heard unasked."""
    told: list[Event] = []

    async def run() -> Result:
        loop = asyncio.get_running_loop()
        where = UnitAddress("qstation", "udp", *crowd.sock.getsockname())
        link = Link(codec_of("qstation"), where, listener=told.append)
        await link.open(5)
        loop.add_reader(crowd.sock, crowd.answer)
        try:
            request = Request("qstation", "DEVICEIDENT?")
            result = await link.ask(request, window_s=WINDOW_S, collect=True, each=each)
            async with asyncio.timeout(20):
                while not enough(told):
                    await asyncio.sleep(0)
            return result
        finally:
            loop.remove_reader(crowd.sock)
            link.close()

    with crowd.sock:
        return asyncio.run(run())


def test_who_answers_in_time_is_heard_however_busy_we_are() -> None:
    crowd = Crowd(MANY)
    count = 0

    def each(heard: Heard) -> None:
        nonlocal count
        count += 1
        if count == 1:
            began = Stamp.now().mono_ns
            while Stamp.now().mono_ns - began < 2 * WINDOW_S * 1e9:
                pass

    result = gathered(crowd, each, lambda told: True)
    assert (count, len(result.answers), result.outcome) == (MANY, MANY, "ok")
    assert len({heard.data for heard in result.answers}) == MANY


@pytest.mark.skipif(sys.platform != "linux", reason="only a kernel's stamp tells when it came")
def test_who_answers_too_late_is_late_although_there_was_time_only_then() -> None:
    crowd = Crowd(2)
    came: list[bytes] = []

    def each(heard: Heard) -> None:
        came.append(heard.data)
        if len(came) == 1:
            began = Stamp.now().mono_ns
            while Stamp.now().mono_ns - began < 2 * WINDOW_S * 1e9:
                pass
            crowd.say(7)

    told: list[Event] = []

    def enough(heard: list[Event]) -> bool:
        told[:] = heard
        return bool(heard)

    result = gathered(crowd, each, enough)
    assert [heard.data for heard in result.answers] == [ANSWER % (n, 0, n) for n in range(2)]
    assert [event.heard.data for event in told if isinstance(event, Unasked)] == [ANSWER % (7, 0, 7)]


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell what they drop")
def test_what_the_system_had_no_room_for_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "RECEIVE_BUFFER", 4096)
    result = gathered(Crowd(MANY), lambda heard: None, lambda told: True)
    assert result.dropped == MANY - len(result.answers) > 0
    probe = probe_for(UnitAddress("qstation", "udp", "127.255.255.255", 5565))
    (told,) = unheard(probe, result, 1000.0)
    assert told.startswith(
        f"qstation DEVICEIDENT? -> 127.255.255.255:5565/udp: {result.dropped} replies found no room"
    )


def _result(*after_s: float) -> Result:
    codec = codec_of("qstation")
    result = Result("ok", sent=Stamp(0, 1_000_000_000, "user"))
    for seconds in after_s:
        stamp = Stamp(0, 1_000_000_000 + int(seconds * 1e9), "kernel")
        data = ANSWER % (1, 0, 1)
        result.answers.append(Heard(data, ("127.0.0.1", 5565), stamp, codec.dissect(data)))
    return result


def test_answers_up_to_the_end_of_the_window_are_told() -> None:
    probe = probe_for(UnitAddress("qstation", "udp", "192.168.1.255", 5565))
    (told,) = unheard(probe, _result(0.98, 0.1, 0.2), 1.0)
    assert told == (
        "qstation DEVICEIDENT? -> 192.168.1.255:5565/udp: 3 replies came, the last at 0.98 of 1 s: more may come; "
        "discover with a longer window: set timeout 5s, --timeout 5 on the command line, timeout_s=5 in Python"
    )
    assert not list(unheard(probe, _result(0.1, 0.85), 1.0))
    assert not list(unheard(probe, _result(0.98), 10.0))
    assert not list(unheard(probe, _result(), 1.0))


def test_a_discovery_waits_as_long_as_it_is_told_and_finds_all() -> None:
    options = {"all": {"reply_delay": 0.2}}
    with (
        Sim({**NONE, "qstation": 300}, address=free_wide_block(), options=options) as sim,
        Session.local(sim=sim) as session,
    ):
        assert not session.discover(timeout_s=0.05).units
        found = session.discover(timeout_s=3.0)
        assert [unit.name for unit in found.units] == [unit.name for unit in sim.units]
        assert len(found.sightings) == 300 and session.units == session.state.units
