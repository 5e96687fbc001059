"""The first minute: where to look is asked once, nothing is sent before, and what is found can be tried at once."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session, Sim
from unitbench.session.console import Console
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Await
from unitbench.transport.interfaces_list import Interface, interfaces
from unitbench_shell import first
from unitbench_shell.suggest import suggested, told

pty = pytest.mark.needs("pexpect")
SAFE, SIMULATED = "unitbench [-|real:safe]>", "unitbench [-|sim]>"
QUESTION = "where to look? 1-4"


@pytest.fixture(autouse=True)
def at_home(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


# -- what is asked


@pty
def test_a_plain_start_asks_where_to_look_and_remembers() -> None:
    with Terminal(rows=40) as terminal:
        terminal.until(QUESTION)
        assert "no unit is known yet" not in terminal.text, "the question says where to look"
        for words in ("simulated units", "listen only", "ask my networks", "explain bytes", "sends nothing"):
            assert words in terminal.text
        terminal.type("1\r")
        terminal.until("7 units answered")
        terminal.until("three things to try:")
        terminal.until(lambda: terminal.line == SIMULATED)
        terminal.type("quit\r")
        terminal.until_end()
    assert first.remembered() is first.SIM
    Session.attach("default", start=False).close()
    with Terminal() as again:
        again.until(SIMULATED)
        assert QUESTION not in again.text, "the session has units"


@pty
def test_what_is_chosen_holds_at_the_next_start_until_it_is_asked_again() -> None:
    assert first.remember(first.EXPLAIN) == ""
    with Terminal() as terminal:
        terminal.until(SAFE)
        assert "as last time: explain bytes" in terminal.text and QUESTION not in terminal.text
        assert "decode 02 00 AE 02 0E 13 D1 03" in terminal.text
    with Terminal("--ask") as asked:
        asked.until(QUESTION)
        asked.type("nine\r")
        asked.until("'nine' is none of 1, 2, 3, 4")
        asked.type("\r")
        asked.until(SAFE)
        assert "no unit is known yet" in asked.text
        asked.type("7e 30 31 40\r")
        asked.until("bytes are explained by: decode 7e 30 31 40")
    assert first.remembered() is first.EXPLAIN, "Enter decides nothing"


@pty
@pytest.mark.parametrize(("value", "asked"), [("ask", True), ("never", False)])
def test_the_setting_has_it_asked_each_time_or_never(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, asked: bool
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "unitbench").mkdir()
    (tmp_path / "unitbench" / "config.toml").write_text(f'first = "{value}"\n')
    if asked:
        assert first.remember(first.EXPLAIN) == ""
    with Terminal() as terminal:
        terminal.until(QUESTION if asked else SAFE)
        assert (QUESTION in terminal.text) is asked


@pty
def test_asking_networks_shows_what_would_be_sent_and_sends_nothing_without_a_yes() -> None:
    with Terminal(rows=40, columns=120) as terminal:
        terminal.until(QUESTION)
        terminal.type("3\r")
        if first.plan(interfaces()).targets:
            terminal.until("send this? [y/N]")
            assert "DEVICEIDENT?, 1 datagram of 13 bytes to udp 5565" in terminal.text
            terminal.type("n\r")
            terminal.until("nothing was sent")
        else:
            terminal.until("no network with a broadcast address is up here")
        terminal.until(lambda: terminal.line == SAFE)
    with Session.attach("default", start=False) as session:
        assert session.jobs == () and session.journal == ()


@pty
def test_listening_only_sends_nothing() -> None:
    with Terminal(rows=40) as terminal:
        terminal.until(QUESTION)
        terminal.type("2\r")
        terminal.until(lambda: terminal.line == SAFE)
        with Session.attach("default", start=False) as session:
            terminal.until(lambda: bool(session.jobs) and session.jobs[0].state == "done")
            assert session.jobs[0].title == "discover vs1://255.255.255.255"
            assert session.journal == ()


@pty
@pytest.mark.parametrize(
    ("name", "value", "options"), [("CI", "true", ()), ("NONE", "", ("--session", "named"))]
)
def test_nobody_is_asked_in_ci_or_where_a_session_was_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv(name, value)
    with Terminal(*options) as terminal:
        terminal.until(SAFE)
        assert QUESTION not in terminal.text


def test_a_choice_that_cannot_be_kept_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(file))
    assert "the choice is not remembered" in first.remember(first.SIM)
    assert first.remembered() is None


# -- what asking would send


def test_the_plan_names_interfaces_addresses_and_bytes() -> None:
    plan = first.plan(
        (
            Interface("lo", True, True, True, False, (IPv4Interface("127.0.0.1/8"),)),
            Interface("eth0", True, True, False, True, (IPv4Interface("192.0.2.7/24"),)),
            Interface("eth1", True, True, False, True, (IPv4Interface("10.1.2.3/25"),)),
            Interface("eth2", True, False, False, True, (IPv4Interface("10.9.2.3/24"),)),
        )
    )
    assert plan.lines[0] == "eth0 (192.0.2.7), to 192.0.2.255:"
    assert "  Gantner Q.station: DEVICEIDENT?, 1 datagram of 13 bytes to udp 5565" in plan.lines
    assert any(line.startswith("eth1 (10.1.2.3): left alone") for line in plan.lines)
    assert any("Kramer Protocol 3000, it hears no broadcast" in line for line in plan.lines)
    assert "10.9.2.255" not in " ".join(plan.lines), "its cable is out"
    assert set(plan.targets) == {"qstation://192.0.2.255", "recorder://192.0.2.255"}


class Person:
    """Answers what is asked; the screen is a list."""

    def __init__(self, *answers: str) -> None:
        self.said: list[str] = []
        self.columns = 100
        self._answers = list(answers)

    def say(self, text: str) -> None:
        self.said.append(text)

    def line(self, prompt: str) -> str:
        self.said.append(prompt)
        return self._answers.pop(0)

    def question(self, text: str) -> bool:
        return self.line(text) == "y"


def test_what_was_shown_is_sent_with_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sim() as sim, Session.local(sim=sim) as session:
        ours = IPv4Interface(f"{sim.unit('q1').host}/24")
        found = (Interface("sim0", True, True, False, True, (ours,)),)
        monkeypatch.setattr(first, "interfaces", lambda: found)
        person = Person("3", "y")
        job = first.First(session, person, person).begin(again=True)  # type: ignore[arg-type]
        assert job is not None and any("sim0" in text and "DEVICEIDENT?" in text for text in person.said)
        assert set(first.plan(found).targets) < set(job.title.split())
        units = session.perform(Await(job.id)).discovery.units
        # Announces are heard of other sets on this machine, too.
        answered = {unit.name for unit in units if unit.protocol != "vs1"}
        assert answered == {"q1", "q2", "q3", "r1"}
        person = Person("3", "n")
        assert first.First(session, person, person).begin(again=True) is None  # type: ignore[arg-type]
        assert person.said[-1] == "nothing was sent"


def test_without_a_network_it_says_what_to_do() -> None:
    assert "discover ADDRESS" in first.plan(()).lines[0] and first.plan(()).targets == ()


def test_each_example_for_bytes_works() -> None:
    with Session.local() as session:
        for line in first.explained()[1:]:
            assert list(Console(session).run(line))
        assert session.journal == ()


# -- what is suggested


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session.local(sim=True) as made:
        made.discover()
        yield made


@pytest.mark.parametrize("kind", ["kramer", "dcol", "qstation", "recorder", "vs1", "all"])
def test_every_suggestion_is_a_line_that_works(session: Session, kind: str) -> None:
    units = [unit for unit in session.units if kind in (unit.protocol, "all")]
    lines = suggested(units)
    assert 2 <= len(lines) <= 3 and (kind != "all" or len(lines) == 3)
    for line, about in lines:
        items = list(Console(session).run(line.replace(" 5s", " 0.1s")))
        assert items and about
        assert all(item.ok for item in items if isinstance(item, Exchange)), line


def test_nothing_is_suggested_for_nobody() -> None:
    assert told((), 80) == [] == told((Unit("k1", "kramer", "Maker", "kramer://192.0.2.1"),), 80)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_what_is_offered_fits_the_window(session: Session, width: int) -> None:
    lines = [*told(session.units, width), *first.offered(width)]
    assert max(map(len, lines)) <= width


def test_a_safe_read_comes_first() -> None:
    counts = {"kramer": 1, "dcol": 0, "qstation": 0, "recorder": 0, "vs1": 0}
    with Sim(counts) as sim, Session.local(sim=sim) as one:
        one.discover()
        assert suggested(one.units)[0] == ("@k1 SECUR?", "read the security flag")
