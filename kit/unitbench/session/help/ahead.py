"""``?`` behind a blank: what may stand there next, and what is known of the field that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench import catalogue
from unitbench.errors import MissingField
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.secrets import masked_text
from unitbench.line.suggest import Suggestion, suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.printable import printable
from unitbench.session.help.commands import field_told
from unitbench.session.help.model import HelpPage, Row, Section, section
from unitbench.session.help.verbs import KINDS, usage

MOST = 16
"""Candidates that are shown: they fit on a screen."""


def ahead(line: str, statement: Statement, vocabulary: Vocabulary) -> HelpPage:
    """What may stand at the ``?`` with which a statement of ``line`` ends."""
    asked = statement.words[-1].start
    before = line[statement.start : asked]
    behind = masked_text(before, parse(before, vocabulary).statements).strip()
    wanted = list(_wanted(before, vocabulary))
    told = {f"{name}=" for name, _ in wanted}
    found = [item for item in suggest(before, len(before), vocabulary) if item.text not in told]
    rows = [*wanted, *_candidates(found)]
    return HelpPage(
        f"behind {printable(behind, 200)}" if behind else "at the beginning",
        "",
        (
            *section("may stand next", rows or [("nothing more is taken here", "")]),
            *_subject(statement),
        ),
    )


def _wanted(before: str, vocabulary: Vocabulary) -> Iterator[Row]:
    """The field that is missing, with what holds for it; or that nothing is."""
    told = parse(before, vocabulary).statements[-1]
    if told.request is not None or (told.verb is not None and told.fault is None):
        yield "Enter", "nothing is missing"
        return
    command = told.command
    if isinstance(told.fault, MissingField) and command is not None:
        name = told.fault.field
        field = next((item for item in command.args if item.name == name), None)
        if field is not None:
            yield field.name, field_told(field)
    elif isinstance(told.fault, MissingField) and told.verb is not None:
        name = told.fault.field
        arg = next((item for item in told.verb.args if item.name == name), None)
        if arg is not None:
            yield arg.name.upper(), arg.about or KINDS[arg.kind]
    for field in told.lacking:
        yield field.name, field_told(field)


def _candidates(found: Sequence[Suggestion]) -> Iterator[Row]:
    for item in found[:MOST]:
        effect = f" ({item.effect})" if item.effect else ""
        yield item.text, f"{item.meaning}{effect}" if item.meaning else effect.strip() or "possible"
    if len(found) > MOST:
        yield f"and {len(found) - MOST} more", "Tab shows them all"


def _subject(statement: Statement) -> tuple[Section, ...]:
    """What the line is about, and where more is said."""
    if statement.verb is not None:
        verb = statement.verb
        if not any(
            token.kind is TokenKind.VERB and token.text == verb.name.split()[0] for token in statement.tokens
        ):
            return ()
        return section("", [(usage(verb), verb.title), (f"help {verb.name}", "more")])
    command = statement.command
    if command is None:
        return ()
    source = command.source
    rows = [
        (command.name, f"{command.title} ({command.effect.value})"),
        ("source", f"{source.document}, {source.section}"),
    ]
    known = catalogue.protocol(statement.protocol).command(command.name) is not None
    return section("", [*rows, *([(f"help {command.name}", "all of it")] if known else [])])
