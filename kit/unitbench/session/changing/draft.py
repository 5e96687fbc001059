"""One command of a change while it is worked out, and what is said of several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unitbench.schema.settable import Wanted
from unitbench.schema.text import format_value
from unitbench.session.changing.follow import STAYS, Way
from unitbench.session.changing.model import Step
from unitbench.session.changing.plan import Question, Values
from unitbench.session.model import Problem, Unit


@dataclass(slots=True)
class Draft:
    """One command of a change while it is worked out: ``way`` is what it does to the way to its unit."""

    wanted: Wanted
    now: Values
    after: Values
    step: Step
    way: Way = STAYS

    @property
    def turn(self) -> tuple[bool, bool]:
        """What cuts the link comes last, and last of all what moves the unit."""
        pair = self.wanted.settable.command.pair
        return self.way.cuts, bool(pair and pair.moves)


def since(drafts: Sequence[Draft], expected: Sequence[Values]) -> Problem | None:
    """Why a change cannot be put back: what it set is something else by now."""
    for draft, left in zip(drafts, expected, strict=True):
        for name, value in left.items():
            now = draft.now.get(name)
            if now not in (value, draft.after.get(name)):
                where = f"{draft.step.item}: " if draft.step.item else ""
                return Problem(
                    "Overtaken",
                    f"it has been changed since: {where}{name} was {_spelt(value)} after the change, "
                    f"and is {_spelt(now)} now; nothing was sent",
                    "set shows what is there now, and changes it",
                )
    return None


def overtaken(
    unit: Unit, before: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]]
) -> Problem | None:
    """Why nothing is sent: what a person was shown is something else by now."""
    were = dict(before)
    changed = [f"{name} was {were.get(name)}, is {text}" for name, text in now if were.get(name) != text]
    if not changed:
        return None
    return Problem(
        "Overtaken",
        f"somebody else has changed {unit.name} meanwhile: {'; '.join(changed)}; nothing was sent",
        "the same line again shows it as it is now",
    )


def answer(asked: Question) -> str:
    """What a script gives that nobody can ask."""
    return "give " + " ".join(f"{name}={int(bool(value))}" for name, value in asked.mend) + " too"


def consequences(drafts: Sequence[Draft], why: str) -> str:
    """What follows from a change, and why it is asked for."""
    told = [text for draft in drafts for text in draft.step.told]
    return "; ".join(dict.fromkeys([*told, why]))


def _spelt(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex(" ")
    return format_value(value) if isinstance(value, (str, int, float, tuple)) else str(value)
