"""The keeper: one a session, found by name, private, alone; it keeps logins and ends them when it ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import inside, unitbench
from unitbench import Session, SessionError

ATTACH = "from unitbench import Session; import sys; s = Session.attach({name!r}, sim={sim}); {then}"


def keepers() -> list[dict[str, object]]:
    return unitbench("sessions", "--json").objects


@pytest.mark.parametrize("carrier", ["unix", "tcp"])
def test_eight_attaches_at_once_make_one_keeper(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, carrier: str
) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", carrier)
    code = ATTACH.format(name="eight", sim=False, then="print(s.state.pid, flush=True); sys.stdin.read()")
    views = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    try:
        pids = {int(view.stdout.readline()) for view in views if view.stdout}
        assert len(pids) == 1
        (item,) = keepers()
        assert item["pid"] in pids and len(item["clients"]) == 8  # type: ignore[arg-type]
    finally:
        for view in views:
            view.communicate("")


def test_the_list_of_sessions(runtime: Path) -> None:
    assert keepers() == []
    with Session.attach("one", sim=True, who="me") as one:
        (item,) = keepers()
        assert set(item) >= {"type", "name", "pid", "age_s", "clients", "units"}
        assert (item["type"], item["name"], item["pid"]) == ("session", "one", one.state.pid)
        assert item["clients"] == ["me"] and item["units"] == ["k1", "t1", "q1", "q2", "q3", "r1", "v1"]
        assert isinstance(item["age_s"], float) and 0 <= item["age_s"] < 60
        assert "one" in unitbench("sessions").out


def test_the_list_says_which_links_are_open(runtime: Path) -> None:
    with Session.attach("linked", sim=True, who="me") as session:
        assert unitbench("sessions", "--json").one["links"] == []
        session.ask("SECUR?")
        session.ask("@q2 GETLIFESIGNAL 02:00:00:00:00:32")
        links = unitbench("sessions", "--json").one["links"]
        assert links[0] == "k1" and "t1" not in links
        head, row, _recorded = unitbench("sessions").out.splitlines()
        at = head.index("open links")
        assert row[at:].startswith(", ".join(links)) and head.split()[:4] == [
            "session",
            "pid",
            "age",
            "clients",
        ]


def test_folder_and_socket_are_private(runtime: Path) -> None:
    (runtime / "unitbench").mkdir(mode=0o755)
    previous = os.umask(0)
    try:
        with Session.attach("private"):
            folder = runtime / "unitbench"
            for path in (folder, folder / "sessions"):
                assert stat.S_IMODE(path.stat().st_mode) == 0o700
            socket = folder / "sessions" / "private.sock"
            assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    finally:
        os.umask(previous)


def link_elsewhere(folder: Path, other: Path) -> None:
    folder.symlink_to(other)


def file_in_its_place(folder: Path, other: Path) -> None:
    folder.write_text("")


def link_to_nowhere(folder: Path, other: Path) -> None:
    folder.symlink_to(other / "nowhere" / "at" / "all")


@pytest.mark.parametrize("spoil", [link_elsewhere, file_in_its_place, link_to_nowhere])
def test_a_runtime_folder_that_cannot_be_used_is_said_and_the_session_is_in_memory(
    runtime: Path, tmp_path: Path, spoil: Callable[[Path, Path], None]
) -> None:
    spoil(runtime / "unitbench", tmp_path)
    with pytest.warns(UserWarning, match="unitbench (is not yours|cannot be made)") as warned:
        session = Session.attach("memory", sim=True, who="shell-")
    with session:
        assert len(warned) == 1 and "\n" not in str(warned[0].message)
        assert (session.state.pid, session.name, session.who) == (os.getpid(), "memory", "shell-1")
        assert session.ask("SECUR?").simulated and session.ask("@t1 0Eh 19").ok
        session.sim_fault("k1", loss=1)
        assert session.ask("SECUR?", timeout_s=0.05).outcome == "silent", "faults are known without a book"
    with pytest.raises(SessionError, match="runtime folder"):
        Session.attach("memory", start=False)
    ran = unitbench("--session", "memory", "--sim", "--json", "-c", "SECUR?")
    (line,) = [line for line in ran.err.splitlines() if "runtime folder" in line]
    assert line.startswith("unitbench: the runtime folder") and "in this process alone" in line
    assert ran.code == 0 and ran.one["outcome"] == "ok" and ran.one["simulated"]
    ran = unitbench("--session", "memory", "--sim", stdin="LOGIN USER,wrong-password\n")
    assert ran.code == 1, "the code is that of what was done"
    assert list(tmp_path.iterdir()) == []
    for words in (("stop", "memory"), ("sessions",)):
        ran = unitbench(*words)
        assert ran.code == 4 and "runtime folder" in ran.err and "Traceback" not in ran.err


def test_a_runtime_folder_that_cannot_be_written(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: not str(path).startswith(str(runtime)))
    with pytest.warns(UserWarning, match="cannot be written; session ro is in this process alone"):
        session = Session.attach("ro", sim=True)
    with session:
        assert session.ask("SECUR?").simulated


def test_names_that_cannot_be_a_sessions(runtime: Path) -> None:
    for name in ("", "../x", "a b", "x" * 33, ".hidden", "ä"):
        assert inside("-c", "SECUR?", "--session", name).code == 2
        assert inside("stop", name).code == 2
    assert not list(runtime.rglob("*.sock"))


def test_a_runtime_folder_with_a_long_path_will_do(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = runtime / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setenv("TMPDIR", str(runtime))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Session.attach("n" * 32) as session:
        assert session.name == "n" * 32
    assert unitbench("stop", "n" * 32).code == 0


def test_it_inherits_nothing(runtime: Path) -> None:
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    with Session.attach("alone") as session:
        pid = session.state.pid
        os.close(writer)
        assert os.read(reader, 1) == b"", "the keeper holds our pipe"
        os.close(reader)
        assert os.getsid(pid) == pid != os.getsid(0)
        links = {os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1)}
        assert links == {"/dev/null"}
        assert os.readlink(f"/proc/{pid}/fd/2").endswith("alone.log")
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[4] == "0", "it has a terminal"


def test_no_secret_of_the_environment_and_no_mask_of_its_view_reaches_it(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_PASSWORD", "correct-horse-battery")
    monkeypatch.setenv("UNITBENCH_WHO", "nobody-in-particular")
    previous = os.umask(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        session = Session.attach("clean")
    finally:
        os.umask(previous)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with session:
        process = Path(f"/proc/{session.state.pid}")
        assert session.who == "nobody-in-particular"
        environment = (process / "environ").read_bytes()
        assert f"XDG_RUNTIME_DIR={runtime}".encode() in environment
        assert b"horse" not in environment and b"particular" not in environment
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
        assert (status["Umask"], int(status["SigBlk"], 16)) == ("0077", 0)


def test_default_is_the_name_where_none_is_given(runtime: Path) -> None:
    assert unitbench("--sim", stdin="SECUR?\n").code == 0
    assert [item["name"] for item in keepers()] == ["default"]
    assert unitbench("stop").code == 0 and keepers() == []


def test_no_session_is_started_where_none_is_wanted(runtime: Path) -> None:
    with pytest.raises(SessionError, match="no session 'none' runs"):
        Session.attach("none", start=False)
    assert keepers() == []


def test_a_keeper_that_cannot_start_says_why(runtime: Path) -> None:
    lock = runtime / "unitbench" / "sessions" / "broken.lock"
    lock.mkdir(mode=0o700, parents=True)
    with pytest.raises(SessionError, match=r"did not start: .*broken\.lock"):
        Session.attach("broken")
    assert unitbench("--session", "broken", "-c", "SECUR?").code == 4
