"""Datagrams of a Q.station's conversation that are plain: the items of the manual in its order, each legal.

All others go through the dissection, which also says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.reading import Reading
from unitbench.schema.records import Field, Protocol
from unitbench.schema.values import Numbered, Outcome, Tagged, Value

TAB, CR, LF, CRLF, ACK = "\t", "\r", "\n", "\r\n", "ACK"
END = CRLF.encode()

Keys = tuple[str, ...]
Parse = Callable[[str], Value]


class PlainRow:
    """A command or report with the items that it has; each is read by its type."""

    def __init__(self, name: str, fields: Sequence[Field]) -> None:
        self._name = name
        self._names = tuple("result" if isinstance(field.type, Outcome) else field.name for field in fields)
        self._parsers: list[tuple[Parse, str]] = [
            (_done if isinstance(field.type, Outcome) else partial(text.parse, field.type), field.suffix)
            for field in fields
        ]

    def read(self, words: Sequence[str]) -> Reading | None:
        """The values; None where one is not legal."""
        row: list[Value] = []
        try:
            for (parse, suffix), word in zip(self._parsers, words, strict=True):
                if not word.endswith(suffix):
                    return None
                row.append(parse(word.removesuffix(suffix)))
        except InvalidValue:
            return None
        return Reading(self._name, "", self._names, (*row,))


def _done(word: str) -> Value:
    return ACK


def plain_requests(protocol: Protocol) -> Mapping[tuple[str, int], PlainRow]:
    """What hosts send, by the command's name and its number of items. The wire has numbers where people may type
    names, and types that depend on another item: neither is plain."""
    found = {}
    for command in protocol.commands:
        if any(isinstance(field.type, (Numbered, Tagged)) for field in command.args):
            continue
        least = sum(not field.optional for field in command.args)
        for count in range(least, len(command.args) + 1):
            found[command.name, count] = PlainRow(command.name, command.args[:count])
    return found


def plain_request(known: Mapping[tuple[str, int], PlainRow], data: bytes) -> Reading | None:
    """What a whole request says: name and items with TAB between them, CR at the end."""
    line = data.decode("latin-1")
    name, *words = line[:-1].split(TAB)
    row = known.get((name, len(words)))
    return row.read(words) if row and line[-1:] == CR else None


def plain_replies(protocol: Protocol, name_of: Callable[[list[str]], str]) -> Mapping[Keys, PlainRow]:
    """What units send, by the keys of its items; ``name_of`` tells the report of such items."""
    found: dict[Keys, PlainRow] = {}
    for report in protocol.reports:
        for fields in _choices(report.fields):
            keys = tuple(field.key or ACK for field in fields)
            if name_of([key if key == ACK else f"{key}:" for key in keys]) == report.name:
                found[keys] = PlainRow(report.name, fields)
    return found


def _choices(fields: Sequence[Field]) -> Iterator[list[Field]]:
    """The fields with and without those that depend on another."""
    yield list(fields)
    if any(field.present_when for field in fields):
        yield [field for field in fields if not field.present_when]


def plain_reply(known: Mapping[Keys, PlainRow], data: bytes) -> Reading | None:
    """What a whole record says: ``KEY:value`` items and a bare ACK with TAB between them, CR LF at the end."""
    line, end = data[:-2].decode("latin-1"), data[-2:]
    if end != END or CR in line or LF in line:
        return None
    items = [word.partition(":") for word in line.split(TAB)]
    row = known.get(tuple([key for key, _, _ in items]))
    if row is None or any(bool(colon) == (key == ACK) for key, colon, _ in items):
        return None
    return row.read([value for _, _, value in items])
