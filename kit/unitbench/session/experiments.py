"""Discovery and timing as jobs: they run in the session, every view sees them, any view can end them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from unitbench import catalogue
from unitbench.errors import BenchError, UsageError
from unitbench.lab import timing as lab
from unitbench.lab.discovery import Probe, about, judge, probe_for
from unitbench.link import Result
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Request
from unitbench.session.asking import Asking
from unitbench.session.bus import Bus
from unitbench.session.links import Links
from unitbench.session.model import Arrival, Discovery, Job, JobResult, Round, Sighting, Timing, Unit
from unitbench.session.operations import Discover, Time
from unitbench.session.policy import Policy
from unitbench.session.registry import Registry, mac_in
from unitbench.session.running import RunningJob, looked_at
from unitbench.transport.base import Stamp
from unitbench.wire.host import Heard

Work = Callable[["RunningJob"], Awaitable[JobResult]]
COUNT_AT_ONCE = 100_000


class Experiments:
    """The jobs of one session."""

    def __init__(self, bus: Bus, registry: Registry, links: Links, asking: Asking, policy: Policy) -> None:
        self._bus = bus
        self._registry = registry
        self._links = links
        self._asking = asking
        self._policy = policy
        self._jobs: dict[int, RunningJob] = {}
        self.home: Callable[[], list[UnitAddress]] = list

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs, ended ones too."""
        return tuple(running.job for running in self._jobs.values())

    def _start(
        self, kind: str, title: str, origin: str, total: int, work: Work, units: Sequence[str] = ()
    ) -> Job:
        job = Job(len(self._jobs) + 1, kind, title, origin, 0, total, units=tuple(units))
        running = RunningJob(job, self._bus)
        self._jobs[running.job.id] = running
        self._bus.emit("job", origin, job=running.job)
        running.task = asyncio.get_running_loop().create_task(self._run(running, work))
        running.task.add_done_callback(looked_at)
        return running.job

    async def _run(self, running: RunningJob, work: Work) -> JobResult:
        try:
            result = await work(running)
        except BenchError as error:
            running.progress(state="failed", message=error.message)
            raise
        except Exception as error:
            running.progress(state="failed", message=f"a fault of ours: {error!r}")
            raise
        running.progress(state="stopped" if running.stopping.is_set() else "done")
        return result

    def _find(self, number: int) -> RunningJob:
        if number not in self._jobs:
            raise UsageError(f"no job {number}", hint="jobs lists them")
        return self._jobs[number]

    async def wait(self, number: int) -> JobResult:
        """The result of a job, when it has ended."""
        task = self._find(number).task
        assert task is not None
        return await asyncio.shield(task)

    async def stop(self, number: int) -> Job:
        """End a job and wait until it has ended."""
        running = self._find(number)
        running.stopping.set()
        if running.task is not None:
            await asyncio.wait([running.task])
        return running.job

    async def stop_all(self) -> None:
        """End every job."""
        for running in self._jobs.values():
            running.stopping.set()
        tasks = [running.task for running in self._jobs.values() if running.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- discovery

    def discover(self, wanted: Discover, origin: str) -> Job:
        """Begin to look round; raises ``UsageError`` where no place is named and none is known."""
        places = [self._place(target) for target in wanted.targets] or self.home()
        if not places:
            raise UsageError(
                "where to look is not said, and this session has no simulated units",
                hint="name it: discover kramer://192.168.1.39, discover qstation://192.168.1.255",
            )
        probes = [probe_for(where) for where in places]
        title = f"discover {' '.join(wanted.targets)}".rstrip()
        return self._start("discover", title, origin, len(probes), lambda job: self._look(job, probes))

    def _place(self, target: str) -> UnitAddress:
        if "://" not in target and self._registry.get(target) is None:
            known = ", ".join(unit.name for unit in self._registry.units)
            raise UsageError(
                f"'{target}' is no place to look at",
                hint=f"a unit's name ({known or 'none known yet'}) or an address such as qstation://192.168.1.255",
            )
        unit = self._registry.get(target)
        return self._registry.address(unit or target)

    async def _look(self, job: RunningJob, probes: list[Probe]) -> JobResult:
        began = time.monotonic()
        sightings: list[Sighting] = []
        skipped: list[str] = []

        async def one(probe: Probe) -> None:
            try:
                await job.unless_stopped(self._probe(job, probe, sightings))
            except BenchError as error:
                skipped.append(f"{probe.text}: {error.message}")
            job.progress(done=job.job.done + 1)

        await asyncio.gather(*(one(probe) for probe in probes))
        units: dict[str, Unit] = {}
        for sighting in sightings:
            units[sighting.unit.name] = self._registry.get(sighting.unit.name) or sighting.unit
        ordered = sorted(units.values(), key=lambda unit: _order(unit, self._registry))
        sent = tuple(probe.text for probe in probes)
        took = time.monotonic() - began
        return JobResult(
            discovery=Discovery(job.job.id, tuple(ordered), tuple(sightings), sent, tuple(skipped), took)
        )

    async def _probe(self, job: RunningJob, probe: Probe, sightings: list[Sighting]) -> None:
        link = await self._links.to(probe.where)
        sent: list[Stamp] = []

        def each(heard: Heard) -> None:
            sightings.append(self._sight(job, probe, heard, sent[0] if sent else None))

        request = Request(probe.where.protocol, probe.command.name)
        sent.append(Stamp.now())
        result = await link.ask(request, collect=probe.broadcast, each=each)
        for index, sighting in enumerate(sightings):
            if result.sent and sighting.t_ns and sighting.asked == probe.text:
                exact = (sighting.t_ns - result.sent.wall_ns) / 1e9
                sightings[index] = replace(sighting, rtt_s=exact)

    def _sight(self, job: RunningJob, probe: Probe, heard: Heard, sent: Stamp | None) -> Sighting:
        """An answer becomes a unit that is known, with its evidence."""
        host, port = heard.peer if isinstance(heard.peer, tuple) else (probe.where.host, probe.where.port)
        values = heard.dissection.values
        verdict = judge(probe, heard.dissection)
        unit = self._registry.seen(probe.where.protocol, str(host), int(port), mac_in(values))
        evidence = (*(e for e in unit.evidence if e != verdict.evidence), verdict.evidence)
        link = "open" if probe.where.carrier == "tcp" else unit.link
        unit = self._registry.put(
            replace(
                unit,
                score=max(unit.score, verdict.score),
                evidence=evidence,
                mac=unit.mac or mac_in(values),
                about=about(values) or unit.about,
                link=link,
            )
        )
        stamp = heard.stamp if isinstance(heard.stamp, Stamp) else Stamp.now()
        rtt = (stamp.wall_ns - sent.wall_ns) / 1e9 if sent else 0.0
        sighting = Sighting(job.job.id, unit, f"{host}:{port}", rtt, stamp.wall_ns, probe.text)
        self._bus.emit("sighting", job.job.origin, sighting=sighting)
        return sighting

    # -- timing

    def timing(self, wanted: Time, origin: str) -> Job:
        """Begin rounds; raises ``UsageError`` or ``Withheld``."""
        protocol, command = _timed(wanted.command)
        if not 1 <= wanted.rounds <= COUNT_AT_ONCE:
            raise UsageError(f"rounds={wanted.rounds} is outside 1..{COUNT_AT_ONCE}")
        if wanted.gap_s < 0 or wanted.window_s <= 0:
            raise UsageError("gap_s must be 0 or more, and window_s more than 0 (seconds)")
        goal = self._asking.goal(protocol, "", True)
        self._policy.check(command.effect, goal.reach, wanted.allow)
        known = [unit.name for unit in self._registry.of(protocol)]
        patterns = wanted.units.replace(",", " ").split()
        expected = [name for name in known if not patterns or any(fnmatchcase(name, p) for p in patterns)]
        if not known:
            maker = catalogue.protocol(protocol).maker
            raise UsageError(f"no {maker} unit is known", hint="discover looks for units")
        if not expected:
            raise UsageError(f"no unit fits '{wanted.units}'", hint=f"units known: {', '.join(known)}")
        title = f"timing {command.name} rounds={wanted.rounds}"
        request = Request(protocol, command.name)
        return self._start(
            "timing",
            title,
            origin,
            wanted.rounds,
            lambda job: self._rounds(job, wanted, request, goal.where, expected),
            expected,
        )

    async def _rounds(
        self, job: RunningJob, wanted: Time, request: Request, where: UnitAddress, expected: list[str]
    ) -> JobResult:
        link = await self._links.to(where)
        rounds: list[Round] = []
        stamp = "user"
        for number in range(1, wanted.rounds + 1):
            before = Stamp.now()
            missing = set(expected)

            def each(heard: Heard, missing: set[str] = missing) -> bool:
                missing.discard(self._answerer(heard, where).name)
                return not missing

            asking = link.ask(request, window_s=wanted.window_s, collect=True, each=each)
            result = await job.unless_stopped(asking)
            if result is None:
                break
            if wanted.units:
                link.mistrust()  # the others answer too
            after = Stamp.now()
            jumped = lab.stepped((before.wall_ns, after.wall_ns), (before.mono_ns, after.mono_ns))
            voided = "the clock was stepped" if jumped else ""
            done, stamp = self._round(job, number, result, where, voided, expected if wanted.units else None)
            rounds.append(done)
            self._bus.emit("round", job.job.origin, round=done)
            job.progress(done=number)
            if job.stopping.is_set():
                break
            if number < wanted.rounds:
                # A straggler is never booked to the next round: that is sent from another port.
                await job.pause(wanted.gap_s)
        timing = Timing(
            job.job.id,
            request.command,
            tuple(expected),
            tuple(rounds),
            wanted.rounds,
            wanted.window_s,
            wanted.gap_s,
            stamp,
        )
        return JobResult(timing=timing)

    def _answerer(self, heard: Heard, where: UnitAddress) -> Unit:
        """The unit that an answer comes from."""
        host, port = heard.peer if isinstance(heard.peer, tuple) else ("", 0)
        return self._registry.seen(where.protocol, str(host), int(port), mac_in(heard.dissection.values))

    def _round(
        self,
        job: RunningJob,
        number: int,
        result: Result,
        where: UnitAddress,
        voided: str,
        only: list[str] | None,
    ) -> tuple[Round, str]:
        """What came in a round; ``only`` of these units, if they were named."""
        sent = result.sent or Stamp.now()
        came = []
        source = "user"
        for heard in result.answers:
            unit = self._answerer(heard, where)
            stamp = heard.stamp if isinstance(heard.stamp, Stamp) else Stamp.now()
            source = stamp.source
            if only is None or unit.name in only:
                came.append(lab.Came(unit.name, stamp.wall_ns))
        booked = lab.book(came, sent.wall_ns)
        arrivals = tuple(Arrival(item.unit, item.rtt_s, item.kind) for item in booked)
        return Round(job.job.id, number, sent.wall_ns, arrivals, voided), source


def _timed(name: str) -> tuple[str, Command]:
    """The protocol and command of a timing experiment: one that may go to all units at once and says the same
    to each. Without a name it is the first that changes nothing, the rehearsal."""
    able = [
        (protocol.name, command)
        for protocol in catalogue.protocols()
        for command in protocol.commands
        if command.broadcast and all(field.optional for field in command.args)
    ]
    for protocol_name, command in able:
        if command.name.casefold() == name.casefold() or (not name and command.probe):
            return protocol_name, command
    names = [command.name for _, command in able]
    raise UsageError(f"'{name}' cannot be timed in rounds", expected=names, hint=f"one of {', '.join(names)}")


def _order(unit: Unit, registry: Registry) -> int:
    names = [known.name for known in registry.units]
    return names.index(unit.name) if unit.name in names else len(names)
