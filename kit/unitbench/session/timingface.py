"""Timing in rounds: a part of a session's face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from unitbench.session import operations as op
from unitbench.session.jobs import JobHandle
from unitbench.session.model import Job
from unitbench.session.results import Timing


class TimedUnits(ABC):
    """Experiments in which all units of a protocol are asked at once, again and again."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    @abstractmethod
    def _job(self, job: Job, kind: str) -> JobHandle[Any]:
        """A job as people hold it; ``kind`` names what it gives."""

    def timing(
        self,
        command: str = "",
        rounds: int = 20,
        gap_s: float | None = None,
        *,
        window_s: float = 1.0,
        units: str = "",
        accept: float | None = None,
        allow: str | int = "",
    ) -> JobHandle[Timing]:
        """Ask all units of a protocol in rounds, by broadcast. A job: live at once, ``.result()`` waits.

        Without ``command`` it is the identification, which changes nothing.

        ``gap_s`` is the pause between the rounds and ``window_s`` the time that answers may take, in seconds.
        ``units`` are names or patterns (``q*``) of those expected to answer; empty: all known. ``accept``: repeat
        until all bounds of a round are under so many seconds, or that is not to be hoped for, ``rounds`` times at
        most; the pause is then at least twice ``window_s``. Raises ``UsageError`` for what cannot be.
        """
        return self.start_timing(op.Time(command, rounds, gap_s, window_s, units, str(allow), accept))

    def start_timing(self, wanted: op.Time) -> JobHandle[Timing]:
        """As ``timing``, by its operation."""
        return self._job(self.perform(wanted), "timing")

    async def atiming(
        self,
        command: str = "",
        rounds: int = 20,
        gap_s: float | None = None,
        *,
        window_s: float = 1.0,
        units: str = "",
        accept: float | None = None,
        allow: str | int = "",
    ) -> Timing:
        """As ``timing(...).result()``, to be awaited."""
        wanted = op.Time(command, rounds, gap_s, window_s, units, str(allow), accept)
        timing: Timing = await self._job(await self.aperform(wanted), "timing").alone()
        return timing
