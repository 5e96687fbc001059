"""What several observations say together."""

from __future__ import annotations

from collections.abc import Iterable

from unitbench.lab.identification.judging import EVERYTHING_OPEN, evidence_of
from unitbench.lab.identification.model import Evidence, Hypothesis, Look

PORTS = ("port", "ports", "busy")
"""Kinds of evidence that a firewall which takes every connection gives, too."""


def combined(weights: Iterable[tuple[str, float]]) -> float:
    """How sure a protocol is (0..1) from kinds of evidence and their weights.

    Each kind counts once, by its strongest. Those for it are taken as independent, so that none of several being
    right is as unlikely as each of them being wrong; each one against it takes its share of what is left.
    """
    strongest: dict[str, float] = {}
    for key, weight in weights:
        if abs(weight) >= abs(strongest.get(key, 0.0)):
            strongest[key] = weight
    wrong = against = 1.0
    for weight in strongest.values():
        if weight > 0:
            wrong *= 1 - weight
        else:
            against *= 1 + weight
    return round((1 - wrong) * against, 4)


def kept(evidence: Iterable[Evidence], *, everything_open: bool) -> list[Evidence]:
    """The evidence that stands: with a firewall that takes every connection, open ports are none."""
    return [item for item in evidence if not (everything_open and item.key.partition(" ")[0] in PORTS)]


def identified(looks: Iterable[Look]) -> tuple[Hypothesis, ...]:
    """The protocols that a host may speak, the likeliest first; those for which nothing speaks are left out."""
    rows = [item for look in looks for item in evidence_of(look)]
    everything_open = any(item.key == EVERYTHING_OPEN for item in rows)
    names = dict.fromkeys(item.protocol for item in rows if item.protocol)
    ranked = []
    for protocol in names:
        told = [item for item in rows if item.protocol in (protocol, "")]
        stands = kept(told, everything_open=everything_open)
        if any(item.weight > 0 for item in stands):
            score = combined((item.key, item.weight) for item in stands if item.protocol)
            ranked.append(Hypothesis(protocol, score, tuple(told)))
    ranked.sort(key=lambda item: -item.score)
    return tuple(ranked)
