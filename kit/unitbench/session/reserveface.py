"""Reserving units, as a part of a session's face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from unitbench.errors import BenchError
from unitbench.session import operations as op
from unitbench.session.given import in_seconds
from unitbench.session.model import Unit


class ReservedUnits(ABC):
    """Writes to a unit kept to this view for a time. Each method is there with ``a`` in front, too."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    def reserve(self, unit: str, seconds: float | str, take: bool = False) -> Unit:
        """Keep writes to a unit, logins among them, to the origin of this view for some seconds, or a time such as
        ``"10m"`` (at most a day).

        Every view reads on; what others would write is withheld. ``take``: take it over from whoever has it, or writes
        to it in a job that is then stopped. Raises ``Reserved`` where another has it, ``UsageError``.
        """
        reserved: Unit = self.perform(op.Reserve(unit, in_seconds(seconds), take))
        return reserved

    async def areserve(self, unit: str, seconds: float | str, take: bool = False) -> Unit:
        """As ``reserve``, to be awaited."""
        reserved: Unit = await self.aperform(op.Reserve(unit, in_seconds(seconds), take))
        return reserved

    def release(self, unit: str) -> Unit:
        """Let everybody write to it again. Raises ``Reserved`` where another has it, ``UsageError`` where nobody."""
        released: Unit = self.perform(op.Release(unit))
        return released

    async def arelease(self, unit: str) -> Unit:
        """As ``release``, to be awaited."""
        released: Unit = await self.aperform(op.Release(unit))
        return released

    @contextmanager
    def reserved(self, unit: str, seconds: float | str, take: bool = False) -> Iterator[Unit]:
        """``with session.reserved("k1", 600):`` reserves a unit and releases it at the end.

        Where it was taken over meanwhile, or its time is over, the end is silent: every write since then was withheld,
        and views were told.
        """
        got = self.reserve(unit, seconds, take)
        try:
            yield got
        finally:
            with suppress(BenchError):
                self.release(unit)

    @asynccontextmanager
    async def areserved(self, unit: str, seconds: float | str, take: bool = False) -> AsyncIterator[Unit]:
        """As ``reserved``, for ``async with``."""
        got = await self.areserve(unit, seconds, take)
        try:
            yield got
        finally:
            with suppress(BenchError):
                await self.arelease(unit)
