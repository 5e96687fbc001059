"""Help on one of our own verbs: what it takes, lines to try."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.line.notation import HELP as NOTATIONS
from unitbench.line.ours import parts_of
from unitbench.line.variables import ROWS as VARIABLES
from unitbench.schema import settings
from unitbench.schema.verbs import Arg, Kind, Verb
from unitbench.session.help.model import HelpPage, Row, section

KINDS = {
    Kind.WORD: "a word",
    Kind.UNIT: "a unit: its name, or its address such as kramer://192.168.1.39",
    Kind.UNITS: "units: names with commas between them, * for any letters",
    Kind.SIMULATED: "a simulated unit's name",
    Kind.PROTOCOL: "a protocol's name",
    Kind.JOB: "a job's number; jobs lists them",
    Kind.FILE: "a file's name",
    Kind.SETTING: "FIELD=VALUE, a setting of that unit",
    Kind.TARGET: "a unit, an address, or a network's broadcast address",
    Kind.BYTES: "bytes, in any notation; all the rest of the line",
    Kind.COMMAND: "a command",
    Kind.LINE: "a wire command with its values; all the rest of the line",
    Kind.BODY: "a line of any kind; several in quotes",
    Kind.CONDITION: "FIELD=VALUE of a reply; also != < > <= >=",
    Kind.NEW: "a name that you choose",
    Kind.MACRO: "the name of an alias or a saved request",
    Kind.PARAMETER: "$NAME, or $NAME=VALUE with what it is where it is left out",
    Kind.EXCHANGE: "an exchange's number; journal lists them",
    Kind.CHANGE: "a change's number, which it says",
    Kind.TOPIC: "a command, verb, unit, protocol, code, or any word",
}
"""What an argument of a kind is, for people."""


CONTINUED = 8
"""Blanks with which a line goes on that explains a notation."""


def of_verb(verb: Verb) -> HelpPage:
    """A verb in full."""
    notations = section("bytes", _notations()) if any(arg.kind is Kind.BYTES for arg in verb.args) else ()
    return HelpPage(
        usage(verb),
        verb.title,
        (
            *section("takes", _takes(verb)),
            *section("can set", ((settings.names(item), settings.meaning(item)) for item in verb.settings)),
            *section(
                "settings of this view: NAME VALUE, or NAME default",
                ((settings.names(item), settings.meaning(item)) for item in verb.preferences),
            ),
            *section("further", ((part.name, part.title) for part in parts_of(verb.name).values())),
            *section("examples for the simulated units", _examples(verb)),
            *notations,
            *section("variables", VARIABLES if any(arg.kind is Kind.PARAMETER for arg in verb.args) else ()),
            *section("", _related(verb)),
        ),
    )


def usage(verb: Verb) -> str:
    """How it is typed."""
    shapes = [_shape(arg) for arg in verb.args]
    options = [f"[{option}=...]" for option in verb.options]
    options += ["[NAME=VALUE ...]"] if verb.settings else []
    unit = "[@UNIT] " if verb.addressed else ""
    # Behind a body everything belongs to it.
    first = any(arg.kind is Kind.BODY for arg in verb.args)
    return unit + " ".join([verb.name, *options, *shapes] if first else [verb.name, *shapes, *options])


def _shape(arg: Arg) -> str:
    name = arg.name.upper() + (" ..." if arg.many else "")
    return f"[{name}]" if arg.optional or arg.many else name


def _takes(verb: Verb) -> Iterator[Row]:
    for arg in verb.args:
        yield from _argument(arg.name.upper(), arg)
    for option in verb.options:
        yield from _argument(f"{option}=", verb.choice(option))


def _argument(name: str, arg: Arg) -> Iterator[Row]:
    yield name, arg.about or KINDS[arg.kind]
    for word in arg.words:
        if word.meaning:
            yield f"  {word.text}", word.meaning


def _examples(verb: Verb) -> Iterator[Row]:
    for example in verb.examples:
        for line in example.first:
            yield line, "first"
        yield example.line, example.about


def _notations() -> Iterator[Row]:
    """The notations, each with its explanation, which may go on over several lines."""
    first, *lines = NOTATIONS.split("\n")
    rows: list[Row] = [(first, "")]
    for line in lines:
        if line.startswith(" " * CONTINUED):
            rows[-1] = rows[-1][0], f"{rows[-1][1]} {line.strip()}"
        else:
            name, _, about = line.strip().partition("  ")
            rows.append((name, about.strip()))
    yield from rows


def _related(verb: Verb) -> Iterator[Row]:
    others = [other.name for other in catalogue.own_verbs() if other.task == verb.task and other is not verb]
    if verb.task and others:
        yield "related", ", ".join(others)
