"""The session's two faces, plain and awaited, in scripts, threads, callbacks and running event loops; in this
process and through a keeper."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any, cast

import pytest

from tests.support.counterparts import TcpCounterpart, UdpCounterpart
from unitbench import BenchError, MissingField, Request, Session, SessionError, UnknownCommand, UsageError
from unitbench.session.operations import Discover, Find, Operation, Raw, Reserve, SimFault, SimSpeed, StopJob
from unitbench.session.stream import Event

GET = bytes.fromhex("02 00 AE 01 0C BB 03")


@pytest.fixture(params=["local", "keeper"])
def session(request: pytest.FixtureRequest, runtime: Path) -> Iterator[Session]:
    made = Session.local(sim=True) if request.param == "local" else Session.attach("faces", sim=True)
    with made as session:
        yield session


@pytest.fixture
def local() -> Iterator[Session]:
    with Session.local() as session:
        yield session


def test_text_and_requests(session: Session) -> None:
    assert session.ask("SECUR?").fields == {"secur": "ON"}
    assert session.ask("@t1 0Eh 19").fields["ip_port"] == 5017
    assert session.ask("0Eh virtual_port=19", unit="t1").ok
    assert session.ask(Request("dcol", "AEh 0Eh", (("virtual_port", 20),))).fields["ip_port"] == 5018


def test_bytes_go_as_they_are_to_a_unit_that_is_named(session: Session) -> None:
    unknown = session.ask(b"#NONSENSE\r", unit="k1")
    assert unknown.request == b"#NONSENSE\r"
    assert unknown.error is not None and unknown.error.code == "ERR002"
    assert session.ask(GET, unit="t1").fields["first_virtual_port"] == 19
    silent = session.ask(b"devicesync\n", unit="q1", timeout_s=0.2)
    assert silent.outcome == "silent"
    with pytest.raises(UsageError, match="named"):
        session.ask(b"#\r")
    assert session.ask("DEVICEIDENT?", unit="q2").fields["maa"] == "02:00:00:00:00:32"
    assert session.ask("DEVICEIDENT?", "02:00:00:00:00:33").unit == "q3"
    assert len(session.ask("@all DEVICEIDENT?", timeout_s=1.0).replies) == 3


def test_what_cannot_be_meant_raises(session: Session) -> None:
    for text, kind in (
        ("SECR?", UnknownCommand),
        ("0Eh", MissingField),
        ("LOGIN ADMIN", MissingField),
        ("discover", UsageError),
        ("SECUR?; LOGIN?", UsageError),
        ("", UsageError),
        ("@all SECUR?", UsageError),
        ("@k9 SECUR?", UsageError),
        ("@t1 SECUR?", UsageError),
        ("SECUR? ?", UsageError),
        ("@kramer://:1 SECUR?", UsageError),
    ):
        with pytest.raises(kind):
            session.ask(text)
    with pytest.raises(UsageError):
        session.ask(Request("dcol", "AEh 0Eh", (("virtual_port", 300),)))
    with pytest.raises(UsageError):
        session.ask(Request("dcol", "NOPE"))
    with pytest.raises(UsageError):
        session.perform(StopJob(99))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda s: s.reserve("q2", None), "seconds must be a number, not None"),
        (lambda s: s.reserve("q2", "soon"), "'soon' is no time"),
        (lambda s: s.reserve(2, 60), "unit must be a text, not a whole number"),
        (lambda s: s.ask("SECUR?", timeout_s="3"), "timeout_s must be a number or None, not '3'"),
        (lambda s: s.ask(b"#SECUR?\r", 5), "unit must be a text, not a whole number"),
        (lambda s: s.timing(rounds="5"), "rounds must be a whole number, not '5'"),
        (lambda s: s.timing(rounds=2.5), "rounds must be a whole number, not 2.5"),
        (lambda s: s.timing(rounds=10**30), "cannot be sent"),
        (lambda s: s.timing(units=["q1"]), "units must be a text, not a tuple or list"),
        (lambda s: s.perform(SimSpeed(True)), "speed must be a number, not True"),
        (lambda s: s.perform(Raw("LOGIN USER,Zq7-Vx3.Kw9", "k1")), "data must be bytes, not a text"),
        (lambda s: s.ask(Request("kramer", "SECUR", (("secur", object()),))), "cannot be sent"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named(
    session: Session, call: Callable[[Session], object], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        call(session)
    assert told in caught.value.message and "Zq7" not in caught.value.message
    assert session.gone == "" and session.ask("SECUR?").ok


def test_a_time_may_be_in_words_as_in_a_line(session: Session) -> None:
    before = time.time_ns()
    reserved = session.reserve("q2", "10m")
    assert 590 < (reserved.reserved_until_ns - before) / 1e9 < 660
    with session.reserved("q3", "1h") as other:
        assert 3500 < (other.reserved_until_ns - before) / 1e9 < 3700


def test_a_view_that_does_not_look_is_answered_and_not_cut(runtime: Path) -> None:
    with Session.attach("faces", sim=True) as session:

        def past_the_check(operation: Operation) -> Any:
            return session._loop.run(session._port.perform(operation))

        for wrong, told in (
            (Reserve("q2", cast(float, "10m")), "seconds must be a number, not '10m'"),
            (
                Discover(cast("tuple[str, ...]", ("k1", 5))),
                r"targets\[1\] must be a text, not a whole number",
            ),
        ):
            with pytest.raises(UsageError, match=told):
                past_the_check(wrong)
        assert past_the_check(Find("k1")).name == "k1" and session.gone == ""


def test_in_threads(session: Session) -> None:
    with ThreadPoolExecutor(8) as pool:
        lines = ["SECUR?", "0Ch", "@q1 DEVICEIDENT?", "@q2 DEVICEIDENT?", "0Eh 19", "LOGIN?"] * 10
        found = list(pool.map(session.ask, lines))
    assert all(exchange.ok for exchange in found)
    assert [e.command.split()[0].upper() for e in found] == [
        line.split()[-1 if line.startswith("@") else 0].upper().replace("0CH", "AEH").replace("0EH", "AEH")
        for line in lines
    ]
    assert len({exchange.id for exchange in found}) == 60


def test_inside_a_running_loop(session: Session) -> None:
    async def main() -> None:
        assert (await session.aask("SECUR?")).ok
        assert session.ask("SECUR?").ok, "the plain face blocks this loop and works"
        many = await asyncio.gather(*(session.aask("0Ch") for _ in range(20)))
        assert all(exchange.ok for exchange in many)
        found = await session.adiscover("q1", "k1")
        assert [unit.name for unit in found.units] == ["k1", "q1"]
        timing = await session.atiming(rounds=2, gap_s=0)
        assert len(timing.rounds) == 2

    asyncio.run(main())


def test_the_loop_stays_free_while_an_answer_is_awaited(local: Session) -> None:
    with TcpCounterpart() as silent:

        async def main() -> int:
            asking = asyncio.ensure_future(
                local.aask(f"@kramer://127.0.0.1:{silent.port} SECUR?", timeout_s=0.3)
            )
            turns = 0
            while not asking.done():
                turns += 1
                await asyncio.sleep(0)
            assert (await asking).outcome == "silent"
            return turns

        assert asyncio.run(main()) > 100


def test_a_blocking_call_on_the_sessions_own_thread_is_told(session: Session) -> None:
    told: list[BenchError] = []
    done = threading.Event()

    def callback(event: Event) -> None:
        for call in (lambda: session.ask("SECUR?"), session.close, lambda: session.journal):
            try:
                call()
            except BenchError as error:
                told.append(error)
        done.set()

    stop = session.subscribe(callback)
    session.ask("0Ch")
    assert done.wait(20)
    stop()
    assert {error.hint for error in told} == {"use the method with 'a' in front and await it"}
    assert session.ask("SECUR?").ok and not session.closed


def test_a_subscriber_that_fails_harms_nobody(session: Session, capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[int] = []
    session.subscribe(lambda event: 1 / 0)
    session.subscribe(lambda event: heard.append(event.seq), since=0)
    assert session.ask("SECUR?").ok
    assert heard and "ZeroDivisionError" in capfd.readouterr().err


def test_a_closed_session_says_so(session: Session) -> None:
    job = session.start_discovery("k1")
    job.result()
    session.close()
    session.close()
    for call in (
        lambda: session.ask("SECUR?"),
        session.discover,
        lambda: session.journal,
        job.result,
        job.stop,
    ):
        with pytest.raises(SessionError, match="closed here"):
            call()
    with pytest.raises(SessionError, match="closed here"):
        asyncio.run(session.aask("SECUR?"))


def test_closing_ends_what_others_wait_for(session: Session) -> None:
    with TcpCounterpart() as silent, ThreadPoolExecutor(2) as pool:
        line = f"@kramer://127.0.0.1:{silent.port} SECUR?"
        plain = pool.submit(session.ask, line, timeout_s=300)
        awaited = pool.submit(asyncio.run, session.aask(line.replace("SECUR?", "LOGIN?"), timeout_s=300))
        silent.wait_for(bool)
        session.close()
        for waiting in (plain, awaited):
            with pytest.raises(SessionError):
                waiting.result(20)


def test_a_cancelled_request_gives_no_answer_to_the_next_on_tcp(local: Session) -> None:
    replies = iter([b"", b"~01@SECUR OFF\r\n~01@SECUR ON\r\n"])
    with TcpCounterpart(lambda data: next(replies)) as unit:
        line = f"@kramer://127.0.0.1:{unit.port} SECUR?"

        async def main() -> str:
            first = asyncio.ensure_future(local.aask(line, timeout_s=30))
            await asyncio.to_thread(unit.wait_for, lambda data: data == b"#SECUR?\r")
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return str((await local.aask(line)).fields["secur"])

        assert asyncio.run(main()) == "ON"
    stopped = local.journal[0]
    assert stopped.outcome == "silent" and stopped.error and stopped.error.code == "Cancelled"


@pytest.mark.parametrize("how", ["cancelled", "silent"])
def test_a_request_given_up_gives_no_answer_to_the_next_on_udp(local: Session, how: str) -> None:
    """The unit holds its first ACK back until the second request is there, and sends it first."""
    held: list[tuple[str, int]] = []
    wrong, right = b"MAA:02:00:00:00:00:77\tACK\r\n", b"MAA:02:00:00:00:00:78\tACK\r\n"

    class Unit(UdpCounterpart):
        def _serve(self) -> None:
            while True:
                try:
                    data, sender = self.sock.recvfrom(1000)
                except OSError:
                    return
                if sender is None:  # shut down
                    return
                self._note(data)
                held.append(sender)
                if len(held) == 2:
                    self.sock.sendto(wrong, held[0])
                    self.sock.sendto(right, held[1])

    late: list[str] = []
    local.subscribe(lambda event: late.append(event.text) if event.kind == "unasked" else None)
    with Unit() as unit:
        line = f"@qstation://127.0.0.1:{unit.port} DEVICESYNC"

        async def main() -> str:
            if how == "silent":
                assert (await local.aask(line, timeout_s=0.05, allow="q1")).outcome == "silent"
            else:
                first = asyncio.ensure_future(local.aask(line, timeout_s=30, allow="q1"))
                await asyncio.to_thread(unit.wait_for, bool)
                first.cancel()
                await asyncio.wait([first])
            return str((await local.aask(line, allow="q1")).fields["maa"])

        assert asyncio.run(main()) == "02:00:00:00:00:78"
        local.ask(line, allow="q1", timeout_s=0.05)
    assert any(text.startswith("late answer: MAA:02:00:00:00:00:77") for text in late)


def test_answers_to_a_round_that_was_stopped_are_told_as_late(session: Session) -> None:
    told: Queue[str] = Queue()
    session.perform(SimFault("all", {"delay": "200ms"}))

    def heard(event: Event) -> None:
        if event.kind == "unasked" and event.origin != "v1":
            told.put(event.text)

    session.subscribe(heard)

    async def stopped() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await session.aask("@all DEVICEIDENT?")

    asyncio.run(stopped())
    assert all(told.get(timeout=20).startswith("late answer: SID:1<TAB>") for _ in range(3))


def test_two_askers_of_one_unit_take_turns(session: Session) -> None:
    """Each gets the answer to what it asked, though both are on one connection."""

    def ask(port: int) -> list[int]:
        return [session.ask(f"0Eh {port}").fields["virtual_port"] for _ in range(50)]

    with ThreadPoolExecutor(4) as pool:
        for port, found in zip((19, 20, 21, 22), pool.map(ask, (19, 20, 21, 22)), strict=True):
            assert found == [port] * 50


def test_a_link_that_closes_fails_only_the_running_request(local: Session) -> None:
    with TcpCounterpart(lambda data: None) as unit, ThreadPoolExecutor(3) as pool:
        line = f"@kramer://127.0.0.1:{unit.port} SECUR?"
        found = list(pool.map(lambda _: local.ask(line), range(3)))
    assert {exchange.outcome for exchange in found} == {"closed"}
    assert all(exchange.error and exchange.error.code == "LinkLost" for exchange in found)


def test_jobs_can_be_watched_and_stopped(session: Session) -> None:
    job = session.timing("DEVICEIDENT?", rounds=10_000, gap_s=0, window_s=100)
    states: list[str] = []
    session.subscribe(lambda event: states.append(event.job.state) if event.job else None)
    assert job.stop().state == "stopped"
    result = job.result()
    assert len(result.rounds) < 10_000 and states[-1] == "stopped"
    with pytest.raises(UsageError, match="no unit fits"):
        session.timing(units="nobody*")


def test_stopping_a_round_that_waits_is_quick(local: Session) -> None:
    with Session.local(sim=True) as session:
        began = time.monotonic()
        job = session.timing("DEVICEIDENT?", rounds=3, window_s=300, gap_s=300)
        job.stop()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("what", [None, 5, ["SECUR?"], bytearray(b"#\r")])
def test_what_is_no_request_at_all_is_told(what: object) -> None:
    with Session.local() as session, pytest.raises(UsageError, match="a line, a Request or bytes"):
        session.ask(what)  # type: ignore[arg-type]
