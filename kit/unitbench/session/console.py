"""The command language at work: a line in, records out. The shell, ``-c``, files and the magics all use it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from unitbench import catalogue
from unitbench.errors import BenchError, UsageError
from unitbench.line.meant import able, mac_of, mismatch, selected
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed, Statement
from unitbench.line.reference import names_in
from unitbench.line.secrets import masked_text
from unitbench.line.vocabulary import Sent, Vocabulary
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.session import operations as op
from unitbench.session.arguments import placed, referred, settled, verified
from unitbench.session.brought import changed, exchanges
from unitbench.session.dry import only_shown
from unitbench.session.face import Session
from unitbench.session.interrupting import asking, noted, stopped
from unitbench.session.items import Notice
from unitbench.session.lines import further
from unitbench.session.model import Exchange, Unit
from unitbench.session.muting import Muted
from unitbench.session.naming import Naming, Values
from unitbench.session.preferences import ALWAYS, Preferences
from unitbench.session.results import Discovery, Listening, Timing
from unitbench.session.transcript import Transcripts
from unitbench.session.used import Used
from unitbench.session.verbs import handler
from unitbench.session.verbs.turn import AskSecret, Confirm, Question, Turn


class Console:
    """``current`` is the name of the unit in use, or empty. ``last`` is the newest exchange made here, ``last_job``
    the number of the job that was begun here since; 0 for none.

    ``preferences`` are the settings of this view. ``dry_run``: what would change a unit is shown, not sent.
    ``question`` asks a person for a yes or no; None where nobody is there. ``muted``: whose lines this view
    does not show. ``transcripts`` are the files that it writes, ``remembered`` gives the lines that were typed
    before, oldest first, without their secrets, ``sent`` the newest exchanges that lines can refer to. ``naming`` has
    aliases, saved requests and variables; ``files`` are those that run the lines now; ``blocks``: what is watched
    stands in one place; ``pause`` and ``clock`` are in seconds; ``until``: when on that clock what is waited
    for must be there, if anything is.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.current = ""
        self.last: Exchange | None = None
        self.last_job = 0
        self.preferences = Preferences()
        self.dry_run = False
        self.question: Question | None = None
        self.muted = Muted()
        self.naming = Naming(session)
        self.files: tuple[str, ...] = ()
        self.blocks = False
        self.pause: Callable[[float], object] = lambda seconds: threading.Event().wait(seconds)
        self.clock = time.monotonic
        self.until: float | None = None
        self._given: Values = ()
        self.transcripts = Transcripts()
        self.remembered: Callable[[], Sequence[str]] = tuple
        self.sent: Callable[[], tuple[Sent, ...]] = tuple
        self.used = Used()

    @property
    def confirm_always(self) -> bool:
        """Whether simulated units are asked for like real ones."""
        return self.preferences["confirm"] == ALWAYS

    def vocabulary(self) -> Vocabulary:
        """What a line can refer to now."""
        return replace(
            self.session.vocabulary(self.current),
            variables=names_in(os.environ),
            macros=self.naming.macros,
            values=(*self._given, *self.naming.values(self.current)),
            sent=self.sent(),
            secrets=self.used.secrets,
        )

    def know(self, name: str) -> Unit:
        """The unit of that name or address; an address makes it known. Raises ``UsageError``."""
        unit: Unit = self.session.perform(op.Find(name))
        return unit

    def run(
        self,
        line: str,
        *,
        allow: str = "",
        timeout_s: float | None = None,
        ask_secret: AskSecret | None = None,
        confirm: Confirm | None = None,
    ) -> Iterator[object]:
        """Perform a line, statement by statement; the whole line is parsed before anything is sent.

        ``ask_secret`` asks a person for a secret that was left out; ``confirm`` shows a withheld exchange and
        gives what the person allows (empty: nothing). Raises ``BenchError``.
        """
        vocabulary = self.vocabulary()
        try:
            self.transcripts.typed(masked_text(line, parse(line, vocabulary).statements))
            secret = asking(ask_secret) if ask_secret is not None else None
            allowed = asking(confirm) if confirm is not None else None
            items = self._run(line, vocabulary, allow, timeout_s, secret, allowed)
            yield from noted(items, self.transcripts.item)
        except BenchError as error:
            self.transcripts.said(printable(error.message))
            raise

    def _run(
        self,
        line: str,
        vocabulary: Vocabulary,
        allow: str,
        timeout_s: float | None,
        ask_secret: AskSecret | None,
        confirm: Confirm | None,
    ) -> Iterator[object]:
        parsed = verified(line, vocabulary, secrets=ask_secret is None, files=self.files)
        if timeout_s is None:
            timeout_s = self.preferences.seconds("timeout")
        for number, statement in enumerate(parsed.statements):
            before = self.naming.answered
            try:
                known = self._settled(parsed, statement)
                turn = Turn(self, known, allow, timeout_s, ask_secret, confirm)
                yield from noted(self._performed(turn, line), self._note)
            except UsageError as error:
                raise placed(error, parsed, statement) from None
            except KeyboardInterrupt as stop:
                raise stopped(parsed, number, stop, self.naming.answered, before) from None

    def masked(self, parsed: Parsed, statement: Statement) -> str:
        """The text of a statement without secrets, those among them that were used here since it was read."""
        text = masked_text(parsed.text, parsed.statements, statement).strip()
        return masked_text(text, parse(text, self.vocabulary()).statements) if self.used.secrets else text

    def _performed(self, turn: Turn, line: str) -> Iterator[object]:
        statement = turn.statement
        sends = statement.command is not None or (statement.verb is not None and statement.verb.addressed)
        if sends and not statement.wants_help:
            self.naming.answered = None  # what was answered before is no answer to this
        if statement.wants_help:
            from unitbench.session.help.pages import ahead

            yield ahead(line, statement, self.vocabulary())
        elif statement.verb is not None:
            yield from handler(statement.verb.name)(turn)
        elif statement.command is not None:
            yield from self._wire(turn)
        elif statement.expansion is not None:
            yield from self.within(turn, statement.expansion.text, statement.scope)

    def _settled(self, parsed: Parsed, statement: Statement) -> Statement:
        """A statement with the values that its variables have by now; raises ``UsageError`` where one has none."""
        if not statement.late:
            return statement
        text = " " * statement.start + parsed.text[statement.start : statement.end]
        found = verified(text, self.vocabulary(), secrets=False, files=self.files).statements[0]
        settled(found)
        return found

    def within(self, turn: Turn, line: str, values: Values | None = None) -> Iterator[object]:
        """Perform a line as a part of another one's turn; ``values`` are those of its variables, None: the same."""
        before = self._given
        self._given = before if values is None else values
        try:
            yield from self._run(
                line, self.vocabulary(), turn.allow, turn.timeout_s, turn.ask_secret, turn.confirm
            )
        finally:
            self._given = before

    def _note(self, item: object) -> None:
        """Keep what ``why`` and ``last`` are about."""
        if isinstance(item, Exchange):
            self.last, self.last_job = item, 0
        if isinstance(item, Exchange) or changed(item) is not None:
            self.naming.answered = next(iter(exchanges([item])), None)
        elif isinstance(item, (Discovery, Timing, Listening)):
            self.last_job = item.job

    # -- wire commands

    def _wire(self, turn: Turn) -> Iterator[object]:
        statement, allow = turn.statement, turn.allow
        command = statement.command
        assert command is not None
        values = statement.values | referred(statement)
        for field in statement.lacking:
            if field.secret and field.name not in values and turn.ask_secret is not None:
                values[field.name] = turn.ask_secret(f"{field.name}: ")
        self.used.add(command, values)
        for member in statement.request.then if statement.request else ():
            self.used.add(catalogue.protocol(statement.protocol).of(member), member.fields)
        goals = self._goals(statement)
        among = tuple(name for name, _ in goals) if len(goals) > 1 else ()
        for name, everyone in goals:
            if not everyone:
                yield from self._remarks(statement, name)
            then = further(statement.request)
            ask = op.Ask(
                statement.protocol,
                command.name,
                values,
                name,
                everyone,
                allow,
                turn.window_s(command.answer_s),
                among,
                then,
                self.confirm_always,
            )
            if self.dry_run:
                yield from only_shown(self.session.units, ask)
                continue
            exchange, granted = turn.ask(ask)
            yield exchange
            if granted is None:
                return  # the question was about all of them
            allow = granted

    def _goals(self, statement: Statement) -> list[tuple[str, bool]]:
        """Whom a statement addresses: names, and whether by one broadcast."""
        command = statement.command
        assert command is not None
        if statement.target == "all":
            if command.broadcast:
                return [("", True)]
            units = [unit for unit in self.session.units if unit.protocol == statement.protocol]
            if not units:
                raise UsageError(
                    f"no {catalogue.protocol(statement.protocol).maker} unit is known", hint="discover"
                )
            return [(unit.name, False) for unit in units]
        if statement.target:
            return [(statement.target, False)]
        units = able(self.session.units, statement.protocol, command.name)
        chosen = selected(units, mac_of(command, statement.values))
        if chosen is not None:
            return [(chosen.name, False)]
        unit = next((unit for unit in self.session.units if unit.name == self.current), None)
        fits = unit is not None and unit.protocol == statement.protocol
        return [(self.current if fits else "", False)]

    def _remarks(self, statement: Statement, name: str) -> Iterator[Notice]:
        """That the first of several units is taken, and that a unit will not heed the MAC."""
        assert statement.command is not None
        every = self.session.units
        units = able(every, statement.protocol, statement.command.name)
        if not name and len(units) > 1:
            whose = f"{len(units)} {units[0].maker} units"
            yield Notice(f"{units[0].name} is taken, the first of {whose}; @UNIT or @all says otherwise")
        unit = next((unit for unit in every if name in (unit.name, unit.address)), None)
        unit = unit or next(iter(units if not name else ()), None)
        told = mismatch(unit, every, mac_of(statement.command, statement.values)) if unit else ""
        if told:
            yield Notice(told)
