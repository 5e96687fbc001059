"""``unitbench lab``: says where it is, hands the session on, and leaves no process behind however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.browser.lab import wait_for
from tests.support.kernel import running_kernel
from unitbench import Session
from unitbench.session.operations import Look

pytestmark = [pytest.mark.needs("jupyterlab", "pexpect"), pytest.mark.timeout(180)]
MARK = "UNITBENCH_LAB_MARK"
OPTIONS = ("--no-browser", "--ServerApp.port=0", "--ServerApp.ip=127.0.0.1")
START_S = 60


def marked(mark: str) -> list[str]:
    """The processes that have the mark in their environment, by what they run."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


class Lab:
    """``unitbench lab`` on a terminal of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        import pexpect

        self.mark = uuid4().hex
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "unitbench_shell", "lab", *words, *OPTIONS],
            env={**os.environ, MARK: self.mark},
            cwd=str(folder),
            encoding="utf-8",
            timeout=START_S,
            dimensions=(40, 300),
        )
        self.child.expect(r"JupyterLab on session (\S+): (http://\S+/)lab\?token=(\w+)")
        self.session, self.url, self.token = self.child.match.groups()

    def post(self, where: str, what: object = None) -> None:
        """Ask its server for something, as its pages do."""
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = json.dumps(what or {}).encode()
        request = urllib.request.Request(f"{self.url}api/{where}", data, headers)
        with urllib.request.urlopen(request, timeout=START_S):
            pass

    def end(self) -> None:
        """Have it killed if it still runs."""
        self.child.close(force=True)


@pytest.fixture
def lab(runtime: Path, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path, "--session", "bench-1")
    yield made
    made.end()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "closed terminal", "its menu"])
def test_it_leaves_no_process_behind(lab: Lab, how: str, runtime: Path) -> None:
    assert lab.session == "bench-1"
    lab.post("kernels", {"name": "python3"})
    assert any("ipykernel" in found for found in marked(lab.mark))
    match how:
        case "Ctrl-C":
            lab.child.sendintr()
        case "SIGTERM":
            lab.child.kill(signal.SIGTERM)
        case "closed terminal":
            lab.child.ptyproc.fileobj.close()
        case _:
            lab.post("shutdown")
    wait_for(lambda: not marked(lab.mark), f"the end of {marked(lab.mark)}", 30)
    assert not [*runtime.rglob("*.sock")], "no keeper was started for it"


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unitbench_shell", "lab", *words],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_cannot_be_opened_is_said_at_once(tmp_path: Path) -> None:
    told = run(str(tmp_path / "missing.ipynb"))
    assert told.returncode == 2 and "there is no notebook" in told.stderr and "Traceback" not in told.stderr
    told = run("--session", "no/name")
    assert told.returncode == 2 and "cannot be a session's name" in told.stderr


def test_without_jupyterlab_it_says_how_to_get_it(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'jupyterlab' else found(name, *a)\n"
        "from unitbench_shell.cli import main; sys.exit(main(['lab']))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 2 and "pip install 'unitbench[notebook]'" in told.stderr


@pytest.mark.parametrize(
    ("environment", "session", "who"),
    [
        ({}, "default", "nb:tour.ipynb"),
        ({"UNITBENCH_SESSION": "bench-2"}, "bench-2", "nb:tour.ipynb"),
        ({"UNITBENCH_WHO": "anna"}, "default", "anna"),
    ],
)
def test_a_lab_that_already_runs_joins_as_well(
    runtime: Path, environment: dict[str, str], session: str, who: str
) -> None:
    """Its kernels get no more from Jupyter than the notebook's name."""
    with (
        Session.attach(session, sim=True, who="desk") as other,
        running_kernel(JPY_SESSION_NAME="notes/tour.ipynb", **environment) as kernel,
    ):
        told = kernel.run("from unitbench import Session\ns = Session.attach()\nprint(s.name, s.who)")
        assert told.out.split()[0] == session and told.out.split()[1].startswith(who), told
        kernel.run("%load_ext unitbench")
        assert "~01@SECUR ON" in kernel.run("%ub SECUR?").out
        assert sum(client.startswith(who) for client in other.perform(Look()).clients) == 2
        assert other.journal[-1].origin.startswith(who)
