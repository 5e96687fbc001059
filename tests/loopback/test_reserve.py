"""Two views of one session around one unit: who may write, who is told, and what is really cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import inside, unitbench
from tests.support.counterparts import TcpCounterpart
from unitbench import InvalidValue, Session, UsageError, Withheld
from unitbench.errors import Reserved
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Connect, Disconnect, Find
from unitbench.session.reserving import GRACE_S
from unitbench.session.stream import Event

NAME = "reserve"
CARLA = {"UNITBENCH_WHO": "carla"}


@pytest.fixture
def anna(runtime: Path) -> Iterator[Session]:
    with Session.attach(NAME, sim=True, who="anna") as session:
        yield session


@pytest.fixture
def ben(anna: Session) -> Iterator[Session]:
    with Session.attach(NAME, start=False, who="ben") as session:
        yield session


def unit(session: Session, name: str) -> Unit:
    return next(item for item in session.units if item.name == name)


class Heard:
    """The events that a view hears from now on, waited for."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._came = threading.Condition()
        session.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._came:
            self.events.append(event)
            self._came.notify_all()

    def wait(self, fits: Callable[[Event], bool], what: str = "it") -> Event:
        """The first event that fits."""
        with self._came:
            assert self._came.wait_for(lambda: any(map(fits, self.events)), 20), (
                f"{what} was not told: {self.events}"
            )
        return next(filter(fits, self.events))

    def until(self, text: str) -> Event:
        """The notice that says so."""
        return self.wait(lambda event: text in event.text, text)


def held_back(exchange: Exchange, holder: str) -> bool:
    """Whether it was kept back for a holder, and says all that it must."""
    error = exchange.error
    return (
        exchange.outcome == "withheld"
        and exchange.t_ns == 0
        and exchange.allow_with == ""
        and error is not None
        and error.code == "Reserved"
        and f"reserved by {holder} until " in error.meaning
        and f"reserve {exchange.unit} 10m take=yes" in error.hint
    )


def test_writes_and_logins_of_others_are_withheld_and_reads_are_not(anna: Session, ben: Session) -> None:
    reserved = anna.reserve("k1", 600)
    assert (reserved.reserved_by, reserved.simulated) == ("anna", True)
    assert held_back(ben.ask("LOGIN ADMIN,4321"), "anna") and held_back(ben.ask("LOGOUT"), "anna")
    assert held_back(ben.ask("LOGOUT", allow="k1"), "anna"), "no permission overrides it"
    assert held_back(ben.ask(b"#LOGOUT\r", unit="k1", allow="k1"), "anna")
    assert ben.ask("SECUR?").ok and ben.ask("LOGIN?").ok
    assert anna.ask("LOGIN ADMIN,4321").ok
    with pytest.raises(Reserved) as caught:
        ben.ask("LOGOUT").value()
    assert isinstance(caught.value, Withheld)
    with pytest.raises(Reserved) as refused:
        ben.perform(Disconnect("k1"))
    assert refused.value.holder == "anna" and refused.value.until_ns == reserved.reserved_until_ns
    assert ben.ask("LOGIN?").fields["auth"] == "ADMIN", "the login is as it was"
    anna.release("k1")
    assert ben.ask("LOGOUT").ok


def test_no_other_way_to_the_unit_gets_round_it(anna: Session, ben: Session) -> None:
    """Another port, carrier or protocol of its host is the unit still; and its neighbours are not."""
    host = anna.reserve("k1", 600).address.partition("://")[2]
    for protocol, port in (
        ("recorder+udp", 50000),
        ("recorder+tcp", 9000),
        ("dcol", 28001),
        ("kramer", 5000),
    ):
        where = f"{protocol}://{host}:{port}"
        assert ben.ask(b"#LOGIN ADMIN,4321\r", where, allow=where).outcome == "withheld"
    kept = ben.ask(f"@kramer+udp://{host} LOGIN ADMIN,4321")
    assert (
        kept.outcome == "withheld"
        and kept.error is not None
        and "k1 is reserved by anna" in kept.error.meaning
    )
    assert ben.ask(f"@kramer+udp://{host} SECUR?").ok, "a read is nobody's loss"
    broadcast = f"qstation://{host.rpartition('.')[0]}.255:50000"
    assert ben.ask(b"#LOGIN ADMIN,4321\r", broadcast, allow=broadcast).outcome == "withheld"
    assert anna.ask("LOGIN?").fields["auth"] == "NONE"
    numbers = [int(part) for part in host.split(".")]
    for spelt in (hex(int.from_bytes(bytes(numbers))), f"{numbers[0]}.{int.from_bytes(bytes(numbers[1:]))}"):
        known = len(ben.units)
        with pytest.raises(InvalidValue, match="IPv4 address") as caught:
            ben.ask(f"@kramer://{spelt} LOGOUT")
        assert caught.value.hint == f"write {host}" and len(ben.units) == known
    assert ben.ask("@t1 0Ch").ok and ben.ask("@q1 DEVICESYNC").ok


def test_a_name_of_its_host_does_not_get_round_it(anna: Session, ben: Session) -> None:
    with TcpCounterpart(lambda data: b"~01@LOGOUT OK\r\n") as far:
        name = anna.reserve(f"kramer://127.0.0.1:{far.port}", 600).name
        for spelt in ("localhost", "LocalHost."):
            where = f"kramer://{spelt}:{far.port}"
            kept = [ben.ask(what, where, allow=where) for what in ("LOGOUT", b"#LOGOUT\r")]
            assert [exchange.outcome for exchange in kept] == ["withheld", "withheld"]
            assert all(f"{name} is reserved by anna" in (e.error.meaning if e.error else "") for e in kept)
        assert sum("localhost" in unit.address.casefold() for unit in ben.units) == 1, "one name for both"
        with pytest.raises(Reserved, match="reserved by anna"):
            ben.reserve(f"kramer://localhost:{far.port}", 60)
        assert anna.ask("LOGOUT", name, allow=name).ok and far.wait_for(bool) == b"#LOGOUT\r"
        anna.release(name)
        ben.reserve(f"kramer://localhost:{far.port}", 60)
        assert anna.ask("LOGOUT", name, allow=name).outcome == "withheld", "and the other way round"


def test_two_scripts_are_not_one_and_nobody_takes_a_number(anna: Session, ben: Session) -> None:
    run = ("--session", NAME, "--json", "--yes=k1", "-c")
    with Session.attach(NAME, start=False, who="script") as script:
        script.reserve("k1", 600)
        ran = unitbench(*run, "LOGOUT")
        assert ran.code == 5 and ran.exchanges[0]["origin"] == "script-2"
    heard = Heard(ben)
    until_gone(ben, "script")
    gone = ben.ask("LOGOUT")
    assert held_back(gone, "script") and gone.error is not None
    assert gone.error.hint.startswith("script is not connected (since ")
    assert "k1: script is not connected (since " in unitbench("--session", NAME, "-c", "units", env=CARLA).out
    (shown,) = [u for u in unitbench(*run, "units", env=CARLA).objects if u["reserved"]]
    assert shown["reserved"]["left_ns"] == unit(ben, "k1").holder_left_ns > 0
    ran = unitbench(*run, "LOGIN ADMIN,4321; release k1")
    assert ran.code == 0 and ran.exchanges[0]["origin"] == "script"
    heard.until("k1 is free again: script has released it")
    ran = unitbench("--session", NAME, "-c", "LOGOUT", env={"UNITBENCH_WHO": "shell-1"})
    assert ran.code == 2 and "UNITBENCH_WHO cannot be 'shell-1'" in ran.err and "Traceback" not in ran.err


def until_gone(session: Session, who: str) -> None:
    """Until everybody is told that a holder is gone."""
    heard = Heard(session)
    if not any(unit.reserved_by == who and unit.holder_left_ns for unit in session.units):
        heard.wait(lambda event: event.unit is not None and event.unit.holder_left_ns > 0, f"{who} gone")


def test_a_view_that_joined_earlier_sees_it_and_one_that_joins_later_too(anna: Session, ben: Session) -> None:
    heard = Heard(ben)
    until_ns = anna.reserve("k1", 60).reserved_until_ns
    heard.until("k1 is reserved by anna for 1:00")
    with Session.attach(NAME, start=False, who="carl") as carl:
        for session in (ben, carl):
            assert (unit(session, "k1").reserved_by, unit(session, "k1").reserved_until_ns) == (
                "anna",
                until_ns,
            )
    anna.release("k1")
    heard.until("k1 is free again: anna has released it")
    assert unit(ben, "k1").reserved_by == ""


def test_what_it_needs(anna: Session, ben: Session) -> None:
    anna.reserve("k1", 60)
    assert anna.reserve("k1", 600).reserved_until_ns > unit(ben, "k1").reserved_until_ns - 1
    with pytest.raises(Reserved, match="k1 is reserved by anna"):
        ben.reserve("k1", 60)
    with pytest.raises(Reserved, match="k1 is reserved by anna"):
        ben.release("k1")
    with pytest.raises(UsageError, match="t1 is not reserved"):
        ben.release("t1")
    with pytest.raises(UsageError, match="no unit"):
        ben.reserve("k9", 60)


def test_taking_over_tells_the_other_at_once_and_turns_the_tables(anna: Session, ben: Session) -> None:
    heard = Heard(anna)
    anna.reserve("k1", 600)
    ben.reserve("k1", 300, take=True)
    event = heard.until("ben took k1 over from anna for 5:00")
    assert event.handover is not None and event.origin == "ben"
    assert event.handover.text("anna") == "ben took k1 over from you for 5:00"
    assert held_back(anna.ask("LOGIN ADMIN,4321"), "ben") and ben.ask("LOGIN ADMIN,4321").ok


def test_what_waits_for_its_turn_is_not_sent(anna: Session, ben: Session) -> None:
    """The unit takes its time for a read; while that is waited for, ben takes the unit over."""
    answer_now = threading.Event()

    def answer(data: bytes) -> bytes:
        if b"LOGIN?" in data:
            answer_now.wait(20)
        return b"~01@LOGIN USER\r\n"

    async def case(name: str) -> list[Exchange]:
        """What one view asks for reaches the session in that order, so the writes are in the queue when it knows the
        unit."""
        read = asyncio.ensure_future(anna.aask("LOGIN?", name, timeout_s=30))
        await asyncio.to_thread(slow.wait_for, lambda data: data.endswith(b"#LOGIN?\r"))
        writes = [
            asyncio.ensure_future(anna.aask(what, name, allow=name)) for what in ("LOGOUT", b"#LOGOUT\r")
        ]
        await asyncio.sleep(0)
        await anna.aperform(Find(name))
        await ben.areserve(name, 600, take=True)
        answer_now.set()
        return [await read, *[await write for write in writes]]

    with TcpCounterpart(answer) as slow:
        name = anna.reserve(f"kramer://127.0.0.1:{slow.port}", 600).name
        heard = Heard(anna)
        read, *writes = asyncio.run(case(name))
        handover = heard.until("took").handover
        assert handover is not None and (handover.loser, handover.waiting) == ("anna", 2)
        assert handover.text("anna").endswith("; 2 waiting requests are withheld")
        assert read.ok and all(held_back(write, "ben") for write in writes)
        assert b"LOGOUT" not in slow.wait_for(bool)


def test_a_broadcast_that_reaches_it_is_withheld_as_a_whole(anna: Session, ben: Session) -> None:
    anna.reserve("q2", 600)
    found = ben.ask("@all DEVICESYNC")
    assert found.outcome == "withheld" and found.error is not None
    assert found.error.meaning.startswith("this reaches q2, which is reserved by anna until")
    assert len(ben.ask("@all DEVICEIDENT?", timeout_s=0.3).replies) == 3
    assert ben.ask("@q1 DEVICESYNC").ok, "one that is not reserved"
    assert anna.ask("@all DEVICESYNC", timeout_s=0.3).ok
    with pytest.raises(Reserved, match="this reaches q2"):
        ben.timing("DEVICESYNC", rounds=1)


def test_a_job_of_another_that_writes_is_in_the_way_and_is_ended_by_taking_over(
    anna: Session, ben: Session
) -> None:
    heard = Heard(ben)
    job = anna.timing("DEVICESYNC", rounds=10_000, gap_s=0, window_s=1)
    heard.wait(lambda event: event.round is not None)
    with pytest.raises(Reserved, match=f"job {job.id} of anna .* writes to q1 now") as refused:
        ben.reserve("q1", 60)
    assert "take=yes" in refused.value.hint
    ben.reserve("q1", 60, take=True)
    handover = heard.until("took q1 over").handover
    assert handover is not None and (handover.loser, handover.jobs) == ("anna", (job.id,))
    ended = heard.wait(lambda event: event.job is not None and event.job.state == "stopped").job
    assert ended is not None and ended.stopped_by == "ben" and 0 < len(job.result().rounds) < 10_000
    rehearsal = anna.timing("DEVICEIDENT?", rounds=2, gap_s=0).result()
    assert len(rehearsal.rounds) == 2, "a read disturbs nobody"


def test_one_name_is_one_holder(anna: Session, ben: Session) -> None:
    anna.reserve("k1", 600)
    with Session.attach(NAME, start=False, who="anna") as other:
        assert other.ask("LOGIN ADMIN,4321").ok and held_back(ben.ask("LOGOUT"), "anna")
        other.release("k1")
    assert ben.ask("LOGOUT").ok


def test_a_name_of_ones_own_keeps_it_when_its_view_has_left(runtime: Path, ben: Session) -> None:
    ran = unitbench("--session", NAME, "-c", "reserve k1 10m", env=CARLA)
    assert ran.code == 0 and "k1 is reserved for carla until " in ran.err
    assert held_back(ben.ask("LOGOUT"), "carla")
    ran = unitbench("--session", NAME, "-c", "release k1", env=CARLA)
    assert ran.code == 0 and ben.ask("LOGOUT").ok


def test_a_numbered_view_that_leaves_frees_it_after_a_while(anna: Session, ben: Session) -> None:
    heard = Heard(ben)
    with Session.attach(NAME, start=False, who="shell-") as shell:
        assert shell.who == "shell-1"
        shell.reserve("k1", 600)
    with Session.attach(NAME, start=False, who="shell-") as following:
        assert following.who == "shell-2", "its number waits for it"
        heard.until("k1 is free again: shell-1, which had reserved it, has left")
        assert ben.ask("SECUR?").ok and unit(ben, "k1").reserved_by == ""
    assert GRACE_S < 10


def test_for_the_time_of_a_block(anna: Session, ben: Session) -> None:
    with anna.reserved("k1", 600) as kept:
        assert kept.reserved_by == "anna" and held_back(ben.ask("LOGOUT"), "anna")
    assert unit(anna, "k1").reserved_by == ""
    with anna.reserved("k1", 600):
        ben.reserve("k1", 600, take=True)
    assert ben.ask("LOGIN ADMIN,4321").ok and ben.state.units[0].reserved_by == "ben"
    ben.release("k1")

    async def main() -> str:
        async with anna.areserved("k1", 600) as kept:
            return kept.reserved_by

    assert asyncio.run(main()) == "anna" and unit(anna, "k1").reserved_by == ""


def test_in_the_command_line(anna: Session) -> None:
    anna.reserve("k1", 600)
    run = ("--session", NAME, "--json", "--yes=k1", "-c")
    ran = unitbench(*run, "LOGOUT; @q1 DEVICEIDENT?")
    assert ran.code == 5 and ran.exchanges[0]["error"]["code"] == "Reserved" and len(ran.exchanges) == 2
    assert unitbench(*run, "reserve k1 1m").code == 5
    assert unitbench(*run, "release k1").code == 5
    assert unitbench(*run, "@k1 raw '#LOGOUT\\r'").code == 5
    assert unitbench(*run, "units").objects[0]["reserved"]["by"] == "anna"
    ran = unitbench("--session", NAME, "-c", "units")
    assert "reserved by" in ran.out and "anna, " in ran.out
    ran = unitbench(*run, "reserve k1 1m take=yes; LOGIN ADMIN,4321")
    assert ran.code == 0 and "k1 is reserved for script until" in ran.err
    assert held_back(anna.ask("LOGOUT"), "script")


@pytest.mark.parametrize(
    "line",
    [
        "reserve k1",
        "reserve k1 soon",
        "reserve k1 0s",
        "reserve k1 25h",
        "reserve k1 1m take=perhaps",
        "release",
    ],
)
def test_lines_that_cannot_be_meant(line: str) -> None:
    ran = inside("-c", line, "--sim")
    assert ran.code == 2 and "try:" in ran.err and "Traceback" not in ran.err


def test_the_list_of_sessions_names_them_and_fits(anna: Session, ben: Session) -> None:
    anna.reserve("k1", 600)
    ben.reserve("r1", 600)
    (item,) = unitbench("sessions", "--json").objects
    assert [(entry["unit"], entry["by"]) for entry in item["reserved"]] == [("k1", "anna"), ("r1", "ben")]
    assert item["reserved"][0]["until_ns"] == unit(ben, "k1").reserved_until_ns
    lines = unitbench("sessions").out.splitlines()
    assert lines[0].split()[:4] == ["session", "pid", "age", "clients"] and "reserved" in lines[0]
    assert all(len(line) <= 80 for line in lines if "journal:" not in line)
    assert "k1 by anna," in " ".join(lines)


def test_an_exclusive_place_says_whose_it_is(anna: Session, ben: Session) -> None:
    heard = Heard(ben)
    anna.ask("@r1 *IDN?")
    assert unit(ben, "r1").exclusive == "given back 3 s after use"
    anna.perform(Connect("r1"))
    assert unit(anna, "r1").exclusive == "held by anna until disconnect"
    out = unitbench("--session", NAME, "-c", "units").out
    assert "link open (exclusive)" in out or "simulated..." in out
    assert "r1: exclusive, held by anna until disconnect" in out
    assert (
        unitbench("--session", NAME, "--json", "-c", "units")
        .objects[5]["exclusive"]
        .startswith("held by anna")
    )
    ben.perform(Disconnect("r1"))
    heard.until("the place for a command client is free again")
    assert (unit(ben, "r1").exclusive, unit(ben, "r1").link) == ("", "closed")
