"""Where a line may hold a secret although it is not understood: behind anything that comes near a login.

Errors, the history and the journal repeat what was typed. A password in the wrong place, behind a misspelt
command, or in a quote that was not closed must not be among it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line.words import Word
from unitbench.schema import text
from unitbench.schema.printable import MASK, printable, without_account

Span = tuple[int, int]
NEAR, NEAR_SHORT, NEAR_FIELD = 0.5, 0.75, 0.7
"""How alike a word must be to a command, or to the name of a secret field, to be taken for it (0..1)."""
SHORT = 4
"""Letters of a short command: half of them would be in too many words that mean something else."""
LEAST = 3
"""Letters of a word that can be a misspelt command: two of them, such as on, are in too many others."""
SHOWN = 40
WORD = 60
"""Characters of a word that an error repeats."""
SEPARATORS = (" ", ",", "=", ":", "\t")
_PIECE = re.compile(r"[^\W\d_]+")
_HEX_MARK = re.compile(r"0[xX]|\\x|[^0-9A-Fa-f]+")


@cache
def _signs() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Of all commands with a secret: their names, the names of their secret fields, and their other words."""
    names, fields, exact = set(), set(), set()
    for command in (command for protocol in catalogue.protocols() for command in protocol.commands):
        if command.secret is not None:
            names.add(command.name.casefold())
            fields.add(command.secret.name)
            for field in command.args:
                exact |= {field.name, *(word.text.casefold() for word in text.words(field.type))}
    return frozenset(names), frozenset(fields), frozenset(exact)


def _length(piece: str) -> int:
    """How many characters of a piece are the sign that a secret may follow; 0: it is none."""
    names, fields, exact = _signs()
    if piece in fields or piece in exact:
        return len(piece)
    inside = next((piece.find(name) + len(name) for name in sorted(names) if name in piece), 0)
    return inside or (len(piece) if len(piece) <= SHOWN and _is_sign(piece) else 0)


@lru_cache(maxsize=4096)
def _is_sign(piece: str) -> bool:
    from difflib import SequenceMatcher

    names, fields, exact = _signs()
    near = len(piece) >= LEAST and any(
        SequenceMatcher(None, piece, name).ratio() >= (NEAR_SHORT if len(name) <= SHORT else NEAR)
        for name in names
    )
    near = near or any(SequenceMatcher(None, piece, name).ratio() >= NEAR_FIELD for name in fields)
    return near or piece in exact


def _pieces(words: Sequence[Word]) -> Iterator[Span]:
    for word in words:
        for match in _PIECE.finditer(word.text):
            length = _length(match.group().casefold())
            if length:
                yield word.start + match.start(), min(word.start + match.start() + length, word.end)


def guard_of(words: Sequence[Word]) -> Span | None:
    """The first place in ``words`` that announces a secret; whatever else stands there may be one."""
    return next(_pieces(words), None)


def shown(word: Word, guard: Span | None) -> str:
    """What an error may repeat of a word."""
    if guard is None:
        return printable(word.text if len(word.text) <= SHOWN else word.text[: SHOWN - 3] + "...")
    start, end = guard[0] - word.start, guard[1] - word.start
    if not 0 <= start < len(word.text):
        return MASK
    before, behind = word.text[:start], MASK if end < len(word.text) else ""
    if before.strip("#@"):
        before = MASK
    return before + printable(word.text[start:end]) + behind


def discreet(text: str) -> str:
    """A text that was typed where none is expected, for an error: without what may be a secret in it, which a blank
    or a separator sets apart from what announces it. A name such as ``login.txt`` stays."""
    text = without_account(text)
    found = (end for _, end in _pieces([Word(text, 0, len(text))]) if text[end : end + 1] in SEPARATORS)
    end = next(found, len(text))
    return text[: end + 1] + MASK if text[end:].strip() else text


def brief(text: str) -> str:
    """As ``discreet``, and of a long one the beginning."""
    return printable(discreet(text), WORD)


def bytes_hold_secret(typed: str) -> bool:
    """Whether bytes as typed, as text, in hex or in any other notation, may hold a secret."""
    from unitbench.line.notation import spelt  # which asks here what its errors may repeat

    digits = _HEX_MARK.sub("", typed)
    forms = [typed, bytes.fromhex(digits[: len(digits) & ~1]).decode("latin-1")]
    with suppress(InvalidValue):
        forms.append(spelt(typed.strip()).decode("latin-1"))
    return any(guard_of([Word(each, 0, len(each))]) for each in forms)
