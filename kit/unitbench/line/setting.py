"""What can be set on a unit by name, as it is completed: its fields, then their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench import catalogue
from unitbench.line.fills import words_of
from unitbench.line.matching import Offer, Place
from unitbench.line.places import value_place
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import Word
from unitbench.schema import text
from unitbench.schema.records import Field
from unitbench.schema.settable import names
from unitbench.schema.values import Tagged


def settings_behind(
    line: str, before: Sequence[Word], here: Word | None, cursor: int, place: Place, vocabulary: Vocabulary
) -> tuple[Place, list[Offer]]:
    """Fields of the unit that is named, or in use, which were not given yet; or the values of one."""
    named = before[0].text if before and "=" not in before[0].text else vocabulary.current
    unit = vocabulary.unit(named)
    protocol = unit.protocol if unit else named.partition("://")[0].partition("+")[0]
    if protocol not in catalogue.names():
        return place, []
    fields = names(catalogue.protocol(protocol))
    begun, equals, _ = here.text.partition("=") if here else ("", "", "")
    found = next((field for name, field in fields.items() if name.casefold() == begun.casefold()), None)
    if here is not None and equals and found is not None and cursor > here.start + len(begun):
        at = value_place(line, here.start + len(begun) + 1, here.end, cursor)
        kind = found.type.rows[0].type if isinstance(found.type, Tagged) else found.type
        return at, [*words_of(kind, at.typed), *(Offer(word.text, word.meaning) for word in found.usual)]
    given = {word.text.partition("=")[0].casefold() for word in before}
    return place, list(_fields(fields, given))


def _fields(fields: dict[str, Field], given: set[str]) -> Iterator[Offer]:
    for name, field in fields.items():
        if name.casefold() not in given:
            yield Offer(f"{name}=", f"{field.about}: {text.rule(field.type)}")
