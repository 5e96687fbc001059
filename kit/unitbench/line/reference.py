"""A secret that is named instead of typed: ``env:NAME`` stands for what the environment variable NAME holds.

The line has the name alone, so that it can be kept and shown; the view looks the variable up when the line is
performed. In quotes it is no reference: a password that begins so is typed ``"env:..."``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.parsed import Reference, Statement
from unitbench.schema import text
from unitbench.schema.records import Field
from unitbench.schema.values import Value

PREFIX = "env:"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
LITERAL = 'a password that itself begins with env: stands in quotes, "env:..."'
HELP = f"{PREFIX}NAME takes it from the environment variable NAME of the view; {LITERAL}"


def refers(word: str, *, quoted: bool) -> bool:
    """Whether the value of a secret field is a reference."""
    return word.startswith(PREFIX) and not quoted


def read_reference(field: Field, word: str, start: int, end: int) -> Reference:
    """The reference that a word spells; raises ``InvalidValue``, which does not repeat what is no name: it may be
    the rest of a password."""
    name = word[len(PREFIX) :]
    if not NAME.fullmatch(name):
        what = "the name of an environment variable: letters, digits and _"
        raise InvalidValue(
            f"behind {PREFIX} stands {what}", field=field.name, rule=what, span=(start, end), hint=LITERAL
        )
    return Reference(field, name, start, end)


def names_in(environment: Iterable[str]) -> tuple[str, ...]:
    """The names that a reference can have, of an environment's."""
    return tuple(sorted(filter(NAME.fullmatch, environment)))


def resolved(statement: Statement, environment: Mapping[str, str]) -> dict[str, Value]:
    """What the references of a statement stand for, by field name; raises ``UsageError`` with the place, and without
    the value."""
    return {item.field.name: _value(item, environment) for item in statement.references}


def _value(item: Reference, environment: Mapping[str, str]) -> Value:
    span = (item.start, item.end)
    found = environment.get(item.name)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(item.name, names_in(environment), n=1, cutoff=0.75)
        near = f"did you mean {PREFIX}{close[0]}? " if close else ""
        raise MissingField(
            f"no environment variable {item.name} is set here",
            field=item.field.name,
            span=span,
            hint=f"{near}set it before this view starts, or leave the {item.field.name} out to be asked; {LITERAL}",
        )
    try:
        return text.parse(item.field.type, found)
    except InvalidValue as error:
        raise InvalidValue(
            f"what the environment variable {item.name} holds cannot be the {item.field.name}: {error.rule}",
            field=item.field.name,
            rule=error.rule,
            span=span,
        ) from None


def unresolved(statement: Statement) -> UsageError | None:
    """Why a reference cannot stand here, where several commands go out in one message."""
    item = next(iter(statement.references), None)
    if item is None:
        return None
    return UsageError(
        f"{PREFIX}{item.name} cannot be used in a chain",
        span=(item.start, item.end),
        hint="send that command alone, before the others",
    )
