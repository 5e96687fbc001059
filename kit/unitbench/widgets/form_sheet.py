"""The parts of a form: a control for each field by its type, the lines of the static table, what to know. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from unitbench import catalogue
from unitbench.schema import text
from unitbench.schema.printable import MASK
from unitbench.schema.records import Command, Effect, Field, Protocol, Status
from unitbench.schema.text import format_value
from unitbench.schema.values import Flag, Real, Tagged, UInt
from unitbench.session.model import Unit
from unitbench.widgets.controls import Control, Option
from unitbench.widgets.filling import Filled, begun
from unitbench.widgets.notation import is_closed, options
from unitbench.widgets.sheet import Cell, Column, Line, shown

COLUMNS = (
    Column("field", about="as the manual calls it"),
    Column("value", about="as it would be typed; a secret is never kept"),
    Column("meaning", about="what that means, what is wrong with it, or why it has no meaning now"),
)
EFFECTS = {
    Effect.READ: "only reads",
    Effect.SESSION: "changes the login, no setting",
    Effect.VISIBLE: "is seen at the unit, and changes no setting",
    Effect.RECONFIGURES: "changes settings: a unit that is not simulated gets it only after a yes",
    Effect.DISRUPTS: "may cut the unit off: one that is not simulated gets it only after its name is typed",
}
EVERYONE = "@all"
"""The choice of all units by one broadcast; no unit can have this name."""
LEFT_OUT = Option("", "(left out)")


def controls(
    state: Filled, typed: Mapping[str, str], now: Mapping[str, str], command: Command
) -> tuple[Control, ...]:
    """A control for each field that a person gives."""
    examples = _examples(command)
    return tuple(_control(each, state, typed, now, examples) for each in state.fields if each.typed)


def _control(
    each: Field, state: Filled, typed: Mapping[str, str], now: Mapping[str, str], examples: Mapping[str, str]
) -> Control:
    name = each.name
    value = typed.get(name, begun(each))
    if name in state.idle and not value and name in state.values:
        value = format_value(state.values[name])
    words = options(each)
    kind = "choice" if is_closed(each) else "text"
    if isinstance(each.type, Flag) and not each.optional:
        kind, words = "flag", ()
    if each.secret:
        return Control(name, "secret", each.about, text.rule(each.type), needed=not each.optional)
    if kind == "choice" and each.optional:
        words = (LEFT_OUT, *words)
    about = each.about + (f" (now {shown(now[name], 60)})" if name in now else "")
    lent = "" if value or name not in state.values else format_value(state.values[name])
    return Control(
        name,
        kind,
        about,
        text.rule(each.type) if kind == "text" else "",
        value,
        words,
        lent or examples.get(name, ""),
        _unit(each),
        not each.optional,
        shown(state.errors.get(name, ""), 400),
        state.idle.get(name, ""),
    )


def _unit(each: Field) -> str:
    """What a number counts."""
    kind = each.type
    if isinstance(kind, Tagged) and len(kind.rows) == 1:
        kind = kind.rows[0].type
    return kind.unit if isinstance(kind, (UInt, Real)) else ""


def _examples(command: Command) -> dict[str, str]:
    """Values from the catalogue's example that names its fields."""
    pairs = (word.partition("=") for example in command.examples for word in example.split(" "))
    return {name: f"such as {value}" for name, equals, value in pairs if equals and value != "''"}


def lines(state: Filled) -> tuple[Line, ...]:
    """The fields as lines of a table."""
    return tuple(_line(each, state) for each in state.fields if each.typed)


def _line(each: Field, state: Filled) -> Line:
    value = state.values.get(each.name)
    spelt = "" if value is None else MASK if each.secret else shown(format_value(value), 120)
    error, idle = state.errors.get(each.name, ""), state.idle.get(each.name, "")
    meaning = "" if value is None or each.secret else text.meaning(each.type, value)
    told = "; ".join(part for part in (meaning if meaning != spelt else "", each.about) if part)
    last = Cell(f"BAD: {shown(error)}", sub=told, tone="bad") if error else Cell(shown(idle or told))
    return Line(each.name, (Cell(each.name, tone="name"), Cell(spelt, tone="code"), last), quiet=bool(idle))


def about(protocol: Protocol, command: Command) -> tuple[str, ...]:
    """What to know before sending it."""
    source = command.source
    told = [f"{protocol.maker}: {command.title}; it {EFFECTS[command.effect]}"]
    if source.status is Status.SIMULATED:
        told.append("its bytes were invented for simulated units: no other unit gets it")
    if command.needs:
        told.append(f"needs a login as {command.needs} while the unit's security is on")
    if command.note:
        told.append(command.note)
    told.append(f"source: {source.document}, {source.section} ({source.status.value})")
    return tuple(shown(line, 400) for line in told)


@cache
def command_options() -> tuple[Option, ...]:
    """Every command of every protocol, as ``PROTOCOL COMMAND``."""
    return tuple(
        Option(f"{protocol.name} {each.name}", shown(f"{each.name}: {each.title}", 90), protocol.maker)
        for protocol in catalogue.protocols()
        for each in protocol.commands
    )


def unit_options(
    units: Sequence[Unit], protocol: Protocol, command: Command, chosen: str
) -> tuple[Option, ...]:
    """The units that a command can go to; ``chosen`` is among them, known or not."""
    found = [_unit_option(each) for each in units if each.protocol == protocol.name]
    if command.broadcast:
        found.append(Option(EVERYONE, "all of them, by one broadcast"))
    if chosen not in [each.value for each in found]:
        found.insert(0, Option(chosen, shown(chosen) or "none is known: discover looks for some"))
    return tuple(found)


def _unit_option(unit: Unit) -> Option:
    """A unit as an entry of the list."""
    state = ["simulated" if unit.simulated else "real", *([f"login {unit.login}"] if unit.login else [])]
    return Option(unit.name, shown(f"{unit.name} ({', '.join(state)})"))
