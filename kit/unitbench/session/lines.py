"""What a script asks for, as the operation that travels: one wire command, as text or as a request, or bytes."""

from __future__ import annotations

from typing import Any

from unitbench.errors import UsageError
from unitbench.line.parsed import Statement
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.records import Request
from unitbench.session.arguments import referred, settled, verified
from unitbench.session.operations import Ask, Raw


def ask_of(
    what: str | Request, unit: str, vocabulary: Vocabulary, *, allow: str = "", timeout_s: float | None = None
) -> Ask:
    """The operation that a line or a request becomes; raises ``UsageError``."""
    if isinstance(what, Request):
        then = further(what)
        return Ask(what.protocol, what.command, what.fields, unit, False, allow, timeout_s, then=then)
    if not isinstance(what, str):
        raise UsageError(
            f"a line, a Request or bytes are expected, not {type(what).__name__}",
            hint='for example ask("SECUR?")',
        )
    statement = _one_statement(what, vocabulary)
    assert statement.command is not None
    everyone = statement.target == "all"
    if everyone and not statement.command.broadcast:
        raise UsageError(
            f"{statement.command.name} does not go to all units by one broadcast",
            hint="ask each unit of session.units",
        )
    target = "" if everyone else statement.target or unit
    values = statement.values | referred(statement)
    name, then = statement.command.name, further(statement.request)
    return Ask(statement.protocol, name, values, target, everyone, allow, timeout_s, then=then)


def further(request: Request | None) -> tuple[tuple[str, dict[str, Any]], ...]:
    """What else is sent in the message of a request, as it travels."""
    return tuple((member.command, dict(member.fields)) for member in (request.then if request else ()))


def raw_of(data: bytes, unit: str, *, allow: str = "", timeout_s: float | None = None) -> Raw:
    """The operation that sends bytes as they are; raises ``UsageError`` where no unit is named."""
    if not unit:
        raise UsageError("bytes go to a unit that is named", hint='for example ask(b"#\\r", unit="k1")')
    return Raw(data, unit, allow) if timeout_s is None else Raw(data, unit, allow, timeout_s)


def _one_statement(text: str, vocabulary: Vocabulary) -> Statement:
    parsed = verified(text, vocabulary, secrets=True)
    for statement in parsed.statements:
        settled(statement)
    statements = [statement for statement in parsed.statements if not statement.empty]
    if len(statements) != 1 or statements[0].command is None or statements[0].wants_help:
        raise UsageError(
            "one wire command is expected here",
            hint="our own verbs are methods: discover(), timing(), units",
        )
    return statements[0]
