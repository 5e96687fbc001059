"""Discovery as a job: units are asked what is harmless to ask, and heard where they announce themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import BenchError, UsageError
from unitbench.lab.discovery import Probe, about, announced_at, judge, probe_for
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Request
from unitbench.session.answerers import Answerers
from unitbench.session.asking import CONNECTED
from unitbench.session.bus import Bus
from unitbench.session.exchanges import hidden, sender_of
from unitbench.session.links import Links
from unitbench.session.model import Discovery, Job, JobResult, Sighting, Unit
from unitbench.session.operations import Discover
from unitbench.session.reasons.model import BYTES_KEPT, Observation, having
from unitbench.session.registry import Registry, mac_in
from unitbench.session.running import RunningJob
from unitbench.session.vs1.announces import Announces
from unitbench.session.vs1.announces import Heard as Announced
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
        announces: Announces,
        start: Start,
        secrets: Callable[[UnitAddress], set[str]],
    ) -> None:
        self._secrets = secrets
        self._bus = bus
        self._registry = registry
        self._answerers = Answerers(bus, registry)
        self._links = links
        self._announces = announces
        self._start = start
        self.home: list[UnitAddress] = []

    def discover(self, wanted: Discover, origin: str) -> Job:
        """Begin to look round; raises ``UsageError`` where no place is named and none is known."""
        places = [self._place(target) for target in wanted.targets] or list(self.home)
        if not places:
            raise UsageError(
                "where to look is not said, and this session has no simulated units",
                hint="name it: discover kramer://192.168.1.39, discover qstation://192.168.1.255",
            )
        told = [where for where in places if announced_at(catalogue.protocol(where.protocol))]
        probes = [probe_for(where) for where in places if where not in told]
        heard = {where.host for where in told}
        title = f"discover {' '.join(wanted.targets)}".rstrip()
        count = len(probes) + bool(heard)
        return self._start("discover", title, origin, count, lambda job: self._look(job, probes, heard))

    def _place(self, target: str) -> UnitAddress:
        if "://" not in target and self._registry.get(target) is None:
            known = ", ".join(unit.name for unit in self._registry.units)
            raise UsageError(
                f"'{target}' is no place to look at",
                hint=f"a unit's name ({known or 'none known yet'}) or an address such as qstation://192.168.1.255",
            )
        unit = self._registry.get(target)
        return self._registry.address(unit or target)

    async def _look(self, job: RunningJob, probes: list[Probe], heard: set[str]) -> JobResult:
        began = time.monotonic()
        sightings: list[Sighting] = []
        skipped: list[str] = []

        async def one(probe: Probe) -> None:
            try:
                await job.unless_stopped(self._probe(job, probe, sightings))
            except BenchError as error:
                skipped.append(f"{probe.text}: {error.message}")
            job.progress(done=job.job.done + 1)

        async def hear() -> None:
            try:
                await job.unless_stopped(self._hear(job, heard, sightings))
            except BenchError as error:
                skipped.append(f"announces: {error.message}")
            job.progress(done=job.job.done + 1)

        await asyncio.gather(*(one(probe) for probe in probes), *([hear()] if heard else []))
        units: dict[str, Unit] = {}
        for sighting in sightings:
            units[sighting.unit.name] = self._registry.get(sighting.unit.name) or sighting.unit
        ordered = sorted(units.values(), key=lambda unit: _order(unit, self._registry))
        sent = tuple(probe.text for probe in probes)
        listened = tuple(f"to announces of {host}" for host in sorted(heard))
        took = time.monotonic() - began
        return JobResult(
            discovery=Discovery(
                job.job.id, tuple(ordered), tuple(sightings), sent, tuple(skipped), took, listened
            )
        )

    async def _hear(self, job: RunningJob, wanted: set[str], sightings: list[Sighting]) -> None:
        """Who announces itself becomes known without being asked."""
        began = Stamp.now()

        def found(heard: Announced) -> None:
            unit = self._announces.known(heard)
            after_s = (heard.stamp.mono_ns - began.mono_ns) / 1e9
            evidence = heard.verdict.evidence
            sighting = Sighting(job.job.id, unit, heard.host, after_s, heard.stamp.wall_ns, evidence)
            sightings.append(sighting)
            self._bus.emit("sighting", job.job.origin, sighting=sighting)

        await self._announces.look(wanted, found)

    async def _probe(self, job: RunningJob, probe: Probe, sightings: list[Sighting]) -> None:
        link = await self._links.to(probe.where)
        sent: list[Stamp] = []

        def each(heard: Heard) -> None:
            sightings.append(self._sight(job, probe, heard, sent[0] if sent else None))

        request = Request(probe.where.protocol, probe.command.name, to=probe.where.unit_id)
        sent.append(Stamp.now())
        result = await link.ask(request, collect=probe.broadcast, each=each)
        for index, sighting in enumerate(sightings):
            if result.sent and sighting.t_ns and sighting.asked == probe.text:
                exact = (sighting.t_ns - result.sent.wall_ns) / 1e9
                sightings[index] = replace(sighting, rtt_s=exact)

    def _sight(self, job: RunningJob, probe: Probe, heard: Heard, sent: Stamp | None) -> Sighting:
        """An answer becomes a unit that is known, with its evidence."""
        values = heard.dissection.values
        verdict = judge(probe, heard.dissection)
        if probe.where.lasting or probe.where.unit_id is not None:
            spelling = probe.where.spelling(catalogue.protocol(probe.where.protocol))
            unit = self._registry.add(spelling, evidence=(verdict.evidence,))
        else:
            unit = self._answerers.unit(heard, probe.where)
        evidence = (*(e for e in unit.evidence if e != verdict.evidence), verdict.evidence)
        link = "open" if probe.where.carrier in CONNECTED else unit.link
        stamp = heard.stamp if isinstance(heard.stamp, Stamp) else Stamp.now()
        data = hidden(heard.data, self._secrets(probe.where), heard.dissection.secret_spans)[:BYTES_KEPT]
        seen = having(unit.seen, Observation(verdict.evidence, verdict.score, data, stamp.wall_ns))
        unit = self._registry.put(
            replace(
                unit,
                score=max(unit.score, verdict.score),
                evidence=evidence,
                seen=seen,
                mac=unit.mac or mac_in(values),
                about=about(values) or unit.about,
                link=link,
            )
        )
        self._answerers.note(heard, probe.where)
        unit = self._registry.get(unit.name) or unit
        rtt = (stamp.wall_ns - sent.wall_ns) / 1e9 if sent else 0.0
        sighting = Sighting(job.job.id, unit, sender_of(heard), rtt, stamp.wall_ns, probe.text)
        self._bus.emit("sighting", job.job.origin, sighting=sighting)
        return sighting


def _order(unit: Unit, registry: Registry) -> int:
    names = [known.name for known in registry.units]
    return names.index(unit.name) if unit.name in names else len(names)
