"""One request from policy to exchange: weighed, sent on its link, explained, put on the stream."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import Reserved, TransportError, UsageError, Withheld
from unitbench.line.learned import wary
from unitbench.line.meant import able, mac_of, selected
from unitbench.link import Result
from unitbench.schema.address import UnitAddress, split_address
from unitbench.schema.printable import MASK, masked, printable
from unitbench.schema.records import Command, Effect, Request
from unitbench.schema.values import Mac
from unitbench.session.answerers import Answerers
from unitbench.session.bus import Bus
from unitbench.session.doubts import Doubts
from unitbench.session.exchanges import blamed, problem_of, problem_of_error, reply_of, request_spans, told
from unitbench.session.goal import Goal, Weigh, as_told
from unitbench.session.holds import Holds
from unitbench.session.invented import Begun, invented_in
from unitbench.session.links import Links
from unitbench.session.logins import Logins
from unitbench.session.model import Exchange, Problem, Reply, Unit
from unitbench.session.operations import Ask, Raw
from unitbench.session.places import Places
from unitbench.session.policy import Policy, Reach
from unitbench.session.reasons.knowing import Knowing
from unitbench.session.registry import Registry, mac_in
from unitbench.session.reserving import Reservations
from unitbench.session.slots import Slots
from unitbench.session.writing import Writing
from unitbench.transport.base import Stamp
from unitbench.wire import codec_of
from unitbench.wire.host import Heard

MOST_LEARNED = 256
"""So many commands of a unit's own list are kept: completion must stay quick and readable."""
UNSENT = "nothing was sent; look whether the unit is reached again, then send it again"
CONNECTED = ("tcp", "serial")
"""The carriers whose links are shown as open: they are held, others may not have them."""


class Asking:
    """Performs requests for a session; ``session`` is its name."""

    def __init__(
        self,
        session: str,
        bus: Bus,
        registry: Registry,
        places: Places,
        links: Links,
        slots: Slots,
        policy: Policy,
        logins: Logins,
        holds: Holds,
        doubts: Doubts,
        reservations: Reservations,
    ) -> None:
        self._reservations = reservations
        self.doubts = doubts
        self._places = places
        self._slots = slots
        self._holds = holds
        self._session = session
        self._bus = bus
        self._registry = registry
        self._links = links
        self._policy = policy
        self._logins = logins
        self._answerers = Answerers(bus, registry)
        self._knowing = Knowing(bus, registry.get)
        self.begun = Begun()
        self.weighed: Weigh = as_told
        """Looks what a request would do to the link that it goes over; gives its effect."""
        self.count = 0
        """The number of the last exchange."""
        self.block_broadcast = ""

    async def ask(
        self, wanted: Ask, origin: str, *, granted: bool = False, effect: Effect | None = None
    ) -> Exchange:
        """Perform one request; raises ``UsageError`` for what cannot be meant.

        ``granted``: the policy has let it pass already, as a part of something. ``effect`` is what it does, where
        that is known better than from the catalogue.
        """
        protocol = catalogue.protocol(wanted.protocol)
        known = protocol.command(wanted.command)
        if known is None and protocol.learned is None:
            raise UsageError(f"{wanted.protocol} has no command {wanted.command}")
        goal = self.goal(wanted.protocol, wanted.unit or self._meant(wanted, known), wanted.everyone)
        name = known.name if known else wanted.command
        learned = known is None and goal.unit is not None and name in goal.unit.commands
        to = goal.where.unit_id
        then = tuple(Request(wanted.protocol, more, tuple(v.items()), to) for more, v in wanted.then)
        request = Request(wanted.protocol, name, tuple(wanted.values.items()), to, learned, then)
        command = protocol.of(request)
        if command is None:
            teacher = next((item.name for item in protocol.commands if item.teaches), "")
            raise UsageError(
                f"{wanted.protocol} has no command {printable(name, 40)}, and {goal.name} has not named it",
                hint=f"{teacher} lists the commands of a unit",
            )
        mac = _lacks_mac(request, command)
        if mac:
            if goal.unit is None:
                raise UsageError(f"{command.name} needs {mac}: no single unit is meant")
            unit, failed = await self._known_mac(goal.unit, origin, wanted.timeout_s)
            if failed is not None:
                return self._without_mac(goal, command, failed, origin)
            request = request.having(**{mac: unit.mac})
        if goal.unit is not None:
            unit, where = self._answerers.way(goal.unit, goal.where, request, command)
            if where != goal.where:
                # An address that several claim does not prove which of them is simulated, unless nobody else can be
                # there.
                simulated = unit.simulated and where.host.startswith("127.")
                goal = Goal(unit.name, where, Reach((unit.name,), simulated, address=unit.address), unit)
        data = codec_of(wanted.protocol).encode(request)
        text = codec_of(wanted.protocol).spelling(request)
        if learned:
            command = wary(command)
            text = f"{name} {MASK}" if command.secret and request.values else text
        effect = effect or await self.weighed(
            goal, request, _strongest(request, command), wanted.always, origin
        )
        draft = self._draft(goal, wanted.protocol, text, data, effect.value, origin, request)
        try:
            self._policy.check_service(self._places.service(goal.where), goal.name)
            self._policy.check_source(command.source, goal.reach)
            self._reservations.check(_writing(draft, goal))
            if not granted:
                self._policy.check(
                    effect, self._whole_reach(goal, wanted), wanted.allow, always=wanted.always
                )
            _check_answer(wanted, effect)
        except Withheld as error:
            return self._kept_back(draft, error, asks=wanted.asks)
        return await self._send(draft, goal, request, command, wanted.timeout_s)

    async def raw(self, wanted: Raw, origin: str) -> Exchange:
        """Send bytes as they are; what they may do is not known, so the policy takes them as disrupting."""
        named = "://" in wanted.unit
        protocol = (split_address(wanted.unit) if named else self._registry.find(wanted.unit)).protocol
        goal = self.goal(protocol, wanted.unit, False)
        secrets = self.begun.secrets(goal.where, wanted.data)
        draft = self._draft(
            goal, protocol, "raw", wanted.data, Effect.DISRUPTS.value, origin, spans=secrets.spans
        )
        draft = replace(draft, command=f"raw {draft.request.hex(' ')}")
        for word in secrets.words:
            self._logins.remember(goal.where, word)
        try:
            self._policy.check_service(self._places.service(goal.where), goal.name)
            invented = invented_in(self.begun.with_tail(goal.where, wanted.data))
            if invented is not None:
                self._policy.check_source(invented.source, goal.reach)
            self._reservations.check(_writing(draft, goal, raw=True))
            self._policy.check(Effect.DISRUPTS, goal.reach, wanted.allow, always=wanted.always)
            _check_answer(wanted, Effect.DISRUPTS)
        except Withheld as error:
            return self._kept_back(draft, error, asks=wanted.asks)
        self.begun.sent(goal.where, wanted.data)
        return await self._send(draft, goal, wanted.data, None, wanted.timeout_s)

    def goal(self, protocol: str, name: str, everyone: bool) -> Goal:
        """Whom a request reaches."""
        if everyone:
            return self._everyone(protocol)
        if "://" in name:
            where = self._registry.address(name)
            if where.broadcast:
                return self._broadcast(where)
            beside = self._registry.beside(where)
            if beside is not None:
                reach = Reach((beside.name,), self._registry.is_simulated(where), address=name)
                return Goal(beside.name, where, reach, beside)
        unit = self._registry.fresh(self._registry.find(name, protocol))
        return Goal(unit.name, self._registry.address(unit), Reach.one(unit), unit)

    def _meant(self, wanted: Ask, command: Command | None) -> str:
        """The unit of a request that names none: that of the MAC in it, else the first that takes the command."""
        units = able(self._registry.units, wanted.protocol, wanted.command)
        unit = selected(units, mac_of(command, wanted.values)) or next(iter(units), None)
        return unit.name if unit else ""

    def _everyone(self, protocol: str) -> Goal:
        if not self.block_broadcast:
            raise UsageError(
                "which network @all means is not known in a session without simulated units",
                hint=f"name the broadcast address: @{protocol}://192.168.1.255 COMMAND",
            )
        return self._broadcast(self._registry.address(f"{protocol}+udp://{self.block_broadcast}"))

    def _broadcast(self, where: UnitAddress) -> Goal:
        simulated = self._registry.is_simulated(where)
        names = tuple(unit.name for unit in self._registry.within(where))
        record = catalogue.protocol(where.protocol)
        return Goal(where.spelling(record), where, Reach(names, simulated, many=True), None)

    def _whole_reach(self, goal: Goal, wanted: Ask) -> Reach:
        """Whom the statement reaches that this request belongs to."""
        units = [self._registry.find(name) for name in wanted.among]
        if len(units) < 2:
            return goal.reach
        simulated = all([self._registry.fresh(unit).simulated for unit in units])
        return Reach(tuple(unit.name for unit in units), simulated, many=True)

    async def _known_mac(
        self, unit: Unit, origin: str, timeout_s: float | None
    ) -> tuple[Unit, Exchange | None]:
        """A unit with its MAC, asked for where it is not known; and the exchange where that failed."""
        if unit.mac:
            return unit, None
        probe = next(c for c in catalogue.protocol(unit.protocol).commands if c.broadcast and c.probe)
        found = await self.ask(Ask(unit.protocol, probe.name, {}, unit.name, timeout_s=timeout_s), origin)
        mac = mac_in(found.fields)
        if not mac:
            return unit, found
        return self._registry.update(unit.name, mac=mac) or replace(unit, mac=mac), None

    def _without_mac(self, goal: Goal, command: Command, failed: Exchange, origin: str) -> Exchange:
        """The exchange of a request that could not be made up: what kept it is why."""
        draft = self._draft(goal, failed.protocol, command.name, b"", command.effect.value, origin)
        why = failed.error or Problem("NoReply", f"no MAC is in the answer of {goal.name}")
        why = replace(why, meaning=f"the MAC of {goal.name} was asked for by {failed.command}: {why.meaning}")
        outcome = "silent" if failed.ok else failed.outcome
        return self._close(replace(draft, waited_s=failed.waited_s), error=why, outcome=outcome)

    def _draft(
        self,
        goal: Goal,
        protocol: str,
        text: str,
        data: bytes,
        effect: str,
        origin: str,
        request: Request | None = None,
        *,
        spans: tuple[tuple[int, int], ...] | None = None,
    ) -> Exchange:
        shown = masked(data, request_spans(codec_of(protocol), data, request) if spans is None else spans)
        self.count += 1
        return Exchange(
            self.count,
            self._session,
            origin,
            goal.name,
            goal.where.spelling(catalogue.protocol(protocol)),
            goal.reach.simulated,
            protocol,
            text,
            shown,
            codec_of(protocol).text(shown),
            "silent",
            effect=effect,
        )

    async def _send(
        self,
        draft: Exchange,
        goal: Goal,
        request: Request | bytes,
        command: Command | None,
        timeout_s: float | None,
    ) -> Exchange:
        protocol = catalogue.protocol(draft.protocol)
        window_s = timeout_s if timeout_s is not None else command.answer_s if command else 1.0
        if doubtful := await self.doubts.before(goal.where, draft.effect):
            text = f"{draft.command} was not sent to {goal.name}: {doubtful}"
            return self._close(draft, error=Problem("LinkLost", text, UNSENT), outcome="closed")
        if isinstance(request, Request):
            self.begun.over(goal.where)
            self._logins.asked(goal.where, request, command)
            for member in request.then:
                self._logins.asked(goal.where, member, protocol.of(member))
        ours = self._slots.proven(goal.where)
        try:
            link = await self._links.to(goal.where, timeout_s)
            self._show_link(goal, "open")
            writing = _writing(draft, goal, raw=command is None)
            with self._reservations.queued(writing, lambda: self._links.target(goal.where)) as turn:
                result = await link.ask(
                    request,
                    window_s=window_s,
                    collect=goal.unit is None,
                    kept_back=lambda: turn() or self.doubts.why(goal.where, draft.effect),
                )
        except Reserved as error:
            return self._close(draft, error=problem_of_error(error), outcome="withheld")
        except TransportError as error:
            why = problem_of_error(error)
            if not ours:
                why = self._slots.explained(goal.where, goal.name, why)
            return self._close(draft, error=why, outcome="closed")
        except asyncio.CancelledError:
            stopped = Problem(
                "Cancelled", "the wait was stopped", "an answer that still comes is not shown as this one's"
            )
            self._close(draft, error=stopped, outcome="silent")
            raise
        secrets = self._logins.secrets(goal.where)
        result = told(result, codec_of(draft.protocol), secrets)
        answers = result.answers
        for heard in answers:
            self._answerers.note(heard, goal.where)
        if goal.unit is None and isinstance(request, Request):
            answers = self._answerers.once(answers, goal.where)
        replies = tuple(self._reply(heard, draft, goal, result) for heard in answers)
        done = replace(
            draft,
            replies=replies,
            t_ns=result.sent.wall_ns if result.sent else 0,
            rtt_s=replies[0].rtt_s if replies else None,
            stamp=_stamp(result),
            waited_s=window_s,
            partial=result.partial,
        )
        self._slots.used(goal.where, answered=bool(result.answers))
        if result.answers:
            self.doubts.answered(goal.where)
        if command is not None and goal.unit is not None and isinstance(request, Request):
            self._holds.answered(goal.where, goal.unit.name, request, command, result.outcome)
            self._learn(goal.unit, command, result)
            for member, reply in zip(request.members, replies, strict=False):
                asked = protocol.of(member) or command
                self._logins.answered(goal.where, goal.unit.name, asked, reply.fields, reply.status)
        problem = problem_of(result, blamed(request, command, protocol, result), protocol, window_s)
        if problem is not None and result.outcome == "closed" and not (ours or result.partial):
            problem = self._slots.explained(goal.where, goal.name, problem)
        return self._close(done, error=problem, outcome=result.outcome)

    def _learn(self, unit: Unit, command: Command, result: Result) -> None:
        """The unit's own list of commands was read: keep those that the catalogue does not have."""
        if not command.teaches or result.outcome != "ok":
            return
        listed = str(result.answers[0].dissection.values.get(command.teaches, ""))
        protocol = catalogue.protocol(unit.protocol)
        names = [name for name in listed.split(",") if name and protocol.command(name) is None]
        if listed:
            self._registry.update(unit.name, commands=tuple(names[:MOST_LEARNED]))

    def _reply(self, heard: Heard, draft: Exchange, goal: Goal, result: Result) -> Reply:
        name = self._answerers.name(heard, goal.where, goal.unit)
        secrets = self._logins.secrets(goal.where)
        return reply_of(heard, codec_of(draft.protocol), result.sent, name, secrets)

    def _show_link(self, goal: Goal, state: str) -> None:
        if goal.unit is not None and goal.where.carrier in CONNECTED:
            self._registry.update(goal.unit.name, link=state)

    def _kept_back(self, draft: Exchange, error: Withheld, *, asks: bool) -> Exchange:
        """A withheld request; one that a person is asked about first gets a number, and is told, by the answer."""
        held, why = replace(draft, allow_with=error.allow_with), problem_of_error(error)
        if asks and error.allow_with:
            self.count -= 1
            return replace(held, id=0, outcome="withheld", error=why)
        return self._close(held, error=why, outcome="withheld")

    def _close(self, draft: Exchange, *, error: Problem | None, outcome: str) -> Exchange:
        done = replace(draft, outcome=outcome, error=self._knowing.explained(draft, outcome, error))
        self._bus.emit("exchange", draft.origin, exchange=done)
        return done


def _check_answer(wanted: Ask | Raw, effect: Effect) -> None:
    """Raise ``Withheld`` for what a person has said no to, whatever the policy lets pass by now."""
    if wanted.declined:
        raise Withheld("it was asked about, and not allowed", effect=effect.value)


def _strongest(request: Request, command: Command) -> Effect:
    """The effect of a message: the strongest of its commands."""
    if not request.then:
        return command.effect_of(request.fields)
    protocol = catalogue.protocol(request.protocol)
    effects = [found.effect_of(m.fields) for m in request.members if (found := protocol.of(m))]
    return max(effects, key=list(Effect).index)


def _writing(draft: Exchange, goal: Goal, *, raw: bool = False) -> Writing:
    """What a request would do, to whom, as far as it matters to those that have reserved a unit."""
    return Writing(draft.origin, Effect(draft.effect), goal.reach.names, goal.where, raw)


def _lacks_mac(request: Request, command: Command) -> str:
    """The name of the required MAC that was left out: that of the unit is then meant."""
    fields = (f for f in command.args if isinstance(f.type, Mac) and not f.optional)
    return next((field.name for field in fields if field.name not in request.fields), "")


def _stamp(result: Result) -> str:
    stamp = result.answers[0].stamp if result.answers else result.sent
    return stamp.source if isinstance(stamp, Stamp) else "user"
