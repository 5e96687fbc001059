"""The keeper's door: versions that do not fit, strangers' bytes, slow readers, and a keeper that does not answer."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from tests.support.commands import unitbench
from tests.support.kramer_fake import FakeKramer
from unitbench import Session, SessionError
from unitbench.session import keepers, messages
from unitbench.session.operations import Look
from unitbench.session.stream import Event, State

OLDER = "0.0.1/1"


def odd_keeper(runtime: Path, name: str, change: str) -> subprocess.Popen[str]:
    """A keeper that runs, with something changed."""
    code = f"from unitbench.session import messages, keeper; import sys; {change}; sys.exit(keeper.main([{name!r}]))"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    while not (runtime / "unitbench" / "sessions" / f"{name}.sock").exists():
        assert process.poll() is None
    return process


@pytest.fixture
def older(runtime: Path) -> subprocess.Popen[str]:
    """A keeper of another version, which runs."""
    return odd_keeper(runtime, "old", f"messages.PROTOCOL = {OLDER!r}")


def knock(name: str) -> socket.socket:
    """A bare connection to a keeper."""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(20)
    sock.connect(f"{os.environ['XDG_RUNTIME_DIR']}/unitbench/sessions/{name}.sock")
    return sock


def read_message(sock: socket.socket) -> messages.FromKeeper:
    head = sock.recv(4, socket.MSG_WAITALL)
    return messages.from_keeper(sock.recv(struct.unpack("!I", head)[0], socket.MSG_WAITALL))


def test_another_version_is_refused_and_can_be_stopped(older: subprocess.Popen[str]) -> None:
    with older:
        with pytest.raises(SessionError) as caught:
            Session.attach("old")
        assert OLDER in caught.value.message and messages.PROTOCOL in caught.value.message
        assert "unitbench stop old" in caught.value.hint and "logins" in caught.value.hint
        ran = unitbench("--session", "old", "-c", "SECUR?")
        assert ran.code == 4 and OLDER in ran.err
        ran = unitbench("sessions", "--json")
        assert ran.code == 4 and ran.out == "" and OLDER in ran.err
        assert unitbench("stop", "old").code == 0
        assert older.wait(0) == 0


def test_what_a_restart_would_lose_is_ended_orderly(older: subprocess.Popen[str]) -> None:
    with older, FakeKramer() as unit, knock("old") as sock:
        sock.sendall(messages.packed(messages.Hello(OLDER, "v")))
        assert isinstance(read_message(sock), messages.Welcome)
        line = messages.Call(1, messages_ask(unit.address))  # type: ignore[arg-type]
        sock.sendall(messages.packed(line))
        unit.wait_for(lambda data: b"LOGIN" in data)
        while not isinstance(read_message(sock), messages.Done):
            pass
        with pytest.raises(SessionError) as caught:
            Session.attach("old")
        (name,) = (known.name for known in look_at(sock).units)
        assert caught.value.hint == (
            "'unitbench stop old' ends it, the next view starts it anew; "
            f"lost then: the ADMIN login on {name}"
        )
        assert unitbench("stop", "old").code == 0
        assert unit.heard[-1] == b"#LOGOUT\r"


def look_at(sock: socket.socket) -> State:
    sock.sendall(messages.packed(messages.Call(2, Look())))  # type: ignore[arg-type]
    while not isinstance(message := read_message(sock), messages.Done):
        pass
    state: State = messages.result_of(Look(), message.result)
    return state


LISTENER = """
import contextlib, socket, sys
sock = socket.socket(socket.AF_UNIX)
sock.bind(sys.argv[1])
sock.listen()
while True:
    connection, _ = sock.accept()
    with connection, contextlib.suppress(ConnectionError):
        connection.recv(4096)
        connection.sendall(bytes.fromhex(sys.argv[2]))
"""


@pytest.fixture
def listener(runtime: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Starts a process at a session's socket that says one thing to whoever comes, and is no keeper of ours."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, said: bytes) -> None:
        path = runtime / "unitbench" / "sessions" / f"{name}.sock"
        path.parent.mkdir(mode=0o700, parents=True)
        started.append(subprocess.Popen([sys.executable, "-c", LISTENER, str(path), said.hex()]))
        with socket.socket(socket.AF_UNIX) as sock:
            while sock.connect_ex(str(path)):
                assert started[-1].poll() is None

    yield start
    for process in started:
        process.kill()
        process.wait()


def framed(body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + body


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (framed(b"junk"), "speaks another language"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "speaks another language"),
        (framed(msgspec.msgpack.encode({"type": "welcome", "state": {"session": "f"}})), "another language"),
        (framed(msgspec.msgpack.encode({"type": "farewell"})), "another language"),
        (
            framed(msgspec.msgpack.encode({"type": "refused", "reason": "9.9 here", "hint": "so", "new": 1})),
            "9.9 here",
        ),
    ],
    ids=["junk", "http", "half a welcome", "a new message", "a refusal with more in it"],
)
def test_a_keeper_of_another_make_is_told_without_a_traceback(
    listener: Callable[[str, bytes], None], said: bytes, told: str
) -> None:
    listener("f", said)
    with pytest.raises(SessionError, match=told) as caught:
        Session.attach("f")
    assert "unitbench stop f" in caught.value.hint or caught.value.hint == "so"
    for words in (("--session", "f", "-c", "SECUR?"), ("sessions",)):
        ran = unitbench(*words)
        assert ran.code == 4 and told in ran.err and "Traceback" not in ran.err
    assert unitbench("stop", "f").code == 0, "it is sent a signal, as any that cannot be understood"


def messages_ask(address: str) -> msgspec.Struct:
    from unitbench.session.operations import Ask

    return Ask("kramer", "LOGIN", {"auth": "ADMIN", "password": "letmein-1234"}, address)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x04junk",
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("!I", 1) + b"\xc0",
        b"\x00\x00\x00\x00",
    ],
)
def test_strange_bytes_are_refused_and_harm_nobody(runtime: Path, data: bytes) -> None:
    with Session.attach("door", sim=True) as session:
        with knock("door") as sock:
            sock.sendall(data)
            assert isinstance(read_message(sock), messages.Refused)
            assert sock.recv(1) == b""
        with knock("door") as sock:
            sock.sendall(data[:3])
        assert session.ask("SECUR?").ok


def test_a_call_before_the_greeting_is_not_performed(runtime: Path) -> None:
    from unitbench.session.operations import Stop

    with Session.attach("door") as session:
        with knock("door") as sock:
            sock.sendall(messages.packed(messages.Call(1, Stop())))
            sock.sendall(messages.packed(messages.Hello(messages.PROTOCOL, "late", passing=True)))
            assert isinstance(read_message(sock), messages.Welcome)
            sock.sendall(messages.packed(messages.Call(2, Look())))
            assert isinstance(read_message(sock), messages.Done)
        assert session.perform(Look()).pid == session.state.pid


def test_a_view_that_does_not_read_is_cut_and_the_others_go_on(runtime: Path) -> None:
    with odd_keeper(runtime, "slow", "keeper.SLOWEST_BYTES = 10_000"):
        with Session.attach("slow", sim=True) as session, knock("slow") as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sock.sendall(messages.packed(messages.Hello(messages.PROTOCOL, "sleeper")))
            read_message(sock)
            cut = select.poll()
            cut.register(sock, select.POLLHUP | select.POLLERR)
            for _ in range(5000):
                assert session.ask("0Ch").ok
                if cut.poll(0):
                    break
            else:
                raise AssertionError("it was never cut")
            assert session.ask("SECUR?").ok
        assert unitbench("stop", "slow").code == 0


def test_a_view_that_was_cut_comes_back_without_gap_or_double(runtime: Path) -> None:
    with odd_keeper(runtime, "cut", "keeper.SLOWEST_BYTES = 100_000") as process, ExitStack() as end:
        end.callback(process.kill)
        busy = end.enter_context(Session.attach("cut", sim=True, who="busy"))
        slow = end.enter_context(Session.attach("cut", who="slow"))
        heard: list[int] = []
        held, go_on, caught_up = threading.Event(), threading.Event(), threading.Event()
        last = 0

        def read_slowly(event: Event) -> None:
            heard.append(event.seq)
            held.set()
            go_on.wait(60)
            if event.seq == last:
                caught_up.set()

        end.callback(go_on.set)
        slow.subscribe(read_slowly)
        for _ in range(20_000):
            assert busy.ask("0Ch").ok
            if held.is_set() and "slow" not in busy.perform(Look()).clients:
                break
        else:
            raise AssertionError("it was never cut")
        last = busy.perform(Look()).seq
        go_on.set()
        assert caught_up.wait(20)
        assert heard == list(range(heard[0], last + 1))
        assert slow.ask("SECUR?").ok and slow.journal[-1].origin == "slow"
        assert not slow.gone and "slow" in busy.perform(Look()).clients


@pytest.mark.parametrize("carrier", ["unix", "tcp"])
def test_a_keeper_that_does_not_answer_is_told(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, carrier: str
) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", carrier)
    monkeypatch.setattr("unitbench.session.connection.ANSWER_S", 0.2)
    with Session.attach("stuck", sim=True) as session:
        pid = session.state.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(SessionError, match="does not answer") as caught:
                Session.attach("stuck")
            assert str(pid) in caught.value.hint
            with pytest.raises(SessionError, match="does not answer"):
                asyncio.run(keepers.stop("stuck"))
        finally:
            os.kill(pid, signal.SIGCONT)
        assert session.ask("SECUR?").ok
