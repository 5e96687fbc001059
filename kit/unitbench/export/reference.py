"""The reference: every command, field, range, default, source and status, from the catalogue alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict

from unitbench.schema import text
from unitbench.schema.address import SERIAL
from unitbench.schema.jsonform import plain
from unitbench.schema.jsontypes import Plain
from unitbench.schema.records import Command, Field, Protocol, Report, Service, Source


class SourceJson(TypedDict):
    """Where a fact stands, and how well founded it is."""

    source: str
    section: str
    status: str


class WordJson(TypedDict):
    """A legal word."""

    word: str
    meaning: str


class FieldJson(TypedDict):
    """An item of a command or a report."""

    name: str
    type: str
    about: str
    range: str
    words: list[WordJson]
    default: Plain
    optional: bool
    secret: bool
    used_when: str | None
    present_when: str | None


class CommandJson(SourceJson):
    """Something a host asks."""

    name: str
    title: str
    effect: str
    broadcast: bool
    fields: list[FieldJson]
    reply: list[str]
    needs: str | None
    answer_s: float
    rules: list[str]
    examples: list[str]
    first: list[str]
    note: str


class ReportJson(SourceJson):
    """Something a unit says."""

    name: str
    title: str
    fields: list[FieldJson]


class ServiceJson(TypedDict):
    """A port with a purpose, or a serial line, which has a rate."""

    name: str
    carrier: str
    port: int | None
    exclusive: bool
    touch: str
    about: str
    baud: NotRequired[int]
    framing: NotRequired[str]


class CodeJson(TypedDict):
    """A result code."""

    code: str
    meaning: str
    hint: str


class ProtocolJson(TypedDict):
    """A protocol as data."""

    type: Literal["protocol"]
    name: str
    maker: str
    title: str
    source: SourceJson
    services: list[ServiceJson]
    commands: list[CommandJson]
    reports: list[ReportJson]
    codes: list[CodeJson]
    notes: list[str]


def protocol_json(protocol: Protocol) -> ProtocolJson:
    """A protocol as data."""
    return {
        "type": "protocol",
        "name": protocol.name,
        "maker": protocol.maker,
        "title": protocol.title,
        "source": _source(protocol.source),
        "services": [_service(service) for service in protocol.services],
        "commands": [_command(command) for command in protocol.commands],
        "reports": [_report(report) for report in protocol.reports],
        "codes": [{"code": c.text, "meaning": c.meaning, "hint": c.hint} for c in protocol.codes],
        "notes": list(protocol.notes),
    }


def _service(service: Service) -> ServiceJson:
    found: ServiceJson = {
        "name": service.name,
        "carrier": service.carrier,
        "port": service.port or None,
        "exclusive": service.exclusive,
        "touch": service.touch.value,
        "about": service.about,
    }
    if service.carrier == SERIAL:
        found |= {"baud": service.baud, "framing": service.framing}
    return found


def _place(service: Service) -> str:
    if service.carrier == SERIAL:
        return f"{service.baud} {service.framing}/{SERIAL}"
    return f"{service.port}/{service.carrier}"


def _command(command: Command) -> CommandJson:
    return {
        "name": command.name,
        "title": command.title,
        "effect": command.effect.value,
        "broadcast": command.broadcast,
        "fields": [_field(field) for field in command.args],
        "reply": list(command.reply),
        "needs": command.needs or None,
        "answer_s": command.answer_s,
        "rules": [f"not both: {rule}" for rule in command.rules],
        "examples": list(command.examples),
        "first": list(command.first),
        "note": command.note,
        **_source(command.source),
    }


def _report(report: Report) -> ReportJson:
    fields = [_field(field) for field in report.fields]
    return {"name": report.name, "title": report.title, "fields": fields, **_source(report.source)}


def _field(field: Field) -> FieldJson:
    return {
        "name": field.name,
        "type": type(field.type).__name__,
        "about": field.about,
        "range": text.rule(field.type),
        "words": [{"word": word.text, "meaning": word.meaning} for word in text.words(field.type)],
        "default": plain(field.default),
        "optional": field.optional,
        "secret": field.secret,
        "used_when": str(field.used_when) if field.used_when else None,
        "present_when": str(field.present_when) if field.present_when else None,
    }


def _source(source: Source) -> SourceJson:
    return {"source": source.document, "section": source.section, "status": source.status.value}


def plain_text(protocols: Iterable[Protocol]) -> str:
    """The reference for a terminal."""
    lines: list[str] = []
    for protocol in protocols:
        ports = ", ".join(_place(service) for service in protocol.services)
        lines += [f"{protocol.maker} ({protocol.name}), {ports}: {protocol.title}"]
        for command in protocol.commands:
            lines.append(f"  {command.name:<16}{command.effect.value:<14}{command.title}")
            lines += [f"      {f.name:<24}{text.rule(f.type)}" for f in command.args if f.typed]
            status = command.source.status.value
            lines.append(f"      source: {command.source.document}, {command.source.section} ({status})")
        lines.append("")
    return "\n".join(lines).rstrip()
