"""What the manuals leave open: every fact of a protocol that is not documented, and every remark, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.schema.records import Protocol, Status


def open_points(name: str) -> str:
    """The open points of a protocol; raises ``InvalidValue`` for one that does not exist."""
    protocol = catalogue.protocol(name)
    return "\n".join([*_notes(protocol), "", *_facts(protocol)])


def _notes(protocol: Protocol) -> Iterator[str]:
    for note in protocol.notes:
        yield f"- {escaped(note)}"


def _facts(protocol: Protocol) -> Iterator[str]:
    facts = [(command.name, command.source, command.note) for command in protocol.commands]
    facts += [(report.name, report.source, "") for report in protocol.reports]
    told = [fact for fact in facts if fact[2] or fact[1].status is not Status.DOCUMENTED]
    if not told:
        return
    yield "| what | founded on | how well | remark |"
    yield "| --- | --- | --- | --- |"
    for name, source, note in told:
        founded = ", ".join(part for part in (source.document, source.section) if part)
        cells = (f"`{name}`", escaped(founded), source.status.value, escaped(note))
        yield f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Text as Markdown that shows just that."""
    for char in "\\`*_[]<>|#":
        text = text.replace(char, f"\\{char}")
    return text
