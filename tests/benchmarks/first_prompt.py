"""The shell on a pseudo-terminal: until the first prompt stands there, and from a key to what it changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect

from tests.benchmarks.measure import Ratio, command, compare, compiled

UNITBENCH = str(Path(sys.executable).parent / "unitbench")
NAME = "bench-prompt"
BARE = "from prompt_toolkit import PromptSession; PromptSession().prompt('ready> ')"
KEYS = 20


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    compiled()
    command(UNITBENCH, "--session", NAME, "--sim", "-c", "SECUR?")()
    try:
        ours = until("unitbench [", UNITBENCH, "--session", NAME)
        yield compare(
            "first prompt", ours, until("ready>", sys.executable, "-c", BARE), "a bare PromptSession"
        )
        shell, bare = spawned(UNITBENCH, "--session", NAME), spawned(sys.executable, "-c", BARE)
        typed = compare(
            f"{KEYS} keys, each until it is on the screen", keys(shell), keys(bare), "a bare PromptSession"
        )
        shell.close(force=True)
        bare.close(force=True)
        yield typed
    finally:
        command(UNITBENCH, "stop", NAME)()


def spawned(*words: str) -> pexpect.spawn[bytes]:
    """A program on a pseudo-terminal that has told where its cursor is."""
    child = pexpect.spawn(words[0], list(words[1:]), dimensions=(24, 80), timeout=20)
    child.delaybeforesend = None
    child.expect_exact("\x1b[6n")
    child.send("\x1b[10;1R")
    return child


def until(wanted: str, *words: str) -> Callable[[], None]:
    """Start a program and wait until it shows ``wanted``."""

    def run() -> None:
        child = pexpect.spawn(words[0], list(words[1:]), dimensions=(24, 80), timeout=20)
        child.expect_exact(wanted)
        child.close(force=True)

    return run


def keys(child: pexpect.spawn[bytes]) -> Callable[[], None]:
    """Type a word key by key, each when the one before is on the screen, and take it away again."""

    def run() -> None:
        for key in ("z", "y") * (KEYS // 2):
            child.send(key)
            child.expect_exact(key)
        child.send("\x15")
        child.expect_exact("\x1b[?25h")

    return run
