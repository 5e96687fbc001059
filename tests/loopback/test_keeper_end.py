"""The end of a keeper: by stop, signal, linger or violence; what it keeps until then, and what it ends then."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.commands import Process, unitbench
from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer
from unitbench import Session, SessionError

ATTACH = "from unitbench import Session; import sys; s = Session.attach({name!r}, sim={sim}); {then}"


def gone(pid: int, deadline: float = 20.0) -> bool:
    """Whether a process that is no child of ours ends in time; a watch on it tells, no polling."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], deadline)[0])
    finally:
        os.close(watch)


def keepers() -> list[dict[str, object]]:
    return unitbench("sessions", "--json").objects


def test_its_end_leaves_no_zombie(runtime: Path) -> None:
    with Session.attach("tidy") as session:
        pid = session.state.pid
    assert unitbench("stop", "tidy").code == 0
    waited = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < waited:
        os.sched_yield()
    assert not Path(f"/proc/{pid}").exists()


def test_stop_returns_when_keeper_and_units_have_ended(runtime: Path) -> None:
    with Session.attach("stopped", sim=True) as session:
        pid = session.state.pid
        ran = unitbench("stop", "stopped")
        assert ran.code == 0 and gone(pid, 0)
        assert not list((runtime / "unitbench" / "sims").glob("*"))
        with pytest.raises(SessionError):
            session.ask("SECUR?")
    assert keepers() == []
    again = unitbench("stop", "stopped")
    assert again.code == 0 and "no session stopped runs" in again.err


def test_a_login_survives_a_killed_view_and_is_ended_by_stop(runtime: Path) -> None:
    with FakeKramer() as unit:
        then = f"s.ask('@{unit.address} LOGIN ADMIN,letmein-1234'); print('in', flush=True); sys.stdin.read()"
        view = subprocess.Popen(
            [sys.executable, "-c", ATTACH.format(name="kept", sim=False, then=then)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert view.stdout is not None and view.stdout.readline() == "in\n"
        view.kill()
        view.communicate()
        with Session.attach("kept", start=False) as session:
            assert [known.login for known in session.units] == ["ADMIN"]
            assert session.ask("SECUR?").ok
        assert unit.connections == 1 and b"LOGOUT" not in b"".join(unit.heard)
        assert unitbench("stop", "kept").code == 0
        assert unit.heard == [b"#LOGIN ADMIN,letmein-1234\r", b"#SECUR?\r", b"#LOGOUT\r"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_logs_out_too(runtime: Path, number: int) -> None:
    with FakeKramer() as unit, Session.attach("signalled") as session:
        session.ask(f"@{unit.address} LOGIN ADMIN,letmein-1234")
        os.kill(session.state.pid, number)
        assert unit.wait_for(lambda data: data.endswith(b"#LOGOUT\r"))
        assert gone(session.state.pid)


def test_the_linger_ends_it_with_logout_and_units(runtime: Path) -> None:
    with FakeKramer() as unit:
        with Session.attach("short", sim=True, linger_s=0.2) as session:
            pid = session.state.pid
            session.ask(f"@{unit.address} LOGIN USER,letmein-1234")
        assert gone(pid)
        assert unit.heard[-1] == b"#LOGOUT\r"
    assert keepers() == [] and not list((runtime / "unitbench" / "sims").glob("*"))


def test_a_view_that_comes_back_in_time_stops_the_clock(runtime: Path) -> None:
    with Session.attach("back", linger_s=1.0) as session:
        pid = session.state.pid
    with Session.attach("back", start=False) as session:
        assert session.state.pid == pid
        assert not gone(pid, 1.3)


def test_keep_stays(runtime: Path) -> None:
    ran = unitbench("--session", "stays", "--sim", "--keep", "-c", "SECUR?")
    assert ran.code == 0
    assert [item["name"] for item in keepers()] == ["stays"]


def test_a_stop_does_not_wait_for_a_request_that_waits(runtime: Path) -> None:
    with FakeKramer() as logged, TcpCounterpart() as silent, Session.attach("busy") as session:
        session.ask(f"@{logged.address} LOGIN ADMIN,letmein-1234")
        errors: list[Exception] = []

        def ask() -> None:
            try:
                session.ask(f"@kramer://127.0.0.1:{silent.port} SECUR?", timeout_s=500)
            except SessionError as error:
                errors.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        silent.wait_for(lambda data: data == b"#SECUR?\r")
        began = time.monotonic()
        assert unitbench("stop", "busy").code == 0
        asking.join()
        assert time.monotonic() - began < 5
        assert len(errors) == 1 and logged.heard[-1] == b"#LOGOUT\r"


def test_a_killed_keeper_fails_the_running_call_at_once_and_is_replaced(runtime: Path) -> None:
    with TcpCounterpart() as silent, Session.attach("killed") as session:
        pid = session.state.pid
        told: list[str] = []
        session.subscribe(lambda event: told.append(event.text))
        killer = threading.Thread(target=lambda: silent.wait_for(bool) and os.kill(pid, signal.SIGKILL))
        killer.start()
        began = time.monotonic()
        with pytest.raises(SessionError, match="not known"):
            session.ask(f"@kramer://127.0.0.1:{silent.port} SECUR?", timeout_s=100)
        killer.join()
        assert time.monotonic() - began < 5
        with pytest.raises(SessionError, match="gone"):
            session.ask("SECUR?")
        assert any("the session is gone" in text for text in told)
        assert (runtime / "unitbench" / "sessions" / "killed.sock").exists(), "a stale socket is there"
        assert keepers() == []
        with Session.attach("killed", sim=True) as again:
            assert again.state.pid != pid and again.ask("SECUR?").ok


def test_ctrl_c_in_a_one_shot_does_not_end_the_keeper(runtime: Path) -> None:
    with TcpCounterpart() as silent:
        words = ("--session", "c", "-c", f"@kramer://127.0.0.1:{silent.port} SECUR?", "--timeout", "60")
        with Process(*words) as process:
            silent.wait_for(bool)
            assert process.end(signal.SIGINT).code == 130
    (item,) = keepers()
    assert item["name"] == "c"
