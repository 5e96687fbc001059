"""How well a corpus is told apart: a confusion table, and what each kind of evidence was worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.identification.corpus import Situation
from tests.identification.hosts import survey
from unitbench import catalogue
from unitbench.lab.identification.judging import CLUES, evidence_of
from unitbench.lab.identification.model import PERHAPS, Hypothesis, word
from unitbench.lab.identification.scoring import identified

NONE = "none of ours"


@dataclass(frozen=True)
class Judged:
    """A situation and what became of it."""

    situation: Situation
    best: Hypothesis | None

    @property
    def taken_for(self) -> str:
        """The protocol that it is taken for, if any is likelier than not."""
        return self.best.protocol if self.best and self.best.score >= PERHAPS else NONE

    @property
    def score(self) -> float:
        """How sure that is."""
        return self.best.score if self.best else 0.0


def judged(corpus: Iterable[Situation]) -> list[Judged]:
    """Every situation looked at."""
    return [Judged(item, next(iter(identified(survey(item.host))), None)) for item in corpus]


def confusion(found: Iterable[Judged]) -> str:
    """Truth by row, what it was taken for by column, and how sure."""
    columns = [*catalogue.NAMES, NONE]
    counts: dict[str, Counter[str]] = {}
    words: dict[str, Counter[str]] = {}
    for item in found:
        truth = item.situation.truth or NONE
        counts.setdefault(truth, Counter())[item.taken_for] += 1
        words.setdefault(truth, Counter())[word(item.score)] += 1
    lines = ["truth".ljust(14) + "".join(name.rjust(14) for name in columns) + "   how sure"]
    for truth in (*catalogue.NAMES, NONE):
        row = "".join(str(counts[truth][name] or "-").rjust(14) for name in columns)
        sure = ", ".join(f"{count} {name}" for name, count in words[truth].most_common())
        lines.append(truth.ljust(14) + row + f"   {sure}")
    return "\n".join(lines)


def worth(corpus: Iterable[Situation], prior: float = 20.0) -> dict[str, tuple[float, int]]:
    """How often each clue that speaks for a protocol was right, its weight in the catalogue standing for ``prior``
    situations; and in how many it was seen. Those that are scaled by the question have its weight."""
    right, seen = Counter[str](), Counter[str]()
    for item in corpus:
        rows = [row for look in survey(item.host) for row in evidence_of(look)]
        for protocol, name in {(row.protocol, row.clue) for row in rows}:
            seen[name] += 1
            right[name] += protocol == item.truth
    return {
        name: ((right[name] + prior * clue.weight) / (seen[name] + prior), seen[name])
        for name, clue in CLUES.items()
        if clue.weight > 0 and not clue.scaled
    }
