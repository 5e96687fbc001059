"""One request from policy to exchange: weighed, sent on its link, explained, put on the stream."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from unitbench import catalogue
from unitbench.errors import TransportError, UsageError, Withheld
from unitbench.link import Result
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import masked, printable
from unitbench.schema.records import Command, Effect, Request
from unitbench.schema.values import Mac
from unitbench.session.bus import Bus
from unitbench.session.exchanges import (
    problem_of,
    problem_of_error,
    reply_of,
    request_spans,
    told,
    without,
)
from unitbench.session.links import Links
from unitbench.session.logins import Logins
from unitbench.session.model import Exchange, Problem, Reply, Unit
from unitbench.session.operations import Ask, Raw
from unitbench.session.policy import Policy, Reach
from unitbench.session.registry import Registry, mac_in
from unitbench.transport.base import Stamp
from unitbench.wire import codec_of
from unitbench.wire.host import Heard


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a request goes: the unit's name as shown, its address, and whom it reaches."""

    name: str
    where: UnitAddress
    reach: Reach
    unit: Unit | None


class Asking:
    """Performs requests for a session; ``session`` is its name."""

    def __init__(
        self, session: str, bus: Bus, registry: Registry, links: Links, policy: Policy, logins: Logins
    ) -> None:
        self._session = session
        self._bus = bus
        self._registry = registry
        self._links = links
        self._policy = policy
        self._logins = logins
        self._count = 0
        self.block_broadcast = ""

    async def ask(self, wanted: Ask, origin: str) -> Exchange:
        """Perform one request; raises ``UsageError`` for what cannot be meant."""
        command = catalogue.protocol(wanted.protocol).command(wanted.command)
        if command is None:
            raise UsageError(f"{wanted.protocol} has no command {wanted.command}")
        goal = self.goal(wanted.protocol, wanted.unit, wanted.everyone)
        request = Request(wanted.protocol, command.name, tuple(wanted.values.items()))
        mac = _lacks_mac(request, command)
        if mac:
            if goal.unit is None:
                raise UsageError(f"{command.name} needs {mac}: no single unit is meant")
            unit, failed = await self._known_mac(goal.unit, origin, wanted.timeout_s)
            if failed is not None:
                return self._without_mac(goal, command, failed, origin)
            request = request.having(**{mac: unit.mac})
        data = codec_of(wanted.protocol).encode(request)
        text = codec_of(wanted.protocol).spelling(request)
        draft = self._draft(goal, wanted.protocol, text, data, command.effect.value, origin)
        try:
            self._policy.check_source(command.source, goal.reach)
            self._policy.check(command.effect, self._whole_reach(goal, wanted), wanted.allow)
        except Withheld as error:
            held = replace(draft, allow_with=error.allow_with)
            return self._close(held, error=problem_of_error(error), outcome="withheld")
        return await self._send(draft, goal, request, command, wanted.timeout_s)

    async def raw(self, wanted: Raw, origin: str) -> Exchange:
        """Send bytes as they are; what they may do is not known, so the policy takes them as disrupting."""
        unit = self._registry.find(wanted.unit)
        goal = self.goal(unit.protocol, unit.name, False)
        text = f"raw {wanted.data.hex(' ')}"
        draft = self._draft(goal, unit.protocol, text, wanted.data, Effect.DISRUPTS.value, origin)
        draft = replace(draft, command=f"raw {draft.request.hex(' ')}")
        for start, end in request_spans(codec_of(unit.protocol), wanted.data):
            self._logins.remember(goal.where, wanted.data[start:end].decode("latin-1"))
        try:
            self._policy.check(Effect.DISRUPTS, goal.reach, wanted.allow)
        except Withheld as error:
            held = replace(draft, allow_with=error.allow_with)
            return self._close(held, error=problem_of_error(error), outcome="withheld")
        return await self._send(draft, goal, wanted.data, None, wanted.timeout_s)

    def goal(self, protocol: str, name: str, everyone: bool) -> Goal:
        """Whom a request reaches."""
        if everyone:
            return self._everyone(protocol)
        if "://" in name:
            where = self._registry.address(name)
            if where.broadcast:
                return self._broadcast(where)
        unit = self._registry.fresh(self._registry.find(name, protocol))
        return Goal(unit.name, self._registry.address(unit), Reach.one(unit), unit)

    def _everyone(self, protocol: str) -> Goal:
        if not self.block_broadcast:
            raise UsageError(
                "which network @all means is not known in a session without simulated units",
                hint=f"name the broadcast address: @{protocol}://192.168.1.255 COMMAND",
            )
        return self._broadcast(self._registry.address(f"{protocol}://{self.block_broadcast}"))

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

    def _draft(self, goal: Goal, protocol: str, text: str, data: bytes, effect: str, origin: str) -> Exchange:
        shown = masked(data, request_spans(codec_of(protocol), data))
        self._count += 1
        return Exchange(
            self._count,
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
        if isinstance(request, Request):
            self._logins.asked(goal.where, request, command)
        try:
            link = await self._links.to(goal.where, timeout_s)
            self._show_link(goal, "open")
            result = await link.ask(request, window_s=window_s, collect=goal.unit is None)
        except TransportError as error:
            return self._close(draft, error=problem_of_error(error), outcome="closed")
        except asyncio.CancelledError:
            stopped = Problem(
                "Cancelled", "the wait was stopped", "an answer that still comes is not shown as this one's"
            )
            self._close(draft, error=stopped, outcome="silent")
            raise
        secrets = self._logins.secrets(goal.where)
        result = told(result, secrets)
        replies = tuple(self._reply(heard, draft, goal, result) for heard in result.answers)
        done = replace(
            draft,
            replies=replies,
            t_ns=result.sent.wall_ns if result.sent else 0,
            rtt_s=replies[0].rtt_s if replies else None,
            stamp=_stamp(result),
            waited_s=window_s,
            partial=result.partial,
        )
        if command is not None and goal.unit is not None:
            self._logins.answered(goal.where, goal.unit.name, command, done.fields, result.outcome)
        problem = problem_of(result, command, protocol, window_s)
        if problem is not None:
            cut = result.outcome != "refused"
            problem = replace(problem, meaning=without(problem.meaning, secrets, cut=cut))
        return self._close(done, error=problem, outcome=result.outcome)

    def _reply(self, heard: Heard, draft: Exchange, goal: Goal, result: Result) -> Reply:
        name = goal.unit.name if goal.unit else self._sender(heard, goal)
        secrets = self._logins.secrets(goal.where)
        return reply_of(heard, codec_of(draft.protocol), result.sent, name, secrets)

    def _sender(self, heard: Heard, goal: Goal) -> str:
        """The name of the unit that answered a broadcast; its address where it is not known."""
        host, port = heard.peer if isinstance(heard.peer, tuple) else ("", 0)
        mac = mac_in(heard.dissection.values)
        unit = self._registry.seen(goal.where.protocol, str(host), int(port), mac)
        return unit.name if self._registry.get(unit.name) == unit else printable(f"{host}:{port}")

    def _show_link(self, goal: Goal, state: str) -> None:
        if goal.unit is not None and goal.where.carrier == "tcp":
            self._registry.update(goal.unit.name, link=state)

    def _close(self, draft: Exchange, *, error: Problem | None, outcome: str) -> Exchange:
        done = replace(draft, outcome=outcome, error=error)
        self._bus.emit("exchange", draft.origin, exchange=done)
        return done


def _lacks_mac(request: Request, command: Command) -> str:
    """The name of the required MAC that was left out: that of the unit is then meant."""
    fields = (f for f in command.args if isinstance(f.type, Mac) and not f.optional)
    return next((field.name for field in fields if field.name not in request.fields), "")


def _stamp(result: Result) -> str:
    stamp = result.answers[0].stamp if result.answers else result.sent
    return stamp.source if isinstance(stamp, Stamp) else "user"
