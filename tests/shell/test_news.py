"""What a shell shows of other views: one line for a job as long as it runs, none of who is muted, and who took what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import unitbench
from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "news"
PROMPT = "unitbench [-|sim]>"
LIVE = re.compile(
    r"^ \[nb:tour\.ipynb\] timing DEVICEIDENT\? (\d+)/(\d+).* \(jobs lists, stop 2 ends it\)$", re.M
)


@pytest.fixture
def shell(runtime: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim", columns=100) as terminal:
        terminal.until(PROMPT)
        terminal.until("7 units answered")
        yield terminal


@pytest.fixture
def notebook(shell: Terminal) -> Iterator[Session]:
    with Session.attach(NAME, start=False, who="nb:tour.ipynb") as session:
        yield session


def rounds(shell: Terminal) -> int:
    """How many rounds the one line says are through; -1 where it is not there."""
    found = LIVE.findall(shell.text)
    assert len(found) <= 1, "it is one line"
    return int(found[0][0]) if found else -1


def test_a_job_of_another_is_one_line_brought_up_to_date_and_can_be_stopped(
    shell: Terminal, notebook: Session
) -> None:
    shell.type("0Eh 1")
    job = notebook.timing("DEVICEIDENT?", rounds=100_000, gap_s=0.0)
    shell.until(lambda: rounds(shell) > 0)
    seen = rounds(shell)
    shell.until(lambda: rounds(shell) > seen)
    assert shell.line == f"{PROMPT} 0Eh 1" and "job 2" not in shell.text, "no line of it above the prompt yet"
    shell.type("\x15jobs\r")
    shell.until(
        lambda: bool(
            re.search(r"^2 +running +-{10} 0 % of 100000 .* nb:tour\.ipynb +timing", shell.text, re.M)
        )
    )
    shell.type("stop\r")
    shell.until("job 2 (timing DEVICEIDENT?) is stopped")
    shell.until(
        lambda: bool(re.search(r"^\[nb:tour\.ipynb\] job 2: .* stopped by shell-1$", shell.text, re.M))
    )
    shell.until(lambda: rounds(shell) == -1)
    assert shell.output.count(b"[nb:tour.ipynb] job 2") == 1
    assert 0 < len(job.result().rounds) < 100_000
    shell.type("stop\r")
    shell.until("no job runs")


def test_ctrl_c_ends_ones_own_job_with_what_it_has(shell: Terminal, notebook: Session) -> None:
    shell.type("timing DEVICEIDENT? rounds=100000 gap_s=0; SECUR?\r")
    shell.until("timing DEVICEIDENT?  [")
    shell.type("\x03")
    shell.until(lambda: "of 100000 rounds" in "\n".join([*shell.scrolled, shell.text]))
    shell.until("job 2 (timing DEVICEIDENT?) is stopped at ")
    shell.until(lambda: shell.line == PROMPT)
    assert notebook.jobs[-1].state == "stopped" and "~01@SECUR" not in shell.text
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")


def test_who_has_ended_ones_own_job_is_told(shell: Terminal, notebook: Session) -> None:
    shell.type("timing DEVICEIDENT? rounds=100000 gap_s=0\r")
    shell.until("timing DEVICEIDENT?  [")
    ran = unitbench("--session", NAME, "-c", "stop", env={"UNITBENCH_WHO": "anna"})
    assert ran.code == 0 and "job 2 (timing DEVICEIDENT?) is stopped" in ran.err
    shell.until("stopped by anna")
    shell.until("of 100000 rounds")
    shell.until(lambda: shell.line == PROMPT)


def test_a_muted_view_is_counted_and_what_concerns_us_is_told(shell: Terminal, notebook: Session) -> None:
    shell.type("mute nb\r")
    shell.until("unmute nb shows them again")
    for _ in range(3):
        notebook.ask("SECUR?")
    job = notebook.timing("DEVICEIDENT?", rounds=100_000, gap_s=0.0)
    with Session.attach(NAME, start=False, who="anna") as anna:
        anna.ask("LOGIN?")
    shell.until("[anna] #4 k1 LOGIN?")
    assert "nb:tour.ipynb" not in shell.text
    job.stop()
    shell.type("reserve k1 10m\r")
    shell.until("k1 is reserved for shell-1 until")
    shell.type("use k1")
    notebook.reserve("k1", 300, take=True)
    shell.until("nb:tour.ipynb took k1 over from you for 5:00")
    shell.until(lambda: shell.line == f"{PROMPT} use k1")
    shell.type("\x15mute\r")
    shell.until("muted here: nb (4 lines kept back)")
    shell.type("unmute nb\r")
    shell.until("4 lines of nb:tour.ipynb were kept back; journal shows")
    notebook.ask("SECUR?")
    shell.until("[nb:tour.ipynb] #5 k1 SECUR?")
    shell.type("LOGOUT\r")
    shell.until("Reserved: k1 is reserved by nb:tour.ipynb until")


def test_a_shell_on_a_pipe_tells_when_a_job_of_another_begins_and_ends(runtime: Path) -> None:
    with Session.attach(NAME, sim=True, who="anna") as anna:
        job = anna.timing("DEVICEIDENT?", rounds=100_000, gap_s=0.0)
        ran = unitbench("--session", NAME, "-c", f"SECUR?; stop {job.id}; LOGIN?")
    assert ran.code == 0
    told = [line for line in ran.err.splitlines() if line.startswith("[anna]")]
    assert len(told) == 1 and told[0].endswith("stopped by script")


def test_a_name_that_cannot_be_one_is_told(runtime: Path) -> None:
    ran = unitbench("-c", "SECUR?", "--sim", env={"UNITBENCH_WHO": "two words"})
    assert ran.code == 2 and ran.out == "" and "UNITBENCH_WHO cannot be 'two words'" in ran.err
    assert "try: it has 1 to 40 printable characters without blanks" in ran.err and "Traceback" not in ran.err
