"""The reference: every command, field, range, default, source and status, from the catalogue alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unitbench.schema import text
from unitbench.schema.jsonform import plain
from unitbench.schema.records import Command, Field, Protocol, Report, Source
from unitbench.schema.values import Tagged


def protocol_json(protocol: Protocol) -> dict[str, Any]:
    """A protocol as data."""
    return {
        "type": "protocol",
        "name": protocol.name,
        "maker": protocol.maker,
        "title": protocol.title,
        "source": _source(protocol.source),
        "services": [
            {"name": s.name, "carrier": s.carrier, "port": s.port, "about": s.about}
            for s in protocol.services
        ],
        "commands": [_command(command) for command in protocol.commands],
        "reports": [_report(report) for report in protocol.reports],
        "codes": [{"code": c.text, "meaning": c.meaning, "hint": c.hint} for c in protocol.codes],
        "notes": list(protocol.notes),
    }


def _command(command: Command) -> dict[str, Any]:
    return {
        "name": command.name,
        "title": command.title,
        "effect": command.effect.value,
        "broadcast": command.broadcast,
        "fields": [_field(field) for field in command.args],
        "reply": list(command.reply),
        "needs": command.needs or None,
        "answer_s": command.answer_s,
        "rules": [f"not both: {rule.one} and {rule.other}" for rule in command.rules],
        "examples": list(command.examples),
        "note": command.note,
        **_source(command.source),
    }


def _report(report: Report) -> dict[str, Any]:
    fields = [_field(field) for field in report.fields]
    return {"name": report.name, "title": report.title, "fields": fields, **_source(report.source)}


def _field(field: Field) -> dict[str, Any]:
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


def _source(source: Source) -> dict[str, Any]:
    return {"source": source.document, "section": source.section, "status": source.status.value}


def markdown(protocols: Iterable[Protocol]) -> str:
    """The reference as Markdown."""
    return "\n".join(line for protocol in protocols for line in _chapter(protocol))


def _chapter(protocol: Protocol) -> list[str]:
    lines = [
        f"# {protocol.maker} (`{protocol.name}`)",
        "",
        f"{protocol.title}. {_where(protocol.source)}",
        "",
    ]
    lines += ["| service | port | about |", "| --- | --- | --- |"]
    lines += [f"| {s.name} | {s.port}/{s.carrier} | {_cell(s.about)} |" for s in protocol.services]
    for command in protocol.commands:
        lines += ["", f"## `{command.name}` {command.title}", ""]
        needs = f"Needs: {command.needs}. " if command.needs else ""
        lines.append(
            f"Effect: {command.effect.value}. {needs}Answer: {', '.join(command.reply)}. "
            f"{_where(command.source)}"
        )
        lines += _field_table(command.args)
        lines += [f"\nOpen: {command.note}"] if command.note else []
        lines += [f"\nExample: `{example}`" for example in command.examples[:1]]
    for report in protocol.reports:
        lines += ["", f"## reply `{report.name}`: {report.title}", "", _where(report.source)]
        lines += _field_table(report.fields)
    if protocol.codes:
        lines += ["", "## result codes", "", "| code | meaning | try |", "| --- | --- | --- |"]
        lines += [f"| `{c.text}` | {_cell(c.meaning)} | {_cell(c.hint)} |" for c in protocol.codes]
    lines += ["", *(f"- {note}" for note in protocol.notes), ""]
    return lines


def _field_table(fields: tuple[Field, ...]) -> list[str]:
    if not fields:
        return []
    head = ["", "| field | about | range | default | when |", "| --- | --- | --- | --- | --- |"]
    return (
        head
        + [
            f"| `{f.name}` | {_cell(f.about)} | {_cell(text.rule(f.type))} | {_default(f)} | "
            f"{f.used_when or f.present_when or ('optional' if f.optional else '')} |"
            for f in fields
        ]
        + [line for f in fields for line in _property_table(f)]
    )


def _property_table(field: Field) -> list[str]:
    """The properties that a field's value can be of."""
    if not isinstance(field.type, Tagged):
        return []
    head = ["", f"| {field.type.tag} | `{field.name}` | range | default |", "| --- | --- | --- | --- |"]
    return head + [
        f"| {row.number} `{row.name}` | {_cell(row.about)} | {_cell(text.rule(row.type))} | "
        f"{'' if row.default is None else f'`{row.default}`'} |"
        for row in field.type.rows
    ]


def _default(field: Field) -> str:
    return "" if field.default is None else f"`{plain(field.default)}`"


def _where(source: Source) -> str:
    return f"Source: {source.document}, {source.section} ({source.status.value})."


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\r", "CR").replace("\n", "LF")


def plain_text(protocols: Iterable[Protocol]) -> str:
    """The reference for a terminal."""
    lines: list[str] = []
    for protocol in protocols:
        ports = ", ".join(f"{service.port}/{service.carrier}" for service in protocol.services)
        lines += [f"{protocol.maker} ({protocol.name}), {ports}: {protocol.title}"]
        for command in protocol.commands:
            lines.append(f"  {command.name:<16}{command.effect.value:<14}{command.title}")
            lines += [f"      {f.name:<24}{text.rule(f.type)}" for f in command.args if f.typed]
            status = command.source.status.value
            lines.append(f"      source: {command.source.document}, {command.source.section} ({status})")
        lines.append("")
    return "\n".join(lines).rstrip()
