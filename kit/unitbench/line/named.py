"""A statement that begins with an alias or a saved request: what it stands for, read as a line of its own."""

from __future__ import annotations

from collections.abc import Callable

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.macros import DEEPEST, MOST, checked_name, expanded, given_to
from unitbench.line.ours import find_verb, parts_of
from unitbench.line.parsed import Parsed, Statement, TokenKind
from unitbench.line.reference import PREFIX
from unitbench.line.secrets import masked_text
from unitbench.line.variables import filled_word, scoped
from unitbench.line.vocabulary import Macro, Vocabulary
from unitbench.line.words import RawStatement, Word
from unitbench.schema.record import replace

Parse = Callable[[str, Vocabulary], Parsed]


def read_macro(
    line: str, raw: RawStatement, macro: Macro, words: list[Word], into: Statement, parse: Parse
) -> None:
    """Fill ``into.expansion`` and ``into.scope``; raises ``UsageError`` with a span, and ``Late``."""
    vocabulary = into.vocabulary
    head = into.tokens[-1]
    stop = raw.comment[0] if raw.comment else raw.end
    if macro.name in vocabulary.within or len(vocabulary.within) >= DEEPEST:
        chain = " > ".join((*vocabulary.within, macro.name))
        what = "stands for itself" if macro.name in vocabulary.within else f"goes deeper than {DEEPEST} names"
        raise UsageError(
            f"{macro.name} {what}: {chain}", span=(head.start, head.end), hint="define one of them anew"
        )
    rest = line[words[0].start : stop].rstrip() if words and macro.alias else ""
    if not macro.alias:
        for word in words:
            into.add(word.text, TokenKind.VALUE, word.start, word.end)
        words = [filled_word(line, word, vocabulary) for word in words]
        into.scope = given_to(macro, words, stop)
    found = parse(expanded(macro, rest, into.target), scoped(vocabulary, macro.name, into.scope))
    hidden = any(token.kind is TokenKind.SECRET for token in found.tokens)
    if macro.alias and words:
        kind = TokenKind.SECRET if hidden else TokenKind.VALUE
        into.add(rest, kind, words[0].start, words[0].start + len(rest))
    if error := found.error:
        if hidden or any(statement.guard for statement in found.statements):
            into.announced = (head.start, head.end)
        shown = masked_text(found.text, found.statements)
        error.span, error.message = (head.start, head.end), f"{macro.name} is {shown}: {error.message}"
        raise error
    into.expansion = found
    if into.weight > MOST:
        raise UsageError(f"{macro.name} comes to more than {MOST} commands", span=(head.start, head.end))


def with_macro(vocabulary: Vocabulary, macro: Macro) -> Vocabulary:
    """The same, knowing one more."""
    others = tuple(known for known in vocabulary.macros if known.name != macro.name)
    return replace(vocabulary, macros=(*others, macro))


def free_name(name: str) -> str:
    """A name that a line can be given; raises ``InvalidValue``."""
    checked_name(name)
    taken = find_verb([name]) is not None or bool(parts_of(name))
    if taken or any(protocol.command(name) for protocol in catalogue.protocols()):
        raise InvalidValue(
            f"{name} is a command already",
            field="name",
            rule="a name that nothing has",
            hint="call it otherwise",
        )
    return name


def without_secret(text: str, parsed: Parsed) -> None:
    """Raise ``UsageError`` where a line that is to be kept holds a secret, or may hold one."""
    if masked_text(text, parsed.statements) != text:
        raise UsageError(
            "a line that holds a password, or may hold one, is not kept",
            hint=f"leave it out to be asked for it, or write {PREFIX}NAME in its place",
        )
