"""A keeper on loopback TCP, as where there are no Unix sockets: the same session, and a door for its user only."""

from __future__ import annotations

import hmac
import json
import os
import signal
import socket
import stat
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.loopback.test_keeper_end import gone
from tests.support.commands import inside, unitbench
from tests.support.counterparts import CLOSING, TcpCounterpart
from unitbench import Session
from unitbench.session import messages

NAME = "tcp"


@pytest.fixture
def card(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the card of a keeper lies that is started on TCP."""
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "tcp")
    return runtime / "unitbench" / "sessions" / f"{NAME}.tcp"


def read(card: Path) -> tuple[int, bytes]:
    found: dict[str, Any] = json.loads(card.read_text())
    return found["port"], bytes.fromhex(found["token"])


def knock(port: int) -> tuple[socket.socket, bytes]:
    """A connection, and the random bytes that it is greeted with."""
    sock = socket.create_connection(("127.0.0.1", port), 20)
    return sock, sock.recv(32, socket.MSG_WAITALL)


def rest(sock: socket.socket) -> bytes:
    """All that still comes until the other end closes."""
    try:
        return b"".join(iter(lambda: sock.recv(4096), b""))
    except ConnectionError:
        return b""


def test_the_same_session_works_through_it(card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session.attach(NAME, sim=True, who="first") as first:
        assert first.ask("SECUR?").ok
        monkeypatch.delenv("UNITBENCH_TRANSPORT")
        told: list[str] = []
        first.subscribe(lambda event: told.append(event.origin))
        with Session.attach(NAME, who="second") as second:
            assert second.state.pid == first.state.pid and second.ask("@t1 0Eh 19").ok
            assert first.ask("SECUR?").ok and "second" in told
        (item,) = unitbench("sessions", "--json").objects
        assert (item["name"], item["pid"]) == (NAME, first.state.pid)
        assert unitbench("--session", NAME, "-c", "SECUR?").code == 0
        assert not card.with_suffix(".sock").exists()
        pid = first.state.pid
    assert unitbench("stop", NAME).code == 0 and gone(pid, 0)
    assert not card.exists()


def test_it_listens_on_loopback_alone_and_its_card_is_private(card: Path) -> None:
    previous = os.umask(0)
    try:
        with Session.attach(NAME):
            assert stat.S_IMODE(card.stat().st_mode) == 0o600
            port, token = read(card)
            table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
            places = [row.split()[1] for row in table.splitlines() if row.split()[3] == "0A"]
            assert [place for place in places if place.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
            assert len(token) == 32
    finally:
        os.umask(previous)


def test_a_wrong_token_is_refused_without_a_word(card: Path) -> None:
    with Session.attach(NAME, who="right"):
        port, token = read(card)
        greetings = set()
        for wrong in (bytes(32), token[:31] + bytes([token[31] ^ 1])):
            sock, nonce = knock(port)
            with sock:
                greetings.add(nonce)
                views = os.urandom(32)
                proof = hmac.digest(wrong, b"view" + nonce + views, "sha256")
                sock.sendall(views + proof + messages.packed(messages.Hello(messages.PROTOCOL, "wrong")))
                assert rest(sock) == b""
        assert len(greetings) == 2, "a proof must not serve twice"
        assert unitbench("sessions", "--json").one["clients"] == ["right"]


def test_a_proof_that_was_overheard_serves_nobody_twice(card: Path) -> None:
    with Session.attach(NAME, who="right"):
        port, token = read(card)
        sock, nonce = knock(port)
        views = os.urandom(32)
        said = views + hmac.digest(token, b"view" + nonce + views, "sha256")
        with sock:
            hello = messages.packed(messages.Hello(messages.PROTOCOL, "by hand", passing=True))
            sock.sendall(said + hello)
            shown = sock.recv(32, socket.MSG_WAITALL)
            assert shown == hmac.digest(token, b"keeper" + nonce + views, "sha256")
            head = sock.recv(4, socket.MSG_WAITALL)
            body = sock.recv(struct.unpack("!I", head)[0], socket.MSG_WAITALL)
            assert isinstance(messages.from_keeper(body), messages.Welcome)
        again, _ = knock(port)
        with again:
            again.sendall(said + hello)
            assert rest(again) == b""


@pytest.mark.parametrize("answer", [b"x" * 32, b"", CLOSING], ids=["lies", "is silent", "closes"])
def test_a_stranger_at_the_port_of_a_killed_keeper_is_not_taken_for_it(
    card: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr("unitbench.session.connection.ANSWER_S", 1.0)
    with Session.attach(NAME) as session:
        pid = session.state.pid
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
        _, token = read(card)
        with TcpCounterpart(lambda data: answer, greeting=os.urandom(32)) as stranger:
            card.write_text(json.dumps({"port": stranger.port, "token": token.hex()}))
            with Session.attach(NAME, sim=True) as following:
                assert following.state.pid != pid and following.ask("SECUR?").ok
            assert token not in b"".join(stranger.heard) and stranger.connections >= 1


def test_what_a_keeper_listens_at_can_be_said_wrongly(card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "pigeon")
    ran = inside("--session", NAME, "-c", "SECUR?")
    assert ran.code == 2 and "UNITBENCH_TRANSPORT is 'pigeon'" in ran.err and "unix or tcp" in ran.err
    ran = inside("doctor")
    assert "NO  runtime folder" in ran.out and "UNITBENCH_TRANSPORT is 'pigeon'" in ran.out
    for wanted, shown in (
        ("tcp", "a token in a private file"),
        ("unix", "a Unix socket (UNITBENCH_TRANSPORT=tcp"),
    ):
        monkeypatch.setenv("UNITBENCH_TRANSPORT", wanted)
        assert shown in inside("doctor").out
