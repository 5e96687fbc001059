"""A snapshot as a TOML file that people can read, compare and mend; no secret is ever in one."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.schema.settable import Settable, Wanted, field_of, settables
from unitbench.session.changing.model import Section, Snapshot

FORMAT = 1
MOST_BYTES = 4_000_000
TEXTS = ("unit", "maker", "address", "identity")
AT = 34
"""The column at which explanations begin."""


def write(snapshot: Snapshot, name: str) -> Path:
    """Write a snapshot, whole or not at all; raises ``UsageError``."""
    path = Path(name).expanduser()
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        draft.write_text(text_of(snapshot), encoding="utf-8")
        draft.replace(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{printable(name, 200)} cannot be written: {why}") from None
    return path


def read(name: str) -> Snapshot:
    """The snapshot in a file; raises ``UsageError``."""
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"{printable(name, 200)} cannot be read: {why}", hint="snapshot UNIT FILE writes one"
        ) from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{printable(name, 200)} is too long for a snapshot")
    return snapshot_in(text, printable(name, 200))


def text_of(snapshot: Snapshot) -> str:
    """A snapshot as a file."""
    return "\n".join(_lines(snapshot)) + "\n"


def _lines(snapshot: Snapshot) -> Iterator[str]:
    taken = datetime.fromtimestamp(snapshot.t_ns // 1_000_000_000, UTC)
    yield f"# Settings of {_comment(snapshot.unit)}, {_comment(snapshot.maker)}, as they were read."
    yield "# restore UNIT FILE shows what would change, asks, and puts them back; compare FILE UNIT shows differences."
    for text in snapshot.skipped:
        yield f"# not in here: {_comment(text)}"
    yield f"format = {FORMAT}"
    yield f"protocol = {_value(snapshot.protocol)}"
    for name in TEXTS:
        yield f"{name} = {_value(getattr(snapshot, name))}"
    yield f"taken = {taken:%Y-%m-%dT%H:%M:%SZ}"
    pairs = {found.command.name: found for found in settables(catalogue.protocol(snapshot.protocol))}
    for section in snapshot.sections:
        yield ""
        yield "[[settings]]"
        yield f"# {_comment(section.title)}: read by {section.read}, set by {section.command}"
        yield f"# source: {_comment(section.source)}"
        yield f"command = {_value(section.command)}"
        if section.number is not None:
            yield f"item = {section.number}"
        yield "[settings.values]"
        for name, value in section.values.items():
            line = f"{name} = {_value(value)}"
            yield f"{line:<{AT}}  # {_comment(_about(pairs.get(section.command), section, name))}".rstrip(
                " #"
            )


def _about(settable: Settable | None, section: Section, name: str) -> str:
    """What a field means, and its unit."""
    if settable is None:
        return ""
    field = field_of(Wanted(settable, section.number, ()), name)
    kind = field.type.rows[0].type if settable.table and hasattr(field.type, "rows") else field.type
    unit = getattr(kind, "unit", "")
    return f"{unit}: {field.about}" if unit else field.about


def _comment(text: str) -> str:
    return printable(text, 400)


def _value(value: Any) -> str:
    """A value in TOML: its basic strings are those of JSON, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def snapshot_in(text: str, name: str) -> Snapshot:
    """The snapshot that a file's text holds; raises ``UsageError`` saying where it is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is no TOML file: {error}") from None
    if data.get("format") != FORMAT:
        raise UsageError(f"{name} is no snapshot of this kind: format = {FORMAT} is missing")
    protocol = str(data.get("protocol"))
    catalogue.protocol(protocol)
    rows = data.get("settings", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{name}: settings must be tables, [[settings]]")
    sections = tuple(_section(row, f"{name}: settings {n}") for n, row in enumerate(rows, 1))
    unit, maker, address, identity = (str(data.get(key, "")) for key in TEXTS)
    taken = data.get("taken")
    t_ns = int(taken.timestamp() * 1e9) if isinstance(taken, datetime) else 0
    return Snapshot(unit, protocol, maker, address, t_ns, _titled(protocol, sections), identity)


def _section(row: dict[str, Any], where: str) -> Section:
    strange = set(row) - {"command", "item", "values"}
    if strange:
        raise UsageError(
            f"{where}: '{printable(min(strange), 40)}' is not known; known are command, item, values"
        )
    command, item, values = row.get("command"), row.get("item"), row.get("values")
    if not isinstance(command, str) or not isinstance(values, dict):
        raise UsageError(f"{where}: a command and values are wanted")
    if item is not None and type(item) is not int:
        raise UsageError(f"{where}: item must be a whole number")
    for name, value in values.items():
        if not isinstance(value, (str, int, float, bool)):
            raise UsageError(f"{where}: {printable(name, 40)} must be a text, a number, true or false")
    return Section(command, "", f"{command} {item}" if item is not None else command, "", "", item, values)


def _titled(protocol: str, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections with what the catalogue says of them, as a snapshot that was just read has it."""
    from unitbench.session.changing.plan import named

    pairs = {found.command.name: found for found in settables(catalogue.protocol(protocol))}

    def whole(section: Section) -> Section:
        settable = pairs.get(section.command)
        if settable is None:
            return section
        title = named(Wanted(settable, section.number, ())) or settable.command.title
        item = settable.item.name if settable.item else ""
        return replace(section, read=settable.reader.name, title=title, item=item)

    return tuple(map(whole, sections))
