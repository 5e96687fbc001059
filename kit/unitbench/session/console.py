"""The command language at work: a line in, records out. The shell, ``-c``, files and the magics all use it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.line.meant import able, mac_of, mismatch, selected
from unitbench.line.parsed import Statement
from unitbench.line.reference import names_in
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.record import replace
from unitbench.session import operations as op
from unitbench.session import pages
from unitbench.session.arguments import placed, referred, verified
from unitbench.session.dry import only_shown
from unitbench.session.face import Session
from unitbench.session.items import Notice, Page
from unitbench.session.lines import further
from unitbench.session.model import Exchange, Unit
from unitbench.session.muting import Muted
from unitbench.session.verbs import HANDLERS
from unitbench.session.verbs.turn import AskSecret, Confirm, Question, Turn


class Console:
    """``current`` is the name of the unit in use, or empty. ``last`` is the newest exchange made here.

    ``confirm_always``: simulated units are asked for like real ones. ``dry_run``: what would change a unit is shown,
    not sent. ``question`` asks a person for a yes or no; None where nobody is there. ``muted``: whose lines this view
    does not show.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.current = ""
        self.last: Exchange | None = None
        self.confirm_always = False
        self.dry_run = False
        self.question: Question | None = None
        self.muted = Muted()

    def vocabulary(self) -> Vocabulary:
        """What a line can refer to now."""
        return replace(self.session.vocabulary(self.current), variables=names_in(os.environ))

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
        parsed = verified(line, self.vocabulary(), secrets=ask_secret is None)
        for statement in parsed.statements:
            turn = Turn(self, statement, allow, timeout_s, ask_secret, confirm)
            try:
                if statement.wants_help:
                    yield _help(statement)
                elif statement.verb is not None:
                    yield from HANDLERS[statement.verb.name](turn)
                elif statement.command is not None:
                    yield from self._wire(turn)
            except UsageError as error:
                raise placed(error, parsed, statement) from None

    # -- wire commands

    def _wire(self, turn: Turn) -> Iterator[object]:
        statement, confirm, allow = turn.statement, turn.confirm, turn.allow
        command = statement.command
        assert command is not None
        values = statement.values | referred(statement)
        for field in statement.lacking:
            if field.secret and field.name not in values and turn.ask_secret is not None:
                values[field.name] = turn.ask_secret(f"{field.name}: ")
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
                turn.timeout_s,
                among,
                then,
                self.confirm_always,
            )
            if self.dry_run:
                yield from only_shown(self.session.units, ask)
                continue
            exchange: Exchange = self.session.perform(ask)
            asks = confirm is not None and exchange.outcome == "withheld" and exchange.allow_with
            if confirm is not None and asks and (granted := confirm(exchange)):
                allow = granted
                exchange = self.session.perform(msgspec.structs.replace(ask, allow=allow))
            self.last = exchange
            yield exchange

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


def _help(statement: Statement) -> Page:
    if statement.verb is not None:
        return pages.about(statement.verb.name)
    assert statement.command is not None
    return pages.of_command(catalogue.protocol(statement.protocol), statement.command)
