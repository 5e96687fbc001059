"""Ctrl-C in the midst of a line: what was performed, what was under way, what was not sent; and how long is waited."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.session.console import Console
from unitbench.session.interrupting import Unasked, UnderWay, each
from unitbench.session.model import Exchange
from unitbench.session.operations import Look
from unitbench.session.rendering import render
from unitbench.session.scripted import Expected, Repeated, Turned

ON = b"~01@SECUR ON\r\n"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session.local() as found:
        yield found


@pytest.fixture
def console(session: Session) -> Console:
    return Console(session)


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Ctrl-C is heeded: who starts the tests in the background of a shell has it ignored."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


class Pressing:
    """Answers so often, then presses Ctrl-C instead."""

    def __init__(self, answers: int) -> None:
        self._left = answers

    def __call__(self, data: bytes) -> bytes:
        self._left -= 1
        if self._left >= 0:
            return ON
        if self._left == -1:
            press()
        return b""


def at(unit: TcpCounterpart) -> str:
    return f"@kramer://{unit.host}:{unit.port}"


def ended(console: Console, line: str, shown: Callable[[object], object] = lambda item: None) -> str:
    with pytest.raises(KeyboardInterrupt) as stop:
        each(console.run(line, timeout_s=60), shown)
    return str(stop.value)


def test_what_was_sent_and_what_was_not_is_told(console: Console) -> None:
    with TcpCounterpart(Pressing(1)) as unit:
        to = at(unit)
        told = ended(console, f"{to} SECUR?; {to} NAME?; {to} MODEL?; {to} VERSION?")
    assert told == (
        f"performed: {to} SECUR?; stopped waiting: {to} NAME? was under way, whether it has reached the unit is not "
        f"known; not sent: {to} MODEL?, {to} VERSION?"
    )


def test_a_request_that_is_alone_is_told_of_too(console: Console) -> None:
    with TcpCounterpart(Pressing(0)) as unit:
        told = ended(console, f"{at(unit)} LOGIN USER,horse-fence-77")
        assert told.startswith(f"stopped waiting: {at(unit)} LOGIN USER,*** was under way")
        assert "horse-fence-77" not in told


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_at_a_question_nothing_was_sent(console: Console, stop: type[BaseException]) -> None:
    def confirm(held: Exchange) -> str:
        raise stop

    with TcpCounterpart(lambda data: ON) as unit:
        to = at(unit)
        with pytest.raises(Unasked, match=r"^nothing was sent$"):
            list(console.run(f"{to} NAME horse", confirm=confirm))
        with pytest.raises(Unasked) as found:
            list(console.run(f"{to} SECUR?; {to} NAME horse; {to} MODEL?", confirm=confirm))
        assert unit.heard == [b"#SECUR?\r"]
    assert str(found.value) == f"performed: {to} SECUR?; {to} NAME horse was not sent; not sent: {to} MODEL?"


def test_a_request_under_way_is_counted_as_interrupted(console: Console) -> None:
    with TcpCounterpart(Pressing(2)) as unit:
        shown: list[object] = []
        told = ended(console, f"repeat 50 {at(unit)} SECUR?", shown.append)
    assert told.startswith("repeated 2 of 50 times; stopped waiting: ") and "was under way" in told
    found = shown[-1]
    assert isinstance(found, Repeated)
    assert (found.done, found.outcomes) == (2, {"ok": 2, "interrupted": 1})
    assert "2 of 50 times, 2 ok, 1 interrupted" in render(found)


def test_the_part_of_a_round_that_was_performed_is_counted(console: Console) -> None:
    with TcpCounterpart(Pressing(3)) as unit:
        shown: list[object] = []
        told = ended(console, f"repeat 50 '{at(unit)} SECUR?; {at(unit)} SECUR?'", shown.append)
    assert told.startswith("repeated 1 of 50 times; performed: ")
    found = shown[-1]
    assert isinstance(found, Repeated) and found.outcomes == {"ok": 3, "interrupted": 1}


@pytest.mark.parametrize(
    ("verb", "told"), [("repeat 9", "repeated 2 of 9 times"), ("watch 50ms", "watched 2 rounds, 0 changes")]
)
def test_the_end_is_told_where_ctrl_c_falls_while_a_round_is_shown(
    console: Console, verb: str, told: str
) -> None:
    shown: list[object] = []

    def show(item: object) -> None:
        shown.append(item)
        if isinstance(item, Turned) and item.number == 2:
            raise KeyboardInterrupt

    with TcpCounterpart(lambda data: ON) as unit:
        assert ended(console, f"{verb} {at(unit)} SECUR?; {at(unit)} NAME?", show) == (
            f"{told}; not sent: {at(unit)} NAME?"
        )
        assert len(unit.heard) == 2
    last = shown[-1]
    if verb == "repeat 9":
        assert isinstance(last, Repeated) and last.outcomes == {"ok": 2}


def test_what_was_answered_and_is_shown_is_told_of(console: Console) -> None:
    def show(item: object) -> None:
        raise KeyboardInterrupt

    with TcpCounterpart(lambda data: ON) as unit:
        to = at(unit)
        told = ended(console, f"{to} SECUR?; {to} NAME?", show)
    assert console.last is not None
    assert told == f"{to} SECUR? was stopped behind #{console.last.id}, which is ok; not sent: {to} NAME?"


def test_what_is_no_request_is_only_stopped(console: Console) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    console.pause = stop
    with pytest.raises(KeyboardInterrupt) as found:
        list(console.run("sleep 1h"))
    assert not isinstance(found.value, UnderWay) and str(found.value) == ""
    assert ended(console, "sleep 1h; sleep 2h") == "sleep 1h was stopped; not sent: sleep 2h"


def test_what_is_waited_for_takes_no_longer_than_is_said(console: Console) -> None:
    """The time passes on a clock of its own: what counts is the window that each request is given."""
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    console.pause, console.clock = pause, lambda: now[0]
    with TcpCounterpart() as silent:
        (shown, last) = console.run(f"wait-for 300ms {at(silent)} SECUR? until outcome=ok", timeout_s=0.25)
        assert isinstance(shown, Exchange) and isinstance(last, Expected) and last.timeout
        assert (shown.waited_s, last.asked) == (0.2, 2), "the last look has the least window"
    with TcpCounterpart(lambda data: ON) as unit:
        windows: list[float] = []
        leave = console.session.subscribe(
            lambda e: windows.append(e.exchange.waited_s) if e.exchange else None
        )
        *_, last = console.run(f"wait-for 3s every=1s {at(unit)} SECUR? until secur=OFF")
        leave()
    assert isinstance(last, Expected) and last.asked == 4
    assert windows == pytest.approx([2.0, 2.0, 1.0, 0.2]), "as usual, then what is left"


@pytest.mark.parametrize("line", ["NAME horse", "raw #NAME horse\\r"])
def test_what_a_person_is_asked_about_is_told_once_by_its_end(console: Console, line: str) -> None:
    told: list[tuple[int, str]] = []

    def confirm(answer: Callable[[str], str]) -> Callable[[Exchange], str]:
        def given(held: Exchange) -> str:
            assert not told, "nobody is told before"
            return answer(held.allow_with)

        return given

    leave = console.session.subscribe(
        lambda e: told.append((e.exchange.id, e.exchange.outcome)) if e.exchange else None
    )
    with TcpCounterpart(lambda data: b"~01@NAME OK\r\n") as unit:
        for answer, outcome in (
            (lambda word: word, "ok"),
            (lambda word: "", "withheld"),
            (never, "withheld"),
        ):
            with contextlib.suppress(Unasked):
                list(console.run(f"{at(unit)} {line}", confirm=confirm(answer)))
            console.session.perform(Look())
            ((number, became),) = told
            assert (became, number) == (outcome, console.session.journal[-1].id)
            told.clear()
        assert len(unit.heard) == 1
    leave()


def never(word: str) -> str:
    raise KeyboardInterrupt
