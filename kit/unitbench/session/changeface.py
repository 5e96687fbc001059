"""Changing units from Python: a part of a session's face. Each method is there with ``a`` in front, too."""

from __future__ import annotations

from abc import ABC, abstractmethod
from os import PathLike
from typing import Any

from unitbench.session import operations as op
from unitbench.session.changing.model import Change, Snapshot

Where = str | PathLike[str]


class ChangedUnits(ABC):
    """Set, undo, snapshot, restore. ``allow`` lets a change of a real unit pass, as for ``ask``; ``dry`` reads, and
    shows what would be sent. What became of it is in the change; ``UsageError`` is for what cannot be meant."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    def set(
        self,
        unit: str,
        *,
        allow: str | int = "",
        dry: bool = False,
        timeout_s: float | None = None,
        **values: Any,
    ) -> Change:
        """Change settings: read, merge, weigh, send, read back.

        ``session.set("t1", virtual_port=20, udp_timeout=30, allow="reconfigures")``. A rule that it would break is
        the outcome ``question``, with what keeps it in ``mend``.
        """
        change: Change = self.perform(_set(unit, values, allow, dry, timeout_s))
        return change

    async def aset(
        self,
        unit: str,
        *,
        allow: str | int = "",
        dry: bool = False,
        timeout_s: float | None = None,
        **values: Any,
    ) -> Change:
        """As ``set``, to be awaited."""
        change: Change = await self.aperform(_set(unit, values, allow, dry, timeout_s))
        return change

    def undo(
        self, number: int = 0, *, allow: str | int = "", dry: bool = False, timeout_s: float | None = None
    ) -> Change:
        """Put back what exchange ``number`` of a change has replaced; without one all of the last change.

        Raises ``UsageError`` where it cannot be put back, and without a number where another view made the last one.
        """
        change: Change = self.perform(op.Undo(number=number, allow=str(allow), dry=dry, timeout_s=timeout_s))
        return change

    async def aundo(
        self, number: int = 0, *, allow: str | int = "", dry: bool = False, timeout_s: float | None = None
    ) -> Change:
        """As ``undo``, to be awaited."""
        change: Change = await self.aperform(
            op.Undo(number=number, allow=str(allow), dry=dry, timeout_s=timeout_s)
        )
        return change

    def snapshot(self, unit: str, file: Where = "", *, timeout_s: float | None = None) -> Snapshot:
        """All settings of a unit that can be read and set again; with ``file`` they are written there, too."""
        taken: Snapshot = self.perform(op.TakeSnapshot(unit, timeout_s))
        return _written(taken, file)

    async def asnapshot(self, unit: str, file: Where = "", *, timeout_s: float | None = None) -> Snapshot:
        """As ``snapshot``, to be awaited."""
        taken: Snapshot = await self.aperform(op.TakeSnapshot(unit, timeout_s))
        return _written(taken, file)

    def restore(
        self,
        unit: str,
        snapshot: Snapshot | Where,
        *,
        allow: str | int = "",
        dry: bool = False,
        timeout_s: float | None = None,
    ) -> Change:
        """Give a unit the settings of a snapshot, or of the file of one; what cuts the link is changed last."""
        change: Change = self.perform(_restore(unit, snapshot, allow, dry, timeout_s))
        return change

    async def arestore(
        self,
        unit: str,
        snapshot: Snapshot | Where,
        *,
        allow: str | int = "",
        dry: bool = False,
        timeout_s: float | None = None,
    ) -> Change:
        """As ``restore``, to be awaited."""
        change: Change = await self.aperform(_restore(unit, snapshot, allow, dry, timeout_s))
        return change


def _set(
    unit: str, values: dict[str, Any], allow: str | int, dry: bool, timeout_s: float | None
) -> op.SetFields:
    return op.SetFields(unit=unit, values=values, allow=str(allow), dry=dry, timeout_s=timeout_s)


def _restore(
    unit: str, snapshot: Snapshot | Where, allow: str | int, dry: bool, timeout_s: float | None
) -> op.Restore:
    if not isinstance(snapshot, Snapshot):
        from unitbench.session.changing.files import read

        snapshot = read(str(snapshot))
    return op.Restore(unit=unit, snapshot=snapshot, allow=str(allow), dry=dry, timeout_s=timeout_s)


def _written(taken: Snapshot, file: Where) -> Snapshot:
    if file:
        from unitbench.session.changing.files import write

        write(taken, str(file))
    return taken
