"""What could stand at the cursor: candidates with their meaning and effect. Pure text, total, never waits.

The whole line counts: a candidate replaces the word, or the item of a list, that the cursor touches, and what stands
behind it decides what is still wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain as joined

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.line.chain import chained
from unitbench.line.fills import fills
from unitbench.line.heads import addressed_heads, effect_of, learned_heads, targets, verb_heads, wire_heads
from unitbench.line.matching import BEGINS, Offer, Place, ranked
from unitbench.line.ours import find_verb, parts_of
from unitbench.line.own import Found, behind_verb
from unitbench.line.parse import LOOSE_HEX, known_command, subtypes
from unitbench.line.places import touched, word_place
from unitbench.line.tails import macro_heads, of_macro
from unitbench.line.vocabulary import Macro, UnitName, Vocabulary
from unitbench.line.words import RawStatement, Word, statements
from unitbench.schema.record import record, replace
from unitbench.schema.records import Protocol

KEPT = 64
"""How many answers are remembered: menu, toolbar and Tab ask for the same."""


@record
class Suggestion:
    """A candidate: it replaces the line from ``start`` to ``end``. ``effect`` is a word or empty; ``how`` says how it
    fits what is typed, the better the less (see ``matching``)."""

    text: str
    start: int
    end: int
    meaning: str = ""
    effect: str = ""
    how: int = BEGINS


@record
class Suggestions:
    """The candidates, best first. ``path``: what is typed there may be the name of a file as well."""

    items: tuple[Suggestion, ...]
    path: Place | None = None


def suggest(line: str, cursor: int, vocabulary: Vocabulary) -> tuple[Suggestion, ...]:
    """The candidates at ``cursor``, best first."""
    return suggestions(line, cursor, vocabulary).items


@lru_cache(maxsize=KEPT)
def suggestions(line: str, cursor: int, vocabulary: Vocabulary) -> Suggestions:
    """The candidates at ``cursor``, and whether a file may be meant."""
    cursor = max(0, min(cursor, len(line)))
    raw = next(item for item in reversed(statements(line)) if item.start <= cursor)
    if raw.comment and cursor > raw.comment[0]:
        return Suggestions(())
    place, offers, file = _Reader(line, cursor, vocabulary).statement(raw)
    return Suggestions(tuple(fitting(place, offers)), place if file else None)


def fitting(place: Place, offers: Iterable[Offer]) -> Iterator[Suggestion]:
    """Offers as candidates for a place, those that fit what is typed, best first."""
    for how, offer in ranked(place.typed, offers):
        yield Suggestion(offer.text, place.start, place.end, offer.meaning, offer.effect, how)


class _Reader:
    """What fits at the cursor of a line; ``line`` may be blank where it does not count."""

    def __init__(self, line: str, cursor: int, vocabulary: Vocabulary) -> None:
        self._line = line
        self._cursor = cursor
        self._vocabulary = vocabulary

    def statement(self, raw: RawStatement, *, verbs: bool = True) -> Found:
        """What fits in a statement; without ``verbs`` only wire commands and units."""
        words = list(raw.words)
        stop = raw.comment[0] if raw.comment else raw.end
        target = ""
        if words and words[0].text.startswith("@"):
            first = words.pop(0)
            target = first.text[1:]
            if first.start <= self._cursor <= first.end:
                place = word_place(self._line, first, self._cursor)
                begun = place.typed.startswith("@")
                return (
                    place,
                    targets(place.typed, self._vocabulary) if begun else self._heads("", verbs),
                    False,
                )
        found = chained(words, self._prefer(target), stop)
        if found is None:
            return self._alone(words, stop, target, verbs)
        protocol, members = found
        member = next((item for item in members if self._cursor <= item.stop), members[-1])
        before, here, _ = touched(member.words, self._cursor)
        if not before:
            place = word_place(self._line, here, self._cursor)
            return place, wire_heads(place.typed, protocol.name), False
        return self._wire(list(member.words), member.stop, "")

    def _alone(self, words: list[Word], stop: int, target: str, verbs: bool) -> Found:
        before, here, _ = touched(words, self._cursor)
        place = word_place(self._line, here, self._cursor)
        if not before:
            return place, self._begun(target, place.typed, verbs), False
        parts = parts_of(before[0].text) if len(before) == 1 and verbs else {}
        offers = [Offer(word, part.title) for word, part in parts.items()]
        found = find_verb([word.text for word in before]) if verbs else None
        macro = self._vocabulary.macro(before[0].text) if found is None and not before[0].quoted else None
        if macro is not None:
            return self._named(macro, words, stop, place, verbs)
        if found is None:
            return (place, offers, False) if offers else self._wire(words, stop, target)
        verb, used = found
        where, more, file = behind_verb(
            verb,
            self._line,
            words[used:],
            self._cursor,
            self._vocabulary,
            lambda rest, verbs: self._inside(rest, stop, verbs=verbs),
        )
        return where, [*offers, *more], file

    def _named(self, macro: Macro, words: list[Word], stop: int, place: Place, verbs: bool) -> Found:
        """What fits behind a name that stands for a line: behind an alias, what fits behind its line."""
        if not macro.alias or len(statements(macro.text)) > 1:
            return place, of_macro(macro, words[1:]), False
        others = tuple(known for known in self._vocabulary.macros if known is not macro)
        at = words[0].end
        begun = [replace(word, start=at, end=at) for word in statements(macro.text)[0].words]
        reader = _Reader(self._line, self._cursor, replace(self._vocabulary, macros=others))
        return reader.statement(RawStatement((*begun, *words[1:]), words[0].start, stop), verbs=verbs)

    def _inside(self, words: list[Word], stop: int, *, verbs: bool) -> Found:
        """A command behind a verb; one that is quoted as a whole is read as what stands in the quotes."""
        first = words[0] if words else None
        if first is not None and first.quoted and first.start < self._cursor:
            closed = not first.open_quote
            inner = " " * (first.start + 1) + self._line[first.start + 1 : first.end - closed]
            if self._cursor <= len(inner):
                part = next(item for item in reversed(statements(inner)) if item.start <= self._cursor)
                return _Reader(inner, self._cursor, self._vocabulary).statement(part, verbs=verbs)
        start = first.start if first else self._cursor
        return self.statement(RawStatement(tuple(words), start, stop), verbs=verbs)

    def _prefer(self, target: str) -> str:
        """The protocol that a target or the unit in use speaks, if that is known."""
        unit = self._unit(target)
        name = unit.protocol if unit else target.partition("://")[0].partition("+")[0]
        return name if name in catalogue.names() else ""

    def _unit(self, target: str) -> UnitName | None:
        return self._vocabulary.unit(target or self._vocabulary.current)

    def _heads(self, typed: str, verbs: bool) -> Iterator[Offer]:
        """What a statement begins with that names no unit."""
        vocabulary = self._vocabulary
        whose = (self._unit(""),) if vocabulary.current else vocabulary.units
        return joined(
            wire_heads(typed, first=self._prefer("")),
            *(learned_heads(typed, unit) for unit in whose),
            verb_heads() if verbs else (),
            macro_heads(vocabulary) if verbs else (),
            targets(typed, vocabulary),
        )

    def _begun(self, target: str, typed: str, verbs: bool) -> Iterator[Offer]:
        return self._addressed(target, typed, verbs) if target else self._heads(typed, verbs)

    def _addressed(self, target: str, typed: str, verbs: bool) -> Iterator[Offer]:
        """What can go to the unit that is named."""
        only = "" if target == "all" else self._prefer(target)
        unit = self._vocabulary.unit(target)
        return joined(wire_heads(typed, only), learned_heads(typed, unit), addressed_heads() if verbs else ())

    def _wire(self, words: list[Word], stop: int, target: str) -> Found:
        """What fits behind the first word of a wire command."""
        before, here, _ = touched(words, self._cursor)
        place = word_place(self._line, here, self._cursor)
        protocol = next(
            (p for p in catalogue.each(self._prefer(target)) if _is_type(p, before[0].text)), None
        )
        if protocol is not None and len(before) == 1:
            found = subtypes(protocol).items()
            return place, [Offer(code, item.title, effect_of(item)) for code, item in found], False
        try:
            known = known_command(before, self._prefer(target))
        except UsageError:
            known = None
        if known is None:
            return place, (), False
        protocol, command, used = known
        where, offers = fills(
            protocol, command, self._line, words[used:], stop, self._cursor, self._vocabulary
        )
        return where, offers, False


def _is_type(protocol: Protocol, head: str) -> bool:
    match = LOOSE_HEX.fullmatch(head)
    return match is not None and int(match.group(1), 16) == protocol.type_code
