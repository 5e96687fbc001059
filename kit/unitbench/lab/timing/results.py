"""All that a timing experiment tells, in one place: every number with its interval, its grounds and its formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from unitbench.lab.statistics.shares import coverage, interval, limits, wilson
from unitbench.lab.timing import latency, losses, order, queueing, skew
from unitbench.lab.timing.limits import unknown
from unitbench.lab.timing.model import HARD, SEEN, SOFT, Quantity, Unknown, Why
from unitbench.lab.timing.rounds import Counted, Observed
from unitbench.lab.timing.spelling import ms, percent
from unitbench.session.results import Timing

SPREAD = "arrivals here; it is not skew"
WILSON = "Wilson's interval, its ends moved where few are expected so that its coverage stays near 95 %"
SHARES = {
    "loss": "rounds without an answer in time",
    "single loss": "rounds that others answered and this unit did not",
    "common loss": "rounds that nobody answered: lost near this computer, or each by itself at the same time",
}
STAMPS = "the stamps of one clock, which did not step during the round"


@dataclass(frozen=True)
class Results:
    """Of one experiment; nothing is computed before it is asked for."""

    timing: Timing

    @cached_property
    def seen(self) -> Observed:
        """The rounds that count."""
        return Observed.of(self.timing)

    @cached_property
    def queueing(self) -> queueing.Queueing:
        """The replies that waited at a switch port."""
        return queueing.recognised(self.seen.rounds)

    @cached_property
    def losses(self) -> losses.Losses:
        """What was missed, and where."""
        return losses.attributed(self.seen)

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What cannot be known from here."""
        return unknown(self.timing, self.losses)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """All numbers: by unit, of all, and of the last round; those of pairs are in ``pair``."""
        of_units = [found for unit in self.seen.units for found in self.of_unit(unit)]
        return (*of_units, *self.of_all())

    # -- by unit

    def of_unit(self, unit: str) -> Iterator[Quantity]:
        """Reply times, losses, and when the last round took effect in a unit."""
        times = self.seen.times[unit]
        stamps = f"{self.timing.stamp} stamps"
        unqueued = times
        if self.queueing.queued:
            unqueued = [
                item.by_unit[unit]
                for item in self.seen.rounds
                if unit in item.by_unit and (item.number, unit) not in self.queueing.queued
            ]
        yield latency.floor(unit, unqueued or times, len(times) - len(unqueued) if unqueued else 0)
        yield from latency.quantiles("latency", unit, times, stamps, "reply times")
        missed = self.losses.missed[unit]
        yield self._share("loss", unit, missed, self.losses.n, "answers that were missed")
        if self.losses.separable:
            yield self._share(
                "single loss",
                unit,
                self.losses.single(unit),
                self.losses.n - self.losses.common,
                "of the rounds that others answered",
            )
        yield from self._effect(unit)

    def _effect(self, unit: str) -> Iterator[Quantity]:
        last = self.last
        if last is None or unit not in last.by_unit:
            return
        rtt_s = last.by_unit[unit]
        bounds, guess = skew.effect(rtt_s), skew.effect_estimate(rtt_s)
        why = Why(
            "request ≤ effect ≤ answer; if the ways are symmetric, half of the reply time after the request",
            f"0 .. {ms(rtt_s)}; {ms(rtt_s)} / 2 = {ms(guess.value)} ± {ms(guess.error)}",
            f"for the bounds: {skew.CONDITION}; for the value: {skew.SYMMETRY}",
        )
        yield Quantity(
            "effect", unit, guess.value, bounds.low, bounds.high, 1, "s", SOFT, f"round {last.number}", why
        )

    # -- of all

    def of_all(self) -> Iterator[Quantity]:
        """The spread of the replies, the skew of the last round, order, common loss, queueing."""
        spreads = [item.greatest_s - item.least_s for item in self.seen.rounds if len(item.answers) > 1]
        if len(self.seen.units) > 1:
            yield from latency.quantiles("reply spread", "", spreads, SPREAD, "spreads of a round")
        if self.last is not None:
            yield from self._round(self.last)
        found = order.changes(self.seen)
        if found.compared:
            yield self._order(found)
        if self.losses.separable:
            yield self._common()
        if self.queueing.rate:
            yield self._queued()

    @property
    def last(self) -> Counted | None:
        """The last round that counts: what the units were set by, where the command sets something."""
        return self.seen.rounds[-1] if self.seen.rounds else None

    def _round(self, last: Counted) -> Iterator[Quantity]:
        bound = self.seen.bound(last)
        where = f"round {last.number}, the last"
        formula = "latest effect - earliest effect ≤ greatest reply time of the round"
        if bound is None:
            silent = [unit for unit in self.seen.units if unit not in last.by_unit]
            text = f"no bound: {', '.join(silent[:5])} did not answer in round {last.number}"
            yield Quantity(
                "skew bound", "", None, None, None, 1, "s", HARD, text, Why(formula, text, skew.CONDITION)
            )
            return
        slowest = last.answers[-1][1]
        put_in = f"{ms(bound)}, that of {slowest} in {where}"
        assumes = f"{skew.CONDITION}; {STAMPS}"
        yield Quantity(
            "skew bound", "", bound, 0.0, bound, 1, "s", HARD, where, Why(formula, put_in, assumes)
        )
        if len(last.answers) < 2:
            return
        quickest = last.least_s
        guess = (bound - quickest) / 2
        why = Why(
            "(greatest reply time - least reply time) / 2",
            f"({ms(bound)} - {ms(quickest)}) / 2 = {ms(guess)}",
            f"for the value: {skew.SYMMETRY}; for the bounds: {skew.CONDITION}",
        )
        yield Quantity("skew estimate", "", guess, 0.0, bound, 1, "s", SOFT, f"{where}; {skew.SYMMETRY}", why)

    def pair(self, one: str, other: str) -> Quantity | None:
        """By how much the effect of ``one`` came after that of ``other`` in the last round; None where one of them
        did not answer."""
        last = self.last
        if last is None or one not in last.by_unit or other not in last.by_unit:
            return None
        first, second = last.by_unit[one], last.by_unit[other]
        bounds, guess = skew.pair(first, second), skew.pair_estimate(first, second)
        why = Why(
            f"-reply time of {other} ≤ skew ≤ reply time of {one}; if the ways are symmetric, half of their difference",
            f"{ms(bounds.low)} .. {ms(bounds.high)}; ({ms(first)} - {ms(second)}) / 2 = {ms(guess.value)} "
            f"± {ms(guess.error)}",
            f"for the bounds: {skew.CONDITION}; for the value: {skew.SYMMETRY}",
        )
        how = f"round {last.number}, the last"
        return Quantity(
            "skew", f"{one} {other}", guess.value, bounds.low, bounds.high, 1, "s", SOFT, how, why
        )

    def _order(self, found: order.Order) -> Quantity:
        share = found.changed / found.compared
        n = found.independent
        low, high = limits(round(share * n), n)
        why = Why(
            "rounds in which the answers came in another order than in the round before / rounds compared",
            f"{found.changed} / {found.compared} = {percent(share)}",
            latency.INDEPENDENT,
            f"{WILSON}; counted as {n} comparisons, since two in a row share a round",
        )
        how = "from one round to the next; it is not skew"
        return Quantity(
            "order changed",
            "",
            share,
            min(low, share),
            max(high, share),
            found.compared,
            "share",
            SEEN,
            how,
            why,
            coverage(n, share),
        )

    def _common(self) -> Quantity:
        found = self.losses
        how = f"nobody answered; by chance {found.by_chance:.2g} rounds"
        return self._share("common loss", "", found.common, found.n, how)

    def _queued(self) -> Quantity:
        found = self.queueing
        count = len(found.queued)
        why = Why(
            "gaps between two answers that are as long as the later one takes on the line, within 10 % / all gaps",
            f"{count} / {found.gaps}, at {found.rate} Mbit/s",
            "stamps that jitter by less than a tenth of a frame; others hide queueing",
            f"of them about {found.by_chance:.1f} by chance, judged by gaps a little shorter and longer",
        )
        how = f"at a {found.rate} Mbit/s port; set aside from the floors"
        return Quantity(
            "queued replies",
            "",
            count / found.gaps,
            max(0.0, count - found.by_chance) / found.gaps,
            count / found.gaps,
            found.gaps,
            "share",
            SOFT,
            how,
            why,
        )

    @staticmethod
    def _share(name: str, of: str, count: int, n: int, how: str) -> Quantity:
        formula = f"{SHARES[name]} / rounds"
        if not n:
            return Quantity(
                name, of, None, None, None, 0, "share", SEEN, "no round counts", Why(formula, "0 / 0")
            )
        found = interval(count, n)
        plain = wilson(count, n)
        why = Why(
            formula,
            f"{count} / {n} = {percent(count / n)}",
            f"{latency.INDEPENDENT}; datagrams that this computer itself dropped count as lost",
            f"{percent(found.low)} .. {percent(found.high)}: {WILSON}; exactly {found.coverage:.2%} if {count} / {n} "
            f"is the truth. Wilson's as it is: {percent(plain[0])} .. {percent(plain[1])}",
        )
        return Quantity(
            name, of, count / n, found.low, found.high, n, "share", SEEN, how, why, found.coverage
        )


def results(timing: Timing) -> Results:
    """What an experiment tells."""
    return Results(timing)
