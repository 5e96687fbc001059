"""A change from reading to reading back: nothing is sent that was not read, merged, weighed and, where a person is
asked, shown. Undo and restore go the same way."""

from __future__ import annotations

from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import BenchError, UsageError, Withheld
from unitbench.schema.records import Effect, Request
from unitbench.schema.settable import Wanted, meant, row_of, settables
from unitbench.schema.text import format_value
from unitbench.schema.values import Mac, Value
from unitbench.session import operations as op
from unitbench.session.asking import Asking
from unitbench.session.bus import Bus
from unitbench.session.changing import plan
from unitbench.session.changing.draft import Draft, answer, consequences, overtaken, since
from unitbench.session.changing.follow import Follower, Way
from unitbench.session.changing.kept import Kept
from unitbench.session.changing.model import Change, Snapshot, Step
from unitbench.session.changing.plan import Values
from unitbench.session.changing.snapshots import Snapshots, wanted_of
from unitbench.session.changing.writing import Writer
from unitbench.session.exchanges import problem_of_error
from unitbench.session.goal import Goal
from unitbench.session.links import Links
from unitbench.session.model import Exchange, Problem, Unit
from unitbench.session.places import Places
from unitbench.session.policy import Policy, Reach
from unitbench.session.registry import Registry
from unitbench.wire import codec_of

EFFECTS = list(Effect)


class Changing:
    """Used on the session's loop only."""

    def __init__(
        self, bus: Bus, registry: Registry, links: Links, places: Places, policy: Policy, asking: Asking
    ) -> None:
        self._asking = asking
        self._registry = registry
        self._policy = policy
        self._follower = Follower(asking, registry, links, places)
        self._kept = Kept(bus)
        self._writer = Writer(asking, registry, self._follower, self._kept)
        self._snapshots = Snapshots(asking, registry, self._follower)
        asking.weighed = self.weighed

    async def perform(self, wanted: op.Changing | op.TakeSnapshot, origin: str) -> Change | Snapshot:
        """Carry out a change, or read what could be changed; raises ``UsageError`` for what cannot be meant."""
        if isinstance(wanted, op.TakeSnapshot):
            return await self._snapshots.take(wanted, origin)
        if isinstance(wanted, op.Undo):
            return await self._undo(wanted, origin)
        if isinstance(wanted, op.Restore):
            return await self._restore(wanted, origin)
        if isinstance(wanted, op.SetFields):
            unit = self._registry.fresh(self._registry.find(wanted.unit))
            given = meant(catalogue.protocol(unit.protocol), wanted.values)
            return await self._change(unit, given, wanted, origin)
        raise UsageError(f"this session cannot perform {type(wanted).__name__}")

    async def _restore(self, wanted: op.Restore, origin: str) -> Change:
        unit = self._registry.fresh(self._registry.find(wanted.unit))
        given = self.restored(unit, wanted.snapshot)
        notes, said = [], wanted.snapshot.identity
        if said:
            who, _ = await self._follower.who(unit, origin, wanted.timeout_s)
            if who and who != said:
                notes.append(f"the snapshot is of another unit: {said}, not {who}")
        return await self._change(unit, given, wanted, origin, notes=tuple(notes))

    @staticmethod
    def restored(unit: Unit, snapshot: Snapshot) -> tuple[Wanted, ...]:
        """What a snapshot wants to be set; raises ``UsageError`` for one that does not fit the unit."""
        if snapshot.protocol != unit.protocol:
            raise UsageError(
                f"the snapshot is of a {snapshot.protocol} unit, {unit.name} speaks {unit.protocol}",
                hint="units lists what is known",
            )
        return wanted_of(snapshot)

    async def _undo(self, wanted: op.Undo, origin: str) -> Change:
        replaced = self._kept.of(wanted.number, origin)
        first = replaced[0][1]
        unit = self._registry.fresh(self._registry.find(first.unit))
        given = tuple(replace(item.wanted, values=item.before) for _, item in replaced)
        expected = [dict(item.after) for _, item in replaced]
        change = await self._change(
            unit, given, wanted, origin, expected=expected, undoes=wanted.number or first.change
        )
        if change.outcome in ("ok", "same"):
            self._kept.drop(tuple(number for number, _ in replaced))
        return change

    # -- from reading to the gate

    async def _change(
        self,
        unit: Unit,
        given: tuple[Wanted, ...],
        wanted: op.Changing,
        origin: str,
        *,
        expected: list[Values] | None = None,
        undoes: int = 0,
        notes: tuple[str, ...] = (),
    ) -> Change:
        exchanges: list[Exchange] = []
        drafts: list[Draft] = []
        change = Change(
            unit.name, unit.address, unit.protocol, unit.simulated, "", (), Effect.READ.value,
            notes=notes, undoes=undoes,
        )  # fmt: skip
        for one in given:
            exchange = await self.read(unit, one, origin, wanted.timeout_s)
            exchanges.append(exchange)
            if not exchange.ok:
                why = exchange.error or Problem("", exchange.outcome)
                why = replace(why, meaning=f"it cannot be read first ({exchange.command}): {why.meaning}")
                return replace(change, outcome=exchange.outcome, error=why, exchanges=tuple(exchanges))
            unit = self._registry.fresh(self._registry.find(unit.name))
            drafts.append(self._draft(unit, one, plan.found(unit.protocol, one, exchange)))
        active = [draft for draft in drafts if draft.step.changes]
        steps = tuple(draft.step for draft in drafts)
        effect = max((EFFECTS.index(Effect(draft.step.effect)) for draft in active), default=0)
        seen = tuple(
            (f"{draft.step.item or draft.step.command} {row.name}", row.now_text)
            for draft in drafts
            for row in draft.step.rows
        )
        change = replace(
            change, steps=steps, effect=EFFECTS[effect].value, exchanges=tuple(exchanges), seen=seen
        )
        if expected is not None and (gone := since(drafts, expected)):
            return replace(change, outcome="overtaken", error=gone)
        if not active:
            return replace(change, outcome="same")
        for draft in active:
            await self._check_idle(unit, draft, drafts, origin)
            asked = plan.question(draft.wanted, draft.now, draft.after)
            if asked is not None:
                problem = Problem("Question", asked.text, answer(asked))
                return replace(change, outcome="question", error=problem, mend=asked.mend)
        if wanted.dry:
            return replace(change, outcome="dry")
        if wanted.seen and (gone := overtaken(unit, wanted.seen, seen)):
            return replace(change, outcome="overtaken", error=gone)
        try:
            self._policy.check(EFFECTS[effect], Reach.one(unit), wanted.allow, always=wanted.always)
        except Withheld as error:
            held = [await self._withheld(unit, draft, wanted, EFFECTS[effect], origin) for draft in active]
            told = replace(problem_of_error(error), meaning=consequences(active, error.message))
            return replace(
                change,
                outcome="withheld",
                error=told,
                allow_with=error.allow_with,
                exchanges=(*exchanges, *held),
            )
        return await self._writer.write(
            change, sorted(active, key=lambda d: d.turn), origin, wanted.timeout_s
        )

    async def read(self, unit: Unit, wanted: Wanted, origin: str, timeout_s: float | None) -> Exchange:
        """Ask for what a command sets."""
        return await self._asking.ask(
            op.Ask(
                unit.protocol,
                wanted.settable.reader.name,
                plan.asked(wanted),
                unit.name,
                timeout_s=timeout_s,
            ),
            origin,
        )

    def _draft(self, unit: Unit, wanted: Wanted, now: Values) -> Draft:
        settable, after = wanted.settable, plan.merged(wanted, now)
        way = self._follower.way(unit, wanted, now, after)
        effect = Effect.DISRUPTS if way.cuts else settable.command.effect
        request = self._request(unit, wanted, after)
        reader = settable.reader
        step = Step(
            settable.command.name,
            codec_of(unit.protocol).spelling(request),
            plan.named(wanted),
            f"{reader.name} -> {reader.reply[-1]}",
            plan.rows(wanted, now, after),
            self._bytes(request),
            effect.value,
            (*plan.follows(wanted, now, after), *self._link(unit, wanted, now, way)),
        )
        return Draft(wanted, now, after, step, way)

    @staticmethod
    def _request(unit: Unit, wanted: Wanted, after: Values) -> Request:
        values = plan.sent(wanted, after)
        command = wanted.settable.command
        mac = next((f.name for f in command.args if isinstance(f.type, Mac) and not f.optional), "")
        ordered: dict[str, Value] = {mac: unit.mac} if mac else {}
        return Request(unit.protocol, command.name, tuple((ordered | values).items()))

    @staticmethod
    def _bytes(request: Request) -> bytes:
        """The bytes of a request; none while a rule is broken, which is asked for apart."""
        try:
            return codec_of(request.protocol).encode(request)
        except UsageError:
            return b""

    def _link(self, unit: Unit, wanted: Wanted, now: Values, way: Way) -> tuple[str, ...]:
        """What a change means for the link that it goes over."""
        pair = wanted.settable.command.pair
        if pair is None or not (pair.carries or pair.moves):
            return ()
        where = self._registry.address(unit)
        if not way.cuts:
            return (f"your link goes over {where.endpoint} and stays",)
        cut = f"this cuts the link you are talking through ({where.endpoint})"
        if way.to is None:
            return (cut, f"{way.why}: what comes of it cannot be read back over this link")
        if way.to == where:
            return (cut, way.why or "it is opened again there")
        others = (u for u in self._registry.of(unit.protocol) if u.name != unit.name)
        clash = next((u.name for u in others if self._registry.address(u) == way.to), "")
        warning = (f"{clash} is known at that address: two units would claim it",) if clash else ()
        return (cut, f"{unit.name} is looked for at {way.to.endpoint} then", *warning)

    async def _check_idle(self, unit: Unit, draft: Draft, drafts: list[Draft], origin: str) -> None:
        """Properties that are compared with others, or cannot be set while one has a value; raises ``UsageError``."""
        wanted = draft.wanted
        pair, settable = wanted.settable.command.pair, wanted.settable
        if pair is None or not pair.rows:
            return
        others = {d.wanted.item: d.after[pair.rows] for d in drafts if d.wanted.settable == settable}
        known: dict[int, Value] = {n: value for n, value in others.items() if n is not None}
        idle = pair.idle if pair.idle and pair.idle[0] != wanted.item else None
        for number in (*plan.needed(wanted), *(idle[:1] if idle else ())):
            if number not in known:
                other = Wanted(settable, number, ())
                exchange = await self.read(unit, other, origin, None)
                if exchange.ok:
                    known[number] = plan.found(unit.protocol, other, exchange)[pair.rows]
        plan.against(wanted, known)
        if idle is None or idle[0] not in known:
            return
        turned = next((d for d in drafts if d.wanted.item == idle[0]), None)
        holds = idle[1] in (known[idle[0]], turned.now[pair.rows] if turned else None)
        row = row_of(settable, idle[0])
        if not holds and row is not None:
            raise UsageError(
                f"{row.name} of {unit.name} is {format_value(known[idle[0]])}: nothing else can be set meanwhile",
                hint=f"set {unit.name} {row.name}={idle[1]} first",
            )

    async def _withheld(
        self, unit: Unit, draft: Draft, wanted: op.Changing, effect: Effect, origin: str
    ) -> Exchange:
        """The command that was kept back, for the journal."""
        ask = op.Ask(
            unit.protocol, draft.step.command, plan.sent(draft.wanted, draft.after), unit.name,
            allow=wanted.allow, always=wanted.always,
        )  # fmt: skip
        return await self._asking.ask(ask, origin, effect=effect)

    # -- wire commands that change the same

    async def weighed(
        self, goal: Goal, request: Request, effect: Effect, always: bool, origin: str
    ) -> Effect:
        """The effect of a wire command: one that changes the port of its own link cuts it."""
        if effect is not Effect.RECONFIGURES:
            return effect
        command = catalogue.protocol(request.protocol).command(request.command)
        pair = command.pair if command is not None else None
        unit = goal.unit
        if command is None or pair is None or pair.carries is None or unit is None or request.then:
            return effect
        if goal.reach.simulated and not always:
            return effect
        item = request.fields.get(pair.item)
        settable = next(
            found
            for found in settables(catalogue.protocol(request.protocol))
            if found.command.name == command.name
        )
        given = {
            field.name: request.fields[field.name] for field in settable.kept if field.name in request.fields
        }
        wanted = Wanted(settable, item if isinstance(item, int) else None, tuple(given.items()))
        exchange = await self.read(unit, wanted, origin, None)
        if not exchange.ok:
            return effect if exchange.outcome == "refused" else Effect.DISRUPTS
        try:
            now = plan.found(request.protocol, wanted, exchange)
        except BenchError:
            return Effect.DISRUPTS
        return Effect.DISRUPTS if self._follower.way(unit, wanted, now, now | given).cuts else effect
