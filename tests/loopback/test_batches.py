"""Several commands at once: ``-c``, files, pipes; quotes and comments; what goes to which stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import SCRIPT, Process, Ran, inside, unitbench
from tests.support.counterparts import TcpCounterpart
from unitbench import Session, UsageError, __version__


def sim(line: str, *more: str) -> Ran:
    return inside("--sim", "-c", line, *more)


def commands(ran: Ran) -> list[str]:
    return [item["command"].partition(" virtual_port")[0] for item in ran.exchanges]


NAMES = "run sim sessions stop decode encode catalogue schema completions doctor".split()


def test_help_and_version_by_themselves() -> None:
    ran = unitbench("--help")
    assert ran.code == 0 and ran.err == ""
    for word in ("lab", *NAMES, "-c", "--session", "--yes"):
        assert word in ran.out
    ran = unitbench("--version")
    assert (ran.code, ran.out.strip()) == (0, f"unitbench {__version__}")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_help(name: str) -> None:
    ran = inside(name, "--help")
    assert ran.code == 0 and f"unitbench {name}" in ran.out


@pytest.mark.parametrize("word", ["stop", "sessions", "decode"])
def test_a_command_behind_an_option_is_no_unit(word: str) -> None:
    ran = inside("--session", "s9", word)
    assert ran.code == 2 and f"unitbench {word}" in ran.err


def test_a_misspelt_command_starts_no_session(runtime: Path) -> None:
    ran = unitbench("decoed", "02")
    assert ran.code == 2 and "did you mean 'unitbench decode'?" in ran.err
    assert unitbench("sessions", "--json").out == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SECUR?; LOGIN?", ["SECUR?", "LOGIN?"]),
        (";; SECUR? ;", ["SECUR?"]),
        ("SECUR? # LOGIN?; 0Ch", ["SECUR?"]),
        ("SECUR? // 0Ch", ["SECUR?"]),
        ("#SECUR?; #", ["SECUR?", "#"]),
        ("secur?; aeh 0ch; 0ch; 0EH 19", ["SECUR?", "AEh 0Ch", "AEh 0Ch", "AEh 0Eh"]),
        ("AEh 0Eh virtual_port=19; 0Eh virtual_port=0x13", ["AEh 0Eh"] * 2),
        ("LOGIN ADMIN,'a;b'; SECUR?", ["LOGIN ADMIN,***", "SECUR?"]),
        ('LOGIN password="4321" auth=ADMIN; LOGIN?', ["LOGIN ADMIN,***", "LOGIN?"]),
        ("LOGIN ADMIN, 4321; LOGIN ADMIN 4321", ["LOGIN ADMIN,***"] * 2),
        ("", []),
        ("# nothing", []),
    ],
)
def test_statements_quotes_and_comments(line: str, expected: list[str]) -> None:
    ran = sim(line, "--json")
    assert commands(ran) == expected
    assert ran.code == (1 if "a;b" in line else 0)


def test_the_first_of_several_is_taken_and_said_on_stderr() -> None:
    ran = sim("DEVICEIDENT?", "--json")
    assert ran.one["unit"] == "q1"
    assert "q1 is taken, the first of 3 Gantner Q.station units" in ran.err
    assert "is taken" not in sim("@q2 DEVICEIDENT?").err + sim("SECUR?").err + sim("DEVICEIDENT?", "q2").err
    assert sim("use q3; DEVICEIDENT?", "--json").exchanges[0]["unit"] == "q3"
    assert sim("DEVICEIDENT?", "q2", "--json").one["unit"] == "q2"


def test_results_on_stdout_remarks_on_stderr() -> None:
    ran = sim("SECUR?; use q2; connect k1; DEVICESYNC; @k9 SECUR?; units")
    assert "~01@SECUR ON" in ran.out and "MAA:02:00:00:00:00:32" in ran.out
    for remark in ("q2 is in use", "connected to k1", "no unit 'k9'", "simulated units are at"):
        assert remark in ran.err and remark not in ran.out


def test_quit_ends_the_line_and_the_file(tmp_path: Path) -> None:
    assert commands(sim("SECUR?; quit; LOGIN?", "--json")) == ["SECUR?"]
    file = tmp_path / "f"
    file.write_text("SECUR?\nquit\nLOGIN?\n")
    assert commands(inside("run", str(file), "--sim", "--json")) == ["SECUR?"]


def test_a_file_with_comments_crlf_and_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "check.ub"
    file.write_bytes(b"\xef\xbb\xbf# the five\r\nSECUR?; 0Ch\r\n\r\n  // more\r\n@q3 DEVICEIDENT?\r\n")
    ran = unitbench("run", str(file), "--sim", "--json")
    assert ran.code == 0 and commands(ran) == ["SECUR?", "AEh 0Ch", "DEVICEIDENT?"]


def test_a_fault_in_a_file_is_told_with_its_line_and_sends_nothing(tmp_path: Path) -> None:
    file = tmp_path / "check.ub"
    with TcpCounterpart() as unit:
        file.write_text("SECUR?\n\nSECUR? 1\n")
        ran = inside("run", str(file), f"kramer://127.0.0.1:{unit.port}")
        assert (ran.code, ran.out, unit.connections) == (2, "", 0)
    assert f"{file}, line 3: '1' is too much" in ran.err and "         ^" in ran.err


def test_a_fault_at_its_turn_is_told_with_its_line_too(tmp_path: Path) -> None:
    file = tmp_path / "check.ub"
    file.write_text("SECUR?\n@k9 SECUR?\nLOGIN?\n")
    ran = inside("run", str(file), "--sim", "--json")
    assert ran.code == 2 and commands(ran) == ["SECUR?", "LOGIN?"]
    assert f"{file}, line 2: no unit 'k9'" in ran.err


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "b"
    binary.write_bytes(b"\xff\xfe\x00")
    for name in (str(tmp_path / "none"), str(tmp_path), str(binary)):
        ran = inside("run", name)
        assert ran.code == 2 and "cannot be read" in ran.err
    assert inside("run", "-", "--sim", "--json", stdin="SECUR?\n").code == 0


def test_a_piped_shell_answers_line_by_line(runtime: Path) -> None:
    ran = unitbench("--sim", stdin="discover\nSECUR?\nNOPE\nquit\nLOGIN?\n")
    assert ran.code == 2
    for maker in ("Kramer Protocol 3000", "Trimble DCOL", "Gantner Q.station"):
        assert maker in ran.out
    assert "~01@SECUR ON" in ran.out and "LOGIN" not in ran.out
    assert "unknown command 'NOPE'" in ran.err


def test_a_piped_shell_takes_bytes_that_are_no_text(runtime: Path) -> None:
    ran = unitbench("--sim", "--json", stdin=b"SECUR?\nSEC\xff\xfe?\n\x00\nLOGIN ADMIN,4321\nLOGIN?\n")
    assert ran.code == 2 and "Traceback" not in ran.err and "fault of ours" not in ran.err
    assert ran.exchanges[-1]["replies"][0]["fields"] == {"auth": "ADMIN"}


def test_each_answer_comes_when_it_is_there(runtime: Path) -> None:
    with subprocess.Popen(
        [SCRIPT, "--sim", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdin is not None and shell.stdout is not None
        for text in ("SECUR?", "LOGIN?"):
            shell.stdin.write(f"{text}\n")
            shell.stdin.flush()
            assert json.loads(shell.stdout.readline())["command"] == text


def test_a_reader_that_leaves_is_no_fault() -> None:
    line = "; ".join(["0Ch"] * 200)
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{SCRIPT}' --sim -c '{line}' --json | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0 and len(ran.stdout.splitlines()) == 1
    assert "Traceback" not in ran.stderr and "fault of ours" not in ran.stderr


def test_an_output_of_little_encoding_shows_what_it_can() -> None:
    with TcpCounterpart(lambda data: b"~01@NAME \xb5\xe9\r\n") as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        ran = unitbench("-c", "raw '#NAME?\\r'", where, "--yes=k1", env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 0 and r"\xb5\xe9" in ran.out


def test_ctrl_c_while_waiting() -> None:
    with TcpCounterpart() as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        with Process("-c", "SECUR?", where, "--timeout", "60") as process:
            unit.wait_for(lambda data: data == b"#SECUR?\r")
            ran = process.end(signal.SIGINT)
    assert ran.code == 130 and "Traceback" not in ran.err


def test_arguments_that_are_no_text(runtime: Path) -> None:
    for line in (b"@\xff SECUR?", b"SEC\xffUR?", b"use \xff", b"LOGIN ADMIN,\xff"):
        ran = unitbench("--session", "odd", "--sim", "-c", os.fsdecode(line))
        assert ran.code == 2 and "fault of ours" not in ran.err
    with Session.attach("odd") as session, pytest.raises(UsageError):
        session.ask("@\udcff SECUR?")


@pytest.mark.parametrize("line", ["A" * 200_000, "A " * 50_000, "SECUR?; " * 20_000 + "NOPE", "\x1b" * 5000])
def test_a_very_long_line_is_told_in_short(line: str) -> None:
    ran = inside("run", "-", stdin=line)
    assert ran.code == 2 and len(ran.err) < 3000
    _, shown, marks, *_ = ran.err.splitlines()
    assert len(marks) <= len(shown) and set(marks) == {" ", "^"}


def test_the_marks_stand_below_the_place() -> None:
    for line, word in (("\tSECUR?; NOPE x", "NOPE"), ("SECUR? " + " " * 300 + "extra" + " " * 300, "extra")):
        _, shown, marks, *_ = inside("-c", line).err.splitlines()
        assert shown[marks.index("^") : marks.rindex("^") + 1] == word
