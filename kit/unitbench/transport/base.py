"""What every transport offers, and the stamp that comes with the bytes."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stamp:
    """When bytes left or came: wall clock (``CLOCK_REALTIME``) and monotonic clock, both in nanoseconds.

    ``source`` is ``kernel`` or ``user``.
    """

    wall_ns: int
    mono_ns: int
    source: str

    @classmethod
    def now(cls) -> Stamp:
        """A stamp taken here and now, by the user."""
        return cls(time.time_ns(), time.monotonic_ns(), "user")

    @classmethod
    def of_kernel(cls, wall_ns: int) -> Stamp:
        """A kernel's stamp, set back on the monotonic clock by its age."""
        age = time.time_ns() - wall_ns
        return cls(wall_ns, time.monotonic_ns() - age, "kernel")


Received = Callable[[bytes, Address, Stamp], None]
Lost = Callable[[OSError | None], None]


class Transport(ABC):
    """A way to one endpoint. ``received`` and ``lost`` are called on the event loop.

    ``lost(None)`` is the orderly end by the other side; after it nothing is received. ``local`` is the address of
    this machine that an open one uses, and ``target`` the address and port that it goes to, where it has such.
    """

    datagrams: bool
    local: str = ""
    target: Address | None = None

    def __init__(self, received: Received, lost: Lost) -> None:
        self.received = received
        self.lost = lost

    @abstractmethod
    async def open(self, timeout_s: float) -> None:
        """Open it; raises ``OpenFailed``."""

    @abstractmethod
    def send(self, data: bytes, to: Address | None = None) -> Stamp:
        """Send bytes; returns the stamp taken directly before.

        Raises ``LinkLost``, or ``OpenFailed`` where nothing can be reached.
        """

    def drain(self) -> None:  # noqa: B027 (a stream holds none)
        """Hand over at once the datagrams that the system holds for us already."""

    @property
    def dropped(self) -> int:
        """How many datagrams the system had no room for since the opening, as far as it tells that."""
        return 0

    @abstractmethod
    def close(self) -> None:
        """Close it; nothing is called afterwards. Closing twice is fine."""
