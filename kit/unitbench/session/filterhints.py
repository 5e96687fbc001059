"""What could come next in a filter: names, comparisons, values that were seen. Pure text, never raises."""

from __future__ import annotations

import re

from unitbench.line.suggest import Suggestion
from unitbench.session.facts import NAMES, Known
from unitbench.session.filtering import JOINS, KEYWORDS, OPERATORS, QUOTED, quoted

MOST = 40
Found = tuple[str, int, str]
"""A candidate, where it begins, what it means."""
ABOUT = {"and": "both hold", "or": "one of them holds", "not": "the opposite", "(": "what belongs together"}
_VALUE = re.compile(r"(?<![^\s(])([A-Za-z]+)\s*(!=|!~|<=|>=|=|~|<|>)\s*((?:[^\s()\"',]*,)*)([^\s()\"',]*)$")
_PARTIAL = re.compile(r"[^\s()\"']*$")


def suggest(text: str, cursor: int, known: Known) -> list[Suggestion]:
    """The candidates at ``cursor`` that begin with what is typed; each replaces ``start`` to ``end``."""
    head = QUOTED.sub(lambda found: "q" * len(found.group()), text[:cursor])
    if '"' in head or "'" in head:
        return []
    value = _VALUE.search(head)
    if value and value.group(1).lower() in NAMES:
        found = _values(value.group(1).lower(), value.start(4), known)
    else:
        partial = _PARTIAL.search(head)
        start = partial.start() if partial else cursor
        found = _names(head[:start], start, head[start:])
    matching = [
        item
        for item in found
        if item[0].strip('"').casefold().startswith(text[item[1] : cursor].casefold())
        and item[0] != text[item[1] : cursor]
    ]
    return [Suggestion(text, start, cursor, meaning) for text, start, meaning in matching[:MOST]]


def _values(name: str, start: int, known: Known) -> list[Found]:
    return [(quoted(value), start, "") for value in known.of(name)]


def _names(before: str, start: int, partial: str) -> list[Found]:
    words = before.replace("(", " ( ").replace(")", " ) ").split()
    ended = bool(words) and words[-1].lower() not in (*KEYWORDS, "(")
    found = [
        *((name, each.about, OPERATORS[each.sort]) for name, each in NAMES.items()),
        *((word, ABOUT[word], ()) for word in (*(JOINS if ended else ()), "not", "(")),
    ]
    exact = partial.lower() in NAMES
    out: list[Found] = []
    for name, about, operators in found:
        if exact and name == partial.lower():
            out += [(f"{name}{each}", start, about) for each in operators]
        else:
            ending = "" if not operators else " " if name == "text" else operators[0]
            out.append((f"{name}{ending}", start, about))
    return out
