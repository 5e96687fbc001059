"""Fixtures for every test: a private environment, and what a test needs of the machine."""

from __future__ import annotations

import os
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.need import PREFIX, need
from tests.support.private import private_environment, stop_keepers

ORIGINAL = dict(os.environ)
FUZZ = int(os.environ.get("UNITBENCH_FUZZ", "0"))
PATIENCE = 2000
"""Hypothesis takes so many times longer for a case than ``tests.support.fuzzing``."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A run in a shell's background ignores Ctrl-C and would hand that on to the programs under test.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("fuzz", deadline=None, max_examples=max(FUZZ // PATIENCE, 1))
settings.load_profile("fuzz" if FUZZ else "suite")


@pytest.fixture(scope="session", autouse=True)
def _private() -> Iterator[None]:
    with private_environment():
        yield


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of this test alone, with no session in it; its keepers end with the test. The journals of
    those that are killed lie in a folder of this test, too."""
    private = os.environ["XDG_RUNTIME_DIR"]
    with (
        tempfile.TemporaryDirectory(prefix="s", dir=private) as kept,
        tempfile.TemporaryDirectory(prefix="r", dir=private) as folder,
    ):
        monkeypatch.setenv("XDG_STATE_HOME", kept)
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)
        stop_keepers(Path(folder))


@pytest.fixture(scope="session")
def original_environment() -> dict[str, str]:
    """The environment as it was before: for pip and git, whose settings lie in the home folder."""
    return ORIGINAL


def pytest_runtest_setup(item: pytest.Item) -> None:
    """End a test at once where something that it is marked to need is missing."""
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            need(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was run at random, what was missing, and how to enable it."""
    if FUZZ:
        from tests.support import fuzzing

        terminalreporter.section("random input")
        for line in fuzzing.told():
            terminalreporter.line(line)
    reasons = Counter[str]()
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            if reason := _need_of(report):
                reasons[reason] += 1
    if not reasons:
        return
    terminalreporter.section("missing on this machine")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} test{'s' * (count > 1)}: {reason}")


def _need_of(report: pytest.TestReport) -> str:
    told = report.longrepr
    text = told[2].removeprefix("Skipped: ") if isinstance(told, tuple) else str(told or "")
    return text if text.startswith(PREFIX) else ""
