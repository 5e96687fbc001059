"""``set`` at the prompt: the table and the bytes, a rule as a question, and what lets it pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input

from tests.support.caught import Caught
from tests.support.commands import free_block
from unitbench import Session, Sim
from unitbench.sim import book
from unitbench_shell.app import Shell

PLAIN = "set t1 virtual_port=20 udp_timeout=30"


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a receiver that no address book lists."""
    with Sim({"kramer": 0, "qstation": 0, "recorder": 0, "vs1": 0}, address=free_block()) as sim:
        monkeypatch.setattr(book, "has", lambda endpoint: False)
        yield f"dcol://{sim.unit('t1').host}"


def played(address: str, text: str) -> str:
    """What the shell says to keys that are typed."""
    caught = Caught(100)
    with create_pipe_input() as keys, create_app_session(input=keys, output=caught):
        _play(keys, address, text)
    return caught.text


def _play(keys: PipeInput, address: str, text: str) -> None:
    with Session.local(who="shell") as session:
        shell = Shell(session, lambda gone: session)
        shell.greet((address,), look=False)
        keys.send_text(text)
        shell.loop()
        shell.close()


@pytest.fixture(autouse=True)
def history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.parametrize(("answer", "sent"), [("y", True), ("", False), ("t1", False)])
def test_a_plain_change_asks_yes_or_no(real: str, answer: str, sent: bool) -> None:
    said = played(real, f"{PLAIN}\r{answer}\r\x04")
    assert "now" in said and "<- changes" in said and "26 bytes" in said
    assert said.count("send it? [y/N]") >= 1
    assert ("read back: as shown" in said) == sent


@pytest.mark.parametrize(("answer", "sent"), [("t1", True), ("y", False)])
def test_the_port_of_the_link_asks_for_the_name(real: str, answer: str, sent: bool) -> None:
    said = played(real, f"set t1 virtual_port=19 udp_timeout=30\r{answer}\r\x04")
    assert "this cuts the link you are talking through" in said and "type t1 to send it" in said
    assert ("read back: as shown" in said) == sent


def test_a_rule_is_asked_first_then_the_change(real: str) -> None:
    dial = "initiate_connection=1 remote_ip_address=127.0.0.1 remote_ip_port=9"
    said = played(
        real, f"set t1 virtual_port=20 output_only=1\ry\rset t1 virtual_port=20 {dial}\ry\ry\rundo\ry\r\x04"
    )
    assert "Set output_only=0 too? [y/N]" in said
    assert said.count("read back: as shown") == 3
    no = played(real, f"set t1 virtual_port=20 {dial}\rn\r\x04")
    assert "read back" not in no
