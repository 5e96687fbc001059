"""Several lines at once, the bell, the width: keys through a pipe, what is said caught, sessions in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from unitbench import Session
from unitbench_shell import app
from unitbench_shell.app import Shell
from unitbench_shell.style import theme_of

PASTE, END = "\x1b[200~", "\x1b[201~"
SECRET = "horse-battery9"


class Caught(DummyOutput):
    """Keeps what is written, in a window of so many columns."""

    def __init__(self, columns: int) -> None:
        self.text, self.rung, self._columns = "", 0, columns

    def write(self, data: str) -> None:
        self.text += data

    def bell(self) -> None:
        self.rung += 1

    def get_size(self) -> Size:
        return Size(rows=24, columns=self._columns)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PipeInput]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with create_pipe_input() as pipe:
        yield pipe


def played(keys: PipeInput, text: str, columns: int = 100) -> Caught:
    """What a shell on simulated units says to keys, until it has ended."""
    caught = Caught(columns)
    with create_app_session(input=keys, output=caught), Session.local(sim=True, who="shell") as session:
        shell = Shell(session, lambda gone: session)
        keys.send_text(f"{text}\x04")
        shell.loop()
        shell.close()
    return caught


def test_pasted_lines_are_performed_one_after_the_other(keys: PipeInput) -> None:
    said = played(
        keys,
        f"{PASTE}SECUR?\r\nAEh 0Eh 300\r\n\r\nGETLIFESIGNAL\t02:00:00:00:00:31?\r\nLOGIN USER,{SECRET}{END}\r",
    ).text
    places = [said.index(part) for part in ("\n> SECUR?\n", "~01@SECUR ON", "\n> AEh 0Eh 300\n", "0..255")]
    places += [said.index(part) for part in ("> GETLIFESIGNAL<TAB>02", "-> GETLIFESIGNAL<TAB>02")]
    places.append(said.index("\n> LOGIN USER,***\n"))
    assert places == sorted(places)


def test_one_pasted_line_is_not_repeated(keys: PipeInput) -> None:
    said = played(keys, f"{PASTE}SECUR?\n{END}\r").text
    assert "~01@SECUR ON" in said and "> SECUR?" not in said.replace("]> SECUR?", "")


def test_ctrl_c_ends_the_rest_too(keys: PipeInput, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: Shell, line: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Shell, "_perform", stopped)
    said = played(keys, f"{PASTE}one\ntwo\nthree{END}\r").text
    assert "2 of the pasted lines were not performed" in said and "> two" not in said


def test_quit_among_them_leaves(keys: PipeInput) -> None:
    said = played(keys, f"{PASTE}SECUR?\nquit\nLOGIN?{END}\r").text
    assert "~01@SECUR ON" in said and "> LOGIN?" not in said


@pytest.mark.parametrize("bell", ["on", "off"])
def test_the_bell(keys: PipeInput, monkeypatch: pytest.MonkeyPatch, bell: str) -> None:
    monkeypatch.setattr(app, "LONG_S", 0.0)
    assert bool(played(keys, f"set bell {bell}\rSECUR?\r").rung) == (bell == "on")


@pytest.mark.parametrize("columns", [40, 80])
def test_tables_fit(keys: PipeInput, columns: int) -> None:
    lines = [line.rstrip() for line in played(keys, "units\rset\rservices v1\r", columns).text.split("\n")]
    tables = [
        line
        for line in lines
        if line.startswith(("unit ", "k1 ", "q1 ", "setting", "menu ", "v1 at", "job "))
    ]
    assert len(tables) == 6
    assert max(map(len, tables)) <= columns
    assert any(line.startswith("no room for: ") for line in lines)


@pytest.mark.parametrize(
    ("wanted", "environment", "theme"),
    [
        ("auto", {}, "auto"),
        ("auto", {"COLORFGBG": "15;0"}, "dark"),
        ("auto", {"COLORFGBG": "0;default;15"}, "light"),
        ("auto", {"COLORFGBG": "default;default"}, "auto"),
        ("light", {"COLORFGBG": "15;0"}, "light"),
        ("dark", {"NO_COLOR": "1"}, "none"),
        ("dark", {"NO_COLOR": ""}, "dark"),
        ("auto", {"CLICOLOR": "0"}, "none"),
        ("auto", {"CLICOLOR": "1"}, "auto"),
    ],
)
def test_the_theme(wanted: str, environment: dict[str, str], theme: str) -> None:
    assert theme_of(wanted, environment) == theme
