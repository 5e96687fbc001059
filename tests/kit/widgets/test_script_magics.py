"""Our verbs about other lines in a cell: the same words, what does not change is not printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from unitbench import Session

CELL = """%%ub
alias seen = SECUR?
seen; expect secur=ON
watch 50ms times=3 seen
save port 0Eh $vport with $vport
port 20
0Eh $last.virtual_port
"""


@pytest.fixture
def session(runtime: Path, monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell) -> Iterator[None]:
    monkeypatch.setenv("UNITBENCH_SESSION", "scripts")
    with Session.attach("scripts", sim=True, who="test"):
        shell.extension_manager.load_extension("unitbench")
        yield


@pytest.mark.usefixtures("session")
def test_a_cell_names_lines_and_checks_them(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run_cell(CELL).success
    out = capsys.readouterr().out
    assert "as expected: secur=ON" in out
    assert [line.split() for line in out.splitlines() if line[1:2] == "/"] == [["1/3", "secur", "ON"]]
    assert "watched 3 rounds, 0 changes" in out
    assert out.count("02 00 AE 02 0E 14 D2 03") == 2
    assert "\n\n" not in out
