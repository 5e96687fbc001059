"""A reply of several lines: the list of a unit's own commands, or its help on one of them."""

from __future__ import annotations

import re

from unitbench.schema.dissection import Builder
from unitbench.schema.printable import printable, printable_bytes

_FIRST = re.compile(r"~[^\r\n]*[\r\n]+(?=[^\r\n])")
_NEXT_REPLY = re.compile(r"[\r\n]~")
_NAME = re.compile(r"(?<![^\s,])#?(?P<name>[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\??|#)(?![^\s,])", re.ASCII)
NAME_LIMIT = 32
"""Characters of a command's name: a message has 64."""


def second_line(line: str) -> int:
    """Where the line behind the first one begins; 0 where there is none, or where it is another reply."""
    first = _FIRST.match(line)
    return first.end() if first and not _NEXT_REPLY.search(line) else 0


def joined(data: bytes) -> bytes:
    """All lines in one, for people."""
    return b" ".join(data.split())


def names(lines: str) -> tuple[str, ...]:
    """The commands that a unit's list names, each once: the words in capitals."""
    found = (match["name"] for match in _NAME.finditer(lines))
    return tuple(dict.fromkeys(name for name in found if len(name) <= NAME_LIMIT))


def read(out: Builder, line: str, body: int, further: int) -> int:
    """Take apart what stands behind the name: the heading to ``body``, and the lines from ``further`` on (0:
    there are none). Gives where the last one ends."""
    heading = line[out.at : body]
    if heading.strip(" \t"):
        lead = len(heading) - len(heading.lstrip(" \t"))
        _add(out, "separator", out.at + lead)
        out.add("heading", body - out.at, printable(heading.strip(" \t")), frame_part=True)
    if not further:
        return body
    _add(out, "separator", body)
    _add(out, "end", further)
    stop = len(line.rstrip("\r\n"))
    lines = line[further:stop]
    found = names(lines)
    if found and _lists(line[:further]):
        out.add("commands", stop - further, ",".join(found), meaning=f"{len(found)} commands")
    else:
        out.add("about", stop - further, printable_bytes(joined(lines.encode("latin-1"))))
    return stop


def _lists(first: str) -> bool:
    """Whether the first line heads a list; the help on one command has that one's name instead."""
    _, _, name = first.partition("@")
    words = name.upper().split()
    return words[:1] != ["HELP"] or len(words) == 1


def _add(out: Builder, name: str, to: int) -> None:
    if to > out.at:
        out.add(name, to - out.at, frame_part=True)
