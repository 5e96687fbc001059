"""What can stand in and behind the body of a verb, as it is completed: conditions, names of lines, their variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.line.bodies import MARKS
from unitbench.line.fills import words_of
from unitbench.line.matching import Offer
from unitbench.line.parse import known_command
from unitbench.line.variables import LAST
from unitbench.line.vocabulary import Macro, Vocabulary
from unitbench.line.words import Word
from unitbench.schema import text
from unitbench.schema.records import Field
from unitbench.schema.verbs import Kind, Verb


def macro_heads(vocabulary: Vocabulary) -> Iterator[Offer]:
    """The names that stand for lines."""
    return (Offer(macro.name, _about(macro)) for macro in vocabulary.macros)


def _about(macro: Macro) -> str:
    return f"{'alias of' if macro.alias else 'saved:'} {macro.text}"[:200]


def of_macro(macro: Macro, words: Sequence[Word]) -> Iterator[Offer]:
    """The variables of a saved request that were not given yet."""
    given = {word.text.partition("=")[0] for word in words}
    for name, default in macro.parameters:
        if name not in given:
            yield Offer(f"{name}=", "must be given" if default is None else f"else {default}")


def split(verb: Verb, words: Sequence[Word], cursor: int) -> tuple[list[Word], list[Word] | None, str]:
    """The words of a body, those behind it where it has ended before the cursor, and the word that ends it."""
    tail = next((arg for arg in verb.args if arg.kind in MARKS), None)
    mark = MARKS[tail.kind] if tail else ""
    if words and words[0].quoted and not words[0].open_quote and cursor > words[0].end:
        rest = list(words[1:])
        return [words[0]], rest[1:] if rest and rest[0].text == mark else rest, mark
    ends = [n for n, word in enumerate(words) if n and mark and word.text == mark and word.end < cursor]
    if ends:
        return list(words[: ends[-1]]), list(words[ends[-1] + 1 :]), mark
    return list(words), None, mark


def behind(verb: Verb, body: Sequence[Word], vocabulary: Vocabulary) -> Iterator[Offer]:
    """What stands behind a body: fields of the replies to its command."""
    tail = next((arg for arg in verb.args if arg.kind is Kind.CONDITION), None)
    if tail is not None:
        yield from (Offer(word.text, word.meaning) for word in tail.words)
        yield from conditions(body, vocabulary)


def conditions(body: Sequence[Word], vocabulary: Vocabulary) -> Iterator[Offer]:
    """Fields of the replies to a command; without one, of the last reply."""
    if not body:
        for name, value in vocabulary.values:
            if name.startswith(f"{LAST}."):
                yield Offer(f"{name.partition('.')[2]}=", f"it is {value}")
        return
    for field in _replied(body):
        yield Offer(f"{field.name.lower()}=", f"{field.about}: {text.rule(field.type)}")
        for offer in words_of(field.type, ""):
            yield Offer(f"{field.name.lower()}={offer.text}", offer.meaning)


def _replied(body: Sequence[Word]) -> Iterator[Field]:
    """The fields of what answers the command that a body is."""
    words = [word for word in body if not word.text.startswith("@")]
    if words and words[0].quoted:
        words = [Word(part, 0, len(part)) for part in words[0].text.split()]
    try:
        known = known_command(words) if words else None
    except UsageError:
        return
    if known is None:
        return
    protocol, command, _ = known
    seen: set[str] = set()
    for report in catalogue.protocol(protocol.name).reports:
        if report.name in command.reply:
            for field in report.fields:
                if field.name not in seen and field.typed:
                    seen.add(field.name)
                    yield field
