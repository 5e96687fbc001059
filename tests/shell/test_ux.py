"""The transcripts that the shell was made after, typed into a pseudo-terminal on simulated units: their key lines."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "depot-a"
PROMPT = "unitbench [-|sim]>"
WRONG = "Quartz-77-Lemon"
BAD_FRAME = "02 08 ae 16 01 00 c0 a8 01 14 ff ff ff 00 c0 a8 01 ff c0 a8 01 01 c0 a8 01 01 93 03"
DIALS_OUT = "initiate_connection=1 remote_ip_address=10.0.0.9 remote_ip_port=9000 output_only=0"


@pytest.fixture
def shell(runtime: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim", columns=120, rows=50) as terminal:
        terminal.until(lambda: terminal.line == PROMPT)
        yield terminal


def enter(shell: Terminal, line: str, *wanted: str) -> None:
    """Type a line on an empty screen, and wait for what is wanted and the next prompt."""
    shell.type("\x0c")
    shell.until(lambda: shell.lines[0].startswith("unitbench [") and shell.line.endswith("]>"))
    shell.type(f"{line}\r")
    for text in wanted:
        shell.until(text)
    shell.until(lambda: shell.line.endswith("]>") and not shell.lines[0].endswith("]>"))


def test_while_typing_the_toolbar_shows_what_enter_would_send(shell: Terminal) -> None:
    shell.type("AEh 0Eh 19")
    shell.until("02 00 AE 02 0E 13 D1 03")
    shell.until("8 bytes, checksum ok")
    shell.type("\x15GETLIFE")
    shell.until("flash RUN and ERR LEDs for about 2 s")


def test_what_is_on_this_wire_which_box_is_it_what_are_these_bytes(shell: Terminal) -> None:
    enter(shell, "discover", "sent qstation DEVICEIDENT? -> 127.77.", "1.00")
    for unit, maker in (
        ("q1", "Gantner Q.station"),
        ("k1", "Kramer Protocol 3000"),
        ("v1", "Microscan VS-1"),
    ):
        assert any(line.split()[:1] == [unit] and maker in line for line in shell.lines)
    enter(shell, "why v1", "+0.80  announce heard", "next: ")
    enter(shell, "use q2", "q2 is in use")
    shell.type("identify\r")
    shell.until(lambda: "[#" in shell.text and "-]" in shell.text and "Ctrl-C stops waiting" in shell.text)
    shell.until("-> GETLIFESIGNAL<TAB>02:00:00:00:00:32?<CR>")
    shell.until("<- MAA:02:00:00:00:00:32<TAB>ACK")
    enter(shell, f"decode {BAD_FRAME}", "AEh 01h", "28 bytes  BAD", "93h, expected 83h", "192.168.1.20")


def test_move_a_port_to_client_mode_and_back(shell: Terminal) -> None:
    enter(shell, f"set t1 virtual_port=20 {DIALS_OUT}", "now", "after", "10.0.0.9", "undo")
    for word in ("initiate", "remote", "9000", "ACK"):
        assert word in shell.text
    enter(shell, "undo", "10.0.0.9", "ACK")


def test_kramer_says_err_004(shell: Terminal) -> None:
    enter(shell, "SECUR?", "-> #SECUR?<CR>", "~01@SECUR ON", "security is on")
    shell.type("LOGIN USER\r")
    shell.until("password:")
    shell.type(f"{WRONG}\r")
    shell.until("likely 1 the password is wrong for USER (most often)")
    shell.until("  try: the other level (USER, ADMIN)")
    assert "-> #LOGIN USER,***<CR>" in shell.text and WRONG.encode() not in shell.output
    enter(shell, "why", "likely, the likeliest first:", "next: LOGIN USER asks for it again")
    enter(shell, "last -v", "#LOGIN USER,***<CR>", "END", "0a  45 52 52 30 30 34")
    enter(shell, "SECUR 0", "likely 1 nobody is logged in on this connection", "@k1 LOGIN ADMIN")


def test_how_simultaneous_with_a_bar_that_grows(shell: Terminal) -> None:
    shell.type("timing DEVICEIDENT? rounds=40\r")
    shell.until(lambda: "[#" in shell.text and "lost 0  spread p50" in shell.text)
    assert "/40  ETA" in shell.text and "Ctrl-C ends it" in shell.text
    shell.until("40 of 40 rounds")


def test_the_recorder_refuses_me(shell: Terminal) -> None:
    with Session.attach(NAME, start=False, who="nb:other.ipynb") as other:
        host = next(unit.address for unit in other.units if unit.name == "r1").partition("://")[2]
        with socket.create_connection((host, 8023)) as taken:
            taken.sendall(b"*IDN?\r\n")
            assert taken.recv(100).startswith(b"GRAPHTEC")
            shell.type("@r1 *IDN?\r")
            shell.until("r1 is busy, or it is no 8023 recorder")
            shell.until("by UDP it answers at any time: @recorder+udp://")
    enter(shell, "services r1", "8023/tcp", "8023/udp", "HTTP", "FTP")


# -- waits


def test_ctrl_c_gives_the_prompt_back_while_a_connection_does_not_come(shell: Terminal) -> None:
    with socket.socket() as server:
        # A queue that is full: the system then answers no further connection.
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        place = server.getsockname()
        filled = [socket.socket() for _ in range(3)]
        try:
            for one in filled:
                one.setblocking(False)
                one.connect_ex(place)
            shell.type(f"connect kramer://127.0.0.1:{place[1]}\r")
            shell.until("waiting: connect kramer://127.0.0.1")
            shell.until("Ctrl-C stops waiting")
            shell.type("\x03")
            shell.until("stopped waiting")
            shell.until(lambda: shell.line == PROMPT)
        finally:
            for one in filled:
                one.close()
    enter(shell, "SECUR?", "~01@SECUR ON")


def test_ctrl_c_gives_the_prompt_back_from_a_job(shell: Terminal) -> None:
    for line, shown in (
        ("listen k1 10s", "] of 10 s"),
        ("listen v1 10s", "v1 Serial TCP"),
        ("timing rounds=500", "/500  ETA"),
    ):
        shell.type(f"{line}\r")
        shell.until(shown)
        shell.type("\x03")
        shell.until(lambda: shell.line == PROMPT, 3.0)
        enter(shell, "SECUR?", "~01@SECUR ON")


def test_a_silence_says_what_came_what_was_expected_and_what_to_try(shell: Terminal) -> None:
    enter(shell, "sim fault k1 loss=1", "loss 100 %")
    shell.type("SECUR?\r")
    shell.until("waiting: SECUR?")
    shell.until("no reply within 2 s; no byte arrived")
    shell.until("likely 1 it waits for another end of line: CR was sent, some units want CR LF: @k1 raw 23")
    shell.until("listen k1 5s sends nothing")
    shell.until("  try: expected an answer ending in CR LF")
