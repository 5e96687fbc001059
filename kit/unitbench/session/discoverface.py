"""What a session can be asked about who is there: a part of its face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from unitbench.session import operations as op
from unitbench.session.jobs import JobHandle
from unitbench.session.model import Job
from unitbench.session.results import Discovery
from unitbench.session.searching.model import SearchPlan
from unitbench.session.targets import listed


class Discoverer(ABC):
    """Units looked for, and what that would send."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    @abstractmethod
    def _job(self, job: Job, kind: str) -> JobHandle[Any]:
        """A job as its caller holds it."""

    def start_discovery(
        self, *targets: str, ports: str = "", allow: str | int = "", timeout_s: float | None = None
    ) -> JobHandle[Discovery]:
        """Begin to look for units at ``targets``: names, addresses, networks (``192.168.1.0/24``), interfaces, lists
        with commas, or a file of these. None: the session's own simulated units; where it has none, every network of
        its machine, by broadcast.

        ``ports`` are those that units have instead of the usual ones, ``PROTOCOL:PORT`` with commas between.
        ``allow``: so many hosts may be asked one by one, where they are many; else it raises ``Withheld``.
        ``timeout_s``: so long answers to a broadcast, or from a place that was named, are gathered or waited for.
        """
        job = self.perform(op.Discover(listed(targets), ports, str(allow), timeout_s))
        return self._job(job, "discovery")

    def discover(
        self, *targets: str, ports: str = "", allow: str | int = "", timeout_s: float | None = None
    ) -> Discovery:
        """Look for units and wait for the end."""
        return self.start_discovery(*targets, ports=ports, allow=allow, timeout_s=timeout_s).result()

    async def adiscover(
        self, *targets: str, ports: str = "", allow: str | int = "", timeout_s: float | None = None
    ) -> Discovery:
        """As ``discover``, to be awaited."""
        job = await self.aperform(op.Discover(listed(targets), ports, str(allow), timeout_s))
        found: Discovery = await self._job(job, "discovery").alone()
        return found

    def plan_discovery(self, *targets: str, ports: str = "") -> SearchPlan:
        """What ``discover`` would send where, with its bytes; nothing is sent."""
        plan: SearchPlan = self.perform(op.PlanDiscovery(listed(targets), ports))
        return plan

    async def aplan_discovery(self, *targets: str, ports: str = "") -> SearchPlan:
        """As ``plan_discovery``, to be awaited."""
        plan: SearchPlan = await self.aperform(op.PlanDiscovery(listed(targets), ports))
        return plan

    def factory_addresses(self) -> str:
        """The addresses that units have when they are new: which are reached from here, and how the others are."""
        told: str = self.perform(op.FactoryAddresses())
        return told

    async def afactory_addresses(self) -> str:
        """As ``factory_addresses``, to be awaited."""
        told: str = await self.aperform(op.FactoryAddresses())
        return told
