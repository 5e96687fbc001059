"""Colours of the line while it is typed: by what a token is, and underlined where it cannot be meant.

A secret that is typed into the line shows as stars here too, one for each character; once the line is accepted, three
stand for it, whatever its length.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from unitbench.errors import UsageError
from unitbench.line.assigned import assigned
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed, Statement
from unitbench.line.secrets import masked_line, masked_text
from unitbench.line.vocabulary import Vocabulary

BAD = "class:token.bad"


class LineLexer(Lexer):
    """Reads the one cached parse that completer and toolbar read too."""

    def __init__(self, vocabulary: Callable[[], Vocabulary], accepted: Callable[[], bool]) -> None:
        self._vocabulary = vocabulary
        self._accepted = accepted

    def invalidation_hash(self) -> Hashable:
        return self._accepted()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        # A redraw asks for a line several times. Once it is accepted it is another, and prompt_toolkit does not ask
        # the lexer behind its own whether that is so.
        known: dict[tuple[int, bool], tuple[Vocabulary, StyleAndTextTuples]] = {}

        def fragments(number: int) -> StyleAndTextTuples:
            if not 0 <= number < len(lines):
                return []
            vocabulary, key = self._vocabulary(), (number, self._accepted())
            if key not in known or known[key][0] is not vocabulary:
                known[key] = vocabulary, self._fragments(parse(lines[number], vocabulary))
            return known[key][1]

        return fragments

    def _fragments(self, parsed: Parsed) -> StyleAndTextTuples:
        if self._accepted():
            return _accepted(parsed)
        return _painted(masked_line(parsed.text, parsed.statements), _styles(parsed))


def _accepted(parsed: Parsed) -> StyleAndTextTuples:
    """The line as it stays on the screen."""
    shown, hidden = masked_text(parsed.text, parsed.statements), masked_line(parsed.text, parsed.statements)
    return _painted(hidden, _styles(parsed)) if shown == parsed.text else [("", shown)]


def _styles(parsed: Parsed) -> list[str]:
    """A style for every character."""
    styles = [""] * len(parsed.text)
    for statement in parsed.statements:
        for token in statement.tokens:
            style = f"class:token.{token.kind.value}" if token.ok else BAD
            styles[token.start : token.end] = [style] * (token.end - token.start)
        fault = statement.fault or _unsettable(statement)
        if fault is not None and fault.span:
            start, end = fault.span
            styles[start:end] = [BAD] * (min(end, len(styles)) - start)
    return styles


def _unsettable(statement: Statement) -> UsageError | None:
    """Why a statement cannot set what it names: its words are right, what they mean is not."""
    found = assigned(statement, statement.vocabulary)
    return found.fault if found is not None else None


def _painted(shown: str, styles: list[str]) -> StyleAndTextTuples:
    """Runs of characters with the same style."""
    out: StyleAndTextTuples = []
    at = 0
    for index in range(1, len(shown) + 1):
        if index == len(shown) or styles[index] != styles[at]:
            out.append((styles[at], shown[at:index]))
            at = index
    return out
