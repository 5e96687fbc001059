"""Commands without an editor: ``-c``, files, pipes. Results to stdout, all else to stderr."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from unitbench import catalogue
from unitbench.errors import BenchError, UnknownCommand, UsageError
from unitbench.line.parsed import Parsed
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.session import script
from unitbench.session.arguments import verified, well_formed
from unitbench.session.console import Console
from unitbench.session.face import Session
from unitbench.session.interrupting import each, stopped
from unitbench.session.items import Leave, Notice
from unitbench.session.keepers import look
from unitbench.session.model import Exchange
from unitbench.session.names import vocabulary_of
from unitbench.session.origin import default_origin
from unitbench.session.preferences import AT_START, Preferences
from unitbench.session.saved import Kept
from unitbench.session.spawning import JOURNAL, OFF
from unitbench.session.stream import Event
from unitbench_shell.codes import code_of, columns_of, complain
from unitbench_shell.config import config_file, configure, plain_wanted
from unitbench_shell.late import waiting
from unitbench_shell.news import Others
from unitbench_shell.output import Output
from unitbench_shell.tally import Tally

if TYPE_CHECKING:
    from unitbench_shell.junit import Report

T = TypeVar("T")


def line(options: argparse.Namespace) -> int:
    """``-c``: parse everything, then perform it."""
    with _reported(options, "-c") as report:
        parsed = _known(options, lambda known: verified(options.line, known, secrets=not sys.stdin.isatty()))
        preferences = _configured()
        with _session(options, in_process=True) as session:
            batch = Batch(session, options, preferences, report)
            batch.perform(parsed)
            return batch.tally.code


def file(options: argparse.Namespace) -> int:
    """``run FILE``: as ``-c``, a line a line of the file."""
    with _reported(options, Path(options.file).name) as report:
        text, secrets = script.read(options.file), not sys.stdin.isatty()
        files = () if options.file == script.STDIN else (str(Path(options.file).expanduser().resolve()),)
        lines = _known(
            options,
            lambda known: script.understood(text, options.file, known, secrets=secrets, within=files),
        )
        preferences = _configured()
        with _session(options, in_process=True) as session:
            batch = Batch(session, options, preferences, report, files)
            for found in lines:
                batch.perform(found.parsed, found.where)
                if batch.left:
                    break
            return batch.tally.code


@contextmanager
def _reported(options: argparse.Namespace, name: str) -> Iterator[Report | None]:
    """The report of a run, where one is wanted; it is written whatever becomes of the run."""
    if not options.junit:
        yield None
        return
    from unitbench_shell.junit import Report

    report = Report(name, options.junit)
    try:
        yield report
    except BenchError as error:
        report.failed(error)
        raise
    finally:
        report.close()


def _known(options: argparse.Namespace, understood: Callable[[Vocabulary], T]) -> T:
    """What is understood with the names that this user has kept, and where that is not enough, with what a unit of the
    session has named itself. No session is started to find out."""
    own = Vocabulary(macros=Kept().macros())
    try:
        return understood(own)
    except UnknownCommand:
        taught = _taught(options.session)
        return understood(replace(taught, macros=own.macros))


def shell(options: argparse.Namespace) -> int:
    """The shell: with an editor on a terminal, line by line from a pipe."""
    if options.junit:
        raise UsageError("--junit reports on -c and run", hint="unitbench -c '...' --junit FILE")
    catalogue.names()  # what is refused is told before the screen is an editor's
    by_person = sys.stdin.isatty() and sys.stdout.isatty()
    preferences = _configured()
    with waiting(f"starting session {options.session or 'default'}") if by_person else nullcontext():
        session = _session(options, in_process=False)
    with session:
        if by_person:
            from unitbench_shell.app import interactive

            if options.plain or plain_wanted():
                preferences.put("plain", True, AT_START)
            asks = str(preferences["first"])

            return interactive(
                session,
                lambda gone: _attached(options, gone.session, _shell_origin(), sim=bool(gone.sim)),
                sim=options.sim,
                units=tuple(options.units),
                first=_begins(options, session, asks),
                again=options.ask or asks == "ask",
                preferences=preferences,
            )
        return _piped(session, options, preferences)


def _configured() -> Preferences:
    """The settings to begin with, as their file has them; what is wrong in it is told."""
    preferences = Preferences()
    for fault in configure(preferences, config_file()):
        print(f"unitbench: {fault.text}", file=sys.stderr, flush=True)
    if not preferences.on("journal"):
        os.environ[JOURNAL] = OFF
    return preferences


def _begins(options: argparse.Namespace, session: Session, asks: str) -> bool:
    """Whether to begin with where to look: a plain start, of a session without units. A machine that builds software
    is never asked. ``asks`` is what the setting says."""
    plain = options.session is None and not (options.sim or options.units or session.units)
    return options.ask or (plain and asks != "never" and not os.environ.get("CI"))


def _piped(session: Session, options: argparse.Namespace, preferences: Preferences) -> int:
    """Lines from a pipe. A faulty line is told and the next one is taken."""
    batch = Batch(session, options, preferences)
    for content in sys.stdin:
        try:
            batch.perform(
                verified(content.rstrip("\r\n"), batch.vocabulary(), secrets=not sys.stdin.isatty())
            )
        except BenchError as error:
            complain(error)
            batch.tally.count(code_of(error))
        if batch.left:
            break
    return batch.tally.code


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
    raise UsageError(
        f"no unit '{printable(short, 60)}': no session '{name}' runs that could know it", hint=hint
    )


def _shell_origin() -> str:
    """A shell's name in the stream; the keeper puts a number behind the dash."""
    named = default_origin()
    return "shell-" if named == "script" else named


class Batch:
    """Performs parsed lines one statement after the other, and remembers what went wrong. ``report`` is told too;
    ``files`` are those that the lines come from."""

    def __init__(
        self,
        session: Session,
        options: argparse.Namespace,
        preferences: Preferences,
        report: Report | None = None,
        files: tuple[str, ...] = (),
    ) -> None:
        self.left = False
        self.tally = Tally()
        self._options = options
        self._report = report
        self._console = Console(session)
        self._console.files = files
        drawn = sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        self._console.blocks = drawn and not options.json
        self._console.dry_run = options.dry_run
        self._console.preferences = preferences
        self._others = Others(session, self._console.muted, begins=True)
        self._console.question = _question if sys.stdin.isatty() and sys.stderr.isatty() else None
        self._output = Output(json=options.json, width=columns_of(sys.stdout))
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

    def perform(self, parsed: Parsed, where: str = "") -> None:
        """Perform a line; refusal, silence and errors of one statement do not keep the next from its turn.

        ``where`` stands before what is complained of.
        """
        leave = self._console.session.subscribe(self._remark)
        try:
            self._perform(parsed, where)
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

    def _perform(self, parsed: Parsed, where: str) -> None:
        for number, statement in enumerate(parsed.statements):
            if statement.empty:
                continue
            text = parsed.text[statement.start : statement.end].strip()
            if self._report is not None:
                self._report.begin(self._console.masked(parsed, statement), where)
            try:
                items = self._console.run(
                    text,
                    allow=self._options.yes,
                    timeout_s=self._options.timeout,
                    ask_secret=_ask_secret if sys.stdin.isatty() else None,
                    confirm=_confirm if sys.stdin.isatty() and sys.stderr.isatty() else None,
                )
                each(items, self._put)
            except KeyboardInterrupt as stop:
                raise stopped(parsed, number, stop) from None
            except BenchError as error:
                complain(error, where)
                self.tally.count(code_of(error))
                if self._report is not None:
                    self._report.failed(error)
            if self.left:
                return

    def _put(self, item: object) -> None:
        if isinstance(item, Leave):
            self.left = True
            return
        self.tally.add(item)
        if self._report is not None:
            self._report.item(item)
        self._output.put(item)


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
