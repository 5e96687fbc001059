"""What can be set on a unit by name, read before and after: worked out from a protocol's pairs of get and set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.schema.checks import check
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.records import Command, Effect, Field, Protocol
from unitbench.schema.text import ASK, rule
from unitbench.schema.values import Mac, Row, Tagged, Value


@record
class Settable:
    """One command that sets, and the one that reads what it set: the same one, where it asks too."""

    command: Command
    reader: Command

    @property
    def item(self) -> Field | None:
        """The field that chooses one of several items."""
        name = self.command.pair.item if self.command.pair else ""
        return next((field for field in self.command.args if field.name == name), None)

    @property
    def table(self) -> tuple[Row, ...]:
        """The properties that it sets one by one, without those that act; none where its fields are set together."""
        pair = self.command.pair
        field = next((f for f in self.command.args if pair and pair.rows and f.name == pair.rows), None)
        if pair is None or field is None or not isinstance(field.type, Tagged):
            return ()
        return tuple(row for row in field.type.rows if row.number not in pair.acts)

    @property
    def kept(self) -> tuple[Field, ...]:
        """The fields that are set together and read together, reserved ones too."""
        if self.table:
            return ()
        addressed = (field.name for field in (self.item,) if field)
        return tuple(f for f in self.command.args if f.name not in addressed and not isinstance(f.type, Mac))


@record
class Wanted:
    """What one command is to set: on which item, and the new values of its fields."""

    settable: Settable
    item: int | None
    values: tuple[tuple[str, Value], ...]

    @property
    def key(self) -> tuple[str, int | None]:
        """What tells it from others."""
        return self.settable.command.name, self.item


def settables(protocol: Protocol) -> Iterator[Settable]:
    """Every command that sets what another one reads whole."""
    for command in protocol.commands:
        if command.effect not in (Effect.RECONFIGURES, Effect.DISRUPTS):
            continue
        reader = protocol.command(command.reads_back) if command.reads_back else None
        if reader is None and command.asks is not None and command.pair is not None:
            reader = command
        found = Settable(command, reader) if reader is not None else None
        if found is not None and _whole(protocol, found):
            yield found


def _whole(protocol: Protocol, found: Settable) -> bool:
    """Whether a good answer of the reader has all that the command sets."""
    pair = found.command.pair
    needed = {pair.answer} if pair and pair.rows else {field.name for field in found.kept}
    reports = [report for name in found.reader.reply if (report := protocol.report(name)) is not None]
    return any(needed <= {field.name for field in report.fields} for report in reports)


def unread(protocol: Protocol) -> tuple[Command, ...]:
    """The commands that set something that nothing reads."""
    paired = {found.command.name for found in settables(protocol)}
    return tuple(
        command
        for command in protocol.commands
        if command.effect in (Effect.RECONFIGURES, Effect.DISRUPTS)
        and command.name not in paired
        and any(field.typed and not isinstance(field.type, Mac) for field in command.args)
        and command.asks is None
    )


def names(protocol: Protocol) -> dict[str, Field]:
    """What can be given as ``name=value``, each with the field that checks it; those that choose an item too."""
    found: dict[str, Field] = {}
    for settable in settables(protocol):
        for row in settable.table:
            found[row.name] = _row_field(settable, row)
        if settable.item is not None and not settable.table:
            found[settable.item.name] = settable.item
        found |= {field.name: field for field in settable.kept if field.typed}
    return found


def meant(protocol: Protocol, given: Mapping[str, object]) -> tuple[Wanted, ...]:
    """What is to be set, by which commands and in the catalogue's order; raises ``UsageError``."""
    known = {name.casefold(): (name, field) for name, field in names(protocol).items()}
    if not known:
        raise UsageError(
            f"no setting of {protocol.maker} is known by name: the catalogue has no command that reads "
            "what another one sets",
            hint="help lists the commands of its protocol",
        )
    values: dict[str, Value] = {}
    for name, value in given.items():
        found = known.get(name.casefold())
        if found is None:
            raise _unknown(name, protocol, [item for item, _ in known.values()])
        if found[0] in values:
            raise InvalidValue(f"{found[0]} is given twice", field=found[0], hint="give it once")
        values[found[0]] = check(found[1], _plain(value))
        if isinstance(found[1].type, Tagged) and values[found[0]] == int(ASK):
            raise InvalidValue(
                f"{found[0]}={ASK} asks for the value, it sets none",
                field=found[0],
                rule=rule(found[1].type.rows[0].type),
                hint=f"{found[0]} is {rule(found[1].type.rows[0].type)}",
            )
    wanted = tuple(one for settable in settables(protocol) for one in _of(settable, values))
    if not wanted:
        example = next(name for name, field in known.values() if not _chooses(protocol, field))
        raise MissingField(
            "what is to be set is not said", field=example, hint=f"for example {example}=VALUE"
        )
    return wanted


def _of(settable: Settable, values: Mapping[str, Value]) -> Iterator[Wanted]:
    command, pair = settable.command, settable.command.pair
    if settable.table and pair:
        rows = [row for row in settable.table if row.name in values]
        # What must rest while others are set comes last where it begins, and first where it ends.
        rows.sort(key=lambda row: _turn(row, values, pair.idle))
        for row in rows:
            yield Wanted(settable, row.number, ((pair.rows, values[row.name]),))
        return
    mine = tuple((field.name, values[field.name]) for field in settable.kept if field.name in values)
    if not mine:
        return
    item = settable.item
    if item is not None and item.name not in values:
        title = pair.title if pair else item.name
        raise MissingField(
            f"which {title} is not said",
            field=item.name,
            hint=f"give {item.name}=NUMBER too ({command.title})",
        )
    number = values[item.name] if item is not None else None
    yield Wanted(settable, number if isinstance(number, int) else None, mine)


def _turn(row: Row, values: Mapping[str, Value], idle: tuple[int, int] | None) -> int:
    if idle is None or row.number != idle[0]:
        return 1
    return 0 if values[row.name] == idle[1] else 2


def _row_field(settable: Settable, row: Row) -> Field:
    """A property as a field of its own."""
    assert settable.command.pair is not None
    return Field(row.name, Tagged(settable.command.pair.item, (row,)), row.about)


def row_of(settable: Settable, number: int | None) -> Row | None:
    """The property of that number."""
    return next((row for row in settable.table if row.number == number), None)


def field_of(wanted: Wanted, name: str) -> Field:
    """The field that checks and explains a value of what is set."""
    row = row_of(wanted.settable, wanted.item)
    if row is not None:
        return _row_field(wanted.settable, row)
    return next(field for field in wanted.settable.kept if field.name == name)


def _chooses(protocol: Protocol, field: Field) -> bool:
    return any(found.item == field for found in settables(protocol))


def _plain(value: object) -> Value:
    if isinstance(value, (bool, int, float, str, bytes)):
        return value
    return str(value)


def _unknown(name: str, protocol: Protocol, known: list[str]) -> InvalidValue:
    from difflib import get_close_matches

    folded = {word.casefold(): word for word in known}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    near = f"did you mean {folded[close[0]]}? " if close else ""
    unreadable = next(
        (c for c in unread(protocol) for f in c.args if f.name.casefold() == name.casefold()), None
    )
    if unreadable is not None:
        return InvalidValue(
            f"nothing reads {printable(name, 40)}, so set cannot show what it replaces",
            field=name,
            hint=f"{unreadable.name} sets it: help {unreadable.name}",
        )
    return InvalidValue(
        f"a {protocol.maker} unit has no setting '{printable(name, 40)}'",
        field=name,
        expected=tuple(known),
        hint=f"{near}it has {', '.join(known)}",
    )
