"""Discovery as a job: units are asked what is harmless to ask, and heard where they announce themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import BenchError
from unitbench.lab.identification.conflicts import conflicts, remarks
from unitbench.lab.identification.judging import evidence_of
from unitbench.lab.identification.model import Hypothesis, Look, State, Way
from unitbench.lab.identification.steps import Probe, Step, about
from unitbench.link import Result
from unitbench.schema.address import SERIAL, UnitAddress
from unitbench.schema.records import Request
from unitbench.session.answerers import Answerers
from unitbench.session.asking import CONNECTED
from unitbench.session.bus import Bus
from unitbench.session.exchanges import sender_of
from unitbench.session.links import Links
from unitbench.session.model import Job, Unit
from unitbench.session.operations import Discover, FactoryAddresses, PlanDiscovery
from unitbench.session.places import Places
from unitbench.session.registry import Registry, mac_in
from unitbench.session.results import Discovery, JobResult, Sighting
from unitbench.session.running import RunningJob
from unitbench.session.scope import Scope, Sweep, scope_of
from unitbench.session.searching import emptiness
from unitbench.session.searching.model import SearchPlan
from unitbench.session.searching.pacing import Pacer
from unitbench.session.searching.planning import Plan, listing, plan_of
from unitbench.session.searching.sightings import Secrets, Sightings
from unitbench.session.searching.sweeping import Sweeping
from unitbench.session.searching.windows import unheard
from unitbench.session.vs1.announces import Announces
from unitbench.session.vs1.announces import Heard as Announced
from unitbench.transport import interfaces_list
from unitbench.transport.base import Stamp
from unitbench.wire.host import Heard

Start = Callable[..., Job]


class Search:
    """Looks for units. ``start`` begins a job; ``secrets`` is what must not be shown of an endpoint's answers;
    ``home`` are the places where to look when none is named."""

    def __init__(
        self,
        bus: Bus,
        registry: Registry,
        links: Links,
        places: Places,
        announces: Announces,
        start: Start,
        secrets: Secrets,
    ) -> None:
        self._secrets = secrets
        self._bus = bus
        self._registry = registry
        self._answerers = Answerers(bus, registry)
        self._links = links
        self._places = places
        self._announces = announces
        self._start = start
        self._pacer = Pacer(self._free)
        self.home: list[UnitAddress] = []

    def _free(self, host: str) -> bool:
        """Whether only simulated units are at a host: they have no limit."""
        units = [unit for unit in self._registry.units if self._registry.address(unit).host == host]
        return bool(units) and all(unit.simulated for unit in units)

    def only_told(self, wanted: PlanDiscovery | FactoryAddresses) -> SearchPlan | str:
        """What a discovery would do, or how units that are new are reached; nothing is sent. Raises ``UsageError``."""
        if isinstance(wanted, FactoryAddresses):
            return emptiness.factory_text(interfaces_list.interfaces())
        return self._plan(wanted.targets, wanted.ports).shown()

    def _plan(self, targets: tuple[str, ...], ports: str) -> Plan:
        if not targets and self.home:
            return plan_of(Scope(places=list(self.home)))
        return plan_of(scope_of(targets, ports, self._registry, interfaces_list.interfaces()))

    def discover(self, wanted: Discover, origin: str) -> Job:
        """Begin to look round: where it is named; else at the session's own simulated units alone, and where it has
        none on every network of this machine, by broadcast. Raises ``UsageError``, and ``Withheld`` where it would be
        wider than anybody has said that they want."""
        plan = self._plan(wanted.targets, wanted.ports)
        plan.check(wanted.allow)
        title = f"discover {' '.join(wanted.targets)}".rstrip()
        return self._start("discover", title, origin, plan.size, lambda job: self._look(job, plan, wanted))

    async def _look(self, job: RunningJob, plan: Plan, wanted: Discover) -> JobResult:
        began, before = time.monotonic(), interfaces_list.counts()
        sightings = Sightings(job, self._bus, self._registry, self._secrets)
        skipped, findings = list(plan.skipped), list[str]()

        async def one(probe: Probe) -> None:
            try:
                await job.unless_stopped(self._probe(probe, sightings, findings, wanted.timeout_s))
            except BenchError as error:
                skipped.append(f"{probe.text}: {error.message}")
            job.progress(done=job.job.done + 1)

        async def hear() -> None:
            try:
                await job.unless_stopped(self._hear(plan.heard, sightings))
            except BenchError as error:
                skipped.append(f"announces: {error.message}")
            job.progress(done=job.job.done + 1)

        async def sweep(hosts: Sweep, steps: list[Step]) -> None:
            sweeping = self._sweeping(job, hosts, plan, sightings)
            try:
                await job.unless_stopped(sweeping.run(steps))
            except BenchError as error:
                skipped.append(f"{hosts.text}: {error.message}")
            findings.extend(sweeping.findings)
            skipped.extend(dict.fromkeys(sweeping.skipped))
            job.progress(done=job.job.done + hosts.size)

        await asyncio.gather(
            *(one(probe) for probe in plan.probes),
            *([hear()] if plan.heard else []),
            *(sweep(hosts, steps) for hosts, steps in plan.sweeps),
        )
        units: dict[str, Unit] = {}
        for sighting in sightings.all:
            units[sighting.unit.name] = self._registry.get(sighting.unit.name) or sighting.unit
        places = {known.name: place for place, known in enumerate(self._registry.units)}
        ordered = sorted(units.values(), key=lambda unit: places[unit.name])
        nothing = not sightings.all and not job.stopping.is_set()
        found = Discovery(
            job.job.id,
            tuple(ordered),
            tuple(sightings.all),
            tuple(dict.fromkeys(self._sent(plan))),
            tuple(skipped),
            time.monotonic() - began,
            tuple(f"to announces of {host}" for host in self._listened(plan)),
            (*conflicts(sightings.claims), *findings),
            self._doubts(plan, before) if nothing else (),
        )
        return JobResult(discovery=found)

    @staticmethod
    def _listened(plan: Plan) -> list[str]:
        swept = {host for sweep, _ in plan.sweeps for host in sweep.hosts}
        named = [sweep.text for sweep, _ in plan.sweeps if plan.heard & set(sweep.hosts)]
        return [*sorted(plan.heard - swept), *([listing(named)] if named else [])]

    @staticmethod
    def _sent(plan: Plan) -> list[str]:
        told = [probe.text for probe in plan.probes]
        swept: dict[str, list[str]] = {}
        for line in plan.shown().lines[len(told) :]:
            port = f" at {line.port}/{line.carrier}" if line.data else ""
            swept.setdefault(f"{line.protocol} {line.what}{port}".lstrip(), []).append(line.where)
        return [*told, *(f"{what} -> {listing(where)}" for what, where in swept.items())]

    def _doubts(self, plan: Plan, before: interfaces_list.Counts) -> tuple[str, ...]:
        """Why nothing may have answered."""
        asked = [probe.where.host for probe in plan.probes if probe.where.carrier != SERIAL]
        asked += [sweep.hosts[0] for sweep, _ in plan.sweeps]
        targets = tuple(host for host in dict.fromkeys([*asked, *sorted(plan.heard)[:1]]) if _numeric(host))
        found = interfaces_list.interfaces()
        return emptiness.doubts(
            emptiness.Facts(
                found,
                targets,
                {host: interfaces_list.way_to(host) for host in targets},
                interfaces_list.neighbours(),
                {
                    item.name: interfaces_list.reverse_path_filter(item.name)
                    for item in found
                    if not item.loopback
                },
                before,
                interfaces_list.counts(),
                interfaces_list.in_container(),
            )
        )

    # -- announces

    async def _hear(self, wanted: set[str], sightings: Sightings) -> None:
        """Who announces itself becomes known without being asked."""
        began = Stamp.now()

        def found(heard: Announced) -> None:
            unit = self._announces.known(heard)
            after_s = (heard.stamp.mono_ns - began.mono_ns) / 1e9
            sightings.seen(heard.host, unit, after_s, heard.stamp.wall_ns, heard.evidence.text)
            sightings.claim(unit, heard.host, (heard.evidence,))

        await self._announces.look(wanted, found)

    # -- hosts one by one

    def _sweeping(self, job: RunningJob, wanted: Sweep, plan: Plan, sightings: Sightings) -> Sweeping:
        def found(host: str, what: Hypothesis, step: Step, port: int, after_s: float, t_ns: int) -> None:
            where = UnitAddress(what.protocol, step.carrier, host, port)
            if step.command is None:
                record = catalogue.protocol(what.protocol)
                where = self._places.of(where, next(item for item in record.services if item.main))
            unit = sightings.at(where)
            unit = sightings.known(unit, where, what.evidence)
            name = step.command.name if step.command else "connect"
            asked = f"{what.protocol} {name} -> {host}:{port}/{step.carrier}"
            sightings.seen(f"{host}:{port}", unit, after_s, t_ns, asked)
            sightings.claim(unit, host, what.evidence)

        found_here = interfaces_list.interfaces()
        ports = plan.scope.ports
        return Sweeping(wanted, ports, self._pacer, self._places, found_here, found, job.stopping)

    # -- places that were named

    async def _probe(
        self, probe: Probe, sightings: Sightings, findings: list[str], window_s: float | None
    ) -> None:
        host = probe.where.host
        if probe.where.carrier == "udp":
            await self._pacer.datagram(host)
        elif probe.where.carrier == "tcp":
            await self._pacer.connection(host)
        link = await self._links.to(probe.where)
        sent: list[Stamp] = []

        def each(heard: Heard) -> None:
            self._sight(probe, heard, sent[0] if sent else None, sightings)

        request = Request(probe.where.protocol, probe.command.name, to=probe.where.unit_id)
        sent.append(Stamp.now())
        result = await link.ask(request, window_s=window_s, collect=probe.broadcast, each=each)
        if probe.broadcast:
            findings += unheard(probe, result, probe.command.answer_s if window_s is None else window_s)
        if not result.answers and not probe.broadcast:
            self._unanswered(probe, result, sightings, findings)
        for index, sighting in enumerate(sightings.all):
            if result.sent and sighting.t_ns and sighting.asked == probe.text:
                exact = (sighting.t_ns - result.sent.wall_ns) / 1e9
                sightings.all[index] = replace(sighting, rtt_s=exact)

    @staticmethod
    def _seen(probe: Probe, data: bytes, t_ns: int, state: State = State.OPEN) -> Look:
        where = probe.where
        return Look(
            Way.ASKED,
            where.protocol,
            where.carrier,
            where.port,
            state,
            probe.command.name,
            where.unit_id,
            probe.data,
            data,
            t_ns=t_ns,
        )

    def _unanswered(self, probe: Probe, result: Result, sightings: Sightings, findings: list[str]) -> None:
        """What came instead of an answer speaks against the protocol; silence says nothing."""
        look = self._seen(probe, result.partial, time.time_ns())
        if look.data:
            findings.append(f"{probe.where.host}: {'; '.join(remarks([look]))}")
        unit = self._registry.get(probe.where.spelling(catalogue.protocol(probe.where.protocol)))
        if unit is not None and look.data:
            sightings.known(unit, probe.where, evidence_of(look))

    def _sight(self, probe: Probe, heard: Heard, sent: Stamp | None, sightings: Sightings) -> Sighting:
        """An answer becomes a unit that is known, with its evidence."""
        values = heard.dissection.values
        stamp = heard.stamp if isinstance(heard.stamp, Stamp) else Stamp.now()
        evidence = evidence_of(self._seen(probe, heard.data, stamp.wall_ns))
        if probe.where.lasting or probe.where.unit_id is not None:
            spelling = probe.where.spelling(catalogue.protocol(probe.where.protocol))
            unit = self._registry.add(spelling, evidence=tuple(item.text for item in evidence))
        else:
            unit = self._answerers.unit(heard, probe.where)
        link = "open" if probe.where.carrier in CONNECTED else unit.link
        unit = replace(unit, mac=unit.mac or mac_in(values), about=about(values) or unit.about, link=link)
        unit = sightings.known(unit, probe.where, evidence, heard.dissection.secret_spans)
        self._answerers.note(heard, probe.where)
        unit = self._registry.get(unit.name) or unit
        rtt = (stamp.wall_ns - sent.wall_ns) / 1e9 if sent else 0.0
        host = heard.peer[0] if isinstance(heard.peer, tuple) else probe.where.host
        sightings.claim(unit, str(host), evidence, values)
        return sightings.seen(sender_of(heard), unit, rtt, stamp.wall_ns, probe.text)


def _numeric(host: str) -> bool:
    return all(part.isdigit() and int(part) < 256 for part in host.split(".")) and host.count(".") == 3
