"""Text in, statements out. Never raises: what cannot be meant is an error *in* the statement, with its place."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from unitbench import catalogue
from unitbench.errors import MissingField, UnknownCommand, UsageError
from unitbench.line.arguments import read_arguments
from unitbench.line.parsed import Parsed, Statement, TokenKind
from unitbench.line.secrets import masked_line
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import RawStatement, Word, statements
from unitbench.schema.records import Command, Protocol
from unitbench.schema.verbs import Arg, Kind, Verb

HEX_BYTE = re.compile(r"(?i)([0-9a-f]{2})h")
LOOSE_HEX = re.compile(r"(?i)([0-9a-f]{1,2})h?")
EMPTY = Vocabulary()


@lru_cache(maxsize=256)
def parse(line: str, vocabulary: Vocabulary = EMPTY) -> Parsed:
    """The statements of a line. Cached, since lexer, validator, toolbar and completer ask for the same text."""
    found = tuple(_statement(line, raw, vocabulary) for raw in statements(line))
    for statement in found:
        if statement.error is not None:
            statement.error.line = masked_line(line, found)
    return Parsed(line, found)


def _statement(line: str, raw: RawStatement, vocabulary: Vocabulary) -> Statement:
    statement = Statement(raw.start, raw.end)
    words = list(raw.words)
    try:
        _read(line, raw, words, statement, vocabulary)
    except UsageError as error:
        error.span = error.span or ((words[0].start, words[0].end) if words else (raw.start, raw.end))
        statement.error = error
    if raw.comment:
        statement.add(line[slice(*raw.comment)], TokenKind.COMMENT, *raw.comment)
    return statement


def _read(line: str, raw: RawStatement, words: list[Word], into: Statement, vocabulary: Vocabulary) -> None:
    if words and words[0].text.startswith("@"):
        target = words.pop(0)
        into.target = target.text[1:]
        into.add(target.text, TokenKind.TARGET, target.start, target.end)
        if not into.target:
            raise UsageError(
                "a unit's name is missing behind @", span=(target.start, target.end), expected=("unit",)
            )
        if not words:
            raise UsageError(f"a command is missing behind {target.text}", span=(target.end, target.end))
    if not words:
        return
    open_quote = next((word for word in words if word.open_quote), None)
    if open_quote:
        span = (open_quote.start, open_quote.end)
        raise UsageError("a quote is not closed", span=span, hint="close it with the same quote")
    head = words[0]
    verb = next((verb for verb in catalogue.own_verbs() if verb.name == head.text), None)
    if head.text == "?":
        verb = next(verb for verb in catalogue.own_verbs() if verb.name == "help")
    if verb:
        into.add(head.text, TokenKind.VERB, head.start, head.end)
        into.verb = verb
        if words[-1].text == "?" and len(words) > 1:
            into.wants_help = True
            return
        _verb(line, raw, verb, words[1:], into)
        return
    protocol, command, used = find_command(words, _hint(into.target, vocabulary))
    into.protocol, into.command = protocol.name, command
    for word in words[:used]:
        into.add(word.text, TokenKind.COMMAND, word.start, word.end)
    if len(words) > used and words[-1].text == "?":
        into.wants_help = True
        return
    read_arguments(line, words[used:], raw.comment[0] if raw.comment else raw.end, into)


def _hint(target: str, vocabulary: Vocabulary) -> str:
    """The protocol that a target or the unit in use speaks, if that is known."""
    scheme, colon, _ = target.partition("://")
    if colon:
        return scheme.partition("+")[0]
    unit = vocabulary.unit(target or vocabulary.current)
    return unit.protocol if unit else ""


def find_command(words: list[Word], prefer: str = "") -> tuple[Protocol, Command, int]:
    """The command that ``words`` begin with, and how many of them name it; ``prefer`` is tried first.

    Raises ``UnknownCommand`` with the nearest right spelling.
    """
    protocols = sorted(catalogue.protocols(), key=lambda protocol: protocol.name != prefer)
    for protocol in protocols:
        found = _coded(protocol, words) if protocol.type_code is not None else _named(protocol, words)
        if found:
            return protocol, *found
    raise unknown(words)


def _named(protocol: Protocol, words: list[Word]) -> tuple[Command, int] | None:
    name = words[0].text
    command = protocol.command(name)
    if command is None and name.startswith("#"):
        command = protocol.command(name[1:]) if protocol.command("#") else None
    return (command, 1) if command else None


def _coded(protocol: Protocol, words: list[Word]) -> tuple[Command, int] | None:
    """A command by type and subtype, ``AEh 0Eh``, or by subtype alone, ``0Eh``."""
    head = words[0].text
    typed = LOOSE_HEX.fullmatch(head)
    whole = typed is not None and int(typed.group(1), 16) == protocol.type_code
    if whole:
        if len(words) == 1:
            known = ", ".join(command.name.split()[1] for command in protocol.commands)
            raise MissingField(
                f"a subtype is missing behind {head}",
                field="subtype",
                span=(words[0].end, words[0].end),
                hint=known,
            )
        code_word, used = words[1], 2
        match = LOOSE_HEX.fullmatch(code_word.text)
    else:
        code_word, used = words[0], 1
        match = HEX_BYTE.fullmatch(head)
    if match is None:
        if whole:
            raise unknown([code_word], among=[command.name.split()[1] for command in protocol.commands])
        return None
    record = protocol.by_code(int(match.group(1), 16))
    if isinstance(record, Command):
        return record, used
    span = (code_word.start, code_word.end)
    known = ", ".join(f"{command.name.split()[1]} {command.title}" for command in protocol.commands)
    if record is not None:
        raise UnknownCommand(
            f"{record.name} is a report: the unit sends it", span=span, hint=f"a host sends {known}"
        )
    raise UnknownCommand(
        f"subtype {code_word.text} is not in the table", span=span, hint=f"a host sends {known}"
    )


def unknown(words: list[Word], among: list[str] | None = None) -> UnknownCommand:
    """The error for a head that nothing knows, naming what comes nearest."""
    head = words[0]
    names = among or [
        *(command.name for protocol in catalogue.protocols() for command in protocol.commands),
        *(verb.name for verb in catalogue.own_verbs()),
    ]
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(head.text.lstrip("#").casefold(), folded, n=1, cutoff=0.5)
    near = folded[close[0]] if close else ""
    shown = head.text if len(head.text) <= 40 else head.text[:37] + "..."
    hint = f"did you mean {near}?" if near else "help lists the commands"
    return UnknownCommand(f"unknown command '{shown}'", near=near, span=(head.start, head.end), hint=hint)


def _verb(line: str, raw: RawStatement, verb: Verb, words: list[Word], into: Statement) -> None:
    """The arguments of one of our own verbs."""
    args: list[str] = []
    wanted = list(verb.args)
    while words:
        word = words[0]
        name, equals, value = word.text.partition("=")
        if equals and name in verb.options:
            into.options[name] = value
            into.add(f"{name}=", TokenKind.FIELD, word.start, word.start + len(name) + 1)
            into.add(value, TokenKind.VALUE, word.start + len(name) + 1, word.end)
            words.pop(0)
            continue
        if not wanted:
            raise UsageError(
                f"{verb.name} takes no '{word.text}'",
                span=(word.start, word.end),
                expected=verb.options,
                hint=_usage(verb),
            )
        arg = wanted[0]
        if arg.kind in (Kind.BYTES, Kind.LINE):
            stop = raw.comment[0] if raw.comment else raw.end
            rest = line[word.start : stop].rstrip()
            args.append(rest)
            kind = TokenKind.SECRET if arg.kind is Kind.LINE and _holds_secret(rest) else TokenKind.VALUE
            into.add(rest, kind, word.start, word.start + len(rest))
            words.clear()
        else:
            args.append(word.text)
            into.add(word.text, TokenKind.VALUE, word.start, word.end)
            words.pop(0)
        if not arg.many:
            wanted.pop(0)
    left = next((arg for arg in wanted if not arg.optional and not arg.many), None)
    if left:
        raise MissingField(
            f"{verb.name} needs {left.name}",
            field=left.name,
            span=(raw.end, raw.end),
            expected=(left.name,),
            hint=_usage(verb),
        )
    into.args = tuple(args)


def _holds_secret(text: str) -> bool:
    return any(token.kind is TokenKind.SECRET for token in parse(text).tokens)


def _usage(verb: Verb) -> str:
    return "usage: " + " ".join(
        [verb.name, *map(_shape, verb.args), *(f"[{name}=...]" for name in verb.options)]
    )


def _shape(arg: Arg) -> str:
    name = arg.name.upper() + ("..." if arg.many else "")
    return f"[{name}]" if arg.optional or arg.many else name
