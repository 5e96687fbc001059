"""How a Q.station's text gets damaged on a page or a terminal: TABs become blanks, ends and capitals get lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench.schema.dissection import Edit
from unitbench.schema.records import Protocol
from unitbench.schema.values import Outcome
from unitbench.wire import mends
from unitbench.wire.qstation.plain import ACK

_BLANKS = re.compile(rb"[ \t]*[ ][ \t]*|\xc2\xa0+")
_MAC = re.compile(rb"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")


def text_mends(data: bytes, protocol: Protocol) -> Iterator[Edit]:
    """The edits that would make a request or a record of these bytes, one at a time."""
    keys = [field.key for report in protocol.reports for field in report.fields if field.key]
    record = any(data.startswith(f"{key}:".encode()) for key in keys)
    yield from mends.line_end(data, b"\r\n" if record else b"\r")
    if record:
        words = [f"{key}:" for key in keys]
        if any(isinstance(field.type, Outcome) for report in protocol.reports for field in report.fields):
            words.append(rf"{ACK}\b")
        before = re.compile(rb"(?:[ \t]*[ ]|(?<=[\r\n]))[ \t]*(?=(?:%b))" % "|".join(words).encode())
        yield from mends.whole(data, before.sub(b"\t", data), "blanks stand in place of TAB", 1.0)
        return
    yield from mends.whole(data, _BLANKS.sub(b"\t", data), "blanks stand in place of TAB", 1.0)
    yield from _name(data, protocol)
    if found := _MAC.search(data):
        colons = found.group().replace(b"-", b":")
        yield Edit(found.start(), found.group(), colons, "a MAC has colons here")


def _name(data: bytes, protocol: Protocol) -> Iterator[Edit]:
    """The command's name: its letters' case, and one that a page has wrapped."""
    text = data.decode("latin-1")
    for command in protocol.commands:
        name = command.name
        wrapped = re.match(r"[ \t\r\n]*".join(map(re.escape, name)) + r"(?=[\s]|$)", text, re.IGNORECASE)
        if wrapped is None:
            continue
        seen = wrapped.group()
        if seen != name:
            why = "letter case matters" if len(seen) == len(name) else "a page has wrapped the command's name"
            yield Edit(0, seen.encode("latin-1"), name.encode(), why)
        suffix = next((field.suffix for field in command.args if field.suffix), "")
        body = len(text.rstrip("\r\n"))
        if suffix and not text[:body].endswith(suffix):
            yield Edit(body, b"", suffix.encode(), f"'{suffix}' is missing at the end of the request")
