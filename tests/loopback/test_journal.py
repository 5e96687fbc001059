"""The journal on disk: written as it happens, private, gone on with after a kill, never in anybody's way."""

from __future__ import annotations

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.loopback.test_keeper_killed import kill
from tests.loopback.test_secrets_nowhere import leaks
from tests.support.commands import unitbench
from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer
from tests.support.terminal import Terminal
from unitbench import Session, SessionError, UsageError
from unitbench.session.console import Console
from unitbench.session.journal import frames, past
from unitbench.session.journal.frames import Damage, Found
from unitbench.session.operations import Await
from unitbench.session.stream import Event
from unitbench.widgets.timing_model import TimingModel

NAME = "kept"
SECRET = "Zq7-Vx3.Kw9+Yt1"


class Watch:
    """What a view hears, and a wait for it."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._more = threading.Condition()
        self._leave = session.subscribe(self._heard, since=0)

    def _heard(self, event: Event) -> None:
        with self._more:
            self.events.append(event)
            self._more.notify()

    def until(self, kind: str, text: str = "", count: int = 1) -> list[Event]:
        """The events of a kind with ``text`` in theirs, when there are so many."""

        def those() -> list[Event]:
            return [event for event in self.events if event.kind == kind and text in event.text]

        with self._more:
            assert self._more.wait_for(lambda: len(those()) >= count, 20), self.events
        return those()


def file_of(session: Session) -> Path:
    path = Path(session.state.journal)
    assert (
        path.name == f"{session.name}.ubj" and path.parent == Path(os.environ["XDG_STATE_HOME"]) / "unitbench"
    )
    return path


def kinds(path: Path) -> list[bytes]:
    return [entry.kind if isinstance(entry, Found) else b"-" for entry in frames.scan(path.read_bytes())]


def stop() -> None:
    assert unitbench("stop", NAME).code == 0


def test_killed_in_the_middle_of_an_experiment(runtime: Path) -> None:
    with FakeKramer() as unit, Session.attach(NAME, sim=True) as session:
        session.ask(f"@{unit.address} LOGIN ADMIN,letmein-1234")
        session.ask("LOGIN USER,1234")
        job = session.timing("DEVICEIDENT?", rounds=100_000)
        told = Watch(session)
        told.until("round", count=3)
        kill(session)
        told.until("notice", "the session is gone")
        before = [event for event in told.events if event.text != session.gone]
        block = session.state.sim
        first = file_of(session)
    with Session.attach(NAME) as again:
        assert file_of(again) == first
        title = f"job {job.id} ({job.job.title})"
        for part in (
            "killed",
            "2 exchanges since",
            "the ADMIN login on k2",
            "the USER login on k1",
            block,
            title,
        ):
            assert part in again.state.found, again.state.found
        (real,) = again.units
        assert (real.address, real.link, real.login) == (unit.address, "closed", "")
        (known,) = again.jobs
        assert (known.id, known.state, known.message) == (job.id, "failed", "its keeper was killed")
        with pytest.raises(SessionError, match="went with the keeper"):
            again.perform(Await(job.id))

        replayed = Watch(again)
        replayed.until("notice", "the keeper of this session was killed")
        events = replayed.events
        assert events[: len(before)] == before, "all that a view has seen is there"
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        model = TimingModel()
        for event in events:
            model.apply(event)
        assert {row["unit"] for row in model.rows()} == {"q1", "q2", "q3"}
        assert all(int(str(row["rounds"])) >= 3 for row in model.rows())
        assert "failed after" in model.sheet().state

        assert [exchange.id for exchange in again.journal] == [1, 2]
        exchange = again.ask("SECUR?", unit.address)
        assert exchange.id == 3
        with Session.attach(NAME, start=False) as late:
            assert late.state.found == "", "it is told to the first, and to nobody for ever"
        with Session.attach(NAME, sim=True) as third:
            assert [u.name for u in third.units if u.simulated] == ["k1", "t1", "q1", "q2", "q3", "r1", "v1"]
            assert third.ask("SECUR?", "k1").ok
        assert again.timing("DEVICEIDENT?", rounds=1).job.id == job.id + 1
        kill(again)
    with Session.attach(NAME) as last:
        assert "4 exchanges since" in last.state.found and [e.id for e in last.journal] == [1, 2, 3, 4]
        stop()


def test_a_clean_end_is_marked_and_the_next_session_is_a_new_one(runtime: Path) -> None:
    for number in (1, 2, 3):
        with Session.attach(NAME, sim=True) as session:
            assert session.state.found == "" and session.ask("SECUR?").id == 1
            path = file_of(session)
            stop()
        assert kinds(path)[0] == b"H" and kinds(path)[-1] == b"Z" and b"-" not in kinds(path)
        parts = sorted(found.name for found in path.parent.glob("*.ubj*"))
        assert parts == [f"{NAME}.ubj", *(f"{NAME}.ubj.{n}" for n in range(1, number))]


def test_private_whatever_was_there(runtime: Path) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "unitbench"
    folder.mkdir(mode=0o755)
    (folder / f"{NAME}.ubj").touch(mode=0o644)
    with Session.attach(NAME) as session:
        path = file_of(session)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_torn_and_damaged_files(runtime: Path) -> None:
    with Session.attach(NAME, sim=True) as session:
        for _ in range(5):
            session.ask("SECUR?")
        path = file_of(session)
        kill(session)
    data = bytearray(path.read_bytes())
    entries = [entry for entry in frames.scan(bytes(data)) if isinstance(entry, Found)]
    hit = next(e for e in entries if b"exchange" in e.body and b"SECUR" in e.body)
    data[hit.at + 30] ^= 0xFF
    last = entries[-1]
    path.write_bytes(data + data[last.at : last.end - 3])
    with Session.attach(NAME) as again:
        assert f"damaged: bytes {hit.at} to {hit.end - 1} of {path} cannot be read" in again.state.found
        assert len(again.state.found.splitlines()) == 2, "what a kill has torn is no news"
        assert [exchange.id for exchange in again.journal] == [2, 3, 4, 5]
        (place,) = [entry for entry in frames.scan(path.read_bytes()) if isinstance(entry, Damage)]
        assert (place.at, place.end) == (hit.at, hit.end), "the torn end was cut"
        stop()


@pytest.mark.parametrize("content", [b"not a journal\n" * 9, b"UBJ1\x01markmrk" + b"rubbish"])
def test_a_file_that_is_no_journal_is_left_alone(runtime: Path, content: bytes) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "unitbench"
    folder.mkdir(mode=0o700)
    path = folder / f"{NAME}.ubj"
    path.write_bytes(content)
    with Session.attach(NAME) as session:
        assert f"{path}.1 is no journal that this version can read" in session.state.found
        assert file_of(session) == path and kinds(path)[0] == b"H"
    assert Path(f"{path}.1").read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"UB", b"UBJ1\x01markmrk", b"UBJ1\x01markmrk\x01markmrkH\x00\x00"])
def test_a_file_that_was_never_begun_is_nothing_to_speak_of(runtime: Path, content: bytes) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "unitbench"
    folder.mkdir(mode=0o700)
    (folder / f"{NAME}.ubj").write_bytes(content)
    with Session.attach(NAME) as session:
        assert session.state.found == "" and kinds(file_of(session))[0] == b"H"
    assert [found.name for found in folder.iterdir()] == [f"{NAME}.ubj"]


def test_a_folder_that_cannot_be_used_is_said_and_the_session_is_in_memory(runtime: Path) -> None:
    folder = Path(os.environ["XDG_STATE_HOME"]) / "unitbench"
    folder.write_text("in the way")
    ran = unitbench("--session", NAME, "--sim", "-c", "SECUR?; journal")
    (line,) = [line for line in ran.err.splitlines() if "in memory only" in line]
    assert line.startswith(f"the state folder {folder} ") and ran.code == 0
    assert "SECUR?" in ran.out and "no journal is written" in ran.out
    assert "in memory only" not in unitbench("--session", NAME, "-c", "SECUR?").err, "said once"
    assert unitbench("sessions", "--json").one["journal"] is None
    assert "in memory only" in unitbench("sessions").out
    assert folder.read_text() == "in the way"


def test_a_full_disk_is_said_once_and_the_session_goes_on(runtime: Path) -> None:
    with Session.attach(NAME, sim=True) as session:
        path = file_of(session)
        told = Watch(session)
        room = path.stat().st_size + 1500
        resource.prlimit(session.state.pid, resource.RLIMIT_FSIZE, (room, room))
        exchanges = [session.ask("SECUR?") for _ in range(20)]
        assert all(exchange.ok for exchange in exchanges)
        (notice,) = told.until("notice", "cannot be written any more")
        assert str(path) in notice.text and "goes on in memory" in notice.text
        assert session.state.journal == "" == Session.attach(NAME, start=False).state.journal
        assert len(session.journal) == 20 and len(told.until("notice", "cannot be written")) == 1
        whole = past.read(path, 1000)
        assert whole is not None and 0 < whole.head.exchanges < 20 and b"-" not in kinds(path)
        assert "no journal is written" in unitbench("--session", NAME, "-c", "journal").out
        stop()
    with Session.attach(NAME) as again:
        assert again.state.found == "", "it has ended in order"


def test_two_keepers_never_write_one_file(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runtime folders make two keepers of one name; their user's journals lie in one folder."""
    other = runtime / "other"
    other.mkdir(mode=0o700)
    with Session.attach(NAME) as one:
        path = file_of(one)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(other))
        with Session.attach(NAME) as two:
            assert two.state.pid != one.state.pid and two.state.journal == ""
            assert f"another keeper writes the journal {path}; this session is in memory" in two.state.found
            stop()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        assert kinds(path)[-1] != b"Z"


LINES = (
    "LOGIN ADMIN,{}",
    "raw '#LOGIN ADMIN,{}\\r'",
    "raw '#LOGN ADMIN,{}\\r'",
    "raw '#LOGIN {}\\r'",
    "LOGIN {},ADMIN",
    "LOGIN ROOT,{}",
    "LOGN ADMIN,{}",
    "password {}",
)


@pytest.fixture
def echo() -> Iterator[TcpCounterpart]:
    """A unit that gives back whatever it is sent, as a terminal would."""
    with TcpCounterpart(lambda data: data + b"~01@" + data[1:] + b"\n") as unit:
        yield unit


def test_no_secret_is_in_the_file(runtime: Path, echo: TcpCounterpart) -> None:
    with FakeKramer() as fake, Session.attach(NAME) as session:
        for name, where in (("k1", fake.address), ("k2", f"kramer://127.0.0.1:{echo.port}")):
            for template in LINES:
                line = f"@{where} {template.format(SECRET)}"
                Console(session).know(where)
                with suppress(UsageError):
                    list(Console(session).run(line, allow=name, timeout_s=0.05))
        path = file_of(session)
        recorded = [exchange.command for exchange in session.journal if exchange.outcome != "withheld"]
        assert recorded.count("LOGIN ADMIN,***") == 2 and len(recorded) >= 6, recorded
        stop()
    assert not leaks(path.read_bytes(), SECRET)


@pytest.mark.needs("pexpect")
def test_no_secret_of_a_hidden_prompt_and_what_the_shell_says_of_the_journal(runtime: Path) -> None:
    with Terminal("--session", NAME, "--sim", columns=160, rows=50) as shell:
        shell.until("7 units answered")
        assert f"journal {os.environ['XDG_STATE_HOME']}/unitbench/{NAME}.ubj" in shell.text.replace("\n", "")
        shell.type("LOGIN USER\r")
        shell.until("password:")
        shell.type(f"{SECRET}\r")
        shell.until("ERR004")
        with Session.attach(NAME, start=False) as other:
            path = file_of(other)
            kill(other)
        shell.until("press Enter on an empty line")
        shell.type("\r")
        shell.until("its journal goes on, with")
        shell.until("gone with that keeper: ")
        shell.type("journal 1\r")
        shell.until("LOGIN USER,***")
        shell.type("\x04")
        assert shell.until_end() == 0
    assert not leaks(path.read_bytes(), SECRET)


def test_sessions_and_the_verb_say_where_it_is(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", os.environ["XDG_STATE_HOME"])
    with Session.attach(NAME, sim=True, who="me") as session:
        path = file_of(session)
        session.ask("SECUR?")
        assert session.ask("LOGIN USER,wrong-password").outcome == "refused"
        assert unitbench("sessions", "--json").one["journal"] == str(path)
        assert f"~/unitbench/{NAME}.ubj" in unitbench("sessions").out
        ran = unitbench("--session", NAME, "-c", "journal 2")
        head, first, second, _, where = ran.out.splitlines()
        assert head.split() == ["no", "at", "by", "unit", "outcome", "command"]
        assert first.split()[0] == "#1" and first.split()[2:] == ["me", "k1", "ok", "SECUR?"]
        assert second.split()[2:] == ["me", "k1", "refused", "LOGIN", "USER,***"]
        assert where == f"journal ~/unitbench/{NAME}.ubj"
        found = unitbench("--session", NAME, "--json", "-c", "journal 1").one
        assert (found["type"], found["id"], found["origin"]) == ("exchange", 2, "me")
        assert unitbench("--session", NAME, "-c", "journal 0").code == 2


def test_a_session_in_this_process_writes_where_it_is_told_to_and_else_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "run.ubj"
    folder = Path(os.environ["XDG_STATE_HOME"])
    before = sorted(folder.rglob("*.ubj*"))
    with Session.local(sim=True) as session:
        assert session.ask("SECUR?").ok and session.state.journal == ""
    with Session.local(sim=True, journal=path) as session:
        assert session.ask("SECUR?").ok and session.state.journal == str(path)
    assert kinds(path)[0] == b"H" and kinds(path)[-1] == b"Z" and stat.S_IMODE(path.stat().st_mode) == 0o600
    found = past.read(path, 1000)
    assert found is not None and [e.exchange.command for e in found.events if e.exchange] == ["SECUR?"]
    with pytest.raises(SessionError, match="is there already"):
        Session.local(journal=path)
    with pytest.raises(SessionError, match="cannot be written: No such file"):
        Session.local(journal=tmp_path / "no" / "folder.ubj")
    assert sorted(folder.rglob("*.ubj*")) == before
