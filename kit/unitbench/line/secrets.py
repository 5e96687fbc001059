"""Lines without their secrets: for errors, the history, the journal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unitbench.line.guard import Span
from unitbench.line.known import places
from unitbench.line.parsed import Statement, TokenKind
from unitbench.schema.printable import ACCOUNT, MASK
from unitbench.schema.verbs import Kind

_NAME = re.compile(r"[ ,]+\w+=$")
FREE = (Kind.CONDITION, Kind.TOPIC)
"""Arguments that may hold any text of people's own."""
NAMES = (TokenKind.TARGET, TokenKind.VERB, TokenKind.COMMAND)


def masked_line(line: str, statements: Sequence[Statement]) -> str:
    """``line`` with a star for each character of a secret, so that places in it stay right: for a line that is being
    typed, since its length says how long a secret is."""
    out = list(line)
    for start, end in _spans(line, statements):
        out[start:end] = "*" * (end - start)
    return "".join(out)


def without_secrets(line: str, statements: Sequence[Statement]) -> str:
    """``line`` with secrets, and the separator before each, taken out: typed again it asks for them.

    Of a faulty statement that may hold a secret only the names are kept: it may stand anywhere in it.
    """
    out = line
    for start, end in reversed(_spans(line, statements)):
        head = out[:start].rstrip(" ,")
        out = _NAME.sub("", head) + out[end:]
    return out


def masked_text(line: str, statements: Sequence[Statement], only: Statement | None = None) -> str:
    """``line`` with each secret shown as three stars, whatever its length; ``only``: one statement of it."""
    start, end = (only.start, only.end) if only is not None else (0, len(line))
    out = line[:end]
    for begin, stop in reversed([span for span in _spans(line, statements) if start <= span[0] < end]):
        out = out[:begin] + MASK + out[stop:]
    return out[start:]


def masked_place(line: str, statements: Sequence[Statement], span: Span | None) -> tuple[str, Span | None]:
    """As ``masked_text``, and a place in ``line`` as it is then; one in a secret is the whole secret."""
    if span is None:
        return masked_text(line, statements), None
    start, end = start_shown, end_shown = span
    for begin, stop in _spans(line, statements):
        wider = len(MASK) - (stop - begin)
        if stop <= start:
            start_shown += wider
        elif begin < start:
            start_shown -= start - begin
        if stop <= end:
            end_shown += wider
        elif begin < end:
            end_shown += stop - end + wider
    return masked_text(line, statements), (start_shown, end_shown)


def known_in(statements: Sequence[Statement]) -> set[str]:
    """The secrets of a line, and those that were used before it."""
    typed = {token.text for each in statements for token in each.tokens if token.kind is TokenKind.SECRET}
    return typed.union(*(each.vocabulary.secrets for each in statements))


def _spans(line: str, statements: Sequence[Statement]) -> list[Span]:
    """Where secrets stand, or may stand; in order, none empty, no two that touch."""
    found: list[Span] = []
    secrets = known_in(statements)
    for statement in statements:
        known = _known(line, statement, secrets)
        for start, end in sorted([*_spans_of(line, statement), *known]):
            begin = max(start, found[-1][1]) if found else start
            if found and begin == found[-1][1]:
                found[-1] = found[-1][0], max(begin, end)
            elif begin < end:
                found.append((begin, end))
    return found


def _known(line: str, statement: Statement, secrets: set[str]) -> Iterator[Span]:
    """Where a password that was used stands again in what is typed freely: words that are looked for, comments, and
    what is not understood. (Elsewhere it may be the name of a unit, or a number.)"""
    verb = statement.verb
    free = verb is not None and any(
        arg.kind in FREE or (arg.many and arg.kind is Kind.WORD) for arg in verb.args
    )
    comments = [token for token in statement.tokens if token.kind is TokenKind.COMMENT]
    named = [token for token in statement.tokens if token.kind in NAMES]
    for start, end in places(line[: statement.end], secrets):
        aside = any(token.start <= start for token in comments)
        loose = start >= statement.start and (free or statement.fault is not None)
        if aside or (loose and not any(token.start < end and start < token.end for token in named)):
            yield start, end


def _spans_of(line: str, statement: Statement) -> Iterator[Span]:
    for aside in statement.aside:
        if aside.fault is None:
            yield from _spans_of(line, aside)
        elif aside.guard is not None:  # words for people: what stands before it is hardly a password
            yield _stripped(line, aside.guard[1], aside.end)
    for inner in statement.inner:
        yield from _spans_of(line, inner)
    for word in statement.words:
        for account in ACCOUNT.finditer(line, word.start, word.end):
            yield account.span()
    takes_secret = statement.command is not None and statement.command.secret is not None
    takes_secret = takes_secret or any(token.kind is TokenKind.SECRET for token in statement.tokens)
    if statement.fault is None and statement.verb is not None and not takes_secret and statement.guard:
        yield _stripped(line, statement.guard[1], statement.end)
        return
    if statement.fault is not None and statement.guard is not None:
        yield from _faulty(line, statement, statement.guard)
        return
    for token in statement.tokens:
        if token.kind is TokenKind.SECRET or (takes_secret and token.kind is TokenKind.COMMENT):
            yield token.start, token.end


def _faulty(line: str, statement: Statement, guard: Span) -> Iterator[Span]:
    """All but the names up to the place that announces a secret, and that place; within a quote that too is hidden."""
    names = {(t.start, t.end) for t in statement.tokens if t.kind in NAMES and t.end <= guard[1]}
    quoted = any(word.quoted and word.start <= guard[0] < word.end for word in statement.words)
    at = statement.start
    for start, end in sorted(names if quoted else {*names, guard}):
        yield _stripped(line, at, start)
        at = max(at, end)
    yield _stripped(line, at, statement.end)


def _stripped(line: str, start: int, end: int) -> Span:
    """A span without the blanks and separators around it."""
    text = line[start:end]
    return start + len(text) - len(text.lstrip(" ,")), start + len(text.rstrip())
