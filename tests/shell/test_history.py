"""The history file: shortened to what is wanted, never with a secret, never in the way."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.history import FileHistory

from unitbench.line.vocabulary import Vocabulary
from unitbench_shell.history import SafeHistory

SECRET = "horse-battery9"


def history(path: Path, most: int = 100) -> tuple[SafeHistory, list[str]]:
    complaints: list[str] = []
    return SafeHistory(path, Vocabulary, complaints.append, most), complaints


def test_lines_are_kept_without_their_secrets(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "bench"
    first, complaints = history(path)
    for line in ("SECUR?", f"LOGIN USER,{SECRET}", "SECUR?\nLOGIN?", "LOGIN?"):
        first.append_string(line)
    assert first.lines() == history(path)[0].lines() == ["SECUR?", "LOGIN USER", "SECUR?", "LOGIN?"]
    assert SECRET not in path.read_text() and path.stat().st_mode & 0o777 == 0o600
    assert complaints == []


def test_of_more_than_is_kept_the_newest_stay(tmp_path: Path) -> None:
    path = tmp_path / "bench"
    long, _ = history(path)
    for number in range(20):
        long.append_string(f"raw {number:02}")
    short, complaints = history(path, most=3)
    assert short.lines() == ["raw 17", "raw 18", "raw 19"]
    assert [*FileHistory(path).load_history_strings()] == ["raw 19", "raw 18", "raw 17"]
    assert path.stat().st_mode & 0o777 == 0o600 and [*tmp_path.iterdir()] == [path]
    short.append_string("SECUR?")
    assert history(path)[0].lines()[-1] == "SECUR?"
    assert complaints == []


def test_none_is_kept_where_none_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "bench"
    none, complaints = history(path, most=0)
    none.append_string("SECUR?")
    assert not path.exists() and complaints == []
    assert none.get_strings() == ["SECUR?"], "until the shell is left"
