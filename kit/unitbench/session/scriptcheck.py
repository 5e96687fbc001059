"""What is checked of our verbs about other lines before anything is performed."""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.macros import given_to
from unitbench.line.named import free_name, without_secret
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed, Statement
from unitbench.line.variables import scoped
from unitbench.line.vocabulary import Macro
from unitbench.line.words import Word
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.session.expecting import condition

_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
LEAST_S = 0.05
"""A watch goes round no faster, in seconds."""
LONGEST_S = 7 * 24 * 3600.0
MOST = 1_000_000
"""So often a command is repeated at most."""
AGAIN = ("watch", "repeat", "wait-for")
"""The verbs that perform a line more than once."""
ON, OFF = "on", "off"
TOLD = -1.0
"""What stands for the state of a login that is to be told only."""
EQUALS = "="


def verify(statement: Statement, *, secrets: bool, files: tuple[str, ...]) -> None:
    """Raise ``UsageError`` for what cannot be meant. ``files`` are those that this statement is run by."""
    assert statement.verb is not None
    name, args, options = statement.verb.name, statement.args, statement.options
    if name == "alias" and len(args) > 1:
        _alias(args)
    if statement.defines is not None:
        _definition(statement, statement.defines)
    if name in ("watch", "wait-for", "sleep"):
        interval(args[0], least=LEAST_S if name == "watch" else 0.0)
    if name == "repeat":
        count(args[0])
    if statement.inner and name in AGAIN and _leaves(statement):
        raise never_left(statement)
    if "times" in options:
        count(options["times"])
    for option in ("gap", "every"):
        if option in options:
            interval(options[option])
    if name == "expect" and not args:
        raise MissingField(
            "expect needs a condition",
            field="condition",
            hint="expect outcome=ok, or FIELD=VALUE of the reply",
        )
    for word in args if name == "expect" else args[2:] if name == "wait-for" else ():
        condition(word)
    if name == "keepalive":
        kept_alive(args)
    if name == "run":
        runs(statement, secrets=secrets, files=files)


def _leaves(statement: Statement) -> bool:
    """Whether a statement, or what it performs, leaves the view."""
    verb = statement.verb
    return any(_leaves(part) for part in parts(statement)) or (verb is not None and verb.name == "quit")


def never_left(statement: Statement) -> UsageError:
    """That a verb cannot perform again and again what leaves the view."""
    verb = statement.verb.name if statement.verb is not None else ""
    return UsageError(f"quit cannot stand in {verb}: it leaves this view", hint="quit stands alone")


def _alias(args: tuple[str, ...]) -> None:
    if args[1] != EQUALS or len(args) < 3:
        raise UsageError(
            "a name and its line stand with = between them", hint="alias NAME = LINE, blanks around ="
        )


def _definition(statement: Statement, macro: Macro) -> None:
    free_name(macro.name)
    known = statement.vocabulary.macro(macro.name)
    if known is not None and known.alias != macro.alias:
        what, away = ("an alias", "unalias") if known.alias else ("a saved request", "unsave")
        raise UsageError(f"{macro.name} is {what} already", hint=f"{away} {macro.name} first")
    names = [name for name, _ in macro.parameters]
    double = next((name for name in names if names.count(name) > 1), "")
    if double:
        raise InvalidValue(f"${double} is given twice", field="variable", hint="give it once")
    values = tuple((name, "0" if value is None else value) for name, value in macro.parameters)
    without_secret(macro.text, parse(macro.text, replace(statement.vocabulary, values=values)))


def interval(word: str, *, least: float = 0.0) -> float:
    """A time such as ``500ms``, in seconds."""
    found = _TIME.fullmatch(word)
    seconds = float(found[1]) * _SECONDS[found[2] or "s"] if found else -1.0
    if not least <= seconds <= LONGEST_S:
        rule = f"a time such as 500ms, 2s or 10m, at least {least:g} s"
        raise InvalidValue(f"'{printable(word, 40)}' is no such time", field="time", rule=rule, hint=rule)
    return seconds


def count(word: str) -> int:
    """How often something is done."""
    if not (word.isascii() and word.isdigit() and len(word) < 9 and 0 < int(word) <= MOST):
        rule = f"a whole number, 1..{MOST}"
        raise InvalidValue(
            f"'{printable(word, 40)}' is no number of times", field="times", rule=rule, hint=rule
        )
    return int(word)


def kept_alive(args: tuple[str, ...]) -> tuple[str, float | None]:
    """The unit that is named, or nothing, and every how many seconds its login is kept: 0 never, None as is best; below
    0 where that is to be told only."""
    state = args[-1] if args else ""
    if state in (ON, OFF):
        return "".join(args[:-1]), None if state == ON else 0.0
    if len(args) < 2 and not state[:1].isdigit():
        return state, TOLD
    if not state[0].isdigit():
        raise InvalidValue(
            f"'{printable(state, 40)}' is neither on nor off nor a time",
            field="state",
            rule="on, off or a time",
            hint=f"keepalive {printable(args[0], 40)} on",
        )
    return "".join(args[:-1]), interval(state, least=1.0)


def runs(
    statement: Statement, *, secrets: bool, files: tuple[str, ...]
) -> tuple[Macro, tuple[tuple[str, str], ...]] | None:
    """The saved request that is run and its values; None where it is a file. Raises ``UsageError`` for what cannot be
    understood in it."""
    from unitbench.session.arguments import verified
    from unitbench.session.script import checked

    name, given = statement.args[0], statement.args[1:]
    macro = statement.vocabulary.macro(name)
    if macro is None or macro.alias:
        if given:
            raise UsageError(
                f"there is no saved request {printable(name, 40)}, and a file takes no values",
                hint="save lists them",
            )
        checked(name, statement.vocabulary, secrets=secrets, within=files)
        return None
    values = given_to(macro, [Word(word, 0, 0) for word in given], 0)
    inside = scoped(statement.vocabulary, name, values)
    verified(macro.text, inside, secrets=secrets, files=files)
    return macro, values


def parts(statement: Statement) -> tuple[Statement, ...]:
    """The statements that one performs; those that it only keeps are looked at when they are performed."""
    expansion: Parsed | None = statement.expansion
    if statement.defines is not None:
        return ()
    return (*statement.inner, *(expansion.statements if expansion else ()))
