"""One event loop in a thread of its own, so that a prompt, a cell and a callback are equal foreigners to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from unitbench.errors import BenchError

T = TypeVar("T")


class LoopThread:
    """A running event loop. ``run`` blocks the caller, ``start`` gives an awaitable for any other loop."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """Run a coroutine on the loop and wait for it. Ctrl-C cancels it."""
        if threading.current_thread() is self._thread:
            work.close()
            raise BenchError(
                "a blocking call was made on the session's own thread",
                hint="use the method with 'a' in front and await it",
            )
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(timeout_s)
        except BaseException:
            future.cancel()
            raise

    async def start(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on this loop and await it from any other."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            asyncio.run_coroutine_threadsafe(self._wind_up(), self.loop).result(5)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(5)
            self.loop.close()

    async def _wind_up(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
