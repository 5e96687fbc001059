"""The shell by lines alone, for screen readers and dumb terminals: nothing is drawn, nothing is painted over.

A line is read by the system's own editor (readline, where there is one): Tab lists candidates as lines with their
meaning. What comes from elsewhere while a line is typed is told before the next prompt, never in its midst.
"""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from types import ModuleType

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_to_text

from unitbench.line.matching import BEGINS
from unitbench.line.suggest import Suggestion
from unitbench.session.rendering.folding import folded
from unitbench_shell.completer import LineCompleter
from unitbench_shell.glance import Glance
from unitbench_shell.history import SafeHistory

TOLD_AFTER_S = (2.0, 10.0, 30.0)
"""When a command that takes long is told of; then again after as long as the last."""
_BAR = re.compile(r"\s*\[[#-]*\]")


class PlainScreen:
    """Whole lines, from whichever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: deque[str] = deque()
        self._reading = False

    @property
    def columns(self) -> int:
        """The width of the terminal."""
        return shutil.get_terminal_size().columns

    @property
    def rows(self) -> int:
        """Its height."""
        return shutil.get_terminal_size().lines

    def say(self, text: str) -> None:
        """Write a text now."""
        with self._lock:
            self._write(text)

    def news(self, line: str) -> None:
        """Write a line at once, but behind the line that is being typed; from any thread."""
        self._news.append(line)
        with self._lock:
            self._tell()

    def changed(self) -> None:
        """Nothing here shows how things stand."""

    def ring(self) -> None:
        """Have the terminal ring."""
        with self._lock:
            sys.stdout.write("\a")
            sys.stdout.flush()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Something else has the terminal."""
        with self._lock:
            yield

    @contextmanager
    def prompting(self) -> Iterator[None]:
        """A line is typed."""
        with self._lock:
            self._tell()
            self._reading = True
        try:
            yield
        finally:
            with self._lock:
                self._reading = False
                self._tell()

    @contextmanager
    def working(self, describe: Callable[[], tuple[str, str]]) -> Iterator[None]:
        """A command runs; if it takes long, a line says now and then what it waits for, and what Ctrl-C does."""
        over = threading.Event()
        teller = threading.Thread(target=self._tell_of, args=(describe, over), daemon=True)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()

    def _tell_of(self, describe: Callable[[], tuple[str, str]], over: threading.Event) -> None:
        began, times = time.monotonic(), iter(TOLD_AFTER_S)
        until = next(times)
        while not over.wait(began + until - time.monotonic()):
            what, ends = describe()
            self.say(f"{_BAR.sub('', what)}, {until:.0f} s so far, Ctrl-C {ends}")
            until = next(times, until + TOLD_AFTER_S[-1])

    def _tell(self) -> None:
        while self._news and not self._reading:
            self._write(self._news.popleft())

    def _write(self, text: str) -> None:
        sys.stdout.write(folded(text, self.columns) + "\n")
        sys.stdout.flush()

    def close(self) -> None:
        """Write what is left."""
        with self._lock:
            self._reading = False
            self._tell()


class PlainEditor:
    """Reads lines; ``history`` is that of the other editor, and as free of secrets."""

    def __init__(self, glance: Glance, history: SafeHistory) -> None:
        self.screen = PlainScreen()
        self._completer = LineCompleter(glance.vocabulary)
        self._history = history
        self._found: list[Suggestion] = []
        self._message = ""
        self._readline = _readline()
        if self._readline is not None:
            self._prepare(self._readline)

    def _prepare(self, readline: ModuleType) -> None:
        readline.set_auto_history(False)
        readline.clear_history()
        for line in reversed(list(self._history.load_history_strings())):
            readline.add_history(line)
        readline.set_completer(self._complete)
        readline.set_completer_delims("")  # what is completed is the whole line
        readline.set_completion_display_matches_hook(self._list)
        if "libedit" in (readline.__doc__ or ""):
            readline.parse_and_bind("bind ^I rl_complete")
        else:
            for setting in ("show-all-if-ambiguous on", "completion-ignore-case on", "bell-style none"):
                readline.parse_and_bind(f"set {setting}")
            readline.parse_and_bind("tab: complete")

    def apply(self) -> None:
        """No setting changes how a line is read here."""

    def read(self, message: Callable[[], StyleAndTextTuples]) -> str:
        """A line; raises ``KeyboardInterrupt`` and ``EOFError``."""
        self._message = fragment_list_to_text(message())
        with self.screen.prompting():
            line = self._input(self._message)
        self._history.append_string(line)
        kept = self._history.get_strings()
        if self._readline is not None and kept and line.strip():
            self._readline.add_history(kept[-1])
        return line

    def ask(self, question: str, hidden: bool = False) -> str:
        """The answer to a question; it reaches no history."""
        with self.screen.prompting():
            return getpass(question) if hidden else self._input(question)

    def _input(self, prompt: str) -> str:
        try:
            return input(prompt)
        except (EOFError, KeyboardInterrupt):
            print(flush=True)  # what follows begins a line
            raise

    # -- Tab

    def _complete(self, line: str, number: int) -> str | None:
        """The line with the candidate of that number in it."""
        if number == 0:
            self._found = self._candidates(line)
        if number >= len(self._found):
            return None
        found = self._found[number]
        return line[: found.start] + found.text

    def _candidates(self, line: str) -> list[Suggestion]:
        found = self._completer.candidates(Document(line), files=True)
        begun = [item for item in found if item.how == BEGINS]
        return begun or (found if len(found) == 1 else [])

    def _list(self, line: str, matches: list[str], longest: int) -> None:
        """A line for each candidate with its meaning, then the prompt and the line again."""
        told = [f"{item.text}: {item.meaning}" if item.meaning else item.text for item in self._found]
        assert self._readline is not None
        typed = self._readline.get_line_buffer()
        sys.stdout.write("\n" + "\n".join(told) + f"\n{self._message}{typed}")
        sys.stdout.flush()

    def close(self) -> None:
        """Write what is left, and leave the system's editor as it was."""
        if self._readline is not None:
            self._readline.set_completer(None)
            self._readline.set_completion_display_matches_hook(None)
        self.screen.close()


def _readline() -> ModuleType | None:
    """The system's editor of lines, where Python has it."""
    try:
        import readline
    except ImportError:
        return None
    return readline
