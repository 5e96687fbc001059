"""The keeper: one a session, found by name, private, alone; it keeps logins and ends them when it ends."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import inside, unitbench
from unitbench import Session, SessionError

ATTACH = "from unitbench import Session; import sys; s = Session.attach({name!r}, sim={sim}); {then}"


def keepers() -> list[dict[str, object]]:
    return unitbench("sessions", "--json").objects


def test_eight_attaches_at_once_make_one_keeper(runtime: Path) -> None:
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


def test_a_folder_that_is_a_link_or_a_file_is_refused(runtime: Path, tmp_path: Path) -> None:
    (runtime / "unitbench").symlink_to(tmp_path)
    with pytest.raises(SessionError, match="not yours"):
        Session.attach("link")
    (runtime / "unitbench").unlink()
    (runtime / "unitbench").write_text("")
    with pytest.raises(SessionError):
        Session.attach("link")
    (runtime / "unitbench").unlink()


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
