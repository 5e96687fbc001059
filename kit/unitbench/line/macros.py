"""Aliases and saved requests: a name that stands for a line. Pure text; where they are kept says ``session.saved``."""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.variables import IS_NAME, live
from unitbench.line.vocabulary import Macro
from unitbench.line.words import Word, statements

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
NAME_RULE = "1 to 40 letters, digits, - and _, a letter first"
LONGEST = 2000
"""Characters of the line that a name stands for."""
DEEPEST = 8
"""Names that stand for names, within each other."""
MOST = 1000
"""Statements that one name may come to."""


def checked_name(name: str) -> str:
    """A name that can be given; raises ``InvalidValue``. That nothing else has it is looked at elsewhere."""
    if not NAME.fullmatch(name):
        raise InvalidValue(
            "a name of this kind is not possible", field="name", rule=NAME_RULE, hint=NAME_RULE
        )
    return name


def parameter(word: str) -> tuple[str, str | None]:
    """What stands behind ``with``: ``$NAME`` or ``$NAME=DEFAULT``; raises ``InvalidValue``."""
    name, equals, default = word.removeprefix("$").partition("=")
    if not word.startswith("$") or not IS_NAME.fullmatch(name):
        rule = "$NAME or $NAME=VALUE"
        raise InvalidValue("behind with stand variables", field="variable", rule=rule, hint=rule)
    if live(name):
        raise InvalidValue(
            f"${name} is of the session already",
            field="variable",
            rule="a name of your own",
            hint="call it otherwise",
        )
    return name, default if equals else None


def spelt(macro: Macro) -> str:
    """How a name was defined, as it would be typed again."""
    if macro.alias:
        return f"alias {macro.name} = {_body(macro.text)}"
    given = [
        f"${name}" + ("" if default is None else f"={_word(default)}") for name, default in macro.parameters
    ]
    return " ".join(["save", macro.name, _body(macro.text), *(["with", *given] if given else [])])


def _body(text: str) -> str:
    several = len(statements(text)) > 1
    quote = "'" if "'" not in text else '"'
    return f"{quote}{text}{quote}" if several else text


def _word(text: str) -> str:
    quote = "'" if "'" not in text else '"'
    return f"{quote}{text}{quote}" if not text or set(text) & set(" ;,'\"") else text


def shape(macro: Macro) -> str:
    """How it is called."""
    return " ".join(
        [
            macro.name,
            *(name if default is None else f"[{name}={default}]" for name, default in macro.parameters),
        ]
    )


def given_to(macro: Macro, words: list[Word], stop: int) -> tuple[tuple[str, str], ...]:
    """The values of a saved request's variables, by name or by place; raises ``UsageError`` with a span."""
    names = [name for name, _ in macro.parameters]
    values: dict[str, str] = {}
    for word in words:
        name, equals, value = word.text.partition("=")
        named = bool(equals) and name.removeprefix("$") in names and not word.quoted
        free = next((each for each in names if each not in values), "")
        key = name.removeprefix("$") if named else free
        if not key or key in values:
            raise UsageError(
                f"{macro.name} takes no more than {len(names)} values"
                if not named
                else f"{key} is given twice",
                span=(word.start, word.end),
                expected=tuple(names),
                hint=f"usage: {shape(macro)}",
            )
        values[key] = value if named else word.text
    for name, default in macro.parameters:
        if name not in values and default is None:
            raise MissingField(
                f"{macro.name} needs {name}",
                field=name,
                span=(stop, stop),
                expected=(name,),
                hint=f"usage: {shape(macro)}",
            )
        values.setdefault(name, default or "")
    return tuple(values.items())


def expanded(macro: Macro, rest: str, target: str) -> str:
    """The line that a call stands for: what is typed behind an alias is added, ``@UNIT`` before it goes in front."""
    text = f"{macro.text} {rest}".rstrip() if macro.alias else macro.text
    if not target and not rest:
        return text
    if len(statements(macro.text)) > 1:
        what = "no unit can be named before it" if target else "nothing can be added to them"
        raise UsageError(
            f"{macro.name} is several commands: {what}", hint="use UNIT before it, or @$unit inside it"
        )
    return f"@{target} {text}" if target else text
