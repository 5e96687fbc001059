"""A session and a recorder's only place for a command client: taken late and aloud, given back early."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import unitbench
from tests.support.counterparts import CLOSING, TcpCounterpart
from tests.support.foreign import RawTcp
from tests.support.logger import Recorder, line, until
from unitbench import Session, Sim
from unitbench.errors import OpenFailed
from unitbench.session import slots
from unitbench.session.operations import Connect, Disconnect, Find
from unitbench.session.stream import Event


def answers_once() -> Callable[[bytes], bytes | None]:
    """A unit that answers one question and closes at the next."""
    left = [b"GRAPHTEC,GL840,0,01.00\r\n"]
    return lambda data: left.pop() if left else CLOSING


class Notices:
    """What a session says by itself about its links, in order."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: list[str] = []
        self._new = threading.Condition()
        session.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if event.kind == "notice":
            with self._new:
                self._said.append(event.text)
                self._new.notify_all()

    def until(self, text: str, deadline: float = 10.0) -> str:
        """Wait for a notice with that text in it."""
        with self._new:
            assert self._new.wait_for(lambda: any(text in said for said in self._said), deadline), self._said
        return next(said for said in self._said if text in said)


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({"recorder": 1, "kramer": 0, "dcol": 0, "qstation": 0, "vs1": 0}) as sim:
        yield sim


def free(host: str) -> bool:
    """Whether a foreign client gets the place."""
    try:
        with RawTcp(host, 8023) as client:
            return b"GL840-SIM" in client.ask(b"*IDN?\n", line)
    except OSError:
        return False


def test_a_command_takes_the_place_and_says_so(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        host, notices = sim.unit("r1").host, Notices(session)
        session.perform(Find("r1"))
        assert free(host)
        assert until(lambda: session.ask("@r1 *IDN?").ok), "the unit has seen the other client leave"
        done = session.ask("@r1 *IDN?")
        assert done.ok and done.fields["model"] == "GL840-SIM" and done.simulated
        notices.until("r1: the only place for a command client is taken")
        assert not free(host)
        assert session.ask("@r1 *IDN?").ok, "the place is still ours"


def test_it_is_given_back_when_nothing_is_asked(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "IDLE_S", 0.2)
    with Session.local(sim=sim) as session:
        notices = Notices(session)
        assert session.ask("@r1 *IDN?").ok
        notices.until("r1: the place for a command client is free again")
        assert until(lambda: free(sim.unit("r1").host))
        assert session.perform(Find("r1")).link == "closed"


def test_a_person_may_hold_it(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "IDLE_S", 0.05)
    with Session.local(sim=sim) as session:
        notices = Notices(session)
        assert session.perform(Connect("r1")).link == "open"
        notices.until("is taken; held until disconnect")
        assert session.ask("@r1 *IDN?").ok
        assert session.ask("@recorder+udp://{} *IDN?".format(sim.unit("r1").host)).unit == "r1"
        assert not free(sim.unit("r1").host)
        session.perform(Disconnect("r1"))
        notices.until("free again")


def test_the_last_view_gives_it_back_and_the_keeper_stays(runtime: Path) -> None:
    with Session.attach("left", sim=True) as session:
        assert session.ask("@r1 *IDN?").ok
        host = session.perform(Find("r1")).address.partition("://")[2]
        pid = session.state.pid
        assert not free(host)
    assert until(lambda: free(host), 2.5)
    with Session.attach("left", start=False) as again:
        assert again.state.pid == pid


def test_a_place_that_was_ours_and_broke_is_no_busy_one() -> None:
    with TcpCounterpart(answers_once()) as unit, Session.local() as session:
        address = f"recorder://{unit.host}:{unit.port}"
        assert session.ask("*IDN?", address).ok
        broke = session.ask("*IDN?", address)
        assert broke.outcome == "closed" and broke.error is not None
        assert broke.error.code == "LinkLost" and "busy" not in broke.error.meaning


def test_connect_tells_that_it_is_busy() -> None:
    with Recorder() as recorder, recorder.command(), Session.local() as session:
        with pytest.raises(OpenFailed, match="is busy, or it is no 8023 recorder"):
            session.perform(Connect(f"recorder://{recorder.host}"))
        assert session.units[0].link == "busy"


@pytest.mark.parametrize("reject", ["rst", "silent", "accept_close"])
def test_whoever_is_turned_away_is_told_that_the_unit_is_busy(reject: str) -> None:
    with Recorder(reject=reject) as recorder, recorder.command(), Session.local() as session:
        address = f"recorder://{recorder.host}"
        done = session.ask(f"@{address} *IDN?", timeout_s=2.0)
        assert done.outcome == "closed" and not done.replies and done.error is not None
        assert "is busy, or it is no 8023 recorder" in done.error.meaning
        assert f"@recorder+udp://{recorder.host}" in done.error.hint
        assert session.perform(Find(address)).link == "busy"
        by_udp = session.ask(f"@recorder+udp://{recorder.host} *IDN?")
        assert by_udp.ok and by_udp.unit == done.unit


def test_a_search_by_name_goes_by_udp(sim: Sim) -> None:
    with Session.local() as session:
        host = sim.unit("r1").host
        found = session.discover(f"recorder://{host}")
        assert found.sent == (f"recorder *IDN? -> {host}:8023/udp",)
        assert [unit.address for unit in found.units] == [f"recorder://{host}"]
        block = host.rpartition(".")[0] + ".255"
        assert session.discover(f"recorder://{block}").sent == (f"recorder *IDN? -> {block}:8023/udp",)
        everyone = session.ask("*IDN?", f"recorder://{block}", timeout_s=1.0)
        assert [reply.fields["maker"] for reply in everyone.replies] == ["GRAPHTEC"]


def test_simulated_verbs_go_to_nothing_else() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as real, Session.local() as session:
        real.bind(("127.0.0.1", 0))
        address = f"recorder+udp://127.0.0.1:{real.getsockname()[1]}"
        for verb in ("SIMFIND?", "SIMNETRESTART 02:00:00:00:00:41"):
            held = session.ask(verb, address, allow=address)
            assert held.outcome == "withheld" and held.error is not None
        real.setblocking(False)
        with pytest.raises(BlockingIOError):
            real.recv(100)


def test_a_network_restart_is_survived(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        assert session.ask("@r1 SIMNETRESTART").outcome == "ok"
        assert until(lambda: session.ask("@r1 *IDN?", timeout_s=0.5).ok, 15.0)


def test_the_command_line() -> None:
    ran = unitbench("--sim", "-c", "@r1 *IDN?; @all SIMFIND?", "--json")
    first, everyone = ran.objects
    assert ran.code == 0 and "r1: the only place for a command client is taken" in ran.err
    assert first["replies"][0]["fields"]["maker"] == "GRAPHTEC"
    assert [reply["fields"]["mac"] for reply in everyone["replies"]] == ["02:00:00:00:00:41"]
    assert unitbench("--sim", "-c", "@r1 NONSENSE").code == 2
    services = unitbench("--sim", "-c", "services r1", "--json").objects
    assert [place["usual"] for place in services] == [8023, 8023, 80, 21]
    assert [place["touch"] for place in services][2:] == ["never opened by us"] * 2
