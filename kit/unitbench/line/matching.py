"""Which candidates fit what is typed, the best first: from its beginning, from the beginning of a word in it, from
anywhere in it, or with its letters in their order."""

from __future__ import annotations

from collections.abc import Iterable

from unitbench.schema.record import record

BEGINS, WORD, INSIDE, LETTERS = range(4)
"""How a candidate fits; less is better."""
LOOSE_FROM = 2
"""Letters from which those are offered too that fit only inside or by their letters: one letter is in nearly all."""


@record
class Offer:
    """A candidate: its text, its meaning, and its effect as a word or empty."""

    text: str
    meaning: str = ""
    effect: str = ""


@record
class Place:
    """What a candidate replaces: the line from ``start`` to ``end``. ``typed`` is what stands there before the cursor,
    quotes left out."""

    start: int
    end: int
    typed: str


def fit(typed: str, text: str) -> tuple[int, int] | None:
    """How well ``text`` fits, and over how many letters it is spread; None where it does not. Both are folded."""
    if text.startswith(typed):
        return BEGINS, 0
    at = first = text.find(typed)
    while at > 0:
        if not text[at - 1].isalnum():
            return WORD, 0
        at = text.find(typed, at + 1)
    if first > 0:
        return INSIDE, 0
    begin = at = text.find(typed[0])
    for letter in typed[1:]:
        if at < 0:
            return None
        at = text.find(letter, at + 1)
    return (LETTERS, at - begin) if at >= 0 else None


def ranked(typed: str, offers: Iterable[Offer]) -> list[tuple[int, Offer]]:
    """Those that fit with how they do, best first and else in their order, none twice."""
    folded = typed.casefold()
    found: list[tuple[int, int, int, Offer]] = []
    seen: set[str] = set()
    whole = False
    for index, offer in enumerate(offers):
        text = offer.text.casefold()
        how = fit(folded, text)
        if how is not None and offer.text not in seen:
            seen.add(offer.text)
            whole = whole or text == folded
            found.append((*how, index, offer))
    found.sort(key=lambda item: item[:3])
    worst = LETTERS
    if whole:
        worst = BEGINS
    elif found and len(folded) < LOOSE_FROM:
        worst = max(WORD, found[0][0])
    return [(how, offer) for how, _, _, offer in found if how <= worst]
