"""What a busy notebook costs: round trips of a shell beside it, and from the shell's request to a trait in the kernel.

The kernel is a real one, with a TrafficView of the session. Each state of it is timed in turns with the idle one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles

from tests.benchmarks.measure import Ratio
from tests.benchmarks.notebook import BUSY, Kernel
from tests.benchmarks.rivals.toy import Plain, Unit
from unitbench import Session
from unitbench.session.operations import Stop

NAME = "bench-busy"
TURNS, COUNT, TRAITS = 5, 200, 12
APART_S = 0.1
"""Pause between two requests whose way to the view is timed: a view is written 25 times a second at most."""
IDLE = "idle"
FLOOR = "an idle kernel"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    with ExitStack() as end:
        unit = end.enter_context(Unit())
        session = end.enter_context(Session.attach(NAME, who="shell-"))
        end.callback(session.perform, Stop())
        kernel = Kernel(NAME)
        end.callback(kernel.close)
        plain = Plain(unit)
        end.callback(plain.close)
        for _ in range(COUNT):
            session.ask("SECUR?", unit.address)
        for state, code in BUSY.items():
            trips: dict[str, list[float]] = {IDLE: [], state: []}
            ways: dict[str, list[float]] = {IDLE: [], state: []}
            bare: list[float] = []
            for _ in range(TURNS):
                trips[IDLE] += _trips(session, unit)
                with kernel.busy(code):
                    trips[state] += _trips(session, unit)
                    bare += [_timed(plain) for _ in range(COUNT)]
                while kernel.written_ns():
                    time.sleep(APART_S)
                ways[IDLE] += _until(_asked(session, unit), kernel)
                with kernel.busy(code):
                    asked = _asked(session, unit)
                ways[state] += _until(asked, kernel)
            yield from _lines(f"round trip, kernel {state}", trips[state], trips[IDLE], FLOOR)
            yield from _lines("  the same beside a blocking socket", trips[state], bare, "it, as busy")
            yield from _lines(f"shell to widget trait, kernel {state}", ways[state], ways[IDLE], FLOOR)


def _trips(session: Session, unit: Unit) -> list[float]:
    found = []
    for _ in range(COUNT):
        began = time.perf_counter()
        assert session.ask("SECUR?", unit.address).ok
        found.append(time.perf_counter() - began)
    return found


def _timed(plain: Plain) -> float:
    began = time.perf_counter()
    plain.ask()
    return time.perf_counter() - began


def _asked(session: Session, unit: Unit) -> list[int]:
    """Ask a few times, far apart; gives when, on the monotonic clock in nanoseconds."""
    found = []
    for _ in range(TRAITS):
        time.sleep(APART_S)
        found.append(time.monotonic_ns())
        assert session.ask("SECUR?", unit.address).ok
    time.sleep(APART_S)
    return found


def _until(asked: list[int], kernel: Kernel) -> list[float]:
    """From each request to the first time that the view was written afterwards, in seconds."""
    written = kernel.written_ns()
    firsts = [next((at for at in written if at > began), None) for began in asked]
    return [(at - began) / 1e9 for at, began in zip(firsts, asked, strict=True) if at is not None]


def _lines(name: str, ours: list[float], theirs: list[float], floor: str) -> Iterator[Ratio]:
    """Medians, and what 95 of 100 do not exceed."""
    for words, figure in ((name, median), ("    of 100 the 95th", _p95)):
        a, b = figure(ours), figure(theirs)
        yield Ratio(words, a, b, a / b, a / b, a / b, floor)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
