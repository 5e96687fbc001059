"""Jobs, and timing as one: they run in the session, every view sees them, any view can end them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from unitbench import catalogue
from unitbench.errors import BenchError, Reserved, SessionError, UsageError
from unitbench.lab.timing import booking as lab
from unitbench.lab.timing.stopping import GO_ON, Repeated
from unitbench.line.guard import brief
from unitbench.link import Result
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Request
from unitbench.session.answerers import Answerers
from unitbench.session.asking import Asking
from unitbench.session.awake import Awake
from unitbench.session.bus import Bus
from unitbench.session.links import Links
from unitbench.session.mirror import KEPT_JOBS, kept_jobs
from unitbench.session.model import Job, Unit
from unitbench.session.operations import Time
from unitbench.session.policy import Policy
from unitbench.session.registry import Registry
from unitbench.session.reserving import Reservations
from unitbench.session.results import Arrival, JobResult, Round, Timing
from unitbench.session.running import RunningJob, looked_at
from unitbench.session.timed import check_reach, gap_of, timed
from unitbench.session.writing import Writing
from unitbench.transport.base import Stamp
from unitbench.wire.host import Heard

Work = Callable[["RunningJob"], Awaitable[JobResult]]
KILLED = "its keeper was killed"


class Experiments:
    """The jobs of one session."""

    def __init__(
        self,
        bus: Bus,
        registry: Registry,
        links: Links,
        asking: Asking,
        policy: Policy,
        awake: Awake,
        reservations: Reservations,
    ) -> None:
        self._awake = awake
        self._reservations = reservations
        self._bus = bus
        self._registry = registry
        self._answerers = Answerers(bus, registry)
        self._links = links
        self._asking = asking
        self._policy = policy
        self._jobs: dict[int, RunningJob] = {}
        self._earlier: dict[int, Job] = {}

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs; of the ended ones the newest."""
        return kept_jobs((*self._earlier.values(), *(running.job for running in self._jobs.values())))

    def resume(self, jobs: Sequence[Job]) -> None:
        """Go on behind the jobs of a keeper that was killed: those that ran have ended with it."""
        for job in jobs:
            runs = job.state == "running"
            self._earlier[job.id] = replace(job, state="failed", message=KILLED) if runs else job
            if runs:
                self._bus.emit("job", job.origin, job=self._earlier[job.id])

    def start(
        self,
        kind: str,
        title: str,
        origin: str,
        total: int,
        work: Work,
        units: Sequence[str] = (),
        writes: Writing | None = None,
        lasts_s: float = 0.0,
    ) -> Job:
        """Begin a job of ``total`` steps. ``writes`` is what it does to units, where it changes any; ``lasts_s`` how
        long it takes, where that is known."""
        job = Job(
            max([*self._earlier, *self._jobs], default=0) + 1,
            kind,
            title,
            origin,
            0,
            total,
            units=tuple(units),
            started_ns=time.time_ns(),
            lasts_s=lasts_s,
        )
        running = RunningJob(job, self._bus, writes)
        self._jobs[running.job.id] = running
        kept = {job.id for job in self.jobs}
        self._earlier = {number: job for number, job in self._earlier.items() if number in kept}
        self._jobs = {number: running for number, running in self._jobs.items() if number in kept}
        self._bus.emit("job", origin, job=running.job)
        running.task = asyncio.get_running_loop().create_task(self._run(running, work))
        running.task.add_done_callback(looked_at)
        return running.job

    async def _run(self, running: RunningJob, work: Work) -> JobResult:
        try:
            result = await work(running)
        except BenchError as error:
            running.ended("failed", error.message)
            raise
        except Exception as error:
            running.ended("failed", f"a fault of ours: {error!r}")
            raise
        running.ended("stopped" if running.stopping.is_set() else "done")
        return result

    def _find(self, number: int) -> RunningJob:
        if number not in self._jobs:
            hint = f"jobs lists them; of those that have ended the newest {KEPT_JOBS} are kept"
            raise UsageError(f"no job {number}", hint=hint)
        return self._jobs[number]

    async def wait(self, number: int) -> JobResult:
        """The result of a job, when it has ended."""
        if number in self._earlier:
            raise SessionError(
                f"the result of job {number} went with the keeper that ran it", hint="its events are kept"
            )
        task = self._find(number).task
        assert task is not None
        return await asyncio.shield(task)

    async def stop(self, number: int, origin: str) -> Job:
        """End a job as ``origin`` wants it, and wait until it has ended."""
        if number in self._earlier:
            return self._earlier[number]
        running = self._find(number)
        running.stop(origin)
        if running.task is not None:
            await asyncio.wait([running.task])
        return running.job

    @property
    def running(self) -> list[RunningJob]:
        """The jobs that run."""
        return [running for running in self._jobs.values() if running.job.state == "running"]

    async def stop_all(self) -> None:
        """End every job."""
        for running in self._jobs.values():
            running.stop("session")
        tasks = [running.task for running in self._jobs.values() if running.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- timing

    def _timings(self) -> list[Timing]:
        """The results of the timing jobs that have ended."""
        tasks = [running.task for running in self._jobs.values() if running.job.kind == "timing"]
        ended = [task for task in tasks if task and task.done() and not task.cancelled()]
        results = [task.result().timing for task in ended if task.exception() is None]
        return [timing for timing in results if timing is not None]

    def timing(self, wanted: Time, origin: str) -> Job:
        """Begin rounds; raises ``UsageError`` or ``Withheld``."""
        protocol, command = timed(wanted.command)
        gap_s = gap_of(wanted)
        goal = self._asking.goal(protocol, "", True)
        self._policy.check_source(command.source, goal.reach)
        writes = Writing(origin, command.effect, goal.reach.names, goal.where)
        self._reservations.check(writes)
        self._policy.check(command.effect, goal.reach, wanted.allow, always=wanted.always)
        known = [unit.name for unit in self._registry.of(protocol)]
        patterns = wanted.units.replace(",", " ").split()
        expected = [name for name in known if not patterns or any(fnmatchcase(name, p) for p in patterns)]
        if not known:
            maker = catalogue.protocol(protocol).maker
            raise UsageError(f"no {maker} unit is known", hint="discover looks for units")
        if not expected:
            raise UsageError(f"no unit fits '{brief(wanted.units)}'", hint=f"units known: {', '.join(known)}")
        check_reach(wanted, command.name, expected, self._timings())
        title = f"timing {command.name}"
        request = Request(protocol, command.name)
        return self.start(
            "timing",
            title,
            origin,
            wanted.rounds,
            lambda job: self._rounds(job, wanted, gap_s, request, goal.where, expected),
            expected,
            writes,
        )

    async def _rounds(
        self,
        job: RunningJob,
        wanted: Time,
        gap_s: float,
        request: Request,
        where: UnitAddress,
        expected: list[str],
    ) -> JobResult:
        command = catalogue.command(request.protocol, request.command)
        link = await self._links.to(where)
        rounds: list[Round] = []
        stamp, verdict = "user", ""
        repeated = Repeated(expected, wanted.accept_s) if wanted.accept_s is not None else None
        began = time.monotonic()
        for number in range(1, wanted.rounds + 1):
            if doubtful := await self._asking.doubts.before(where, command.effect.value):
                verdict = f"round {number} was not sent: {doubtful}"
                job.progress(message=verdict)
                break
            before = self._awake.mark()
            missing = set(expected)

            def each(heard: Heard, missing: set[str] = missing) -> bool:
                missing.discard(self._answerer(heard, where).name)
                return not missing

            asking = link.ask(
                request,
                window_s=wanted.window_s,
                collect=True,
                each=each,
                kept_back=lambda: self._turn_of(job) or self._asking.doubts.why(where, command.effect.value),
            )
            try:
                result = await job.unless_stopped(asking)
            except Reserved:
                break
            if result is None:
                break
            if wanted.units:
                link.mistrust()  # the others answer too
            voided = self._awake.disturbed(before, link.local)
            only = expected if wanted.units else None
            done, stamp = self._round(job, number, result, where, voided, only, wanted.window_s)
            rounds.append(done)
            self._bus.emit("round", job.job.origin, round=done)
            job.progress(done=number)
            if repeated is not None:
                repeated.add(done)
                gaps_s = (number - 1) * gap_s
                cost_s = gap_s + (time.monotonic() - began - gaps_s) / number
                judged = repeated.judged(wanted.rounds - number, cost_s)
                verdict = judged.text
                job.progress(message=verdict)
                if judged.state != GO_ON:
                    break
            if job.stopping.is_set():
                break
            if number < wanted.rounds:
                # A straggler is never booked to the next round: that is sent from another port.
                await job.pause(gap_s)
        timing = Timing(
            job.job.id,
            request.command,
            tuple(expected),
            tuple(rounds),
            wanted.rounds,
            wanted.window_s,
            gap_s,
            stamp,
            effect=command.effect.value,
            accept_s=wanted.accept_s,
            verdict=verdict,
        )
        return JobResult(timing=timing)

    def _turn_of(self, job: RunningJob) -> str:
        """The next round may be sent, or a unit that it reaches was reserved meanwhile: then the job is over."""
        try:
            if job.writes is not None:
                self._reservations.check(job.writes)
        except Reserved as error:
            job.stop(error.holder)
            raise
        return ""

    def _answerer(self, heard: Heard, where: UnitAddress) -> Unit:
        """The unit that an answer comes from."""
        return self._answerers.unit(heard, where)

    def _round(
        self,
        job: RunningJob,
        number: int,
        result: Result,
        where: UnitAddress,
        voided: str,
        only: list[str] | None,
        window_s: float,
    ) -> tuple[Round, str]:
        """What came in a round within its window; ``only`` of these units, if they were named."""
        sent = result.sent or Stamp.now()
        came = []
        source = "user"
        for heard in result.answers:
            unit = self._answerer(heard, where)
            stamp = heard.stamp if isinstance(heard.stamp, Stamp) else Stamp.now()
            source = stamp.source
            # By the stamps: a machine that is busy lets the window's timer ring late.
            in_time = stamp.wall_ns - sent.wall_ns <= window_s * 1e9
            if in_time and (only is None or unit.name in only):
                came.append(lab.Came(unit.name, stamp.wall_ns, len(heard.data)))
        booked = lab.book(came, sent.wall_ns)
        arrivals = tuple(Arrival(item.unit, item.rtt_s, item.kind, item.size) for item in booked)
        return Round(job.job.id, number, sent.wall_ns, arrivals, voided), source
