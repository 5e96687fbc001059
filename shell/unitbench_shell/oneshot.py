"""Commands without an editor: ``-c``, files, pipes. Results to stdout, all else to stderr."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from unitbench import catalogue
from unitbench.errors import BenchError, UnknownCommand, UsageError
from unitbench.line.parsed import Parsed
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.printable import printable
from unitbench.session.arguments import verified, well_formed
from unitbench.session.console import Console
from unitbench.session.face import Session
from unitbench.session.items import Leave, Notice
from unitbench.session.keepers import look
from unitbench.session.model import Event, Exchange
from unitbench.session.names import vocabulary_of
from unitbench.session.origin import default_origin
from unitbench.session.preferences import Preferences
from unitbench_shell.codes import code_of, complain, worst
from unitbench_shell.config import config_file, configure, save
from unitbench_shell.news import Others
from unitbench_shell.output import Output

UNCUT = 100_000


def line(options: argparse.Namespace) -> int:
    """``-c``: parse everything, then perform it."""
    parsed = _checked(options.line, lambda: _taught(options.session))
    with _session(options, in_process=True) as session:
        return Batch(session, options).perform(parsed)


def file(options: argparse.Namespace) -> int:
    """``run FILE``: as ``-c``, a line a line of the file."""
    lines: list[tuple[str, Parsed]] = []
    for number, content in enumerate(_read(options.file).splitlines(), 1):
        where = f"{options.file}, line {number}"
        try:
            lines.append((where, _checked(content, lambda: _taught(options.session))))
        except UsageError as error:
            complain(error, where)
            return code_of(error)
    with _session(options, in_process=True) as session:
        batch = Batch(session, options)
        codes = []
        for where, parsed in lines:
            codes.append(batch.perform(parsed, where))
            if batch.left:
                break
        return worst(codes)


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{name} cannot be read: {error}") from None


def shell(options: argparse.Namespace) -> int:
    """The shell: with an editor on a terminal, line by line from a pipe."""
    catalogue.names()  # what is refused is told before the screen is an editor's
    by_person = sys.stdin.isatty() and sys.stdout.isatty()
    preferences = _preferences(options) if by_person else None
    session = _session(options, in_process=False)
    with session:
        if by_person:
            from unitbench_shell.app import interactive

            return interactive(
                session,
                lambda gone: _attached(options, gone.session, _shell_origin(), sim=bool(gone.sim)),
                sim=options.sim,
                units=tuple(options.units),
                first=_begins(options, session),
                again=options.ask,
                preferences=preferences,
            )
        return _piped(session, options)


def _preferences(options: argparse.Namespace) -> Preferences:
    """The settings that the shell begins with; what is wrong in their file is told."""
    from unitbench_shell.plain import wanted

    preferences = Preferences()
    for fault in configure(preferences, config_file()):
        print(f"unitbench: {fault.text}", file=sys.stderr, flush=True)
    if options.plain or wanted():
        preferences.put("plain", True, "asked for at the start")
    return preferences


def _begins(options: argparse.Namespace, session: Session) -> bool:
    """Whether to begin with where to look: a plain start, of a session without units. A machine that builds software
    is never asked."""
    plain = options.session is None and not (options.sim or options.units or session.units)
    return options.ask or (plain and not os.environ.get("CI"))


def _piped(session: Session, options: argparse.Namespace) -> int:
    """Lines from a pipe. A faulty line is told and the next one is taken."""
    batch = Batch(session, options)
    codes = []
    for content in sys.stdin:
        try:
            codes.append(batch.perform(_checked(content.rstrip("\r\n"), batch.vocabulary)))
        except BenchError as error:
            complain(error)
            codes.append(code_of(error))
        if batch.left:
            break
    return worst(codes)


def _checked(text: str, taught: Callable[[], Vocabulary]) -> Parsed:
    """A line that can be meant; raises its error otherwise. Only at a terminal can a secret be asked for.

    ``taught`` is asked for a command that the catalogue does not have: a unit of the session may have named it.
    """
    secrets = not sys.stdin.isatty()
    try:
        return verified(text, Vocabulary(), secrets=secrets)
    except UnknownCommand:
        return verified(text, taught(), secrets=secrets)


def _taught(name: str | None) -> Vocabulary:
    """What a line can refer to in the session of that name, if it runs; none is started to find out."""
    state = asyncio.run(look(name)) if name is not None else None
    return vocabulary_of(state) if state is not None else Vocabulary()


def _session(options: argparse.Namespace, *, in_process: bool) -> Session:
    """The session that the options name; ``-c`` without a name has one of its own, in this process."""
    for unit in options.units:
        if "://" in unit:
            well_formed(unit)
    if in_process and options.session is None:
        return Session.local(sim=options.sim)
    name = "default" if options.session is None else options.session
    _expect_units(name, options)
    who = default_origin() if in_process or not sys.stdin.isatty() else _shell_origin()
    return _attached(options, name, who, sim=options.sim)


def _attached(options: argparse.Namespace, name: str, who: str, *, sim: bool) -> Session:
    return Session.attach(name, sim=sim, who=who, linger_s=options.linger, keep=options.keep)


def _expect_units(name: str, options: argparse.Namespace) -> None:
    """A short name can only be that of a unit in a session that runs: none is started to find out."""
    short = next((unit for unit in options.units if "://" not in unit), None)
    if short is None or options.sim or asyncio.run(look(name)) is not None:
        return
    from difflib import get_close_matches

    near = get_close_matches(short, options.commands, n=1, cutoff=0.6)
    hint = (
        f"did you mean 'unitbench {near[0]}'?" if near else "write an address, such as kramer://192.168.1.39"
    )
    raise UsageError(f"no unit '{short}': no session '{name}' runs that could know it", hint=hint)


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
        self._console.dry_run = options.dry_run
        self._console.preferences.save = lambda values: save(config_file(), values)
        self._others = Others(session, self._console.muted, begins=True)
        self._console.question = _question if sys.stdin.isatty() and sys.stderr.isatty() else None
        self._output = Output(json=options.json, width=_width())
        for text in session.state.found.splitlines():
            self._output.put(Notice(text))
        if options.sim and session.state.sim:
            self._output.put(Notice(f"simulated units are at {session.state.sim}"))
        for index, name in enumerate(options.units):
            unit = self._console.know(name)
            if index == 0:
                self._console.current = unit.name

    def vocabulary(self) -> Vocabulary:
        """What a line can refer to now."""
        return self._console.vocabulary()

    def perform(self, parsed: Parsed, where: str = "") -> int:
        """Perform a line; refusal, silence and errors of one statement do not keep the next from its turn.

        ``where`` stands before what is complained of.
        """
        leave = self._console.session.subscribe(self._remark)
        try:
            return self._perform(parsed, where)
        finally:
            leave()

    def _remark(self, event: Event) -> None:
        """What the session does by itself meanwhile is said too, and when jobs of other views begin and end."""
        line = self._others.line(event)
        if line and event.kind == "notice":
            self._output.put(
                Notice(event.handover.text(self._console.session.who) if event.handover else event.text)
            )
        elif line and event.job is not None:
            self._output.put(Notice(line))

    def _perform(self, parsed: Parsed, where: str) -> int:
        codes: list[int] = []
        for statement in parsed.statements:
            text = parsed.text[statement.start : statement.end].strip()
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
                complain(error, where)
                codes.append(code_of(error))
        return worst(codes)


def _width() -> int:
    """Columns for tables; what goes to a file or a pipe is not cut."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNCUT


def _ask_secret(prompt: str) -> str:
    """Ask a person, without showing what is typed."""
    import getpass

    return getpass.getpass(prompt, stream=sys.stderr)


def _question(text: str) -> bool:
    """Ask a person something that is answered by yes or no."""
    print(f"{printable(text)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


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
