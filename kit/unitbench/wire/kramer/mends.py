"""How a Protocol 3000 line gets damaged: a start mark or a line end lost or doubled, an id cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench.schema.dissection import Edit
from unitbench.schema.records import Role
from unitbench.wire import mends

_MARK = re.compile(rb"[#~]")


def line_mends(data: bytes) -> Iterator[Edit]:
    """The edits that would make a line of these bytes, one at a time."""
    start = data.lstrip(b"\r\n \t")[:1]
    if start not in (b"#", b"~"):
        for lost in (b"~", b"#"):
            yield Edit(0, b"", lost, "the start mark is missing")
        mark = _MARK.search(data)
        if mark:
            stray = data[: mark.start()]
            yield Edit(0, stray, b"", f"{len(stray)} stray bytes before the start mark", 1.05)
    speaker = Role.HOST if start == b"#" else Role.UNIT
    yield from mends.line_end(data, b"\r" if speaker is Role.HOST else b"\r\n")
    yield from mends.whole(data, data.strip(b"\0"), "NUL bytes around the line")
