"""The overview of help: what to try first, our own verbs by what people want to do, the protocols. One screen."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.catalogue.verbs import ALONE, FIRST_STEPS
from unitbench.schema.records import Effect
from unitbench.schema.verbs import Example
from unitbench.session.help.model import HelpPage, Row, section

OTHERS = "more"


def overview(*, units: bool = True) -> HelpPage:
    """What can be done; ``units``: some are known, so that there is somebody to ask."""
    first = FIRST_STEPS if units else ALONE
    return HelpPage(
        "",
        "",
        (
            *section("try first", map(_step, first)),
            *section("our own verbs", _tasks()),
            *section("commands of units", _protocols()),
        ),
    )


def _step(step: Example) -> Row:
    return step.line, step.about


def _tasks() -> Iterator[Row]:
    """The verbs by task, those without one at the end; of two words once, by the first."""
    tasks: dict[str, dict[str, None]] = {}
    for verb in catalogue.own_verbs():
        tasks.setdefault(verb.task or OTHERS, {})[verb.name.partition(" ")[0]] = None
    rest = tasks.pop(OTHERS, None)
    for task, names in (*tasks.items(), *([(OTHERS, rest)] if rest else [])):
        yield task, " ".join(names)


def _protocols() -> Iterator[Row]:
    names = [protocol.name for protocol in catalogue.protocols()]
    yield "protocols", f"{' '.join(names)}: help {names[0]} lists its commands"
    yield "@UNIT COMMAND", "to one unit, whichever is in use; @all to all of its protocol"
    yield "help NAME", "explains any of these; ? behind a blank says what may come next"
    yield "effects", ", ".join(f"{effect.letter} {effect.value}" for effect in Effect)
