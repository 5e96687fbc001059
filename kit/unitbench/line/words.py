"""A line cut into statements and words, each with its place; quotes and comments understood."""

from __future__ import annotations

from unitbench.schema.record import record

QUOTES = "'\""


@record
class Word:
    """A word: its meaning without quotes, and where it stands (start inclusive, end exclusive).

    ``quoted``: it begins with a quote, so that it is a value and nothing else.
    """

    text: str
    start: int
    end: int
    open_quote: bool = False
    quoted: bool = False


@record
class RawStatement:
    """A statement between semicolons: its words, its place, and the comment at its end if there is one."""

    words: tuple[Word, ...]
    start: int
    end: int
    comment: tuple[int, int] | None = None


def statements(line: str) -> list[RawStatement]:
    """Cut a line at ``;`` outside quotes. A comment runs to the end of the line."""
    found: list[RawStatement] = []
    words: list[Word] = []
    start = at = 0
    while at < len(line):
        char = line[at]
        if char == ";":
            found.append(RawStatement(tuple(words), start, at))
            words, start, at = [], at + 1, at + 1
        elif char.isspace():
            at += 1
        elif _comment(line, at):
            found.append(RawStatement(tuple(words), start, len(line), (at, len(line))))
            return found
        else:
            word = _word(line, at)
            words.append(word)
            at = word.end
    found.append(RawStatement(tuple(words), start, len(line)))
    return found


def _comment(line: str, at: int) -> bool:
    """``#`` before a blank, or ``//``, each at the start of a word."""
    return line.startswith("//", at) or (line[at] == "#" and at + 1 < len(line) and line[at + 1].isspace())


def _word(line: str, at: int) -> Word:
    """The word at ``at``. A quote opens at the start of a word or of a value behind ``=`` or ``,``."""
    start, out, quote = at, [], ""
    while at < len(line):
        char = line[at]
        if quote:
            if char == quote:
                quote = ""
            else:
                out.append(char)
        elif char in QUOTES and (at == start or line[at - 1] in "=,"):
            quote = char
        elif char == ";" or char.isspace():
            break
        else:
            out.append(char)
        at += 1
    return Word("".join(out), start, at, bool(quote), line[start] in QUOTES)
