"""What Enter would do with a line: the bytes, their effect, the answer to expect, or what is still missing.

Pure text in, a small record out; the toolbar shows it. Cached, since a redraw asks for the same line again.
"""

from __future__ import annotations

from functools import lru_cache

from unitbench import catalogue
from unitbench.errors import BenchError, InvalidValue, MissingField, UsageError
from unitbench.line.meant import able, mac_of, mismatch, selected
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.secrets import masked_text
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.offline import guarded
from unitbench.schema.printable import MASK, masked, printable, printable_bytes, spaced_hex
from unitbench.schema.record import replace
from unitbench.schema.records import Command, Protocol, Request, Role
from unitbench.wire import codec_of
from unitbench_shell.assigning import assigning
from unitbench_shell.previewed import FAULT, IDLE, NEXT, SEND, VERB, Preview, field_told

KEPT = 256
"""How many previews are remembered."""
WELCOME = "Tab completes, Ctrl-R searches, Ctrl-D leaves"


@lru_cache(maxsize=KEPT)
def preview(line: str, cursor: int, vocabulary: Vocabulary) -> Preview:
    """The preview of the statement at ``cursor``."""
    found = parse(line, vocabulary).statements
    statement = next((s for s in found if s.start <= cursor <= s.end), found[-1])
    said = _preview(line, cursor, statement, vocabulary)
    meant = [item for item in found if not item.empty]
    if len(meant) > 1 and statement in meant:
        count = f"command {meant.index(statement) + 1} of {len(meant)}"
        return replace(said, notes=(*said.notes, count))
    return said


def _preview(line: str, cursor: int, statement: Statement, vocabulary: Vocabulary) -> Preview:
    if statement.fault is not None:
        return _faulty(line, cursor, statement, statement.fault, vocabulary)
    if statement.wants_help:
        return Preview(VERB, "help: what may stand here next", notes=("nothing is sent",))
    if statement.expansion is not None:
        inner = statement.expansion
        found = _preview(inner.text, len(inner.text), inner.statements[0], vocabulary)
        return replace(found, notes=(*found.notes, printable(masked_text(inner.text, inner.statements), 60)))
    if statement.late and statement.verb is None:
        name = statement.command.name if statement.command else "command"
        return Preview(VERB, f"{name}: ${statement.late[0]} is filled in when it is sent")
    if statement.verb is not None:
        told = assigning(line, cursor, statement, vocabulary)
        return told or Preview(VERB, f"{statement.verb.name}: {statement.verb.title}")
    if statement.command is None:
        return Preview(IDLE, WELCOME)
    try:
        return _to_be_sent(statement, statement.command, vocabulary)
    except BenchError as error:
        return Preview(FAULT, error.message)


def _faulty(
    line: str, cursor: int, statement: Statement, error: UsageError, vocabulary: Vocabulary
) -> Preview:
    """What is missing, or what could still become of what is typed, or the fault."""
    if isinstance(error, MissingField):
        return _next(statement, error)
    hint = (printable(error.hint),) if error.hint else ()
    if error.span is None or not error.span[0] <= cursor == error.span[1]:
        return Preview(FAULT, printable(error.message), notes=hint)
    could = suggest(line, cursor, vocabulary)
    if could:
        more = (f"{len(could)} candidates",) if len(could) > 1 else ()
        effect = could[0].effect.partition(",")[0]
        return Preview(IDLE, f"{could[0].text}  {could[0].meaning}", effect=effect, notes=more)
    # The value at the cursor may still be in the making.
    kind = NEXT if isinstance(error, InvalidValue) else FAULT
    return Preview(kind, printable(error.message), notes=hint)


def _next(statement: Statement, error: MissingField) -> Preview:
    """The field that comes next, with its range, and how many there are."""
    command = statement.command
    fields = [item for item in command.args if item.typed and not item.optional] if command else []
    field = next((item for item in fields if item.name == error.field), None)
    if command is None or field is None:
        return Preview(NEXT, printable(error.message), notes=(printable(error.hint),) if error.hint else ())
    given = sum(1 for item in fields if item.name in statement.values)
    count = [f"{given} of {len(fields)} fields"] if len(fields) > 1 else []
    notes = (f"{command.name} {command.title}", *count)
    return Preview(NEXT, field_told(field), effect=command.effect.value, notes=notes)


def _to_be_sent(statement: Statement, command: Command, vocabulary: Vocabulary) -> Preview:
    protocol = catalogue.protocol(statement.protocol)
    unit, whom = _addressed(statement, command, protocol, vocabulary)
    values = dict(statement.values)
    notes: list[str] = []
    named = {item.field.name: item.name for item in statement.references}
    for field in statement.lacking:
        if field.secret:
            values[field.name] = MASK
            where = f"{field.name} of environment variable {named[field.name]}" if field.name in named else ""
            notes.append(where or f"asks for the {field.name}, hidden")
        elif unit is not None and unit.mac:
            values[field.name] = unit.mac
            notes.append(f"{field.name} of {unit.name}")
        else:
            shown = f"{field_told(field)}; left out: that of the unit, asked for first"
            return Preview(NEXT, shown, effect=command.effect.value, unit=whom)
    told = mismatch(unit, vocabulary.units, mac_of(command, values)) if unit else ""
    notes += [told] if told else []
    learned = protocol.command(command.name) is None
    request = Request(protocol.name, command.name, tuple(values.items()), learned=learned)  # type: ignore[arg-type]
    request = statement.request or request
    coder = codec_of(protocol.name)
    data = coder.encode(request)
    found = guarded(coder.dissect(data, Role.HOST))
    hidden = masked(data, found.secret_spans)
    if not found.secret_spans:
        checksum = next((leaf for leaf in found.fields if leaf.name == "checksum"), None)
        size = f"{len(data)} bytes" if len(data) != 1 else "1 byte"
        notes.insert(0, f"{size}, checksum {'BAD' if checksum.fault else 'ok'}" if checksum else size)
    answer = " or ".join(
        [*command.reply, *(code.text for code in protocol.codes if len(protocol.codes) == 1)]
    )
    if answer:
        notes.append(f"answers {answer}")
    spelling = printable_bytes(hidden) if _is_text(hidden) else ""
    return Preview(SEND, "", hidden, spelling, command.effect.value, whom, tuple(notes))


def _is_text(data: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in data)


def _addressed(
    statement: Statement, command: Command, protocol: Protocol, vocabulary: Vocabulary
) -> tuple[UnitName | None, str]:
    """The one unit that a statement goes to, where there is one, and whom it reaches in words."""
    units = able(vocabulary.units, protocol.name, command.name)
    if statement.target == "all":
        return None, f"all {len(units)} units" if command.broadcast else f"each of {len(units)} units"
    if statement.target:
        unit = vocabulary.unit(statement.target)
        return unit, unit.name if unit else printable(statement.target)
    chosen = selected(units, mac_of(command, statement.values))
    if chosen is not None:
        return chosen, chosen.name
    current = vocabulary.unit(vocabulary.current) if vocabulary.current else None
    if current is not None and current.protocol == protocol.name:
        return current, current.name
    if not units:
        return None, f"no {protocol.maker} unit is known"
    return units[0], units[0].name if len(units) == 1 else f"{units[0].name}, the first of {len(units)}"


def bytes_lines(found: Preview, width: int, most: int) -> list[str]:
    """The bytes in at most ``most`` lines: as text, with the hex beside it where both fit, else as hex.

    What does not fit is counted, so that nothing is left out silently.
    """
    hexed = spaced_hex(found.data)
    if found.spelling:
        both = f"{found.spelling}   {hexed}"
        short = len(both) <= width and MASK not in found.spelling
        return [both] if short else _cut(found.spelling, max(width, 8), most, "characters")
    in_line = max(1, (width + 1) // 3)
    return [piece.strip() for piece in _cut(hexed + " ", in_line * 3, most, "bytes")]


def _cut(line: str, size: int, most: int, what: str) -> list[str]:
    pieces = [line[at : at + size] for at in range(0, len(line), size)]
    left = "".join(pieces[most:])
    if left:
        more = len(left.split()) if what == "bytes" else len(left)
        pieces = [*pieces[:most], f"and {more} {what} more"]
    return pieces
