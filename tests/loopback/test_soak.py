"""A session that works for long holds no more than one that has worked a while.

``make fuzz`` runs it longer; ``UNITBENCH_SOAK=1000000`` says for how many exchanges.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import memory
from tests.support.clocks import Machine
from tests.support.commands import unitbench
from tests.support.fuzzing import RAN, SEED, TOTAL
from tests.support.warp import Warp
from unitbench import Session, Sim
from unitbench.errors import BenchError
from unitbench.session import awake, bus, doubts, logins, mirror
from unitbench.session.bench import Bench
from unitbench.session.lines import ask_of
from unitbench.session.names import vocabulary_of
from unitbench.session.operations import Connect, Disconnect, Unlock
from unitbench.session.stream import Event
from unitbench.wire.unit import UnitCore

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc"),
]
COUNT = int(os.environ.get("UNITBENCH_SOAK", "0")) or max(1200, TOTAL // 20)
"""Exchanges of the longest test."""
ITEMS = 200
"""By so many a registry may be larger at the end: an event loop keeps so many timers that were cancelled."""
OBJECTS = 5000, 0.02
"""By so many the collector's objects may have grown (the lines that were parsed last are kept), and by so many for
each exchange."""
BYTES = 6_000_000, 10
"""The same for the bytes of a process."""
HOURLY = ("@k1 LOGIN USER,1234", "@k1 SECUR?", "@t1 0Eh 19", "@q1 DEVICEIDENT?")
FIGURES = ("resident", "objects", "descriptors")
LEAKY = 700
"""Exchanges within which one thing leaked by each is found."""
EVENT = 5000
"""An event that is kept takes so many bytes at most."""
READS = ("@k1 SECUR?", "@k1 LOGIN?", "@t1 0Eh 19", "@t1 06h", "@q1 DEVICEIDENT?", "@k1 MODEL?")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is kept of the past is little, so that it is full soon."""
    monkeypatch.setattr(bus, "KEPT", 200)
    monkeypatch.setattr(awake, "REMEMBERED", 8)
    monkeypatch.setattr(logins, "MOST_SECRETS", 8)
    monkeypatch.setattr(mirror, "KEPT_JOBS", 5)
    monkeypatch.setattr(UnitCore, "log_size", 50)
    monkeypatch.setattr("unitbench.sim.line.KEPT", 50)
    for module in ("serve", "faults"):
        monkeypatch.setattr(f"unitbench.sim.{module}.PEERS", 10)
    monkeypatch.setattr(doubts, "APART_S", 0.0)


class Soak:
    """A session with simulated units in this process, that does a little of everything."""

    def __init__(self, machine: Machine, session: Session) -> None:
        self.machine, self.session = machine, session
        self.random = random.Random(SEED)
        self.outcomes: Counter[str] = Counter()
        self.steps: list[Callable[[], object]] = [
            *[self.together] * 12,
            *[self.refused] * 2,
            self.out_of_time,
            self.raw,
            self.mistyped,
            self.given_up,
            self.looked_at,
            self.unlocked,
            self.a_job,
            self.reconnected,
            self.asleep,
        ]
        session.subscribe(self._note)
        session.perform(Connect("k1"))

    def _note(self, event: Event) -> None:
        if event.exchange is not None:
            self.outcomes[event.exchange.outcome] += 1

    @property
    def done(self) -> int:
        """Exchanges so far."""
        return self.outcomes.total()

    def run(self, count: int) -> None:
        """At least so many exchanges more; then nothing is under way any longer."""
        end = self.done + count
        while self.done < end:
            self.random.choice(self.steps)()
        until(self.quiet)

    def quiet(self) -> bool:
        """Whether nothing is owed any more: late ports are closed, doubts are over, slots are given back."""
        bench = self.session._port._bench  # type: ignore[attr-defined]
        links = bench._links.all.values()
        owed = any(link._given_up or link.busy for link in links)
        doubted = any(doubt.units for doubt in bench._doubts._doubts.values())
        return not (owed or doubted or bench._doubts._rounds)

    def _ask(self, line: str, **options: float) -> None:
        with contextlib.suppress(BenchError):
            self.session.ask(line, **options)  # type: ignore[arg-type]

    def together(self) -> None:
        async def all_of() -> None:
            lines = self.random.choices(READS, k=8)
            await asyncio.gather(*(self.session._performed(self.session.operation(line)) for line in lines))

        self.session._loop.run(all_of())

    def refused(self) -> None:
        self._ask(f"@k1 LOGIN ADMIN,{self.random.randrange(10**14):015d}")

    def out_of_time(self) -> None:
        self._ask("@q2 DEVICEIDENT?", timeout_s=0.0005)

    def raw(self) -> None:
        self.session.ask(bytes(self.random.choices(range(0x20, 0x7F), k=12)), "t1", timeout_s=0.001)

    def mistyped(self) -> None:
        with pytest.raises(BenchError):
            self.session.ask("NONSENSE")

    def given_up(self) -> None:
        async def started() -> None:
            task = asyncio.ensure_future(self.session._performed(self.session.operation("@q3 DEVICEIDENT?")))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        self.session._loop.run(started())

    def looked_at(self) -> None:
        self.session.subscribe(lambda event: None, since=self.session.state.seq - 20)()

    def unlocked(self) -> None:
        self.session.perform(Unlock("k1", 0.01))

    def a_job(self) -> None:
        if self.random.random() < 0.5:
            self.session.timing(rounds=1, gap_s=0, window_s=1).result()
        else:
            self.session.discover("k1", "t1")

    def reconnected(self) -> None:
        for step in (Connect("k1"), Disconnect("k1"), Connect("k1")):
            self.session.perform(step)

    def asleep(self) -> None:
        self.machine.sleep(2)
        self._ask("@k1 LOGIN USER,1234")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "something is never over"
        time.sleep(0.01)


@pytest.fixture
def soak(small: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Soak]:
    monkeypatch.setattr("unitbench.link.LATE_S", 0.05)
    monkeypatch.setattr("unitbench.wire.host.LATE_S", 0.05)
    machine = Machine()
    with machine.session(sim=True) as session:
        yield Soak(machine, session)


class Look:
    """What a soak holds at one moment."""

    def __init__(self, soak: Soak) -> None:
        session = soak.session
        self.done = soak.done
        self.objects = memory.objects()
        self.sizes = memory.sizes(session, session._port._bench._sim)  # type: ignore[attr-defined]
        self.tasks = memory.tasks(session._loop.loop)
        self.descriptors = memory.descriptors()
        self.resident = memory.resident()

    def leaked(self, before: Look) -> dict[str, object]:
        """What has grown since a look before, more than it may."""
        count = self.done - before.done
        found: dict[str, object] = dict(memory.grown(before.sizes, self.sizes, ITEMS))
        for name, slack, each in (
            ("tasks", 3, 0),
            ("descriptors", 3, 0),
            ("objects", *OBJECTS),
            ("resident", *BYTES),
        ):
            was, now = getattr(before, name), getattr(self, name)
            if now > was + slack + each * count:
                found[name] = (was, now)
        return found


def test_nothing_grows_with_the_number_of_exchanges(soak: Soak) -> None:
    began = time.perf_counter()
    soak.run(COUNT // 3)
    before = Look(soak)
    soak.run(COUNT - COUNT // 3)
    after = Look(soak)
    assert after.leaked(before) == {}
    assert all(soak.outcomes[outcome] for outcome in ("ok", "refused", "silent"))
    figures = ", ".join(f"{name} {getattr(before, name):,} to {getattr(after, name):,}" for name in FIGURES)
    RAN.append((f"exchanges of a session; {figures}", soak.done, time.perf_counter() - began))


@pytest.mark.parametrize("place", ["session", "elsewhere", "tasks", "descriptors"])
def test_a_leak_would_be_found(soak: Soak, place: str) -> None:
    """One thing kept for each exchange, in the session or where only the collector or the system sees it."""
    hidden: list[object] = []
    session = soak.session
    bench = session._port._bench  # type: ignore[attr-defined]
    bench._links.leak = {}

    def keep(event: Event) -> None:
        if event.exchange is None:
            return
        if place == "session":
            bench._links.leak[event.seq] = None
        elif place == "elsewhere":
            hidden.extend([event] for _ in range(10))
        elif place == "tasks":
            hidden.append(asyncio.ensure_future(asyncio.sleep(600)))
        elif len(hidden) < 600:
            hidden.append(os.dup(0))

    session.subscribe(keep)
    soak.run(200)
    before = Look(soak)
    soak.run(LEAKY)
    leaked = Look(soak).leaked(before)
    if place == "descriptors":
        for number in hidden:
            os.close(number)  # type: ignore[arg-type]
    expected = {"session": "Links.leak", "elsewhere": "objects"}.get(place, place)
    assert expected in leaked


async def day(loop: Warp, hours: int) -> tuple[list[Counter[str]], Counter[str], list[str], int]:
    """Some hours of a session, an exchange each minute: what it holds after each of them, the outcomes, the notices
    without those of links, and its tasks at the end."""
    bench = Bench("day", loop.clocks)
    bench.clients = lambda: ("test",)
    sim = Sim()
    bench.start_sim(sim)
    outcomes: Counter[str] = Counter()
    notices: list[str] = []

    def note(event: Event) -> None:
        if event.exchange is not None:
            outcomes[event.exchange.outcome] += 1
        elif event.kind == "notice":
            notices.append(event.text)

    bench.bus.listen(note, bench.bus.seq)
    asked: set[asyncio.Task[object]] = set()
    # Units live in real time: the clock stands still while one of them is asked, or is about to be.
    loop.awaits = lambda: bool(
        asked
        or bench._doubts._rounds
        or bench._performing
        or any(link.busy or link._given_up for link in bench._links.all.values())
    )
    sizes = []
    known = vocabulary_of(bench.state("test"), "")
    operations = [ask_of(line, "", known, allow="", timeout_s=None) for line in HOURLY]
    await bench.perform(Unlock("k1", 3600 * hours - 60), "test")
    for hour in range(hours):
        for minute in range(60):
            if minute < 40 or minute > 55:  # longer than a login lives without traffic
                await bench.perform(operations[minute % len(operations)], "test")
            await asyncio.sleep(60)
        if hour % 3 == 1:
            loop.doze(3600 * 1.5)
        sizes.append(memory.sizes(bench, sim))
    loop.awaits = lambda: True
    tasks = memory.tasks(loop)
    await bench.close()
    return sizes, outcomes, notices, tasks


def test_a_day_passes_and_nothing_is_left_of_it(small: None) -> None:
    """Timers of a whole day: looks at the clocks, logins that end for idleness, sleeps and the reads behind them."""
    hours = 24 if TOTAL >= 100_000 else 6
    began = time.perf_counter()
    with asyncio.Runner(loop_factory=Warp) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Warp)
        sizes, outcomes, notices, tasks = runner.run(day(loop, hours))
        assert loop.skipped_s > 3500 * hours
    assert memory.grown(sizes[hours // 2], sizes[-1], ITEMS) == {}
    assert tasks <= 2 and set(outcomes) == {"ok"}
    assert outcomes["ok"] >= 40 * hours
    assert sum("no traffic for 300 s" in text for text in notices) == hours
    assert sum("this machine slept for 5400 s" in text for text in notices) >= hours // 3
    RAN.append((f"exchanges of a session within {hours} h", outcomes.total(), time.perf_counter() - began))


def test_a_keeper_with_views_that_come_and_go_stays_as_it_is(runtime: Path) -> None:
    """One view works, others come, ask, and leave or are dropped; looked at from outside."""
    began = time.perf_counter()
    count = COUNT // 4
    with Session.attach("soak", sim=True, who="me") as session:
        pid = session.state.pid
        chosen = random.Random(SEED)

        def work(some: int) -> None:
            for number in range(some // 8):
                lines = chosen.choices(READS, k=8)

                async def together(lines: list[str] = lines) -> None:
                    asks = (session._performed(session.operation(line)) for line in lines)
                    await asyncio.gather(*asks)

                session._loop.run(together())
                if number % 10 == 0:
                    with Session.attach("soak", start=False) as other:
                        assert other.ask("@k1 SECUR?").ok
            until(lambda: unitbench("sessions", "--json").one["clients"] == ["me"])

        def look() -> tuple[int, int, int]:
            return session.state.seq, memory.descriptors(pid), memory.resident(pid)

        work(count // 3)
        before = look()
        work(count - count // 3)
        after = look()
        kept = min(after[0], bus.KEPT) - min(before[0], bus.KEPT)
        assert after[1] <= before[1] + 2
        assert after[2] <= before[2] + BYTES[0] + BYTES[1] * count + EVENT * kept
        assert len(session.units) == 7
        RAN.append(
            (
                f"exchanges of a keeper; resident {before[2]:,} to {after[2]:,}",
                count,
                time.perf_counter() - began,
            )
        )
