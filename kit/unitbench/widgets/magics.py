"""``%load_ext unitbench``: ``%ub COMMAND`` and ``%%ub`` speak the shell's language in a cell."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from typing import Any

from IPython.core.error import StdinNotImplementedError
from IPython.core.inputtransformer2 import TokenTransformBase
from IPython.core.magic import no_var_expand

from unitbench.errors import MissingField, SessionError, UsageError
from unitbench.line.named import with_macro
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed, TokenKind
from unitbench.line.reference import PREFIX
from unitbench.line.vocabulary import Vocabulary
from unitbench.session.console import Console
from unitbench.session.face import Session
from unitbench.session.items import Leave
from unitbench.session.origin import default_session
from unitbench.session.rendering import render
from unitbench.session.script import defined
from unitbench.widgets import completing, short_errors
from unitbench.widgets.completing import NAME
from unitbench.widgets.peeking import peeked

OPTIONS = {"--session": "session", "--allow": "allow"}


class Magic:
    """The magic of one shell. It joins the session that ``UNITBENCH_SESSION`` names, else ``default``, when it
    is first used; ``--session NAME`` goes over to another one.
    """

    def __init__(self) -> None:
        self._console: Console | None = None
        self._name = ""
        self._sim = False
        self._warned = False

    @no_var_expand
    def __call__(self, line: str, cell: str | None = None) -> None:
        """Perform a line, or every line of a cell, and print what comes of it.

        ``--session NAME`` in front goes over to that session: further lines without it go there, too. ``--allow
        WHAT`` lets a write to a real unit pass, in this line or cell alone.
        """
        options, rest = _options(line)
        before = self._name or default_session()
        console = self.console(options.get("session", ""))
        if self._name != before:
            print(
                f"%{NAME} goes to session {self._name} from now on; --session {before} goes back", flush=True
            )
        commands = [rest, *(cell or "").splitlines()]
        known = console.vocabulary()
        for command in commands:
            parsed = parse(command, known)
            self._warn(parsed)
            if parsed.error is not None:
                raise parsed.error
            for macro in defined(parsed):
                known = with_macro(known, macro)
        for command in commands:
            for text in self._run(console, command, options.get("allow", "")):
                print(text, flush=True)

    def console(self, name: str = "") -> Console:
        """The console of the session ``name``; empty: of the one joined already, or the one to begin with.

        Raises ``SessionError`` once where that session is gone; the next call starts it anew.
        """
        same = name in ("", self._name)
        if self._console is not None and same:
            session = self._console.session
            if session.gone:
                self._sim = bool(session.state.sim)
                self.close()
                raise SessionError(
                    session.gone, hint=f"the next %{NAME} starts a new session; nothing was sent"
                )
            if not session.closed:
                return self._console
        self.close()
        self._name = (self._name if same else name) or default_session()
        self._console = Console(Session.attach(self._name, sim=self._sim and same))
        self._sim = False
        return self._console

    def vocabulary(self, name: str = "") -> Vocabulary:
        """What a line can refer to, for who completes it: of the session joined, else of one that runs. None is
        joined or started for that, and none is waited for."""
        console = self._console
        if console is not None and name in ("", self._name):
            return console.vocabulary()
        return peeked(name or self._name or default_session())

    def _warn(self, parsed: Parsed) -> None:
        """Say once what becomes of a password that is typed into a cell."""
        if self._warned or not any(token.kind is TokenKind.SECRET for token in parsed.tokens):
            return
        self._warned = True
        print(
            "a password stands in this cell, and is saved with the notebook and in IPython's history; leave it out "
            f"to be asked for it, or write {PREFIX}NAME in its place to take it from an environment variable",
            file=sys.stderr,
            flush=True,
        )

    def _run(self, console: Console, command: str, allow: str) -> Iterator[str]:
        for item in console.run(command, allow=allow, ask_secret=_hidden):
            if isinstance(item, Leave):
                yield "a notebook leaves its session when its kernel ends; the session goes on"
            elif text := render(item):
                yield text

    def close(self) -> None:
        """Leave the session."""
        if self._console is not None:
            self._console.session.close()
            self._console = None


class QuestionMark(TokenTransformBase):
    """IPython takes a ``?`` at the end of a line for its own help; in ``%ub SECUR?`` it belongs to the command."""

    priority = 4

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> QuestionMark | None:
        """The first ``%ub`` line that ends in a question mark."""
        for tokens in tokens_by_line:
            words = [token for token in tokens if token.string.strip()]
            if [token.string for token in words[:2]] == ["%", NAME] and words[-1].string.endswith("?"):
                return cls(words[0].start)
        return None

    def transform(self, lines: list[str]) -> list[str]:
        """The same lines, with the magic called by name."""
        indent, rest = lines[self.start_line][: self.start_col], lines[self.start_line][self.start_col :]
        text = rest.removeprefix(f"%{NAME}").strip()
        call = f"{indent}get_ipython().run_line_magic({NAME!r}, {text!r})\n"
        return [*lines[: self.start_line], call, *lines[self.start_line + 1 :]]


def load(ipython: Any) -> None:
    """Register the magics, their completion, and the short form of our errors."""
    unload(ipython)
    magic = Magic()
    ipython.register_magic_function(magic.__call__, "line_cell", NAME)
    ipython.input_transformer_manager.token_transformers.append(QuestionMark)
    completing.install(ipython, magic.vocabulary)
    short_errors.install(ipython)


def unload(ipython: Any) -> None:
    """Take all that back, and leave the session."""
    transformers = ipython.input_transformer_manager.token_transformers
    if QuestionMark in transformers:
        transformers.remove(QuestionMark)
    completing.remove(ipython)
    short_errors.remove(ipython)
    for kind in ("line", "cell"):
        known = ipython.magics_manager.magics[kind].pop(NAME, None)
        magic = getattr(known, "__self__", None)
        if isinstance(magic, Magic):
            magic.close()


def _hidden(prompt: str) -> str:
    """Ask for a secret without showing it."""
    try:
        return getpass.getpass(prompt)
    except (StdinNotImplementedError, EOFError):
        field = prompt.rstrip(": ")
        raise MissingField(
            f"{field} was left out, and here nobody can be asked",
            field=field,
            hint=f"run the cell in JupyterLab, where a hidden prompt opens, or write {PREFIX}NAME in its place to "
            "take it from an environment variable",
        ) from None


def _options(line: str) -> tuple[dict[str, str], str]:
    """The options in front of a line, and the line."""
    found: dict[str, str] = {}
    rest = line.strip()
    while (word := rest.partition(" ")[0]) in OPTIONS:
        value, _, rest = rest[len(word) :].strip().partition(" ")
        if not value:
            raise UsageError(f"{word} needs a value", hint=f"%{NAME} {word} NAME COMMAND")
        found[OPTIONS[word]] = value
        rest = rest.strip()
    return found, rest
