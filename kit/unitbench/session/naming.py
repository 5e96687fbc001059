"""What the names in a line of this view stand for: aliases, saved requests, and variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unitbench.line.variables import LAST
from unitbench.line.vocabulary import Macro
from unitbench.schema.printable import printable
from unitbench.schema.text import format_value
from unitbench.session.model import Exchange, Unit
from unitbench.session.saved import Kept

if TYPE_CHECKING:
    from unitbench.session.face import Session

LONGEST = 400
"""Characters of a value that a variable has."""
Values = tuple[tuple[str, str], ...]


class Naming:
    """``answered`` is the last exchange, for ``$last``; None where the last command was not sent."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept = Kept()
        self._seen: tuple[object, ...] = ()
        self._values: Values = ()
        self.answered: Exchange | None = None

    @property
    def macros(self) -> tuple[Macro, ...]:
        """The same object as long as they are the same."""
        return self._kept.macros()

    def values(self, current: str) -> Values:
        """What the variables stand for, with the unit in use; the same object as long as it is the same."""
        seen = (self._session.state.units, self.answered, current)
        if len(seen) != len(self._seen) or any(a is not b for a, b in zip(seen, self._seen, strict=True)):
            self._seen = seen
            unit = next((unit for unit in self._session.units if current in (unit.name, unit.address)), None)
            found = (*_of_unit(unit), *_of_reply(self.answered))
            self._values = found if found != self._values else self._values
        return self._values


def _of_unit(unit: Unit | None) -> Values:
    if unit is None:
        return ()
    found = {"unit": unit.name, "address": unit.address, "mac": unit.mac}
    return tuple((name, value) for name, value in found.items() if value)


def _of_reply(exchange: Exchange | None) -> Values:
    """The fields of the first reply, lists with commas between their items."""
    fields = exchange.fields if exchange is not None else {}
    return tuple((f"{LAST}.{name.lower()}", _text(value)) for name, value in fields.items())


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))[:LONGEST]
    return printable(format_value(value), LONGEST)  # type: ignore[arg-type]
