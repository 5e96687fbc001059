"""Replies that waited at a switch port behind others: they follow each other at the pace of the line.

That is no skew of the units. A gap between two answers which is as long as the later one takes on an Ethernet line,
within 10 %, may be such; it may also be chance. What chance alone brings is taken from the gaps a little shorter and a
little longer, and only where there are clearly more are they told to be queued.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from unitbench.lab.timing.rounds import Counted

RATES = (10, 100, 1000)
"""Of Ethernet lines, in Mbit/s."""
OVERHEAD = 46
"""Octets around a UDP payload in an Ethernet frame: MAC 14, IPv4 20, UDP 8, FCS 4."""
LEAST, APART = 64, 20
"""The shortest frame, and what is between two: preamble and gap."""
NEAR = 0.1
"""A gap that differs by less from the time of a frame may be queueing."""
ASIDE = ((0.5, 0.8), (1.2, 1.5))
"""Where chance alone is looked at, in times of a frame."""
SURE = 4.0
"""So many standard deviations more than by chance are clearly more."""
FEW = 5


@dataclass(frozen=True, slots=True)
class Queueing:
    """``rate`` is the line's in Mbit/s, 0 where no queueing was recognised; ``queued`` the answers that waited, by
    round and unit; ``by_chance`` how many of them are expected to be none; ``gaps`` how many were looked at."""

    rate: int
    queued: frozenset[tuple[int, str]]
    by_chance: float
    gaps: int


def wire_s(payload: int, rate: float) -> float:
    """How long a UDP datagram takes on a line of ``rate`` Mbit/s, in seconds."""
    return (max(LEAST, payload + OVERHEAD) + APART) * 8 / (rate * 1e6)


def recognised(rounds: Iterable[Counted]) -> Queueing:
    """The queueing in some rounds, at the rate at which there is most beyond chance."""
    # Each gap is in times of a frame at 1 Mbit/s.
    gaps: list[tuple[float, int, str]] = []
    count, longest = 0, max(end for _, end in ASIDE) / min(RATES)
    for item in rounds:
        before = -1.0
        for rtt_s, unit, size in item.answers:
            if size and before >= 0:
                octets = max(LEAST, size + OVERHEAD) + APART
                gap = (rtt_s - before) * 1e6 / (8 * octets)
                count += 1
                if gap < longest:
                    gaps.append((gap, item.number, unit))
            before = rtt_s
    best = Queueing(0, frozenset(), 0.0, count)
    excess = 0.0
    width = 2 * NEAR / sum(high - low for low, high in ASIDE)
    for rate in RATES:
        low, high = (1 - NEAR) / rate, (1 + NEAR) / rate
        near = frozenset((number, unit) for gap, number, unit in gaps if low <= gap <= high)
        aside = sum(1 for gap, _, _ in gaps if any(start <= gap * rate < end for start, end in ASIDE))
        chance = aside * width
        beyond = len(near) - chance
        if len(near) >= FEW and beyond > SURE * sqrt(chance + width) and beyond > excess:
            best, excess = Queueing(rate, near, chance, count), beyond
    return best
