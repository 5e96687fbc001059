"""What belongs together of lines that were pasted: a dump, an array or a quoted text may have several.

A line is a message of its own unless it plainly begins one of these: a line of a dump is followed by the offset
that comes next, an array by its closing brace, a quoted line that ends in a backslash by another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unitbench.line import dump

LONGEST = 4096
"""Lines that are held for one message at most."""


def messages(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each message with the number of its first line, from 1; blank lines end one and are dropped."""
    held: list[str] = []
    begun = 0
    follow = dump.Follower()
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if held and not (text.strip() and len(held) < LONGEST and _goes_on(held, text, follow)):
            yield begun, "\n".join(held)
            held = []
        if not text.strip():
            continue
        if not held:
            begun, follow = number, dump.Follower()
            follow.takes(text)
        held.append(text)
        if not follow.open and not _unfinished(held):
            yield begun, "\n".join(held)
            held = []
    if held:
        yield begun, "\n".join(held)


def _goes_on(held: list[str], text: str, follow: dump.Follower) -> bool:
    if follow.open:
        return follow.takes(text)
    waits = held[-1].rstrip().endswith(("{", ",", "*/", "\\"))
    return _unfinished(held) and (waits or text.lstrip().startswith("}"))


def _unfinished(held: list[str]) -> bool:
    """Whether an array or a quoted text still waits for its end."""
    first = held[0].lstrip()
    if first[:1] in ("'", '"'):
        return held[-1].rstrip().endswith("\\")
    if any("}" in line for line in held):
        return False
    return any("{" in line for line in held) or (first.startswith("/*") and len(held) == 1)
