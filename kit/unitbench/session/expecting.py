"""Conditions on what an exchange brought: ``secur=ON``, ``rtt_s<0.1``, ``outcome=refused``. Pure.

The operators are those of filters. ``=`` takes several values with commas between them, and ``*`` for anything; ``~``
looks for a part. A field of the replies comes before what is known of the exchange; where several units answered, each
must fulfil it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from typing import Any

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.text import FALSE, TRUE, format_value
from unitbench.session.filtering import EXPONENTS, OPERATOR
from unitbench.session.model import OUTCOMES, Exchange, Reply

RULE = "FIELD=VALUE; also != < <= > >= ~ !~"
HINT = f"{RULE}, for example outcome=ok or rtt_s<0.5"
OUTCOME, ERROR = "outcome", "error"
OF_CHANGES = ("differs", "overtaken", "lost")
"""What only a change can come to, as its exchange has it here."""
_NAME = re.compile(r"\w+")
_NUMBER = re.compile(r"(-?(?:\d+(?:\.\d*)?|\.\d+))([a-z]*)", re.IGNORECASE)
ABOUT: dict[str, Callable[[Exchange], Any]] = {
    OUTCOME: lambda exchange: exchange.outcome,
    ERROR: lambda exchange: exchange.error.code if exchange.error else "",
    "rtt_s": lambda exchange: exchange.rtt_s,
    "text": lambda exchange: exchange.text,
    "replies": lambda exchange: len(exchange.replies),
    "unit": lambda exchange: exchange.unit,
}
"""What is known of an exchange besides the fields of its replies."""


@record
class Condition:
    """``name`` ``operator`` ``value``, as typed."""

    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.value}"


@record
class Check:
    """A condition, whether it holds, and what was seen; ``seen`` is empty where there is no such field."""

    wanted: str
    holds: bool
    seen: str


def condition(word: str) -> Condition:
    """The condition that a word spells; raises ``InvalidValue``."""
    name = _NAME.match(word)
    operator = OPERATOR.match(word, name.end()) if name else None
    if name is None or operator is None:
        raise InvalidValue(
            f"'{printable(word, 40)}' is no condition", field="condition", rule=RULE, hint=HINT
        )
    found = Condition(name.group().lower(), operator.group(), word[operator.end() :])
    if found.operator.strip("=") in ("<", ">") and number(found.value) is None:
        raise InvalidValue(
            f"'{printable(found.value, 40)}' is no number", field="condition", rule="a number behind < and >"
        )
    if found.name == OUTCOME and found.operator in ("=", "!="):
        known = (*OUTCOMES, *OF_CHANGES)
        strange = [v for v in found.value.lower().split(",") if "*" not in v and v not in known]
        if strange:
            raise InvalidValue(
                f"outcome is never '{printable(strange[0], 40)}'", field="condition", rule=", ".join(known)
            )
    return found


def number(text: str) -> float | None:
    """A number, or a time such as ``10ms`` in seconds; None where it is neither."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or found[2].lower() not in EXPONENTS:
        return None
    return float(f"{found[1]}e{EXPONENTS[found[2].lower()]}")


def check(wanted: Condition, exchange: Exchange) -> Check:
    """Whether an exchange fulfils a condition, and what it has there."""
    seen = _said(wanted.name, exchange)
    holds = bool(seen) and all(_holds(wanted, value) for value in seen)
    told = ", ".join(dict.fromkeys(map(_shown, seen)))
    return Check(printable(str(wanted), 200), holds, printable(told, 200))


def _said(name: str, exchange: Exchange) -> list[Any]:
    """What the replies have in a field; else what is known of the exchange."""
    fields = [_folded(reply) for reply in exchange.replies]
    if any(name in each for each in fields):
        return [each.get(name) for each in fields]
    about = ABOUT.get(name)
    return [about(exchange)] if about is not None else []


def _folded(reply: Reply) -> dict[str, Any]:
    return {name.lower(): value for name, value in reply.fields.items()}


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return format_value(tuple(value) if isinstance(value, list) else value)


def _holds(wanted: Condition, value: Any) -> bool:
    operator = wanted.operator
    if value is None:
        return False
    if operator.strip("=") in ("<", ">"):
        mine, limit = number(_shown(value)), number(wanted.value)
        if mine is None or limit is None:
            return False
        return (
            (mine < limit or (operator == "<=" and mine == limit))
            if operator[0] == "<"
            else (mine > limit or (operator == ">=" and mine == limit))
        )
    plain = operator.removeprefix("!")
    found = _part(wanted.value, value) if plain == "~" else _equal(wanted.value, value)
    return found != operator.startswith("!")


def _part(wanted: str, value: Any) -> bool:
    return wanted.casefold() in _shown(value).casefold()


def _equal(wanted: str, value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        listed = [part.strip() for part in wanted.split(",") if part.strip()]
        return len(listed) == len(value) and all(map(_same, listed, value))
    return _same(wanted, value) or any(_same(part, value) for part in wanted.split(","))


def _same(wanted: str, value: Any) -> bool:
    if isinstance(value, bool):
        return wanted.casefold() in (TRUE if value else FALSE)
    mine, other = number(_shown(value)), number(wanted)
    if mine is not None and other is not None and isinstance(value, (int, float)):
        return mine == other
    # Only * stands for anything, as in a filter.
    pattern = translate(re.sub(r"([?\[])", r"[\1]", wanted.casefold()))
    return re.fullmatch(pattern, _shown(value).casefold(), re.DOTALL) is not None
