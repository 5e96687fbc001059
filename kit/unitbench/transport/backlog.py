"""What has come in and waits for its turn: taking it off the system is quick, what is then done with it may not be."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from unitbench.transport.base import Address, Received, Stamp

SLICE = 16
"""So many are handed on before other links, timers and the next reading get their turn."""
MOST_BYTES = 32 * 1024 * 1024
"""Kept at most; where more comes, the oldest are handed on at once."""
EACH_BYTES = 512
"""What keeping one takes besides its bytes, about."""


class Backlog:
    """Hands on what comes to ``deliver``, in order: at once, or where ``queues`` is set in slices, when there is time.

    Used on one event loop.
    """

    def __init__(self, deliver: Received) -> None:
        self.deliver = deliver
        self.queues = False
        self._waiting: deque[tuple[bytes, Address, Stamp] | Callable[[], None]] = deque()
        self._bytes = 0
        self._turn: asyncio.Handle | None = None

    def put(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        """Take what a transport has received."""
        if not self.queues and not self._waiting:
            self.deliver(data, peer, stamp)
            return
        while self._waiting and self._bytes > MOST_BYTES:
            self._next()
        self._waiting.append((data, peer, stamp))
        self._bytes += len(data) + EACH_BYTES
        self._schedule()

    def then(self, call: Callable[[], None]) -> None:
        """Have ``call`` called behind all that is here now; at once where that is nothing."""
        if not self._waiting:
            call()
            return
        self._waiting.append(call)
        self._schedule()

    def flush(self) -> None:
        """Hand on all of it now."""
        while self._waiting:
            self._next()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._bytes = 0

    def _schedule(self) -> None:
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._slice)

    def _slice(self) -> None:
        self._turn = None
        try:
            for _ in range(min(SLICE, len(self._waiting))):
                if self._waiting:
                    self._next()
        finally:
            if self._waiting:
                self._schedule()

    def _next(self) -> None:
        item = self._waiting.popleft()
        if not isinstance(item, tuple):
            item()
            return
        self._bytes -= len(item[0]) + EACH_BYTES
        self.deliver(*item)
