"""The writes of a change, one after the other: sent, followed where the unit moves, read back, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from unitbench.errors import BenchError
from unitbench.session.asking import Asking
from unitbench.session.changing import plan
from unitbench.session.changing.draft import Draft
from unitbench.session.changing.follow import Follower
from unitbench.session.changing.kept import Kept, Replaced
from unitbench.session.changing.model import Change, Row, Step
from unitbench.session.model import Exchange, Problem
from unitbench.session.operations import Ask
from unitbench.session.registry import Registry

UNSURE = ("silent", "closed", "malformed")
"""Outcomes after which a unit may have done what was asked."""


class Writer:
    """Used on the session's loop only."""

    def __init__(self, asking: Asking, registry: Registry, follower: Follower, kept: Kept) -> None:
        self._asking = asking
        self._registry = registry
        self._follower = follower
        self._kept = kept

    async def write(
        self, change: Change, drafts: Sequence[Draft], origin: str, timeout_s: float | None
    ) -> Change:
        """Carry out what passed the gate; the first that fails ends it."""
        done: dict[int, Step] = {}
        change = replace(change, outcome="ok")
        for draft in drafts:
            number, change = await self._one(change, draft, done, origin, timeout_s)
            if change.outcome != "ok" or not number:
                break
        steps = tuple(done.get(id(step), step) for step in change.steps)
        return replace(change, steps=steps)

    async def _one(
        self, change: Change, draft: Draft, done: dict[int, Step], origin: str, timeout_s: float | None
    ) -> tuple[int, Change]:
        unit = self._registry.fresh(self._registry.find(change.unit))
        who = ""
        if draft.way.cuts:  # what came before may have moved the unit
            draft.way = self._follower.way(unit, draft.wanted, draft.now, draft.after)
        if draft.way.cuts and draft.way.to is not None:
            who, exchanges = await self._follower.who(unit, origin, timeout_s)
            change = _with(change, *exchanges)
        exchange = await self._asking.ask(
            Ask(
                unit.protocol,
                draft.step.command,
                plan.sent(draft.wanted, draft.after),
                unit.name,
                timeout_s=timeout_s,
            ),
            origin,
            granted=True,
        )
        change = _with(change, exchange)
        sent = bool(exchange.t_ns)
        step = replace(draft.step, outcome=exchange.outcome, number=exchange.id if sent else 0)
        done[id(draft.step)] = step
        if not exchange.ok and not (sent and exchange.outcome in UNSURE):
            return exchange.id, replace(change, outcome=exchange.outcome, error=exchange.error)
        first = next((s.number for s in done.values() if s.number), exchange.id)
        after = draft.after

        def keep() -> None:
            """Undo has it, even if nobody waits for the rest."""
            replaced = tuple(draft.now.items()), tuple(after.items())
            self._kept.keep(
                exchange.id, Replaced(change.unit, draft.wanted, *replaced, first, change.undoes, origin)
            )

        keep()
        if draft.way.cuts:
            change = await self._followed(change, draft, who, origin, timeout_s)
        if change.outcome == "ok" and (not draft.way.cuts or draft.way.to is not None):
            step, change, after = await self._back(change, step, draft, exchange, origin, timeout_s)
            done[id(draft.step)] = step
        elif change.outcome == "ok" and not exchange.ok:
            change = replace(change, outcome=exchange.outcome, error=exchange.error)
        keep()
        return exchange.id, change

    async def _followed(
        self, change: Change, draft: Draft, who: str, origin: str, timeout_s: float | None
    ) -> Change:
        """The link is cut: the unit is looked for where it is then."""
        unit, way = self._registry.find(change.unit), draft.way
        if way.to is None:
            return replace(change, notes=(*change.notes, f"{way.why}: it was not read back"))
        found = await self._follower.follow(unit, way.to, who, origin, timeout_s)
        change = _with(change, *found.exchanges)
        if not found.there:
            problem = Problem("Lost", found.text, found.hint)
            return replace(change, outcome="lost", error=problem)
        now = self._registry.find(change.unit)
        moved = now.address if now.address != unit.address else ""
        return replace(change, notes=(*change.notes, found.text), moved=moved, address=now.address)

    async def _back(
        self,
        change: Change,
        step: Step,
        draft: Draft,
        exchange: Exchange,
        origin: str,
        timeout_s: float | None,
    ) -> tuple[Step, Change, plan.Values]:
        """Read it again: what is there now is what counts, whatever the answer was."""
        unit = self._registry.find(change.unit)
        after = draft.after
        back = await self._asking.ask(
            Ask(
                unit.protocol,
                draft.wanted.settable.reader.name,
                plan.asked(draft.wanted),
                unit.name,
                timeout_s=timeout_s,
            ),
            origin,
        )
        change = _with(change, back)
        try:
            is_now = plan.found(unit.protocol, draft.wanted, back) if back.ok else None
        except BenchError:
            is_now = None
        if is_now is None:
            said = exchange.error or back.error
            if exchange.ok:
                note = f"{unit.name} accepted it, but it could not be read back: {back.outcome}"
                return step, replace(change, notes=(*change.notes, note)), after
            return step, replace(change, outcome=exchange.outcome, error=said), after
        differs = tuple(row for row in plan.rows(draft.wanted, is_now, after) if row.touched)
        step = replace(step, differs=differs, read_back=True)
        if not differs:
            if not exchange.ok:
                note = f"no answer came ({exchange.outcome}), but it reads back as it should be"
                change = replace(change, notes=(*change.notes, note))
            return step, change, after
        if not exchange.ok:
            return step, replace(change, outcome=exchange.outcome, error=exchange.error), is_now
        problem = Problem(
            "Differs",
            f"{unit.name} accepted it, but reads back as something else: {_differences(differs)}",
            f"undo {step.number} puts back what was there before",
        )
        return step, replace(change, outcome="differs", error=problem), is_now


def _differences(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.name} is {row.now_text}, not {row.after_text}" for row in rows)


def _with(change: Change, *exchanges: Exchange) -> Change:
    return replace(change, exchanges=(*change.exchanges, *exchanges))
