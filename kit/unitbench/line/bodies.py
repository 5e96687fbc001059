"""The body of a verb: a statement of any kind, or in quotes several, and what may stand behind it.

Where the body ends is plain with quotes, and before ``with``, or ``until``. Where a condition follows without, as much
as can be the command is the command: in ``0Eh 19 active=1`` only ``active=1`` is a condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from unitbench.errors import MissingField, UsageError
from unitbench.line.macros import LONGEST, parameter
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.vocabulary import Macro, Vocabulary
from unitbench.line.words import Word
from unitbench.schema.record import replace
from unitbench.schema.verbs import Kind, Verb

ReadBody = Callable[[int, int, Vocabulary], tuple[Statement, ...]]
"""Reads the line from one place to another."""
CONDITION = re.compile(r"\w+(?:!=|!~|<=|>=|=|~|<|>)")
"""How a condition begins."""
MARKS = {Kind.CONDITION: "until", Kind.PARAMETER: "with"}
"""The word behind which something else than the body stands."""


def read_rest(
    line: str, verb: Verb, words: Sequence[Word], stop: int, into: Statement, read: ReadBody
) -> list[str]:
    """The text of the body and the words behind it; fills ``into.inner``, and ``into.defines`` where the verb gives a
    name. Raises ``UsageError`` with a span."""
    tail = next((arg for arg in verb.args if arg.kind in MARKS), None)
    body, behind = _cut(list(words), MARKS[tail.kind] if tail else "")
    given = [_parameter(word) for word in behind] if tail and tail.kind is Kind.PARAMETER else []
    vocabulary = replace(
        into.vocabulary,
        values=(*((name, value) for name, value in given if value is not None), *into.vocabulary.values),
        open=(*into.vocabulary.open, *(name for name, value in given if value is None)),
    )
    cuts = [len(body)]
    if tail and tail.kind is Kind.CONDITION and not behind:
        cuts = [count for count in range(len(body), 0, -1) if _conditions(body[count:])]
    names = [token.text for token in into.tokens if token.kind is TokenKind.VERB]
    gives = bool(verb.args) and verb.args[0].kind is Kind.NEW
    statements: tuple[Statement, ...] = ()
    for count in cuts:
        start, end = _place(body[:count])
        statements = read(start, end, vocabulary)
        if all(statement.fault is None for statement in statements):
            break
    inner = body[:count]
    into.tokens += [token for statement in statements for token in statement.tokens]
    fault = next((statement.fault for statement in statements if statement.fault), None)
    # An alias may stand for the beginning of a command.
    if fault is not None and not (gives and tail is None and isinstance(fault, MissingField)):
        raise fault
    behind = behind or body[count:]
    if tail and tail.kind is Kind.CONDITION and not behind:
        raise MissingField(
            f"{verb.name} needs a condition",
            field=tail.name,
            span=(stop, stop),
            expected=(tail.name,),
            hint=f"such as {verb.name} ... {MARKS[tail.kind]} outcome=ok",
        )
    # Beside a password a value may be one too.
    hidden = any(token.kind is TokenKind.SECRET for token in into.tokens)
    for word in behind:
        into.add(word.text, TokenKind.SECRET if hidden else TokenKind.VALUE, word.start, word.end)
    start, end = _place(inner)
    text = line[start:end]
    if gives:
        if len(text) > LONGEST:
            raise UsageError(f"a line that is kept has at most {LONGEST} characters", span=(start, end))
        into.defines = Macro(names[-1], text, tail is None, tuple(given))
    else:
        into.late += tuple(name for name in _late(statements) if name in into.vocabulary.open)
    into.inner = statements
    return [text, *(word.text for word in behind)]


def _late(statements: Sequence[Statement]) -> list[str]:
    return [name for statement in statements for name in statement.late]


def _cut(words: list[Word], mark: str) -> tuple[list[Word], list[Word]]:
    """The words of the body, and those behind it."""
    if words[0].quoted:
        rest = words[1:]
        return words[:1], rest[1:] if rest and rest[0].text == mark else rest
    at = next(
        (n for n in range(len(words) - 1, 0, -1) if mark and words[n].text == mark and not words[n].quoted), 0
    )
    return (words[:at], words[at + 1 :]) if at else (words, [])


def _conditions(words: Sequence[Word]) -> bool:
    return all(CONDITION.match(word.text) and not word.quoted for word in words)


def _place(words: Sequence[Word]) -> tuple[int, int]:
    """Where a body stands, without the quotes around it."""
    first = words[0]
    if len(words) == 1 and first.quoted and first.end - first.start == len(first.text) + 2:
        return first.start + 1, first.end - 1
    return first.start, words[-1].end


def _parameter(word: Word) -> tuple[str, str | None]:
    try:
        return parameter(word.text)
    except UsageError as error:
        error.span = (word.start, word.end)
        raise
