"""What a form begins with: the command, the unit and the values that a line names. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.errors import MissingField, UsageError
from unitbench.line.parse import parse
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.records import Command, Protocol
from unitbench.schema.text import format_value
from unitbench.session.model import Unit
from unitbench.widgets.form_sheet import EVERYONE
from unitbench.widgets.sheet import shown


@dataclass(frozen=True, slots=True)
class Beginning:
    """A command, the unit that was named (empty: none), and what was typed by field name, without secrets."""

    protocol: Protocol
    command: Command
    unit: str = ""
    typed: dict[str, str] = field(default_factory=dict)


def beginning(units: Sequence[Unit], line: str, unit: str, vocabulary: Vocabulary) -> Beginning:
    """What a line means for a form: a name alone is enough. Without a line it is the first command of the unit.

    Raises ``UsageError`` for what is no wire command, or a value that breaks its rule.
    """
    known = next((each for each in units if unit in (each.name, each.address)), None)
    if not line.strip():
        first = known or next(iter(units), None)
        protocol = catalogue.protocol(first.protocol if first else catalogue.NAMES[0])
        return Beginning(protocol, protocol.commands[0], known.name if known else unit)
    found, *more = parse(line, vocabulary).statements
    if more:
        raise UsageError(
            "a form is for one command, and several stand there", hint="name one, such as SECUR?"
        )
    error = found.error
    if error is not None and not (found.command is not None and isinstance(error, MissingField)):
        raise error
    if found.command is None:
        raise UsageError(
            f"'{shown(line, 60)}' is no wire command", hint="a form is for one, such as SECUR? or 0Eh"
        )
    secret = {each.name for each in found.command.args if each.secret}
    typed = {name: format_value(value) for name, value in found.given if name not in secret}
    target = EVERYONE if found.target == "all" else found.target or unit
    return Beginning(catalogue.protocol(found.protocol), found.command, target, typed)
