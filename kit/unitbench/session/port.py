"""The two ways to a live session, behind one interface: in this process, or through a keeper."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from unitbench.session.operations import Operation
from unitbench.session.stream import Event

ENDED = "its keeper has ended"
"""Why a session is lost that is no more; any other reason is that of the view alone."""


class Port(ABC):
    """Used on the session's loop only."""

    @abstractmethod
    async def perform(self, operation: Operation) -> Any:
        """Have an operation performed; raises ``BenchError``."""

    @abstractmethod
    async def listen(self, heard: Callable[[Event], None], lost: Callable[[str], None]) -> None:
        """Deliver the stream from now on: ``heard`` for every event, ``lost`` once if the session goes away."""

    @abstractmethod
    async def close(self) -> None:
        """Leave."""

    def complain(self, callback: object, error: Exception) -> None:
        """A subscriber failed; that is said on stderr and harms nobody else."""
        print(f"unitbench: a subscriber failed ({callback!r}): {error!r}", file=sys.stderr)
