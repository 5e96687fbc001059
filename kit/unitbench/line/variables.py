"""Variables in a line: what was said before stands for what would have to be typed again.

- ``$NAME`` stands for a whole word, or for a whole value behind ``=``, ``,``, ``@`` or an operator of ``expect``.
- ``${NAME}`` may stand inside a word too.
- A name begins with a letter: ``$02`` is a byte. In ``raw`` and ``decode`` only ``${NAME}`` is a variable.
- In quotes, and in the place of a secret, nothing is replaced.

The names: those behind ``with`` of a saved request; ``$unit``, ``$address`` and ``$mac`` of the unit in use;
``$last.FIELD`` of the first reply to the last command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from unitbench.errors import UsageError
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import QUOTES, Word
from unitbench.schema.record import replace

OF_UNIT = ("unit", "address", "mac")
"""Names of what is known of the unit in use."""
LAST = "last"
NAME = r"[A-Za-z]\w*"
IS_NAME = re.compile(NAME, re.ASCII)
_FULL = rf"{NAME}(?:\.\w+)?"
_EMBEDDED = re.compile(rf"\$\{{({_FULL})\}}", re.ASCII)
_MARK = re.compile(rf"\$\{{({_FULL})\}}|(?:^|(?<=[=<>~,@]))\$({_FULL})(?=$|,)", re.ASCII)
ROWS = (
    (
        "$NAME",
        "for a whole word, or a whole value behind = , @ or an operator; the name begins with a letter",
    ),
    ("${NAME}", "inside a word too; in raw and decode, where $02 is a byte, this form alone"),
    ("'$NAME'", "in quotes it is text, and so it is in the place of a password"),
    ("$unit $address $mac", "of the unit in use"),
    ("$last.FIELD", "a field of the first reply to the last command, such as $last.ip_port"),
)
"""What variables there are, for people."""
HELP = "$NAME for a whole value, ${NAME} inside a word; in quotes it is text"


class Late(Exception):
    """A variable has no value yet, but may have one when its statement is performed; ``names`` are all of them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = tuple(names)


def live(name: str) -> bool:
    """Whether a variable is of the session: its value may change with each statement."""
    return name in OF_UNIT or name.partition(".")[0] == LAST


def filled(text: str, vocabulary: Vocabulary, span: tuple[int, int], *, embedded: bool = False) -> str:
    """A text with its variables replaced; raises ``Late``, and ``UsageError`` for a name that nothing has.
    ``embedded``: only ``${NAME}`` is one."""
    if "$" not in text:
        return text
    known = dict(vocabulary.values)
    pattern = _EMBEDDED if embedded else _MARK
    names = [found[1] or found[found.lastindex or 1] for found in pattern.finditer(text)]
    for name in names:
        if name not in known and name not in vocabulary.open and not _may_be(name):
            raise unknown(name, vocabulary, span)
    if late := [name for name in names if name not in known]:
        raise Late(late)
    return pattern.sub(lambda found: known[found[1] or found[found.lastindex or 1]], text)


def filled_word(line: str, word: Word, vocabulary: Vocabulary) -> Word:
    """The same for a word; one with a quote in it is as it is."""
    typed = line[word.start : word.end]
    if "$" not in typed or any(quote in typed for quote in QUOTES):
        return word
    return Word(filled(word.text, vocabulary, (word.start, word.end)), word.start, word.end)


def _may_be(name: str) -> bool:
    return name in OF_UNIT or (name.startswith(f"{LAST}.") and len(name) > len(LAST) + 1)


def unknown(name: str, vocabulary: Vocabulary, span: tuple[int, int] | None = None) -> UsageError:
    """The error for a variable that there is not."""
    known = [*vocabulary.open, *(known for known, _ in vocabulary.values if not live(known))]
    names = tuple(dict.fromkeys((*known, *OF_UNIT, f"{LAST}.FIELD")))
    return UsageError(
        f"there is no variable ${name} here",
        span=span,
        expected=tuple(f"${each}" for each in names),
        hint=f"there are {', '.join(f'${each}' for each in names)}; {HELP}",
    )


def without_live(vocabulary: Vocabulary) -> Vocabulary:
    """The same, without what the statement before may change."""
    kept = tuple((name, value) for name, value in vocabulary.values if not live(name))
    return replace(vocabulary, values=kept) if kept != vocabulary.values else vocabulary


def scoped(vocabulary: Vocabulary, name: str, values: tuple[tuple[str, str], ...]) -> Vocabulary:
    """What the line behind a name can refer to: the session's variables, and its own."""
    of_session = tuple((known, value) for known, value in vocabulary.values if live(known))
    return replace(vocabulary, values=(*values, *of_session), open=(), within=(*vocabulary.within, name))
