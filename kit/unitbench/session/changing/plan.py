"""A change worked out from what was read: the values after it, what is kept, what breaks a rule, what follows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unitbench import catalogue
from unitbench.errors import InvalidValue, RemoteProtocolError
from unitbench.schema import text
from unitbench.schema.checks import check
from unitbench.schema.conditions import Is, Never
from unitbench.schema.pairs import Carries
from unitbench.schema.record import record, replace
from unitbench.schema.records import Field, Role
from unitbench.schema.settable import Settable, Wanted, field_of, row_of
from unitbench.schema.text import format_value
from unitbench.schema.values import Counted, Differs, Flag, Lasts, Reserved, Tagged, Text, Value
from unitbench.session.changing.model import Row
from unitbench.session.model import Exchange
from unitbench.wire import codec_of

Values = dict[str, Value]


@record
class Question:
    """A rule that a change would break, and what keeps it."""

    text: str
    mend: tuple[tuple[str, Value], ...]


def asked(wanted: Wanted) -> Values:
    """What the command that reads is given."""
    pair, item = wanted.settable.command.pair, wanted.item
    values: Values = {pair.item: item} if pair is not None and item is not None else {}
    if pair is not None and pair.rows:
        values[pair.rows] = int(text.ASK)
    return values


def found(protocol: str, wanted: Wanted, exchange: Exchange) -> Values:
    """What a good answer says of what is to be set, as the command that sets takes it; reserved bytes as they came.

    Raises ``RemoteProtocolError`` where it is no answer to that.
    """
    settable = wanted.settable
    pair, fields = settable.command.pair, exchange.fields
    item = settable.item
    if item is not None and not settable.table and fields.get(item.name) != wanted.item:
        raise RemoteProtocolError(
            f"{exchange.unit}: {settable.reader.name} was asked for {named(wanted)}, and answered for "
            f"{format_value(fields.get(item.name, '-'))}",
            hint="ask again; another program may be talking through the same connection",
        )
    if settable.table:
        assert pair is not None
        answer = str(fields.get(pair.answer, ""))
        return {pair.rows: _read(exchange, field_of(wanted, pair.rows), answer)}
    raw = exchange.replies[0].data
    leaves = {
        leaf.name: raw[leaf.start : leaf.end] for leaf in codec_of(protocol).dissect(raw, Role.UNIT).fields
    }
    values: Values = {}
    for field in settable.kept:
        if isinstance(field.type, Reserved):
            values[field.name] = leaves[field.name]
        else:
            values[field.name] = _read(exchange, field, fields.get(field.name, ""))
    return values


def _read(exchange: Exchange, field: Field, value: Value) -> Value:
    """A value as the unit has it; one that could not be set is kept as it is, to be shown."""
    try:
        return check(field, tuple(value) if isinstance(value, list) else value)
    except InvalidValue:
        return value


def merged(wanted: Wanted, now: Values) -> Values:
    """What is to be there afterwards."""
    return {**now, **dict(wanted.values)}


def sent(wanted: Wanted, after: Values) -> Values:
    """What the command that sets is given."""
    pair = wanted.settable.command.pair
    chosen: Values = {pair.item: wanted.item} if pair is not None and wanted.item is not None else {}
    return {**chosen, **after}


def named(wanted: Wanted) -> str:
    """What a command is about, where it has several such: ``virtual port 20``."""
    row = row_of(wanted.settable, wanted.item)
    if row is not None:
        return row.name
    pair = wanted.settable.command.pair
    return f"{pair.title} {wanted.item}" if pair is not None and wanted.item is not None else ""


def rows(wanted: Wanted, now: Values, after: Values) -> tuple[Row, ...]:
    """The fields one below the other."""
    row = row_of(wanted.settable, wanted.item)
    if row is not None:
        (name,) = now
        field = field_of(wanted, name)
        return (replace(_row(field, now[name], after[name], after), name=row.name),)
    return tuple(_row(field, now[field.name], after[field.name], after) for field in wanted.settable.kept)


def _row(field: Field, now: Value, after: Value, beside: Values) -> Row:
    note = ""
    if isinstance(field.type, Reserved):
        note = "kept"
    elif field.used_when is not None and not field.used_when.holds(beside):
        note = f"not used unless {field.used_when}"
    elif isinstance(field.type, Counted) and after != now:
        note = f"sent as {len(str(after))} ASCII characters"
    return Row(
        field.name, plain(now), plain(after), shown(field, now), shown(field, after), now != after, note
    )


def plain(value: Value) -> object:
    """A value as it travels and is written down: reserved bytes as hex."""
    return value.hex() if isinstance(value, bytes) else value


def shown(field: Field, value: Value) -> str:
    """A value as people read it."""
    kind = field.type
    if isinstance(kind, Tagged) and len(kind.rows) == 1:
        unit = getattr(kind.rows[0].type, "unit", "")
        return f"{format_value(value)} {unit}".rstrip()
    if isinstance(value, bytes):
        same = len(set(value)) == 1 and len(value) > 1
        return f"{value[0]:02x} x{len(value)}" if same else value.hex(" ")
    if isinstance(kind, Flag) and isinstance(value, bool):
        return str(int(value))
    if isinstance(kind, (Text, Counted)):
        return f"'{value}'"
    unit = getattr(kind, "unit", "")
    return f"{format_value(value)} {unit}".rstrip()


def question(wanted: Wanted, now: Values, after: Values) -> Question | None:
    """What has to be asked because a rule would be broken; raises ``InvalidValue`` where nothing simple keeps it."""
    given = dict(wanted.values)
    for rule in wanted.settable.command.rules:
        if not rule.broken_by(sent(wanted, after)):
            continue
        other = _mendable(rule, given, after)
        if other is None:
            raise InvalidValue(rule.broken, field=rule.other.name, rule=rule.because, hint=rule.mend)
        kept = rule.one.name if other == rule.other.name else rule.other.name
        return Question(
            f"{_title(other)} is 1 and cannot stay with {_title(kept)} ({rule.why}). Set {other}=0 too?",
            ((other, False),),
        )
    return None


def _mendable(rule: Never, given: Values, after: Values) -> str | None:
    """The flag that was left as it is and could be switched off."""
    flags = [c.name for c in (rule.other, rule.one) if c.value is True and not c.gaps]
    return next((name for name in flags if name not in given and after.get(name) is True), None)


def against(wanted: Wanted, others: Mapping[int, Value]) -> None:
    """Raise ``InvalidValue`` where a property would break a rule with another one; ``others`` are their values."""
    row = row_of(wanted.settable, wanted.item)
    value = (
        dict(wanted.values).get(wanted.settable.command.pair.rows) if wanted.settable.command.pair else None
    )
    if row is None or not isinstance(value, (int, float, str)):
        return
    names = {found.number: found.name for found in wanted.settable.table}
    for rule in row.rules:
        other = others.get(rule.other)
        if other is not None and _broken(rule, value, other):
            what = "as well" if isinstance(rule, Differs) else f"Hz: that is {rule.periods} periods at least"
            raise InvalidValue(
                f"{row.name}={value} cannot be: {names[rule.other]} is {format_value(other)} {what}",
                field=row.name,
                rule=row.about,
                hint=f"{row.name} is {row.about}",
            )


def needed(wanted: Wanted) -> tuple[int, ...]:
    """The numbers of the properties that a property's rules compare it with."""
    row = row_of(wanted.settable, wanted.item)
    return tuple(rule.other for rule in row.rules) if row is not None else ()


def _broken(rule: Differs | Lasts, value: object, other: object) -> bool:
    if isinstance(rule, Differs):
        return value == other
    if not isinstance(value, (int, float)) or not isinstance(other, (int, float)):
        return False
    return other > 0 and 0 < value < rule.periods / other


def listens(carries: Carries, values: Values) -> tuple[str, int] | None:
    """The carrier and the port on which an item listens; None where it does not."""
    if not carries.when.holds(values) or carries.unless.holds(values):
        return None
    port = values.get(carries.port)
    return (str(values.get(carries.carrier)).casefold(), port) if isinstance(port, int) else None


def serves(carries: Carries, values: Values) -> tuple[str, int] | None:
    """The carrier and the port at which an item takes commands; None where it takes none."""
    return None if carries.mute.holds(values) else listens(carries, values)


def follows(wanted: Wanted, now: Values, after: Values) -> Iterator[str]:
    """What people are to know of a change of an item that takes links, besides its fields."""
    carries = wanted.settable.command.pair.carries if wanted.settable.command.pair else None
    if carries is None:
        return
    before, then = listens(carries, now), listens(carries, after)
    if before != then:
        parts = [f"stops listening on {before[1]}/{before[0]}"] if before is not None else []
        parts += [f"listens on {then[1]}/{then[0]}"] if then is not None else []
        why = field_of(wanted, carries.unless.name).about if _begins(carries.unless, now, after) else ""
        yield f"{named(wanted)} {', '.join(parts)}{f' ({why})' if why else ''}"
    if then is not None and _begins(carries.mute, now, after):
        yield f"{named(wanted)} takes no commands any more ({field_of(wanted, carries.mute.name).about})"


def _begins(condition: Is, now: Values, after: Values) -> bool:
    return condition.holds(after) and not condition.holds(now)


def _title(name: str) -> str:
    return name.replace("_", " ").upper()


def sources(settable: Settable, protocol: str) -> str:
    """Where the pair is described, for a file that people read."""
    report = catalogue.protocol(protocol).report(settable.reader.reply[-1])
    source = report.source if report is not None else settable.reader.source
    return f"{source.document}, {source.section} ({source.status.value})"
