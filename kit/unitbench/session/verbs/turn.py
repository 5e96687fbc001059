"""One verb's turn: what it was given, and who performs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as replaced

from unitbench.errors import UsageError
from unitbench.line.parsed import Statement
from unitbench.session import operations as op
from unitbench.session.face import Session
from unitbench.session.interrupting import sending
from unitbench.session.model import Exchange, Unit
from unitbench.session.naming import Values

if TYPE_CHECKING:
    from unitbench.session.console import Console

AskSecret = Callable[[str], str]
"""Asks a person for a secret by a hidden prompt."""
Confirm = Callable[[Exchange], str]
"""Shows a withheld exchange, and gives what the person allows; empty: nothing."""

LEAST_WINDOW_S = 0.2
"""An answer is waited for at least so long, however little time is left: a unit that is there answers in it."""
Question = Callable[[str], bool]
"""Asks a person something that is answered by yes or no."""


@dataclass(frozen=True, slots=True)
class Turn:
    """``allow`` is what the policy was granted beforehand. ``ask_secret`` and ``confirm`` are there where a person
    is. ``timeout_s`` is an answer window in seconds; without one the protocol's is taken."""

    console: Console
    statement: Statement
    allow: str = ""
    timeout_s: float | None = None
    ask_secret: AskSecret | None = None
    confirm: Confirm | None = None

    @property
    def session(self) -> Session:
        """The session that the line is for."""
        return self.console.session

    @property
    def args(self) -> tuple[str, ...]:
        """The verb's arguments as they were typed."""
        return self.statement.args

    @property
    def options(self) -> dict[str, str]:
        """What was given as ``name=value``."""
        return self.statement.options

    def run(self, line: str, values: Values | None = None) -> Iterator[object]:
        """Perform another line as a part of this turn; ``values`` are those of its variables, None: those of this
        line. Raises ``BenchError``."""
        yield from self.console.within(self, line, values)

    def send(self, operation: op.Operation) -> Any:
        """Have something performed that may reach a unit; raises ``UnderWay`` where the person interrupts it."""
        return sending(lambda: self.session.perform(operation))

    def ask(self, wanted: op.Ask | op.Raw) -> tuple[Exchange, str | None]:
        """Have a request performed, once a person has allowed it where the policy withholds it; and what is allowed
        from now on, None where the person said no. Other views are told of it once, by its end."""
        confirm = self.confirm
        exchange: Exchange = self.send(replaced(wanted, asks=confirm is not None))
        if confirm is None or exchange.outcome != "withheld" or not exchange.allow_with:
            return exchange, wanted.allow
        granted = ""
        try:
            granted = confirm(exchange)
        finally:
            if not granted:
                exchange = self.send(replaced(wanted, declined=True))
        return (self.send(replaced(wanted, allow=granted)), granted) if granted else (exchange, None)

    def window_s(self, usual_s: float) -> float | None:
        """How long a request may take that waits ``usual_s`` for its answer otherwise; None: as usual. Where something
        is waited for, it is no longer than what is left of that."""
        until = self.console.until
        if until is None:
            return self.timeout_s
        wanted = usual_s if self.timeout_s is None else self.timeout_s
        return min(wanted, max(until - self.console.clock(), LEAST_WINDOW_S))

    def unit(self, name: str) -> Unit:
        """The unit of that name or address; an address makes it known. Raises ``UsageError``."""
        return self.console.know(name)

    def named(self, args: tuple[str, ...] | None = None) -> str:
        """The unit that the verb is about: its first argument, or the one in use."""
        args = self.args if args is None else args
        name = args[0] if args else self.console.current
        if not name:
            raise UsageError("which unit is not said, and none is in use", hint="name it, or use UNIT first")
        return name


Handler = Callable[[Turn], Iterator[object]]
"""Performs a verb and yields what is to be shown."""
