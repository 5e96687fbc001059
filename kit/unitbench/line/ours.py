"""The arguments and options of one of our own verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unitbench import catalogue
from unitbench.errors import MissingField, UsageError
from unitbench.line.bodies import ReadBody, read_rest
from unitbench.line.guard import bytes_hold_secret, guard_of, shown
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.variables import Late, filled, filled_word
from unitbench.line.words import RawStatement, Word, statements
from unitbench.schema.verbs import Arg, Kind, Verb

ReadWire = Callable[[str, Statement], None]
"""Reads a wire command, the words of a statement, into that statement."""


def find_verb(words: Sequence[str]) -> tuple[Verb, int] | None:
    """The verb that words begin with, and how many of them name it."""
    for count in (2, 1):
        name = " ".join(words[:count])
        verb = next((verb for verb in catalogue.own_verbs() if verb.name == name), None)
        if verb is not None:
            return verb, min(count, len(words))
    return None


def parts_of(name: str) -> dict[str, Verb]:
    """The verbs of two words that begin with ``name``, by their second word."""
    found = (verb for verb in catalogue.own_verbs() if verb.name.startswith(f"{name} "))
    return {verb.name.partition(" ")[2]: verb for verb in found}


def read_verb(
    line: str,
    raw: RawStatement,
    verb: Verb,
    words: list[Word],
    into: Statement,
    read_wire: ReadWire,
    read_body: ReadBody,
) -> None:
    """Fill ``into.args`` and ``into.options``; raises ``UsageError`` with a span, and ``Late``."""
    args: list[str] = []
    wanted = list(verb.args)
    stop = raw.comment[0] if raw.comment else raw.end
    while words:
        word = _filled(line, words[0], wanted, into)
        name, equals, value = word.text.partition("=")
        if equals and name in verb.named and not word.quoted:
            into.options[name] = value
            into.add(f"{name}=", TokenKind.FIELD, word.start, word.start + len(name) + 1)
            into.add(value, TokenKind.VALUE, word.start + len(name) + 1, word.end)
        elif not wanted:
            raise UsageError(
                f"{verb.name} takes no '{shown(word, into.guard)}'",
                span=(word.start, word.end),
                expected=(*verb.named, *parts_of(verb.name)),
                hint="; ".join(map(_usage, (verb, *parts_of(verb.name).values()))),
            )
        elif wanted[0].kind is Kind.LINE:
            args.append(_wire_command(line, words, stop, into, read_wire))
            wanted.pop(0)
            break
        elif wanted[0].kind is Kind.BYTES:
            rest = line[word.start : stop].rstrip()
            args.append(_filled_bytes(rest, word.start, into))
            kind = TokenKind.SECRET if bytes_hold_secret(rest) else TokenKind.VALUE
            into.add(rest, kind, word.start, word.start + len(rest))
            wanted.pop(0)
            break
        elif wanted[0].kind is Kind.BODY:
            args += read_rest(line, verb, words, stop, into, read_body)
            wanted = wanted[2:]
            break
        else:
            args.append(word.text)
            # What a line is called says nothing of a secret in it.
            named = wanted[0].kind in (Kind.NEW, Kind.MACRO)
            into.add(word.text, TokenKind.VERB if named else TokenKind.VALUE, word.start, word.end)
            if not wanted[0].many:
                wanted.pop(0)
        words.pop(0)
    left = next((arg for arg in wanted if not arg.optional and not arg.many), None)
    if left:
        raise MissingField(
            f"{verb.name} needs {left.name}",
            field=left.name,
            span=(stop, stop),
            expected=(left.name,),
            hint=_usage(verb),
        )
    into.args = tuple(args)


def _filled(line: str, word: Word, wanted: list[Arg], into: Statement) -> Word:
    """A word with its variables replaced, where it is no part of a line and cannot be a secret. One that has no value
    yet stays as it is; the statement is read again when it has."""
    whole = bool(wanted) and wanted[0].kind in (Kind.LINE, Kind.BODY, Kind.BYTES, Kind.PARAMETER)
    if whole or "$" not in word.text:
        return word
    named = {token.start for token in into.tokens if token.kind is TokenKind.VERB}
    guard = guard_of([each for each in into.words if each.start not in named])
    if guard is not None and word.end > guard[0]:
        return word
    try:
        return filled_word(line, word, into.vocabulary)
    except Late as late:
        into.late += late.names
        return word


def _filled_bytes(rest: str, start: int, into: Statement) -> str:
    try:
        return filled(rest, into.vocabulary, (start, start + len(rest)), embedded=True)
    except Late as late:
        into.late += late.names
        return rest


def _wire_command(line: str, words: list[Word], stop: int, into: Statement, read_wire: ReadWire) -> str:
    """The rest of the line as a wire command, quoted as a whole or not; its tokens are taken over."""
    first = words[0]
    text, start = line[first.start : stop].rstrip(), first.start
    if first.quoted and len(words) == 1:
        text, start = first.text, first.start + 1
        line = " " * start + text
        words = [word for part in statements(line) for word in part.words]
    inner = Statement(start, start + len(text), tuple(words), into.continues_secret)
    inner.vocabulary = into.vocabulary
    try:
        read_wire(line, inner)
    finally:
        into.tokens += inner.tokens
        into.late += inner.late
    return text


def _usage(verb: Verb) -> str:
    return "usage: " + " ".join(
        [
            verb.name,
            *map(_shape, verb.args),
            *(f"[{name}=...]" for name in verb.options),
            *(["[FAULT=VALUE ...]"] if verb.settings else []),
        ]
    )


def _shape(arg: Arg) -> str:
    name = arg.name.upper() + ("..." if arg.many else "")
    return f"[{name}]" if arg.optional or arg.many else name
