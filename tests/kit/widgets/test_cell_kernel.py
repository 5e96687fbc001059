"""A real kernel: completion by its protocol, waiting for answers in every way a cell can, short errors, tables."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.kernel import Kernel, running_kernel
from unitbench import Session

pytestmark = pytest.mark.needs("jupyterlab", "widgets")
NAME = f"cell-{uuid4().hex[:6]}"
SECRET = "lantern-ok-42"
META = "_jupyter_types_experimental"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """The session of these kernels, joined by another view too."""
    with Session.attach(NAME, sim=True, who="other") as session:
        yield session


@pytest.fixture(scope="module")
def kernel(session: Session) -> Iterator[Kernel]:
    """A kernel with the extension and a session in ``s``."""
    with running_kernel(
        UNITBENCH_SESSION=NAME, K1_PASSWORD="1234", JPY_SESSION_NAME="x/cells.ipynb"
    ) as kernel:
        assert kernel.run("%load_ext unitbench").lines == ()
        assert "k1" in kernel.complete("%ub use k")["matches"], "of a session that this kernel has not joined"
        assert kernel.run("from unitbench import Session\ns = Session.attach()").lines == ()
        yield kernel


def test_completion_comes_with_place_and_meaning(kernel: Kernel) -> None:
    code = "x = 1\n%ub @t1 AEh 0E\ny = 2"
    at = code.index("0E") + 2
    reply = kernel.complete(code, at)
    assert reply["matches"] == ["0Eh"] and reply["status"] == "ok"
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "0E"
    (told,) = reply["metadata"][META]
    assert told["type"].startswith("read:") and (told["start"], told["end"]) == (at - 2, at)
    cell = kernel.complete("%%ub\nSECUR?\nLOGIN US")
    assert cell["matches"] == ["USER"] and cell["cursor_start"] == len("%%ub\nSECUR?\nLOGIN ")
    wide = "%ub // ünïcödé 𝒳\n%ub SEC"
    assert kernel.complete(wide)["cursor_start"] == len(wide) - 3


def test_secrets_are_neither_completed_nor_echoed(kernel: Kernel) -> None:
    kernel.run("horse_battery = 1")
    for code in ("%ub LOGIN USER,horse", "%%ub\nLOGIN ADMIN password=horse"):
        reply = kernel.complete(code)
        assert reply["matches"] == [] and reply["status"] == "ok"
    assert kernel.complete("%ub LOGIN USER,env:K1_P")["matches"] == ["env:K1_PASSWORD"]


def test_completion_waits_for_no_job_of_the_session(kernel: Kernel, session: Session) -> None:
    job = session.timing(rounds=1000, gap_s=0.2)
    try:
        assert kernel.complete("%ub use q")["matches"][:3] == ["q1", "q2", "q3"]
        assert kernel.complete("%ub stop ")["matches"] == [str(job.id)]
    finally:
        job.stop()


def test_ask_and_await_in_a_cell_and_in_its_threads(kernel: Kernel) -> None:
    assert "~01@SECUR ON" in kernel.run("print(s.ask('SECUR?').text)").out
    assert "~01@SECUR ON" in kernel.run("print((await s.aask('SECUR?')).text)").out
    both = "import asyncio\na, b = await asyncio.gather(s.aask('SECUR?'), s.aask('@t1 0Eh 19'))\nprint(a.ok, b.ok)"
    assert "True True" in kernel.run(both).out
    threaded = "print((await asyncio.to_thread(s.ask, 'SECUR?')).text)"
    assert "~01@SECUR ON" in kernel.run(threaded).out
    inner = "async def inner():\n    return s.ask('SECUR?').text\nprint(await inner())"
    assert "~01@SECUR ON" in kernel.run(inner).out


def test_await_in_a_cell_while_callbacks_run(kernel: Kernel) -> None:
    code = (
        "heard, wrong = [], []\n"
        "def heed(event):\n"
        "    if event.exchange is None: return\n"
        "    heard.append(event.exchange.id)\n"
        "    try: s.ask('SECUR?')\n"
        "    except Exception as error: wrong.append(error)\n"
        "leave = s.subscribe(heed)\n"
        "ids = [(await s.aask('SECUR?')).id for _ in range(20)]\n"
        "leave()\n"
        "print(heard == ids, len(wrong), wrong[0].message, '|', wrong[0].hint)"
    )
    told = kernel.run(code)
    assert told.out.startswith("True 20 a blocking call was made on the session's own thread | "), told
    assert "await" in told.out


def test_a_missing_password_is_asked_for_hidden(kernel: Kernel) -> None:
    asked = []

    def answer(wanted: dict[str, object]) -> str:
        asked.append((wanted["prompt"], wanted["password"]))
        return "1234"

    told = kernel.run("%ub LOGIN USER", answer)
    assert "~01@LOGIN USER OK" in told.out and "1234" not in told.out and told.err == ""
    assert asked == [("password: ", True)]


def test_where_nobody_can_be_asked_it_says_what_to_do(kernel: Kernel) -> None:
    told = kernel.run("%ub LOGIN USER")
    assert told.error == "MissingField" and "Traceback" not in "\n".join(told.lines)
    assert "nobody can be asked" in told.lines[0] and "env:NAME" in told.lines[-1]


def test_a_password_from_the_environment_and_a_typed_one_warned_of_once(kernel: Kernel) -> None:
    told = kernel.run("%ub LOGIN USER,env:K1_PASSWORD")
    assert "~01@LOGIN USER OK" in told.out and told.err == ""
    first, second = (kernel.run(f"%ub LOGIN ADMIN,{SECRET}") for _ in range(2))
    assert "saved with the notebook" in first.err and "env:NAME" in first.err and second.err == ""
    assert SECRET not in str(first) + str(second)


def test_errors_are_short_whoever_raised_them_and_tb_has_the_rest(kernel: Kernel) -> None:
    for code in ("s.ask('0Eh 999')", "await s.aask('0Eh 999')", "%ub 0Eh 999", "%%ub\nSECUR?\n0Eh 999"):
        told = kernel.run(code)
        assert told.error == "InvalidValue" and told.out == told.err == ""
        line, mark = told.lines[1:3]
        assert line[mark.index("^") : mark.rindex("^") + 1] == "999"
        assert told.lines[-1].startswith("try: ") and "Traceback" not in "\n".join(told.lines)
    assert "did you mean" in kernel.run("s.ask('SECURE?')").lines[-1]
    assert "Traceback" in "\n".join(kernel.run("%tb").lines)
    assert "Traceback" in "\n".join(kernel.run("1 / 0").lines)


SHOWN = (
    ("s", NAME),
    ("s.state", NAME),
    ("s.units", "k1"),
    ("s.units[0]", "k1"),
    ("s.ask('SECUR?')", "SECUR"),
    ("s.journal", "SECUR"),
    ("s.discover()", "q1"),
    ("s.timing(rounds=2).result()", "q1"),
    ("s.timing(rounds=1)", "timing"),
    ("s.jobs", "discover"),
    ("s.jobs[0]", "timing"),
    ("s.listen('v1', 0.1)", "v1"),
    ("s.sim_state()", "k1"),
)


def test_objects_are_tables_in_a_notebook_and_text_elsewhere(kernel: Kernel) -> None:
    for code, wanted in SHOWN:
        told = kernel.run(code)
        assert told.lines == (), (code, told)
        data = told.shown[-1]
        assert data["text/html"].startswith("<table>") and wanted in data["text/html"], code
        assert wanted in data["text/plain"] and "<table" not in data["text/plain"], code
        assert "Exchange(" not in data["text/plain"] and "Unit(" not in data["text/plain"], code


def test_completion_is_silent_when_the_session_is_gone(kernel: Kernel, session: Session) -> None:
    """The last one: it ends the session."""
    assert "~01@SECUR ON" in kernel.run("%ub SECUR?").out
    os.kill(session.state.pid, signal.SIGKILL)
    gone = "import asyncio\nwhile not s.gone:\n    await asyncio.sleep(0.01)\nprint(s.gone)"
    assert "the session is gone" in kernel.run(gone).out
    reply = kernel.complete("%ub SEC")
    assert reply["status"] == "ok" and reply["matches"] == ["SECUR?", "SECUR"]
    assert kernel.run("").err == ""
    told = kernel.run("%ub SECUR?")
    assert told.error == "SessionError" and "starts a new session" in told.lines[-1]
