"""The prompt end to end without a terminal: keys through a pipe, what is said caught, sessions in process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input

from tests.support.caught import Caught
from unitbench import Session, Sim
from unitbench_shell.app import Shell
from unitbench_shell.history import history_file

SECRET = "horse-battery9"


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


@pytest.fixture
def caught(keys: PipeInput) -> Iterator[Caught]:
    output = Caught()
    with create_app_session(input=keys, output=output):
        yield output


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return history_file("local")


@pytest.fixture
def play(keys: PipeInput, caught: Caught, history: Path) -> Iterator[Callable[[str], str]]:
    """Type keys into a shell on simulated units until it has ended; gives what it said."""
    with Session.local(sim=True, who="shell") as session:

        def typed(text: str) -> str:
            shell = Shell(session, lambda gone: session)
            keys.send_text(text)
            shell.loop()
            shell.close()
            return caught.text

        yield typed


@pytest.fixture
def real(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sim]:
    """Units that nobody here knows to be simulated: their address book is another one."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        sim = Sim().start()
    yield sim
    sim.stop()


def test_a_command_and_its_answer(play: Callable[[str], str]) -> None:
    said = play("SECUR?\r\x04")
    assert "-> #SECUR?<CR>" in said and "<- ~01@SECUR ON" in said


def test_quit_leaves(play: Callable[[str], str]) -> None:
    assert "SECUR ON" not in play("quit; SECUR?\r")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("SEC\t", "#SECUR?<CR>"),
        ("na\t", "#NAME?<CR>"),
        ("LOGI\t?", "#LOGIN?<CR>"),
        ("SECUR ON", "#SECUR ON<CR>"),
    ],
)
def test_tab_completes_a_part_of_a_name_to_what_changes_nothing(
    play: Callable[[str], str], typed: str, sent: str
) -> None:
    assert f"-> {sent}" in play(f"{typed}\r\x04")


def test_a_pasted_text_is_performed_line_by_line(play: Callable[[str], str]) -> None:
    said = play("\x1b[200~SECUR?\n0Eh 19\x1b[201~\r\x04")
    assert said.index("~01@SECUR ON") < said.index("return individual IP port configuration")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("SECURE?", "unknown command 'SECURE?'", "SECUR?"),
        ("0Eh 300", "a whole number 0..255", "virtual receiver port"),
        ("0Eh", "0Eh needs virtual_port", "0Eh 19"),
        ("use nobody", "no unit 'nobody'", "k1, t1, q1"),
    ],
)
def test_errors_are_said_and_the_prompt_comes_back(
    play: Callable[[str], str], line: str, message: str, hint: str
) -> None:
    said = play(f"{line}\rSECUR?\r\x04")
    assert message in said and hint in said
    assert said.index(message) < said.index("~01@SECUR ON")
    assert "Traceback" not in said


def test_a_secret_is_asked_for_and_kept_nowhere(play: Callable[[str], str], history: Path) -> None:
    said = play(
        f"LOGIN USER\r{SECRET}\rLOGIN ADMIN,{SECRET}\rLOGIM USER {SECRET}\r@k1 LOGIN USER {SECRET} more\r\x04"
    )
    assert said.count("ERR004:") == 2
    assert SECRET not in said
    lines = history.read_text()
    assert SECRET not in lines
    assert [line[1:] for line in lines.splitlines() if line.startswith("+")] == [
        "LOGIN USER",
        "LOGIN ADMIN",
        "LOGIM",
        "@k1 LOGIN",
    ]


@pytest.mark.parametrize("refusal", ["\x03", "\x04"])
def test_a_secret_that_is_not_given_sends_nothing(play: Callable[[str], str], refusal: str) -> None:
    said = play(f"LOGIN USER\r{refusal}SECUR?\r\x04")
    assert "-> #LOGIN" not in said
    assert said.index("nothing was sent") < said.index("~01@SECUR ON")


def test_the_history_is_for_its_owner_alone(play: Callable[[str], str], history: Path) -> None:
    play("SECUR?\r\x04")
    assert history.stat().st_mode & 0o777 == 0o600
    assert history.parent.stat().st_mode & 0o777 == 0o700


def test_a_history_that_cannot_be_written_is_said_once(play: Callable[[str], str], history: Path) -> None:
    history.parent.parent.mkdir(parents=True)
    history.parent.write_text("in the way")
    said = play("SECUR?\r0Eh 19\r\x04")
    assert said.count("the history stays in memory") == 1


def test_tab_inserts_what_all_candidates_share(play: Callable[[str], str]) -> None:
    assert play("getl\t\x01@q2 \r\x04").count("ACK") == 1
    assert "~01@LOGIN NONE" in play("logi\t?\r\x04")


@pytest.mark.parametrize(
    ("answer", "sent"),
    [("y", True), ("YES", True), ("n", False), ("", False), ("t1", False), ("\x03", False)],
)
def test_a_change_of_a_real_unit_asks(
    real: Sim, keys: PipeInput, caught: Caught, history: Path, answer: str, sent: bool
) -> None:
    line = "AEh 10h 20 1 5018 TCP 60 0 0 0 ''"
    said = on_real(real, keys, caught, "dcol", f"{line}\r{answer}\r\x04")
    assert "send it? [y/N]" in said
    assert ("<- 06" in said) == sent


@pytest.mark.parametrize(("answer", "sent"), [("t1", True), ("y", False), ("t2", False), ("", False)])
def test_what_disrupts_asks_for_the_name(
    real: Sim, keys: PipeInput, caught: Caught, history: Path, answer: str, sent: bool
) -> None:
    line = "AEh 02h 1 0.0.0.0 0.0.0.0 0.0.0.0 0.0.0.0 0.0.0.0"
    said = on_real(real, keys, caught, "dcol", f"{line}\r{answer}\r\x04")
    assert "type t1 to send it" in said
    assert ("<- 06" in said) == sent


def on_real(real: Sim, keys: PipeInput, caught: Caught, protocol: str, text: str) -> str:
    address = next(e.host for e in real.endpoints if e.protocol == protocol and e.main and e.unit)
    with Session.local(who="shell") as session:
        shell = Shell(session, lambda gone: session)
        shell.greet((f"{protocol}://{address}",), look=False)
        keys.send_text(text)
        shell.loop()
        shell.close()
    assert "real:safe" in caught.text
    return caught.text


def test_lines_from_elsewhere_come_once_each_and_in_order(
    keys: PipeInput, caught: Caught, history: Path
) -> None:
    count = 2000
    with Session.local(sim=True, who="shell") as session:
        shell = Shell(session, lambda gone: session)

        def tell() -> None:
            for number in range(count):
                shell.screen.news(f"<{number}>")

        teller = threading.Thread(target=tell)
        teller.start()
        keys.send_text("sim\r" * 20 + "\x04")
        shell.loop()
        teller.join()
        shell.close()
    told = [int(part.partition(">")[0]) for part in caught.text.split("\n<")[1:]]
    assert told == list(range(1, count)) or told == list(range(count))
