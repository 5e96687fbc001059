"""Files that a view writes: what goes there, and what happens where that fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from unitbench.errors import UsageError
from unitbench.session.items import Leave, Notice, Page
from unitbench.session.transcript import Transcripts


def test_all_that_is_said_or_the_results_alone(tmp_path: Path) -> None:
    files, both = Transcripts(), {"all": False, "results": True}
    for name, results in both.items():
        files.begin(name, str(tmp_path / name), results=results)
    files.typed("units")
    for item in (Page("title", "text \nmore"), Notice("remark"), Leave()):
        files.item(item)
    files.said("[nb] #1")
    files.close()
    files.said("nothing is open")
    head, _, rest = (tmp_path / "all").read_text().partition("\n")
    assert head.startswith("// 20")
    assert rest == "> units\ntitle\n\ntext\nmore\nremark\n[nb] #1\n"
    assert (tmp_path / "results").read_text() == "title\n\ntext\nmore\n"


def test_what_stands_there_stays_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before\n")
    path.chmod(0o640)
    files = Transcripts()
    files.begin("out", str(path), results=True)
    files.item(Page("", "one"))
    files.begin("out", str(tmp_path / "other"), results=True)
    files.item(Page("", "two"))
    assert path.read_text() == "before\none\n" and path.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "other").read_text() == "two\n"
    assert files.end("out") is not None and files.end("out") is None


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full device")
@pytest.mark.parametrize(
    "write",
    [lambda files: files.typed("x"), lambda files: files.item(Page("", "x")), lambda files: files.said("x")],
)
def test_a_full_disk_is_told_once(tmp_path: Path, write: Callable[[Transcripts], None]) -> None:
    files = Transcripts()
    files.begin("good", str(tmp_path / "good"), results=False)
    with pytest.raises(UsageError, match="No space left"):
        files.begin("bad", "/dev/full", results=False)
    files.begin("bad", "/dev/full", results=True)
    with pytest.raises(UsageError, match="/dev/full cannot be written: No space left"):
        files.item(Page("", "x"))
    write(files)
    assert files.of("bad") is None and "x" in (tmp_path / "good").read_text()


@pytest.mark.parametrize("name", ["", "no/such/folder/file", "a\0b"])
def test_a_name_that_cannot_be_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Transcripts().begin("out", str(tmp_path / name), results=True)
