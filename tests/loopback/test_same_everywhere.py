"""The same lines by ``-c``, from a file, through a pipe and in a cell: the same exchanges and the same exit code, as
text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Ran, inside
from tests.support.need import need
from unitbench import Session
from unitbench.session.model import Exchange

NAME = "everywhere"
Told = tuple[str, str, str, str, str]
LINES: list[tuple[str, int, tuple[str, ...]]] = [
    ("SECUR?", 0, ("SECUR?",)),
    ("SECUR?; LOGIN?", 0, ("SECUR?", "LOGIN?")),
    ("SECUR?\nLOGIN? // and a comment\n\n0Ch", 0, ("SECUR?", "LOGIN?", "AEh 0Ch")),
    ("LOGIN USER,1234; MODEL?; LOGOUT", 0, ("LOGIN USER,***", "MODEL?", "LOGOUT")),
    ("MODEL?; SECUR?", 1, ("MODEL?", "SECUR?")),
    ("TRIGGERBUFFER 02:00:00:00:00:32; MODEL?", 3, ("TRIGGERBUFFER", "MODEL?")),
    ("use q2; DEVICEIDENT?", 0, ("DEVICEIDENT?",)),
    ("@all DEVICEIDENT?", 0, ("DEVICEIDENT?",)),
    ("@kramer://127.0.0.1:9 SECUR?; MODEL?; SECUR?", 4, ("SECUR?", "MODEL?", "SECUR?")),
    ("units; help SECUR?; encode 0Eh 19; decode 02 00 AE 01 00 AF 03", 0, ()),
    ("SECUR? ?; AEh 0Eh 19", 0, ("AEh 0Eh",)),
    ("SECUR?; quit; LOGIN?", 0, ("SECUR?",)),
    ("@k9 SECUR?; MODEL?", 2, ("MODEL?",)),
]
WAYS = ("-c", "file", "pipe")
USAGE = 2


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A view of the session that all of them use."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with Session.attach(NAME, sim=True) as session:
            yield session
        assert inside("stop", NAME).code == 0


def run(way: str, lines: str, folder: Path, *options: str) -> Ran:
    """Perform lines in one of the ways."""
    common = ("--session", NAME, "--timeout", "0.4", *options)
    if way == "-c":
        return inside(*common, "-c", "; ".join(line.partition(" //")[0] for line in lines.split("\n")))
    if way == "file":
        (folder / "lines.txt").write_text(lines)
        return inside("run", str(folder / "lines.txt"), *common)
    return inside(*common, stdin=lines + "\n")


def told(found: list[Exchange]) -> list[Told]:
    """What is to be the same: command, unit, outcome, its code, the bytes."""
    return [(e.command, e.unit, e.outcome, e.error.code if e.error else "", e.request.hex()) for e in found]


def begins(found: list[Told], wanted: tuple[str, ...]) -> bool:
    return len(found) == len(wanted) and all(
        each[0].startswith(name) for each, name in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize(("lines", "code", "commands"), LINES)
def test_every_way_does_the_same(
    watcher: Session, lines: str, code: int, commands: tuple[str, ...], tmp_path: Path
) -> None:
    seen: dict[str, list[Told]] = {}
    for way in WAYS:
        for options in ((), ("--json",)):
            before = len(watcher.journal)
            ran = run(way, lines, tmp_path, *options)
            assert ran.code == code, (way, options, ran)
            seen[f"{way} {options}"] = now = told(list(watcher.journal)[before:])
            assert begins(now, commands), (way, now)
            if options:
                printed = [
                    (e["command"], e["unit"], e["outcome"], e["request"]["hex"]) for e in ran.exchanges
                ]
                assert printed == [(each[0], each[1], each[2], each[4]) for each in now]
    assert len({tuple(each) for each in seen.values()}) == 1, seen


@pytest.mark.parametrize(
    ("lines", "commands"), [(lines, commands) for lines, code, commands in LINES if code != USAGE]
)
def test_a_cell_does_the_same(
    watcher: Session, lines: str, commands: tuple[str, ...], tmp_path: Path
) -> None:
    need("widgets")
    from unitbench.widgets.magics import Magic

    before = len(watcher.journal)
    run("-c", lines, tmp_path)
    wanted = told(list(watcher.journal)[before:])
    magic = Magic()
    before = len(watcher.journal)
    try:
        magic(f"--session {NAME}", lines)
    finally:
        magic.close()
    found = told(list(watcher.journal)[before:])
    if "quit" in lines:  # a notebook leaves its session when its kernel ends: the cell goes on
        assert [each[0] for each in found] == ["SECUR?", "LOGIN?"]
    else:
        assert found == wanted


def test_what_cannot_be_meant_sends_nothing_in_any_of_them(watcher: Session, tmp_path: Path) -> None:
    before = len(watcher.journal)
    for way in WAYS:
        for options in ((), ("--json",)):
            ran = run(way, "SECUR?; SECR?", tmp_path, *options)
            assert (ran.code, ran.out) == (USAGE, ""), way
            assert "SECUR?" in ran.err
    assert len(watcher.journal) == before
