"""Another user of the machine at the keeper's files and doors: every lock by itself keeps them out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.private import stop_keepers
from tests.support.strangers import as_ourselves, as_stranger
from unitbench import Session
from unitbench.session import messages, proof

pytestmark = pytest.mark.needs("other user")
HELLO = messages.packed(messages.Hello(messages.PROTOCOL, "stranger")).hex()

LOOK = """
found = {}
for folder in arguments[0]:
    found[folder] = tried(os.listdir, folder)
for path in arguments[1]:
    found[path] = tried(lambda: open(path, "rb").read())
for path in arguments[2]:
    found[path] = tried(socket.socket(socket.AF_UNIX).connect, path)
print(json.dumps(found))
"""

TALK = """
path, hello = arguments
sock = socket.socket(socket.AF_UNIX)
sock.settimeout(20)
sock.connect(path)
try:
    sock.sendall(bytes.fromhex(hello))
    print(json.dumps(len(sock.recv(100))))
except ConnectionError:
    print("0")
"""

KNOCK = """
port, hello = arguments
sock = socket.create_connection(("127.0.0.1", port), 20)
got = sock.recv(32, socket.MSG_WAITALL)
try:
    sock.sendall(bytes(64) + bytes.fromhex(hello))
    while more := sock.recv(100):
        got += more
except ConnectionError:
    pass
print(json.dumps(len(got)))
"""


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder whose parents everybody may enter, as ``/tmp`` and ``/run/user`` are."""
    folder = Path(tempfile.mkdtemp(prefix="ubx", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    stop_keepers(folder)
    shutil.rmtree(folder)


def opened(folder: Path) -> None:
    """Let everybody into our folders, as a person might by mistake."""
    for path in (folder / "unitbench", folder / "unitbench" / "sessions"):
        path.chmod(0o755)


def test_another_user_can_neither_list_nor_read_nor_connect(reachable: Path) -> None:
    with Session.attach("mine", sim=True) as session:
        session.ask("LOGIN USER,1234")
        root = reachable / "unitbench"
        below = list(root.rglob("*"))
        folders = [str(root), *(str(path) for path in below if path.is_dir())]
        files = [str(path) for path in below if path.is_file()]
        sockets = [str(path) for path in below if path.is_socket()]
        assert len(folders) == 3 and len(sockets) == 1 and len(files) >= 4
        theirs = as_stranger(LOOK, folders, files, sockets)
        assert set(theirs.values()) == {"PermissionError"} and len(theirs) == len(below) + 1
        ours = as_ourselves(LOOK, folders, files, sockets)
        assert "PermissionError" not in ours.values(), "the check must be able to fail"


def test_a_folder_that_stands_open_does_not_open_the_socket(reachable: Path) -> None:
    with Session.attach("mine") as session:
        opened(reachable)
        path = str(reachable / "unitbench" / "sessions" / "mine.sock")
        assert as_stranger(LOOK, [], [], [path]) == {path: "PermissionError"}
        os.chmod(path, 0o777)
        assert as_stranger(TALK, path, HELLO) == 0, "the system says whose process it is"
        assert as_ourselves(TALK, path, HELLO) > 0
        assert "stranger" not in session.state.clients


def test_on_tcp_another_user_hears_random_bytes_and_no_more(
    reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "tcp")
    with Session.attach("mine"):
        opened(reachable)
        card = reachable / "unitbench" / "sessions" / "mine.tcp"
        assert as_stranger(LOOK, [], [str(card)], []) == {str(card): "PermissionError"}
        found = proof.read(card)
        assert found is not None
        assert as_stranger(KNOCK, found.port, HELLO) == 32


def test_a_folder_of_somebody_else_is_not_used(reachable: Path) -> None:
    theirs = reachable / "unitbench"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    with pytest.warns(UserWarning, match="is not yours; session alone is in this process"):
        session = Session.attach("alone")
    with session:
        assert session.state.pid == os.getpid()
    assert list(theirs.iterdir()) == []
