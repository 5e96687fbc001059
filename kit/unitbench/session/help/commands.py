"""Help on a wire command: fields, an example with its bytes and its answer, what it does, where it is from."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.catalogue.change_verbs import CHANGE
from unitbench.line.parse import parse
from unitbench.line.reference import HELP as REFERENCE
from unitbench.schema import text
from unitbench.schema.dissection import Leaf
from unitbench.schema.printable import printable, printable_bytes, spaced_hex
from unitbench.schema.records import Command, Effect, Field, Protocol, Role
from unitbench.schema.values import Flag
from unitbench.session.help.model import HelpPage, Row, section
from unitbench.session.help.trial import answer
from unitbench.wire import codec_of, encode

POLICY = {
    Effect.READ: "reads; never asks before it is sent",
    Effect.SESSION: "opens or closes a login or control; never asks before it is sent",
    Effect.VISIBLE: "something shows at the unit, nothing changes; never asks before it is sent",
    Effect.RECONFIGURES: "changes the unit: a real one asks y/N, or takes --yes",
    Effect.DISRUPTS: "may cut the unit off: a real one asks for its name, or takes --yes=UNIT",
}
"""What an effect means for who types the command; simulated units never ask."""
BYTES_SHOWN = 6
LONGEST = 200
BLANK = "blank"


def of_command(protocol: Protocol, command: Command) -> HelpPage:
    """A wire command in full."""
    known = protocol.command(command.name) is not None
    return HelpPage(
        f"{protocol.maker}: {command.name}",
        command.title,
        (
            *section("fields", _fields(command)),
            *section("examples", ((line, "") for line in command.examples[:-1])),
            *section("an example for the simulated units", _example(command)),
            *section("its bytes", _bytes(command)),
            *section("the answer of the simulated unit", _answer(protocol, command) if known else ()),
            *section("to know", _facts(protocol, command)),
        ),
    )


def _fields(command: Command) -> Iterator[Row]:
    for field in command.args:
        if field.typed:
            yield field.name, field_told(field)
            for word in () if isinstance(field.type, Flag) else text.words(field.type) or field.usual:
                if word.meaning:
                    yield f"  {word.text}", word.meaning


def field_told(field: Field) -> str:
    """What a field means and what holds for its values."""
    about = f"{field.about}: " if field.about else ""
    parts = [f"{about}{text.rule(field.type)}"]
    if field.default is not None:
        parts.append(f"{text.format_value(field.default) or 'nothing'} where it is left out")
    elif field.optional:
        parts.append("may be left out")
    if field.used_when:
        parts.append(f"used when {field.used_when}")
    if field.present_when:
        parts.append(f"only there when {field.present_when}")
    if field.secret:
        parts.append(f"left out, it is asked for hidden; {REFERENCE}")
    return "; ".join(parts)


def _example(command: Command) -> Iterator[Row]:
    for line in command.first if command.examples else ():
        yield line, "first"
    if command.examples:
        yield command.examples[-1], ""


def _bytes(command: Command) -> Iterator[Row]:
    """The bytes of the example, each field's with its name."""
    request = parse(command.examples[-1]).statements[0].request if command.examples else None
    if request is None:
        return
    data = encode(request)
    for leaf in codec_of(request.protocol).dissect(data, Role.HOST).fields:
        if leaf.end > leaf.start:
            yield _hex(data[leaf.start : leaf.end]), _named(leaf, data)


def _hex(data: bytes) -> str:
    return spaced_hex(data[:BYTES_SHOWN]) + (" ..." if len(data) > BYTES_SHOWN else "")


def _named(leaf: Leaf, data: bytes) -> str:
    name = leaf.name.replace("_", " ").upper() if leaf.frame_part else leaf.name
    value = (
        printable_bytes(data[leaf.start : leaf.end]) if leaf.value is None else text.format_value(leaf.value)
    )
    value = value if value.strip() else BLANK
    more = f" ({leaf.meaning})" if leaf.meaning and leaf.meaning != value else ""
    return printable(f"{name} {value}{more}", LONGEST)


def _answer(protocol: Protocol, command: Command) -> Iterator[Row]:
    for found in answer(protocol.name, command.name):
        yield codec_of(protocol.name).text(found.raw), found.title


def _facts(protocol: Protocol, command: Command) -> Iterator[Row]:
    effect = f"{command.effect.value}: {POLICY[command.effect]}"
    yield "effect", effect + ("; @all reaches every unit at once" if command.broadcast else "")
    if command.needs:
        yield "needs", f"LOGIN {command.needs} while the unit's security is on"
    yield "answer", f"{' or '.join(command.reply)} within {command.answer_s:g} s"
    for rule in command.rules:
        yield "never both", f"{rule}: {rule.because}"
    for code in command.refusals:
        yield code.text, f"{code.meaning}; try {code.hint}" if code.hint else code.meaning
    names = related(protocol, command)
    if names:
        yield "related", ", ".join(names)
    source = command.source
    yield "source", f"{source.document}, {source.section} ({source.status.value})"
    if command.note:
        yield "left open", command.note


def related(protocol: Protocol, command: Command) -> list[str]:
    """Commands and verbs that belong to it: what reads what it sets, what needs it or what it needs."""
    names = [command.reads_back] if command.reads_back else []
    stem = command.name.rstrip("?")
    for other in protocol.commands:
        if other is command:
            continue
        pair = other.reads_back == command.name or other.name.rstrip("?") == stem
        login = (other.grants and (command.needs or command.ends_login)) or (
            other.ends_login and command.grants
        )
        if pair or login:
            names.append(other.name)
    if command.pair is not None:
        names += [verb.name for verb in catalogue.own_verbs() if verb.task == CHANGE]
    return list(dict.fromkeys(names))
