"""Commands without an editor: ``-c``, files, pipes. Results to stdout, all else to stderr."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
from pathlib import Path

from unitbench.errors import BenchError, UsageError
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed
from unitbench.session.console import Console, require_secrets
from unitbench.session.face import Session, default_origin
from unitbench.session.items import Leave
from unitbench.session.model import Exchange
from unitbench_shell.codes import code_of, complain, worst
from unitbench_shell.output import Output


def line(options: argparse.Namespace) -> int:
    """``-c``: parse everything, then perform it."""
    parsed = _checked(options.line)
    with _session(options, in_process=True) as session:
        return Batch(session, options).perform(parsed)


def file(options: argparse.Namespace) -> int:
    """``run FILE``: as ``-c``, a line a line of the file."""
    if options.file == "-":
        text = sys.stdin.read()
    else:
        try:
            text = Path(options.file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{options.file} cannot be read: {error}") from None
    lines = []
    for number, content in enumerate(text.splitlines(), 1):
        try:
            lines.append(_checked(content))
        except UsageError as error:
            error.message = f"{options.file}, line {number}: {error.message}"
            raise
    with _session(options, in_process=True) as session:
        batch = Batch(session, options)
        return worst([batch.perform(parsed) for parsed in lines])


def shell(options: argparse.Namespace) -> int:
    """The shell: with an editor on a terminal, line by line from a pipe."""
    session = _session(options, in_process=False)
    with session:
        if sys.stdin.isatty() and sys.stdout.isatty():
            from unitbench_shell.app import interactive

            return interactive(session, sim=options.sim, units=tuple(options.units))
        return _piped(session, options)


def _piped(session: Session, options: argparse.Namespace) -> int:
    """Lines from a pipe. A faulty line is told and the next one is taken."""
    batch = Batch(session, options)
    codes = []
    for content in sys.stdin:
        try:
            codes.append(batch.perform(_checked(content.rstrip("\n"))))
        except BenchError as error:
            complain(error)
            codes.append(code_of(error))
        if batch.left:
            break
    return worst(codes)


def _checked(text: str) -> Parsed:
    """A line that can be meant; raises its error otherwise."""
    parsed = parse(text)
    if parsed.error:
        raise parsed.error
    if not sys.stdin.isatty():
        for statement in parsed.statements:
            require_secrets(statement)
    return parsed


def _session(options: argparse.Namespace, *, in_process: bool) -> Session:
    """The session that the options name; ``-c`` without a name has one of its own, in this process."""
    if in_process and options.session is None:
        return Session.local(sim=options.sim)
    who = default_origin() if in_process or not sys.stdin.isatty() else _shell_origin()
    return Session.attach(
        options.session or "default", sim=options.sim, who=who, linger_s=options.linger, keep=options.keep
    )


def _shell_origin() -> str:
    """A shell's name in the stream; the keeper puts a number behind the dash."""
    named = default_origin()
    return "shell-" if named == "script" else named


class Batch:
    """Performs parsed lines one statement after the other, and remembers what went wrong."""

    def __init__(self, session: Session, options: argparse.Namespace) -> None:
        self.left = False
        self._options = options
        self._console = Console(session)
        self._output = Output(json=options.json, width=shutil.get_terminal_size((100, 24)).columns)
        for index, name in enumerate(options.units):
            unit = self._console.know(name)
            if index == 0:
                self._console.current = unit.name

    def perform(self, parsed: Parsed) -> int:
        """Perform a line; refusal, silence and errors of one statement do not keep the next from its turn."""
        codes: list[int] = []
        for statement in parsed.statements:
            text = parsed.text[statement.start : statement.end]
            try:
                for item in self._console.run(
                    text,
                    allow=self._options.yes,
                    timeout_s=self._options.timeout,
                    ask_secret=_ask_secret if sys.stdin.isatty() else None,
                    confirm=_confirm if sys.stdin.isatty() and sys.stderr.isatty() else None,
                ):
                    if isinstance(item, Leave):
                        self.left = True
                        return worst(codes)
                    codes.append(self._output.put(item))
            except BenchError as error:
                complain(error)
                codes.append(code_of(error))
        return worst(codes)


def _ask_secret(prompt: str) -> str:
    """Ask a person, without showing what is typed."""
    return getpass.getpass(prompt, stream=sys.stderr)


def _confirm(withheld: Exchange) -> str:
    """Ask a person whether a write to a real unit may pass; gives the word that allows it."""
    assert withheld.error is not None
    print(f"{withheld.command}: {withheld.error.meaning}", file=sys.stderr)
    wanted = withheld.allow_with
    if wanted == withheld.effect:
        print("send it? [y/N] ", end="", file=sys.stderr, flush=True)
        return wanted if sys.stdin.readline().strip().lower() in ("y", "yes") else ""
    print(f"type {wanted} to send it: ", end="", file=sys.stderr, flush=True)
    return wanted if sys.stdin.readline().strip() == wanted else ""
