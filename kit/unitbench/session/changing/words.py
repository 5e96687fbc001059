"""What the words of a line mean for a change."""

from __future__ import annotations

from collections.abc import Sequence

from unitbench.errors import InvalidValue, UsageError
from unitbench.schema.printable import printable

USAGE = "usage: set UNIT FIELD=VALUE ..."


def assignments(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The unit that is named, if one is, and what is to be set; raises ``UsageError``."""
    rest = list(words)
    unit = rest.pop(0) if rest and "=" not in rest[0].partition("?")[0] else ""
    values: dict[str, str] = {}
    for word in rest:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"'{printable(word, 60)}' sets nothing", hint=USAGE)
        if name.casefold() in (known.casefold() for known in values):
            raise InvalidValue(f"{printable(name, 40)} is given twice", field=name, hint="give it once")
        values[name] = value
    if not values:
        raise UsageError("what is to be set is not said", hint=USAGE)
    return unit, values


def number(word: str) -> int:
    """The number of an exchange, as it is shown: ``58`` or ``#58``."""
    digits = word.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and int(digits) > 0):
        raise InvalidValue(
            f"'{printable(word, 40)}' is no number of a change",
            field="number",
            rule="such as 58",
            hint="undo alone puts back the last change; a change says its number",
        )
    return int(digits)
