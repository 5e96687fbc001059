"""What keeper and views are made of: proofs, the environment handed down, what an end takes along."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import socket
import stat
from hashlib import sha256
from pathlib import Path
from unittest.mock import Mock

import pytest

from unitbench import runtime
from unitbench.errors import InvalidValue
from unitbench.session import door, proof
from unitbench.session.endpoint import TCP, Endpoint, carrier
from unitbench.session.losses import held
from unitbench.session.mirror import Mirror
from unitbench.session.model import Job, Unit
from unitbench.session.spawning import environment
from unitbench.session.stream import State
from unitbench_shell.config import config_file

TOKEN, KEEPERS, VIEWS = b"t" * 32, b"k" * 32, b"v" * 32
SECRET = "correct-horse-battery"


def test_a_proof_is_an_hmac_over_both_nonces_and_whose_it_is() -> None:
    said = proof.proof(TOKEN, proof.VIEW, KEEPERS, VIEWS)
    assert said == hmac.new(TOKEN, b"view" + KEEPERS + VIEWS, sha256).digest()
    assert proof.proven(said, TOKEN, proof.VIEW, KEEPERS, VIEWS)
    assert not proof.proven(said, TOKEN, proof.KEEPER, KEEPERS, VIEWS), "handed back it proves nothing"
    assert not proof.proven(said, b"T" * 32, proof.VIEW, KEEPERS, VIEWS)
    assert not proof.proven(said, TOKEN, proof.VIEW, VIEWS, VIEWS)
    assert not proof.proven(b"", TOKEN, proof.VIEW, KEEPERS, VIEWS)


def test_proofs_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compare = Mock(return_value=True)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert proof.proven(b"anything", TOKEN, proof.VIEW, KEEPERS, VIEWS)
    compare.assert_called_once_with(b"anything", proof.proof(TOKEN, proof.VIEW, KEEPERS, VIEWS))


def test_a_card_is_private_whatever_the_umask_and_new_each_time(tmp_path: Path) -> None:
    path = tmp_path / "a.tcp"
    previous = os.umask(0)
    try:
        first = proof.issue(path, 4711)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert proof.read(path) == first and first.port == 4711 and len(first.token) == 32
    assert proof.issue(path, 4711).token != first.token
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tcp"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"port": "x", "token": "00"}', '{"port": 1, "token": "zz"}', "\xff"]
)
def test_a_card_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.tcp"
    path.write_text(text, encoding="latin-1")
    assert proof.read(path) is None


def test_who_waits_at_the_door_without_a_proof_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "WAITING_MOST", 2)

    async def knocked() -> None:
        server = await door.opened(Endpoint("a", tmp_path), TCP, asyncio.Protocol)
        card = proof.read(tmp_path / "a.tcp")
        assert card is not None
        idle = [await asyncio.open_connection(proof.HOST, card.port) for _ in range(3)]
        nonces = [await reader.readexactly(32) for reader, _ in idle]
        assert len(set(nonces)) == 3
        with pytest.raises(ConnectionError):
            if not await idle[0][0].read(1):
                raise ConnectionResetError
        reader, writer = idle[2]
        views = proof.nonce()
        writer.write(views + proof.proof(card.token, proof.VIEW, nonces[2], views))
        said = await reader.readexactly(32)
        assert proof.proven(said, card.token, proof.KEEPER, nonces[2], views)
        for _, writer in idle:
            writer.close()
        server.close()

    asyncio.run(knocked())


def test_who_proves_nothing_in_time_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PROOF_S", 0.01)

    async def knocked() -> bytes:
        server = await door.opened(Endpoint("a", tmp_path), TCP, asyncio.Protocol)
        card = proof.read(tmp_path / "a.tcp")
        assert card is not None
        reader, writer = await asyncio.open_connection(proof.HOST, card.port)
        writer.write(b"x" * 63)
        got = await reader.readexactly(32)
        with contextlib.suppress(ConnectionError):
            got += await reader.read()
        writer.close()
        server.close()
        return got

    assert len(asyncio.run(knocked())) == 32


def test_what_a_keeper_listens_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert carrier() == "unix"
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "tcp")
    assert carrier() == "tcp"
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "pigeon")
    with pytest.raises(InvalidValue, match="pigeon"):
        carrier()
    monkeypatch.delenv("UNITBENCH_TRANSPORT")
    monkeypatch.delattr(socket, "AF_UNIX")
    assert carrier() == "tcp"


def test_the_environment_handed_down_has_no_secrets_and_no_relative_folders() -> None:
    ours = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "XDG_RUNTIME_DIR": "/run/user/1",
        "UNITBENCH_PROTOCOLS": os.pathsep.join(("mine", "/theirs", "")),
        "PYTHONPATH": "kit",
        "UNITBENCH_WHO": "me",
        "LAB_PASSWORD": SECRET,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "SSH_AUTH_SOCK": "/tmp/agent",
    }
    assert environment(ours) == {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "XDG_RUNTIME_DIR": "/run/user/1",
        "UNITBENCH_PROTOCOLS": os.pathsep.join((os.path.abspath("mine"), "/theirs")),
        "PYTHONPATH": os.path.abspath("kit"),
    }


@pytest.mark.parametrize("named", ["mine", "./mine", "../mine", "", " "])
def test_a_relative_folder_of_the_environment_is_none(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the XDG specification has it; view and keeper, which stand in different folders, would not meet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(runtime, "_private", lambda path, *_: path)  # nothing is made
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    usual = runtime.folder("sessions")
    for variable in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, named)
    assert runtime.folder("sessions") == usual and usual.is_absolute()
    assert runtime.kept() == tmp_path / ".local/state/unitbench"
    assert config_file() == tmp_path / ".config/unitbench/config.toml"
    for variable in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, "/elsewhere")
    assert runtime.folder("sessions") == Path("/elsewhere/unitbench/sessions")
    assert runtime.kept() == Path("/elsewhere/unitbench") == config_file().parent


def unit(name: str, link: str = "closed", login: str = "") -> Unit:
    return Unit(name, "kramer", "Kramer", f"kramer://{name}", link=link, login=login)


UNITS = (unit("k1", "open", "ADMIN"), unit("k2", "open"), unit("k3", "open"), unit("k4"))
JOBS = (Job(1, "timing", "20 rounds", "me", state="done"), Job(2, "timing", "90 rounds", "me"))


def test_what_a_session_holds_in_words() -> None:
    state = State("a", "me", 7, 1, 1, "127.77.1.0/24", UNITS, JOBS)
    assert held(state) == (
        "the ADMIN login on k1, the links to k2 and k3, job 2 (90 rounds) and the simulated units in 127.77.1.0/24"
    )
    assert held(State("a", "me", 7, 1, 1, "", (unit("k2", "open"),))) == "the link to k2"
    assert held(State("a", "me", 7, 1, 1, "", (unit("k4"),), JOBS[:1])) == ""


def test_a_mirror_of_a_session_that_is_gone_holds_nothing_any_more() -> None:
    mirror = Mirror(State("a", "me", 7, 1, 1, "", UNITS, JOBS, ("me", "you")))
    mirror.lose()
    assert held(mirror.state) == "" and mirror.state.clients == ()
    assert [known.name for known in mirror.state.units] == ["k1", "k2", "k3", "k4"]
    assert [(job.state, job.message) for job in mirror.state.jobs] == [
        ("done", ""),
        ("failed", "the session is gone"),
    ]
