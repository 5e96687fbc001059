"""How a line of a plain line protocol gets damaged: its end, what stands before it, the command's letter case."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.schema.dissection import Edit
from unitbench.schema.records import Lines, Protocol
from unitbench.wire import mends


def line_mends(data: bytes, protocol: Protocol, spelt: Lines) -> Iterator[Edit]:
    """The edits that would make a line of these bytes, one at a time."""
    for end in dict.fromkeys((spelt.request_end, spelt.reply_end)):
        if end:
            yield from mends.line_end(data, end.encode("latin-1"))
    yield from mends.whole(data, data.strip(b"\0 "), "blanks or NUL bytes around the line")
    separators = {report.separator for report in protocol.reports} | {spelt.separator}
    if "\t" in separators:
        yield from mends.whole(data, data.replace(b" ", b"\t"), "blanks stand in place of TAB", 1.0)
    for report in protocol.reports:
        at = data.find(report.tag.encode("latin-1")) if report.tag else -1
        if at > 0:
            yield Edit(0, data[:at], b"", f"{at} stray byte{'s' * (at > 1)} before the line", 1.05)
