"""Passwords that were used in this view: hidden wherever they come again in what is typed freely. In memory only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from unitbench.line.guard import Span
from unitbench.schema.printable import MASK, SHORTEST_SECRET


class Password(str):
    """A password that says nothing of itself where objects are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


def places(text: str, secrets: Iterable[str]) -> Iterator[Span]:
    """Wherever a secret stands in a text, in any letter case; one of a few letters is not looked for."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            yield from (found.span() for found in re.finditer(re.escape(secret), text, re.IGNORECASE))


def without_known(text: str, secrets: Iterable[str]) -> str:
    """A text with three stars for each secret in it."""
    out, last = "", 0
    for start, end in sorted(places(text, secrets)):
        out += text[last:start] + MASK * (start >= last)
        last = max(last, end)
    return out + text[last:]
