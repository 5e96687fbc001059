"""Help and explanations, generated from the catalogue and from what was observed."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.line.notation import HELP as NOTATIONS
from unitbench.line.ours import find_verb, parts_of
from unitbench.line.parse import find_command, parse
from unitbench.line.reference import HELP as REFERENCE
from unitbench.line.words import Word
from unitbench.offline import dissected
from unitbench.schema import settings, text
from unitbench.schema.printable import printable
from unitbench.schema.records import Command, Effect, Protocol
from unitbench.schema.report import bytes_text, reading_text
from unitbench.schema.verbs import Kind, Verb
from unitbench.session.items import Page
from unitbench.session.model import Exchange, Unit
from unitbench.wire import encode

AGAIN = "ask again: the line may be noisy"
"""What to try where ``why`` itself was the advice."""


def overview() -> Page:
    """All commands and verbs with their meaning."""
    lines = []
    for protocol in catalogue.protocols():
        lines.append(f"{protocol.maker} ({protocol.name}): {protocol.title}")
        lines += [f"  {c.name:<16}{c.effect.value:<14}{c.title}" for c in protocol.commands]
        lines.append("")
    lines.append("our own verbs")
    lines += [f"  {verb.name:<16}{'':<14}{verb.title}" for verb in catalogue.own_verbs()]
    letters = ", ".join(f"{effect.letter} {effect.value}" for effect in Effect)
    lines += ["", "@UNIT COMMAND addresses one unit, @all all of a protocol; help COMMAND says more"]
    lines.append(f"effects, and their letters in the menu: {letters}")
    return Page("commands", "\n".join(lines))


def about(name: str) -> Page:
    """One command or verb in full; raises ``UnknownCommand``."""
    words = name.split()
    found = find_verb(words)
    if found is not None and found[1] == len(words):
        return _verb(found[0])
    protocol, command, _ = find_command([Word(word, 0, len(word)) for word in words])
    return of_command(protocol, command)


def _verb(verb: Verb) -> Page:
    shapes = [f"[{arg.name}]" if arg.optional or arg.many else arg.name for arg in verb.args]
    options = [f"[{option}=...]" for option in verb.options]
    options += ["[NAME=VALUE ...]"] if verb.settings else []
    lines = [verb.title, *([""] if verb.settings else [])]
    lines += [settings.told(item) for item in verb.settings]
    lines += [f"  {part.name:<12}{part.title}" for part in parts_of(verb.name).values()]
    more = f"\n\n{NOTATIONS}" if any(arg.kind is Kind.BYTES for arg in verb.args) else ""
    return Page(" ".join([verb.name, *shapes, *options]), "\n".join(lines) + more)


def of_command(protocol: Protocol, command: Command) -> Page:
    """A wire command: fields, bytes of the example, answers, source, what the manual leaves open."""
    lines = [
        f"{command.title}    {command.effect.value}{', may go to all units' if command.broadcast else ''}",
        "",
    ]
    for field in command.args:
        if field.typed:
            optional = " (optional)" if field.optional else ""
            used = f", used when {field.used_when}" if field.used_when else ""
            lines.append(f"  {field.name:<22}{field.about}: {text.rule(field.type)}{used}{optional}")
            if field.secret:
                lines.append(f"  {'':<22}left out, it is asked for hidden; {REFERENCE}")
    if command.examples:
        lines += ["", f"example  {command.examples[-1]}"]
        request = parse(command.examples[-1]).statements[0].request
        if request is not None:
            lines.append(f"bytes    {bytes_text(encode(request))}")
    if command.needs:
        lines.append(f"needs    LOGIN {command.needs} while the unit's security is on")
    answers = ", ".join(command.reply)
    lines.append(f"answer   {answers} within {command.answer_s:g} s")
    source = command.source
    lines.append(f"source   {source.document}, {source.section} ({source.status.value})")
    if command.note:
        lines.append(f"open     {command.note}")
    return Page(f"{protocol.maker}: {command.name}", "\n".join(lines))


def _first_command(exchange: Exchange) -> str:
    """The command that an exchange began with, as ``help`` takes it."""
    protocol = catalogue.protocol(exchange.protocol)
    head = exchange.command.split(" ")[0]
    record = protocol.command(head.split(protocol.chain)[0] if protocol.chain else head)
    return record.name if record else exchange.command


def why(exchange: Exchange) -> Page:
    """An exchange explained: bytes, fields, what went wrong, what to try."""
    lines = [f"sent {bytes_text(exchange.request)}", ""]
    for reply in exchange.replies:
        lines += [f"from {reply.sender}:", _explained(reply.data, exchange.protocol), ""]
    if exchange.partial:
        lines += ["bytes that were no answer:", _explained(exchange.partial, exchange.protocol), ""]
    if exchange.error:
        lines.append(f"{exchange.outcome}: {exchange.error.code}: {exchange.error.meaning}")
        lines.append(f"next: {AGAIN if exchange.outcome == 'malformed' else exchange.error.hint}")
    else:
        lines.append(f"next: help {_first_command(exchange)}")
    return Page(f"#{exchange.id} {exchange.unit} {exchange.command}: {exchange.outcome}", "\n".join(lines))


def _explained(data: bytes, protocol: str) -> str:
    """Bytes of a unit taken apart; broken ones with what is missing, and with the likeliest repair."""
    found = dissected(data, protocol)
    parts = [(part.best, part.repairs) for part in found.parts]
    return reading_text(found.best, repairs=found.repairs, parts=parts)


def evidence(unit: Unit) -> Page:
    """What is known of a unit, and from what."""
    known = "simulated: a running set of this user says so" if unit.simulated else "not known to be simulated"
    lines = [f"{unit.maker} at {unit.address}  {unit.about}".rstrip(), known, f"score {unit.score:.2f}, from"]
    lines += [f"  {printable(row)}" for row in unit.evidence]
    if unit.commands:
        lines.append(f"commands that only its own list names: {', '.join(unit.commands)}")
    return Page(unit.name, "\n".join([*lines, f"next: {_next(unit)}"]))


def _next(unit: Unit) -> str:
    """What would say more about a unit, and is harmless."""
    record = catalogue.protocol(unit.protocol)
    asked = max(record.commands, key=lambda command: command.probe)
    heard = max(report.probe for report in record.reports)
    if unit.score >= 1:
        return "nothing; it named itself in full"
    if unit.score < max(asked.probe, heard):
        return f"discover {unit.name}"
    if any(service.exclusive for service in record.services):
        return f"@{unit.name} {asked.name} takes its only place for a command client, so no discovery does it"
    return f"nothing harmless would say more; likely {unit.maker}"
