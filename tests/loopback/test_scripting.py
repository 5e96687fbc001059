"""Our verbs about other lines, against simulated units: the same in ``-c``, files, pipes and a console."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.support.commands import Process, Ran, inside
from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.errors import BenchError, UsageError
from unitbench.session import saved
from unitbench.session.console import Console
from unitbench.session.items import Notice
from unitbench.session.model import Exchange
from unitbench.session.rendering import render
from unitbench.session.scripted import Expected, Failed, Repeated, Step, Turned
from unitbench.session.stream import Event

SECRET = "horse-battery-55"
pytestmark = pytest.mark.usefixtures("own_state")


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session.local(sim=True) as found:
        yield found


@pytest.fixture
def console(session: Session) -> Console:
    """A console whose time passes at once."""
    made, now = Console(session), [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    made.pause, made.clock = pause, lambda: now[0]
    return made


def sim(line: str, *more: str) -> Ran:
    return inside("--sim", "-c", line, *more)


def exchanges(items: list[object]) -> list[str]:
    return [item.command for item in items if isinstance(item, Exchange)]


# -- names


def test_an_alias_and_a_saved_request_work_everywhere(tmp_path: Path) -> None:
    ran = sim(
        "alias port = 0Eh; save get-port 0Eh $vport with $vport=19; port 19; get-port; get-port vport=20",
        "--json",
    )
    assert ran.code == 0
    ports = [each["replies"][0]["fields"]["virtual_port"] for each in ran.exchanges]
    assert ports == [19, 19, 20]
    assert [each["command"][-2:] for each in sim("run get-port 20; port 20", "--json").exchanges] == [
        "20",
        "20",
    ]
    script = tmp_path / "s.ub"
    script.write_text("get-port 20\n")
    assert len(inside("run", str(script), "--sim", "--json").exchanges) == 1
    listed = sim("alias; save", "--json").objects
    assert [(each["kind"], each["name"]) for each in listed] == [("alias", "port"), ("saved", "get-port")]
    assert sim("unalias port; unsave get-port").code == 0
    assert sim("port 19").code == 2


@pytest.mark.parametrize(
    "line",
    [
        "save x LOGIN USER,{}",
        "alias x = LOGIN USER,{}",
        "save x 'SECUR?; LOGIN USER,{}'",
        "save x watch 2s LOGIN USER,{}",
        "save x @k1 raw #LOGIN USER,{}\\r",
        "save x LOGIN USER,$p with $p={}",
    ],
)
def test_no_password_is_kept_on_disk_or_shown(line: str) -> None:
    ran = sim(f"SECUR?; {line.format(SECRET)}", "--json")
    assert (ran.code, ran.out) == (2, ""), "and nothing was sent"
    assert SECRET not in ran.err + ran.out
    assert not saved.file().exists() or SECRET not in saved.file().read_text()


def test_a_request_with_a_login_asks_for_the_password_or_takes_it_from_the_environment(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_PASSWORD", "1234")
    items = list(console.run("save enter LOGIN USER,env:BENCH_PASSWORD; enter"))
    assert [item.outcome for item in items if isinstance(item, Exchange)] == ["ok"]
    asked: list[str] = []

    def secret(prompt: str) -> str:
        asked.append(prompt)
        return "1234"

    done = list(console.run("save again LOGIN USER; again", ask_secret=secret))
    assert [item.outcome for item in done if isinstance(item, Exchange)] == ["ok"] and len(asked) == 1


@pytest.mark.parametrize("name", ["units", "sim", "SECUR?", "LOGIN", "0Eh", "1x", "a.b"])
def test_a_name_that_is_taken_or_cannot_be(name: str) -> None:
    assert sim(f"save {name} SECUR?").code == 2
    assert sim(f"alias {name} = SECUR?").code == 2


# -- variables


def test_what_was_answered_can_be_asked_with(console: Console) -> None:
    items = list(console.run("use t1; 0Eh 20; 0Eh $last.virtual_port; @$unit 0Ch"))
    assert exchanges(items)[1] == "AEh 0Eh virtual_port=20" and len(exchanges(items)) == 3
    with pytest.raises(UsageError, match=r"the last reply has .*last\.first_virtual_port"):
        list(console.run("0Eh $last.nosuch"))
    with pytest.raises(UsageError, match="no unit that has it is in use"):
        list(Console(console.session).run("@$unit 0Ch"))


def test_a_saved_request_has_its_own_variables_alone(console: Console) -> None:
    list(console.run("save inner 0Eh $vport with $vport=19; save outer 'inner; 0Eh $vport' with $vport"))
    assert [line[-2:] for line in exchanges(list(console.run("outer 20")))] == ["19", "20"]


# -- expect


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("SECUR?; expect secur=ON", 0),
        ("SECUR?; expect secur=OFF", 1),
        ("SECUR?; sleep 1ms; units; expect secur=ON outcome=ok rtt_s<60", 0),
        ("@k1 LOGIN USER,wrong-horse-99; expect outcome=refused error=ERR004", 0),
        ("@k1 LOGIN USER,wrong-horse-99; expect error=ERR001", 1),
        ("@k1 LOGIN USER,wrong-horse-99; expect auth=USER", 1),
        ("0Eh 99; expect outcome=refused; 0Eh 98", 1),
        ("expect secur=ON", 2),
        ("SECUR?; @nosuch SECUR?; expect secur=ON", 2),
        ("SECUR?; expect secur", 2),
    ],
)
def test_expect_decides_the_exit_code(line: str, code: int) -> None:
    assert sim(line).code == code


def test_expect_says_what_was_seen() -> None:
    ran = sim("SECUR?; expect secur=OFF nosuch=1")
    assert "NOT AS EXPECTED: secur=OFF    seen ON" in ran.out
    assert "NOT AS EXPECTED: nosuch=1    there is no such field" in ran.out
    (told,) = [each for each in sim("SECUR?; expect secur=OFF", "--json").objects if each["type"] == "event"]
    assert (told["kind"], told["ok"], told["exchange"]) == ("expected", False, 1)
    assert told["checks"] == [{"condition": "secur=OFF", "ok": False, "seen": "ON"}]


def test_what_was_not_sent_leaves_nothing_to_expect(console: Console) -> None:
    list(console.run("SECUR?"))
    with pytest.raises(BenchError):
        list(console.run("@nosuch SECUR?"))
    with pytest.raises(UsageError, match="the last command was not sent"):
        list(console.run("expect secur=ON"))


# -- again and again


@pytest.mark.parametrize(
    "line",
    [
        "SECUR?; watch 1s FOO",
        "SECUR?; watch 1ms SECUR?",
        "SECUR?; watch soon SECUR?",
        "SECUR?; watch 1s times=0 SECUR?",
        "SECUR?; watch 1s 0Eh 999",
        "SECUR?; watch 1s 'SECUR?; 0Eh 999'",
        "SECUR?; repeat 0 SECUR?",
        "SECUR?; repeat 5 gap=x SECUR?",
        "SECUR?; wait-for 5s SECUR?",
        "SECUR?; wait-for 5s SECUR? until secur",
        "SECUR?; sleep",
        "SECUR?; sleep long",
        "SECUR?; repeat 2 LOGIN USER",
        "SECUR?; save x 0Eh 999",
        "SECUR?; alias x = FOO",
        "SECUR?; run nosuch.ub",
        "SECUR?; repeat 3 quit",
        "SECUR?; watch 1s 'SECUR?; quit'",
        "SECUR?; wait-for 1s repeat 2 quit until outcome=ok",
        "SECUR?; keepalive k1 sometimes",
    ],
)
def test_a_fault_anywhere_and_nothing_is_sent(line: str) -> None:
    ran = sim(line, "--json")
    assert (ran.code, ran.out) == (2, "") and "try:" in ran.err


def test_repeat_counts_and_measures(console: Console) -> None:
    items = list(console.run("repeat 5 gap=1s SECUR?"))
    rounds = [item for item in items if isinstance(item, Turned)]
    assert [item.number for item in rounds] == [1, 2, 3, 4, 5]
    found = items[-1]
    assert isinstance(found, Repeated)
    assert (found.done, found.outcomes, len(found.rtts_s)) == (5, {"ok": 5}, 5)
    least, middle, most = found.rtt_s or (0, 0, 0)
    assert 0 < least <= middle <= most and middle == sorted(found.rtts_s)[2]
    assert console.clock() == 4, "no pause behind the last"


def test_repeat_counts_refusals_and_what_was_not_expected(console: Console) -> None:
    found = list(console.run("repeat 3 '0Eh 99; expect outcome=ok'"))[-1]
    assert isinstance(found, Repeated)
    assert found.outcomes == {"refused": 3, "not as expected": 3}
    assert sim("repeat 2 0Eh 99").code == 1
    assert sim("repeat 2 '0Eh 99; expect outcome=refused'").code == 0
    ran = sim("repeat 2 SECUR?")
    assert re.search(r"^2/2  k1  ok  ~01@SECUR ON  \d", ran.out, re.M)
    assert re.search(
        r"^round trip min .+, median .+, max .+ \(2 replies, (kernel|user) stamps\)$", ran.out, re.M
    )
    told = sim("repeat 2 SECUR?", "--json").objects
    assert [each["type"] for each in told] == ["exchange", "exchange", "event"]
    assert told[-1]["outcomes"] == {"ok": 2} and told[-1]["rtt_min_s"] <= told[-1]["rtt_median_s"]


def test_watch_shows_what_changes_and_what_was_before(console: Console) -> None:
    console.session.sim_fault("t1", off=True)
    items = []
    rounds = 0
    for item in console.run("watch 2s times=4 0Eh 20"):
        items.append(item)
        if isinstance(item, Turned):
            rounds += 1
            if rounds == 2:
                port = console.session.ask("0Eh 20").fields | {"udp_timeout": 33}
                sent = {k: v for k, v in port.items() if k not in ("remote_ip_addr_length",)}
                words = " ".join(f"{name}={str(value).lower() or repr('')}" for name, value in sent.items())
                assert console.session.ask(f"AEh 10h {words}").ok
    found = [item for item in items if isinstance(item, Turned)]
    assert [item.changed for item in found] == [True, False, True, False]
    (changed,) = [(text, was) for text, was in found[2].rows if was is not None]
    assert changed[0].split() == ["udp_timeout", "33"] and changed[1] == "60"
    assert items[-1] == Notice("watched 4 rounds, 1 change")


def test_ctrl_c_ends_a_watch_or_a_repetition_at_once(console: Console) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    console.pause = stop
    with pytest.raises(KeyboardInterrupt, match="watched 1 round, 0 changes"):
        list(console.run("watch 10m SECUR?"))
    items: list[object] = []
    with pytest.raises(KeyboardInterrupt, match="repeated 1 of 9 times"):
        for item in console.run("repeat 9 gap=10m SECUR?"):
            items.append(item)
    assert isinstance(items[-1], Repeated) and items[-1].done == 1, "what there was is told"
    with pytest.raises(KeyboardInterrupt):
        list(console.run("sleep 1h"))


def test_wait_for_polls_until_it_is_so(console: Console) -> None:
    asked: list[int] = []

    def grow(seconds: float) -> None:
        asked.append(1)
        if len(asked) == 3:
            console.session.ask("@k1 LOGIN ADMIN,4321")

    console.pause = grow
    console.session.ask("@k1 LOGOUT")
    *_, last = console.run("wait-for 1h @k1 LOGIN? auth=ADMIN")
    assert isinstance(last, Expected)
    assert (last.ok, last.timeout, last.asked, last.checks[0].seen) == (True, False, 4, "ADMIN")


def test_wait_for_in_vain_says_the_last_value(console: Console) -> None:
    *_, last = console.run("wait-for 3s every=1s 0Eh 19 until active=false")
    assert isinstance(last, Expected)
    assert (last.ok, last.timeout, last.asked, last.checks[0].seen) == (False, True, 4, "true")
    ran = sim("wait-for 10ms 0Eh 19 until active=false")
    assert ran.code == 1 and "waited in vain" in ran.out and "seen true" in ran.out
    quiet = sim("sim fault t1 halfopen=yes; wait-for 10ms 0Eh 19 until active=true", "--timeout", "0.05")
    assert quiet.code == 3, "nothing answered, which weighs more"


def test_what_a_person_is_asked_is_asked_once(console: Console) -> None:
    with TcpCounterpart(lambda data: b"~01@ OK\r\n") as unit:
        address = f"kramer://{unit.host}:{unit.port}"
        asked: list[str] = []

        def confirm(answer: Callable[[Exchange], str]) -> Callable[[Exchange], str]:
            def given(held: Exchange) -> str:
                asked.append(held.unit)
                return answer(held)

            return given

        done = list(
            console.run(f"repeat 3 @{address} raw #\\r", confirm=confirm(lambda held: held.allow_with))
        )
        assert isinstance(done[-1], Repeated) and done[-1].outcomes == {"ok": 3} and len(asked) == 1
        asked.clear()
        *_, refused, last = console.run(f"watch 1s @{address} raw #\\r", confirm=confirm(lambda held: ""))
        assert len(asked) == 1 and last == Notice("watched 1 round, 0 changes"), "a no ends it"
        assert isinstance(refused, Turned)


def test_ctrl_c_at_a_one_shot_ends_it_and_writes_the_report(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    with TcpCounterpart(lambda data: b"~01@SECUR ON\r\n") as unit:
        where = f"kramer://{unit.host}:{unit.port}"
        with Process("-c", "watch 1h SECUR?; 0Ch", where, "--junit", str(file)) as process:
            assert process.process.stdout is not None
            first = process.process.stdout.readline()
            ran = process.end(signal.SIGINT)
    assert ran.code == 130 and "Traceback" not in ran.err
    assert "watched 1 round, 0 changes" in ran.err or ran.err == "stopped\n", (
        "where it was being printed still"
    )
    assert first.split()[1:] == ["secur", "ON"] and len(unit.heard) == 1
    assert '<testcase name="1: watch 1h SECUR?"' in file.read_text()


def test_where_nothing_is_sent_there_is_one_round_and_nothing_to_check() -> None:
    line = "watch 1h SECUR?; repeat 9 SECUR?; wait-for 1h SECUR? secur=OFF; expect secur=OFF"
    ran = sim(line, "--dry-run", "--json")
    assert ran.code == 0 and ran.exchanges == []
    assert ran.err.count("nothing to check") == 1


# -- files


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_run_performs_a_file_and_goes_on_behind_what_fails(console: Console, tmp_path: Path) -> None:
    name = write(
        tmp_path, "a.ub", "# first\nSECUR?; 0Eh 19\n\nuse nosuch\n@k1 LOGIN USER,wrong-horse-99\nSECUR?\n"
    )
    items = list(console.run(f"run {name}"))
    assert [item.where.rpartition(", ")[2] for item in items if isinstance(item, Step)] == [
        "line 2",
        "line 2",
        "line 4",
        "line 5",
        "line 6",
    ]
    assert [item.text for item in items if isinstance(item, Step)][3] == "@k1 LOGIN USER,***"
    (failed,) = [item for item in items if isinstance(item, Failed)]
    assert failed.where == f"{name}, line 4" and "nosuch" in failed.error.message
    assert len(exchanges(items)) == 4
    ran = sim(f"run {name}")
    assert (
        ran.code == 2 and f"{name}, line 4: no unit 'nosuch'" in ran.err and "wrong-horse-99" not in ran.err
    )


def test_a_fault_in_a_file_sends_nothing_of_it(tmp_path: Path) -> None:
    inner = write(tmp_path, "inner.ub", "SECUR?\n0Eh 999\n")
    outer = write(tmp_path, "outer.ub", f"SECUR?\nrun {inner}\n")
    for ran in (sim(f"SECUR?; run {outer}", "--json"), inside("run", outer, "--sim", "--json")):
        assert (ran.code, ran.out) == (2, "")
        assert f"{inner}, line 2: virtual_port: '999'" in ran.err


def test_files_that_run_each_other_have_an_end(tmp_path: Path) -> None:
    a, b = tmp_path / "a.ub", tmp_path / "b.ub"
    a.write_text(f"run {b}\n")
    b.write_text(f"SECUR?\nrun {a}\n")
    for ran in (sim(f"run {a}"), inside("run", str(a), "--sim"), inside("--sim", "-c", f"watch 1s run {b}")):
        assert ran.code == 2 and "is run by itself" in ran.err and ran.out == ""
    deep = [tmp_path / f"{n}.ub" for n in range(12)]
    for here, there in pairwise(deep):
        here.write_text(f"run {there}\n")
    deep[-1].write_text("SECUR?\n")
    assert "files deep" in sim(f"run {deep[0]}").err


def test_a_file_can_name_lines_for_itself(tmp_path: Path) -> None:
    name = write(tmp_path, "n.ub", "alias q = 0Eh\nq 19\nsave r 0Eh $v with $v\nr 20\n")
    assert [each["command"][-2:] for each in inside("run", name, "--sim", "--json").exchanges] == ["19", "20"]


@pytest.mark.parametrize("name", ["nosuch.ub", ".", "-"])
def test_what_is_no_file(name: str) -> None:
    ran = sim(f"SECUR?; run {name}", "--json")
    assert (ran.code, ran.out) == (2, "") and ran.err


# -- keepalive


def test_a_login_is_kept_and_every_view_sees_it(console: Console) -> None:
    session = console.session
    with pytest.raises(UsageError, match="does not end for idleness"):
        list(console.run("keepalive t1 on"))
    session.ask("@k1 LOGOUT")
    with pytest.raises(UsageError, match="no login on k1 is held"):
        list(console.run("keepalive k1 on"))
    seen: list[float] = []
    leave = session.subscribe(lambda event: seen.append(event.unit.keepalive_s) if event.unit else None)
    list(console.run("@k1 LOGIN USER,1234; use k1; keepalive on"))
    (told,) = console.run("units")
    assert "login USER, kept alive every 240 s" in render(told, 200)
    list(console.run("keepalive 60s"))
    assert next(unit for unit in session.units if unit.name == "k1").keepalive_s == 60
    list(console.run("@k1 LOGOUT"))
    assert next(unit for unit in session.units if unit.name == "k1").keepalive_s == 0
    leave()
    assert seen[-1] == 0 and {60.0, 240.0} <= set(seen)


def test_a_login_outlives_the_idle_time_of_the_unit_while_it_is_kept() -> None:
    reads: SimpleQueue[str] = SimpleQueue()
    with Session.local(sim=True) as session:
        console = Console(session)

        def heard(event: Event) -> None:
            if event.exchange is not None and event.origin == "session":
                reads.put(event.exchange.outcome)

        session.subscribe(heard)
        # The unit's 300 s are 2.5 s here, and 60 s are half a second.
        list(console.run("@k1 LOGIN USER,1234; keepalive k1 60s; sim speed 120"))
        assert [reads.get(timeout=30) for _ in range(7)] == 7 * ["ok"]
        assert session.ask("@k1 LOGIN?").fields["auth"] == "USER"


def test_pipes_speak_it_too(runtime: Path) -> None:
    lines = "alias w = SECUR?\nw\nexpect secur=OFF\nrepeat 2 w\n"
    ran = inside("--sim", "--session", "pipes", "--json", stdin=lines)
    assert ran.code == 1
    types = [each["type"] for each in ran.objects]
    assert types == ["exchange", "event", "exchange", "exchange", "event"]
