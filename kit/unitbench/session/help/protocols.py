"""Help on a protocol and on a unit: what it is spoken for, its ports, its commands by what they do, its codes."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.catalogue.sim_verbs import SIM
from unitbench.catalogue.timing_verbs import MEASURE
from unitbench.catalogue.verbs import FIND
from unitbench.schema.records import Effect, Protocol
from unitbench.schema.verbs import Kind
from unitbench.session.help.model import HelpPage, Row, Section, section
from unitbench.session.model import Unit

TRIED = (FIND, MEASURE, SIM)
"""The tasks of verbs that are worth trying with any unit."""
EFFECTS = {
    Effect.READ: "commands that read",
    Effect.SESSION: "commands for login and control",
    Effect.VISIBLE: "commands that show something at the unit",
    Effect.RECONFIGURES: "commands that change it",
    Effect.DISRUPTS: "commands that may cut it off",
}


def of_protocol(protocol: Protocol) -> HelpPage:
    """A protocol in full."""
    source = protocol.source
    facts = [("source", f"{source.document}, {source.section} ({source.status.value})".replace(" ,", ","))]
    facts += [("note", note) for note in protocol.notes]
    return HelpPage(
        f"{protocol.maker} ({protocol.name})",
        protocol.title,
        (
            *section("where", _services(protocol)),
            *_commands(protocol),
            *section("codes", ((code.text, code.meaning) for code in protocol.codes)),
            *section(
                "try",
                (("help COMMAND", "one of them in full"), (f"discover {protocol.name}://ADDRESS", "look")),
            ),
            *section("to know", facts),
        ),
    )


def of_unit(unit: Unit) -> HelpPage:
    """What can be done with a unit that is known."""
    protocol = catalogue.protocol(unit.protocol)
    kind = "simulated" if unit.simulated else "not known to be simulated: what changes it asks first"
    learned = [("that only its own list names", " ".join(unit.commands))] if unit.commands else []
    return HelpPage(
        f"{unit.name}: {unit.maker} at {unit.address}",
        f"{unit.about} ({kind})".strip(),
        (
            *section("try", _steps(unit, protocol)),
            *section(
                f"its commands: @{unit.name} COMMAND; help COMMAND says more", (*_names(protocol), *learned)
            ),
        ),
    )


def _steps(unit: Unit, protocol: Protocol) -> Iterator[Row]:
    """The harmless command that tells most, and the verbs that need a unit and nothing else."""
    probe = max(protocol.commands, key=lambda command: (command.probe, command.effect is Effect.READ))
    yield f"@{unit.name} {probe.name}", probe.title
    for verb in catalogue.own_verbs():
        first, *others = (*verb.args, None)
        needs = [arg for arg in others if arg is not None and not arg.optional]
        takes = first is not None and (
            first.kind is Kind.UNIT or (first.kind is Kind.SIMULATED and unit.simulated)
        )
        if takes and not needs and verb.task in TRIED:
            yield f"{verb.name} {unit.name}", verb.title


def _names(protocol: Protocol) -> Iterator[Row]:
    """The names of its commands by what they do."""
    for effect in Effect:
        names = [command.name for command in protocol.commands if command.effect is effect]
        if names:
            yield effect.value, ", ".join(names)


def _services(protocol: Protocol) -> Iterator[Row]:
    for service in protocol.services:
        place = f"{service.port}/{service.carrier}" if service.port else f"{service.baud} {service.framing}"
        yield place, f"{service.name}: {service.about}" if service.about else service.name


def _commands(protocol: Protocol) -> tuple[Section, ...]:
    found: tuple[Section, ...] = ()
    for effect, title in EFFECTS.items():
        rows = ((c.name, c.title) for c in protocol.commands if c.effect is effect)
        found += section(title, rows)
    return found
