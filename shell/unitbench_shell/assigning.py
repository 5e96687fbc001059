"""What the toolbar says of a line that sets fields of a unit: the field at the cursor with its range, the fault, and
what would be read and sent. The values that are sent are known only once the unit was read."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.errors import BenchError, MissingField, UsageError
from unitbench.line.assigned import Assigned, assigned
from unitbench.line.parsed import Statement
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema import text
from unitbench.schema.printable import printable
from unitbench.schema.records import Effect, Field
from unitbench.schema.settable import Wanted, names, settables
from unitbench.schema.values import Tagged
from unitbench.session.changing.plan import named
from unitbench.session.preferences import chosen
from unitbench_shell.previewed import FAULT, IDLE, NEXT, VERB, Preview, field_told

CHANGING = (Effect.READ, Effect.SESSION, Effect.VISIBLE, Effect.RECONFIGURES, Effect.DISRUPTS)
"""From harmless to the gravest."""


def assigning(line: str, cursor: int, statement: Statement, vocabulary: Vocabulary) -> Preview | None:
    """The preview of a statement that sets something; None where the verb's meaning says all there is to say."""
    found = assigned(statement, vocabulary)
    if found is None:
        return _preferred(statement) if statement.verb is not None and statement.verb.preferences else None
    at_name = found.named is not None and found.named.start <= cursor <= found.named.end
    if at_name and (not found.protocol or not found.words):
        return None  # the name may still be in the making
    if found.fault is not None:
        return _faulty(line, cursor, found, found.fault, statement, vocabulary)
    touched = found.touched(cursor)
    field = touched[1] if touched else None
    head = _ruled(field) if field else "; ".join(dict.fromkeys(map(_way, found.wanted)))
    notes = dict.fromkeys(map(_way, found.wanted)) if field else ()
    effect = max((one.settable.command.effect for one in found.wanted), key=CHANGING.index)
    return Preview(VERB, head, effect=effect.value, unit=found.unit, notes=(*notes, "read back, undo"))


def _preferred(statement: Statement) -> Preview | None:
    """A setting of the view: its meaning and what it may be."""
    from unitbench.schema import settings

    if statement.late or statement.fault is not None or statement.guard is not None:
        return None
    try:
        wanted = chosen(statement.args, statement.options)
    except UsageError as error:
        hint = (printable(error.hint),) if error.hint else ()
        return Preview(FAULT, printable(error.message), notes=hint)
    if wanted is None or wanted[0] is None:
        return None
    setting = wanted[0]
    head = f"{setting.name}: {settings.rule(setting)} ({setting.about})"
    return Preview(VERB, head, notes=("a setting of this view; nothing is sent",))


def _way(wanted: Wanted) -> str:
    """Which command reads, and which one sets: ``virtual port 20: AEh 0Eh reads it, AEh 10h sets it``."""
    settable, item = wanted.settable, named(wanted)
    same = settable.reader.name == settable.command.name
    by = "reads and sets it" if same else f"reads it, {settable.command.name} sets it"
    return f"{f'{item}: ' if item else ''}{settable.reader.name} {by}"


def _ruled(field: Field) -> str:
    """A field with its range and unit; a property is a field of its own."""
    kind = field.type
    if isinstance(kind, Tagged) and len(kind.rows) == 1:
        return f"{field.name}: {text.rule(kind.rows[0].type)} ({field.about})"
    return field_told(field)


def _faulty(
    line: str,
    cursor: int,
    found: Assigned,
    error: BenchError,
    statement: Statement,
    vocabulary: Vocabulary,
) -> Preview:
    """What could still become of what is typed, what is missing, or the fault."""
    unit = found.unit if found.protocol else ""
    span = error.span if isinstance(error, UsageError) else None
    touched = found.touched(cursor)
    word, field = touched or (None, None)
    if word is not None and span is not None and span[0] <= cursor <= span[1]:
        if field is not None and word.text.endswith("="):
            return Preview(NEXT, _ruled(field), unit=unit, effect=_effect(found.protocol, field))
        could = suggest(line, cursor, vocabulary)
        begun = line[could[0].start : could[0].end].casefold() if could else ""
        if could and cursor == word.end and could[0].text.casefold() != begun:
            more = (f"{len(could)} candidates",) if len(could) > 1 else ()
            return Preview(IDLE, f"{could[0].text}  {could[0].meaning}", unit=unit, notes=more)
    hint = (printable(error.hint),) if error.hint else ()
    if statement.guard is not None:
        return Preview(FAULT, "this cannot be set; what may be a secret is not shown", unit=unit)
    if not isinstance(error, MissingField):
        return Preview(FAULT, printable(error.message), unit=unit, notes=hint)
    shown = field or names(catalogue.protocol(found.protocol)).get(error.field)
    head = _ruled(shown) if shown is not None else printable(error.message)
    effect = _effect(found.protocol, shown) if shown is not None else ""
    return Preview(NEXT, head, unit=unit, effect=effect, notes=(printable(error.message), *hint))


def _effect(protocol: str, field: Field) -> str:
    """What setting a field does to the unit."""
    return next(iter(_effects(protocol, field)), "")


def _effects(protocol: str, field: Field) -> Iterator[str]:
    for settable in settables(catalogue.protocol(protocol)):
        if field in settable.kept or any(row.name == field.name for row in settable.table):
            yield settable.command.effect.value
