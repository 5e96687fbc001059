"""Text in, statements out. Never raises: what cannot be meant is an error *in* the statement, with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from unitbench import catalogue
from unitbench.errors import MissingField, UnknownCommand, UsageError
from unitbench.line.arguments import read_arguments
from unitbench.line.chain import Member, chained, joined, read_member
from unitbench.line.guard import Span, guard_of, shown
from unitbench.line.known import places, without_known
from unitbench.line.learned import learned_in, read_learned
from unitbench.line.named import read_macro, with_macro
from unitbench.line.ours import find_verb, read_verb
from unitbench.line.parsed import Parsed, Statement, TokenKind
from unitbench.line.secrets import masked_place
from unitbench.line.variables import Late, filled_word, without_live
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import RawStatement, Word, statements
from unitbench.schema.printable import MASK
from unitbench.schema.record import replace
from unitbench.schema.records import Command, Effect, Protocol, Request
from unitbench.schema.verbs import Kind

HEX_BYTE = re.compile(r"(?i)([0-9a-f]{2})h")
LOOSE_HEX = re.compile(r"(?i)([0-9a-f]{1,2})h?")
_SIGNS = re.compile(r"(?<!\S)(?:/{2,}|#(?=\s))(?:/{2,}|#(?=\s))*")
"""Signs of comments, all that a comment has."""
EMPTY = Vocabulary()


@lru_cache(maxsize=256)
def parse(line: str, vocabulary: Vocabulary = EMPTY) -> Parsed:
    """The statements of a line. Cached, since lexer, validator, toolbar and completer ask for the same text."""
    parsed = Parsed(line, _all(line, statements(line), vocabulary))
    for statement in parsed.statements:
        if statement.fault is not None:
            statement.shown = partial(masked_place, line, parsed.statements, statement.fault.span)
    return parsed


def _all(line: str, cut: Sequence[RawStatement], vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """Statements one after the other: what one defines the next ones know, what it may change they know no more."""
    found: list[Statement] = []
    for raw in cut:
        statement = _statement(line, raw, vocabulary, _holds_secret(found[-1]) if found else False)
        found.append(statement)
        if not statement.empty:
            vocabulary = without_live(vocabulary)
        if statement.defines is not None and statement.fault is None:
            vocabulary = with_macro(vocabulary, statement.defines)
    return tuple(found)


def _holds_secret(statement: Statement) -> bool:
    """Whether what stands directly behind this statement's end may belong to a secret."""
    if statement.fault is not None or _takes_anything(statement):
        return statement.guard is not None
    takes = statement.command is not None and statement.command.secret is not None
    return takes or any(token.kind is TokenKind.SECRET for token in statement.tokens)


def _takes_anything(statement: Statement) -> bool:
    """Whether it is one of our own verbs that takes any words, a command with its password among them."""
    return statement.verb is not None and any(arg.kind is Kind.TOPIC for arg in statement.verb.args)


def _statement(
    line: str, raw: RawStatement, vocabulary: Vocabulary, behind_secret: bool = False
) -> Statement:
    continues = behind_secret and line[raw.start : raw.start + 1] not in (" ", "\t")
    statement = Statement(raw.start, raw.end, raw.words, continues)
    statement.vocabulary = vocabulary
    words = list(raw.words)
    try:
        _read(line, raw, words, statement, vocabulary)
    except Late as late:
        statement.late += late.names
    except UsageError as error:
        error.span = error.span or ((words[0].start, words[0].end) if words else (raw.start, raw.end))
        if isinstance(error, UnknownCommand) and any(places(line[slice(*error.span)], vocabulary.secrets)):
            error = unknown([Word(MASK, *error.span)])  # no part of it
        error.message = without_known(error.message, vocabulary.secrets)
        error.hint = without_known(error.hint, vocabulary.secrets)
        statement.fault = error
    if statement.late:
        statement.request = None  # it is read again when all is known
    if raw.comment:
        statement.add(line[slice(*raw.comment)], TokenKind.COMMENT, *raw.comment)
        statement.aside = _aside(line, raw.comment, vocabulary)
    return statement


def _aside(line: str, comment: Span, vocabulary: Vocabulary) -> tuple[Statement, ...]:
    """A comment as the statements that it would be without its signs."""
    start, end = comment
    text = " " * start + _SIGNS.sub(lambda found: " " * len(found.group()), line[start:end])
    return _all(
        text,
        [replace(raw, start=max(raw.start, start), comment=None) for raw in statements(text)],
        vocabulary,
    )


def _read(line: str, raw: RawStatement, words: list[Word], into: Statement, vocabulary: Vocabulary) -> None:
    if words and words[0].text.startswith("@"):
        try:
            words[0] = filled_word(line, words[0], vocabulary)
        except Late as late:
            into.late += late.names
        _target(words, into)
    if not words:
        return
    open_quote = next((word for word in words if word.open_quote), None)
    if open_quote:
        _named_verb(words, into)
        span = (open_quote.start, open_quote.end)
        raise UsageError("a quote is not closed", span=span, hint="close it with the same quote")
    head = words[0]
    name = "help" if _asks_help(head) else head.text
    found = find_verb([name, *(word.text for word in words[1:2] if not word.quoted)])
    if found is None:
        macro = vocabulary.macro(head.text)
        if macro is not None and not head.quoted:
            into.add(head.text, TokenKind.VERB, head.start, head.end)
            read_macro(line, raw, macro, words[1:], into, parse)
            return
        _wire(line, raw, words, into, vocabulary)
        return
    verb, used = found
    for word in words[:used]:
        into.add(word.text, TokenKind.VERB, word.start, word.end)
    into.verb = verb
    if _asks_help(words[-1]) and (len(words) > used or into.target):
        _help(words[used:-1], into)
        return

    def read_wire(text: str, inner: Statement) -> None:
        rest = list(inner.words)
        if rest and rest[0].text.startswith("@"):
            _target(rest, inner)
        if rest:
            whole = RawStatement(inner.words, inner.start, inner.end)
            _wire(text, whole, rest, inner, vocabulary)

    def read_body(start: int, end: int, more: Vocabulary) -> tuple[Statement, ...]:
        text = " " * start + line[start:end]
        return _all(text, [replace(raw, start=max(raw.start, start)) for raw in statements(text)], more)

    read_verb(line, raw, verb, words[used:], into, read_wire, read_body)


def _named_verb(words: list[Word], into: Statement) -> None:
    """Mark the name of the verb in words that are not understood, so that it is known for one."""
    plain = [word for word in words[:2] if not word.quoted]
    found = find_verb([word.text for word in plain]) if plain[:1] == words[:1] else None
    for word in words[: found[1] if found else 0]:
        into.add(word.text, TokenKind.VERB, word.start, word.end)


def _target(words: list[Word], into: Statement) -> None:
    """Take ``@UNIT`` off the front of ``words``."""
    target = words.pop(0)
    into.target = target.text[1:]
    into.add(target.text, TokenKind.TARGET, target.start, target.end)
    if not into.target:
        raise UsageError(
            "a unit's name is missing behind @",
            span=(target.start, target.end),
            expected=("unit",),
            hint="units lists them; @all means every unit of the command's protocol",
        )
    if not words:
        raise UsageError(
            f"a command is missing behind {shown(target, into.guard)}",
            span=(target.end, target.end),
            expected=("command",),
            hint=_for_example("" if into.guard else into.target, into.vocabulary),
        )


def _for_example(target: str, vocabulary: Vocabulary) -> str:
    """A harmless command of the protocol that is addressed, as far as its name or address tells which."""
    known = vocabulary.units[0] if target == "all" and vocabulary.units else vocabulary.unit(target)
    name = known.protocol if known else target.partition("://")[0].partition("+")[0]
    if name not in catalogue.names():
        short = target[:1] if target[1:].isdigit() else ""
        name = next((item.name for item in catalogue.protocols() if item.letter == short), "")
    wanted = catalogue.protocol(name) if name else catalogue.protocols()[0]
    reads = [
        example
        for item in sorted(wanted.commands, key=lambda item: -item.probe)
        if item.effect is Effect.READ
        for example in item.examples[:1]
        if len(example) > 1
    ]
    unit = target if name or target == "all" else "UNIT"
    return f"for example: @{unit} {reads[0]}" if reads else ""


def _help(words: list[Word], into: Statement) -> None:
    """Help is asked for; ``words`` stand between and are not looked at."""
    into.wants_help = True
    kind = TokenKind.SECRET if words and into.guard is not None else TokenKind.VALUE
    for word in words:
        into.add(word.text, kind, word.start, word.end)


def _asks_help(word: Word) -> bool:
    return word.text == "?" and not word.quoted


def _wire(line: str, raw: RawStatement, words: list[Word], into: Statement, vocabulary: Vocabulary) -> None:
    """A command of a protocol, with its arguments."""
    guard = into.guard if into.continues_secret else None
    stop = raw.comment[0] if raw.comment else raw.end
    chain = chained(words, _hint(into.target, vocabulary), stop)
    if chain is not None:
        _chain(line, *chain, into)
        return
    try:
        protocol, command, used = find_command(words, _hint(into.target, vocabulary), guard)
    except MissingField:
        found = find_verb(["help"])
        if found is None or not _asks_help(words[-1]):
            raise
        into.verb = found[0]
        into.add(words[0].text, TokenKind.COMMAND, words[0].start, words[0].end)
        _help(words[1:-1], into)
        return
    except UnknownCommand:
        learned = learned_in(vocabulary, into.target, words[0].text)
        if learned is None:
            raise
        protocol, command, used = catalogue.protocol(learned[0]), learned[1], 1
    into.protocol, into.command = protocol.name, command
    for word in words[:used]:
        into.add(word.text, TokenKind.COMMAND, word.start, word.end)
    if len(words) > used and _asks_help(words[-1]):
        _help(words[used:-1], into)
        return
    if protocol.command(command.name) is None:
        read_learned(line, words[used:], stop, into)
    else:
        read_arguments(line, words[used:], stop, into)


def _chain(line: str, protocol: Protocol, members: list[Member], into: Statement) -> None:
    """Several commands of a protocol in one message."""
    requests: list[Request] = []
    for member in members:
        command = member.command(protocol)
        if command is None:
            words = list(member.words)
            if words:
                raise unknown(words, among=[item.name for item in protocol.commands], guard=into.guard)
            raise UsageError(
                f"a command is missing beside {protocol.chain}",
                span=(member.stop, member.stop),
                hint=f"a chain is such as {protocol.chain.join(item.name for item in protocol.commands[1:3])}",
            )
        if not requests:
            into.protocol, into.command = protocol.name, command
        requests.append(read_member(line, protocol, member, command, into))
    into.given, into.request = requests[0].values, joined(requests)


def _hint(target: str, vocabulary: Vocabulary) -> str:
    """The protocol that a target or the unit in use speaks, if that is known."""
    scheme, colon, _ = target.partition("://")
    if colon:
        return scheme.partition("+")[0]
    unit = vocabulary.unit(target or vocabulary.current)
    return unit.protocol if unit else ""


def find_command(
    words: list[Word], prefer: str = "", guard: Span | None = None
) -> tuple[Protocol, Command, int]:
    """The command that ``words`` begin with, and how many of them name it; ``prefer`` is tried first.

    Raises ``UnknownCommand`` with the nearest right spelling, and nothing in it that may be a secret.
    """
    found = known_command(words, prefer)
    if found is None:
        raise unknown(words, guard=guard)
    return found


def known_command(words: list[Word], prefer: str = "") -> tuple[Protocol, Command, int] | None:
    """As ``find_command``; None where no protocol knows it. Raises ``UsageError`` for a type without a subtype."""
    for protocol in catalogue.each(prefer):
        found = _coded(protocol, words) if protocol.type_code is not None else _named(protocol, words)
        if found:
            return protocol, *found
    return None


def _named(protocol: Protocol, words: list[Word]) -> tuple[Command, int] | None:
    name = words[0].text
    command = protocol.command(name)
    if command is None and name.startswith("#"):
        command = protocol.command(name[1:]) if protocol.command("#") else None
    return (command, 1) if command else None


def _coded(protocol: Protocol, words: list[Word]) -> tuple[Command, int] | None:
    """A command by type and subtype, ``AEh 0Eh``, by subtype alone, ``0Eh``, or by its name or type where it is a
    packet of its own."""
    head = words[0].text
    typed = LOOSE_HEX.fullmatch(head)
    whole = typed is not None and int(typed.group(1), 16) == protocol.type_code
    if whole:
        if len(words) == 1 or _asks_help(words[1]):
            known = ", ".join(subtypes(protocol))
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
            raise unknown([code_word], among=list(subtypes(protocol)))
        return _named(protocol, words)
    number = int(match.group(1), 16)
    record = protocol.by_code(number) or (None if whole else protocol.by_packet_type(number))
    if isinstance(record, Command):
        return record, used
    span = (code_word.start, code_word.end)
    known = ", ".join(f"{subtype} {command.title}" for subtype, command in subtypes(protocol).items())
    if record is not None:
        raise UnknownCommand(
            f"{record.name} is a report: the unit sends it", span=span, hint=f"a host sends {known}"
        )
    raise UnknownCommand(
        f"subtype {code_word.text} is not in the table", span=span, hint=f"a host sends {known}"
    )


def subtypes(protocol: Protocol) -> dict[str, Command]:
    """The commands that share the protocol's packet type, each by its subtype as it is spelt."""
    return {item.name.split()[-1]: item for item in protocol.commands if item.code is not None}


def unknown(words: list[Word], among: list[str] | None = None, guard: Span | None = None) -> UnknownCommand:
    """The error for a head that nothing knows, naming what comes nearest."""
    head = words[0]
    guard = guard or guard_of(words)
    seen = shown(head, guard)
    typed = head.text if guard is None else seen.replace(MASK, "")
    near = _nearest(typed.lstrip("#").casefold(), tuple(among) if among else _names())
    hint = f"did you mean '{near}'?" if near else "help lists the commands"
    return UnknownCommand(f"unknown command '{seen}'", near=near, span=(head.start, head.end), hint=hint)


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    """Whatever a statement can begin with."""
    commands = (command.name for protocol in catalogue.protocols() for command in protocol.commands)
    return (*commands, *(verb.name for verb in catalogue.own_verbs()))


@lru_cache(maxsize=256)
def _nearest(typed: str, names: tuple[str, ...]) -> str:
    """The name that comes nearest to what is typed, letter case free; empty where none is near."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in names}
    close = get_close_matches(typed, folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else ""
