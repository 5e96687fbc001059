"""One event loop in a thread of its own, so that a prompt, a cell and a callback are equal foreigners to it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from unitbench.errors import BenchError, SessionError

T = TypeVar("T")


class LoopThread:
    """A running event loop. ``run`` blocks the caller, ``start`` gives an awaitable for any other loop."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._door = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def guard(self) -> None:
        """Raise ``BenchError`` on the loop's own thread, where a blocking call would wait for itself."""
        if threading.current_thread() is self._thread:
            raise BenchError(
                "a blocking call was made on the session's own thread",
                hint="use the method with 'a' in front and await it",
            )

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """Run a coroutine on the loop and wait for it. Ctrl-C cancels it."""
        try:
            self.guard()
        except BenchError:
            work.close()
            raise
        future = self.submit(work)
        try:
            return future.result(timeout_s)
        except concurrent.futures.CancelledError:
            raise _closed() from None
        except BaseException:
            future.cancel()
            raise

    async def start(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on this loop and await it from any other."""
        try:
            return await asyncio.wrap_future(self.submit(work))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._ended and task is not None and not task.cancelling():
                raise _closed() from None
            raise

    def submit(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the loop; the caller does not wait for it."""
        with self._door:
            if self._ended:
                work.close()
                raise _closed()
            return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        self.guard()
        with self._door:
            if self._ended:
                return
            self._ended = True
            last = asyncio.run_coroutine_threadsafe(self._wind_up(), self.loop)
        last.result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    async def _wind_up(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _closed() -> SessionError:
    return SessionError("this session is closed here", hint="Session.attach() joins again")
