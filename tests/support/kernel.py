"""A real Jupyter kernel, spoken to as a front end does."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

PATIENCE_S = 60.0
SLICE_S = 0.1


@dataclass
class Ran:
    """What a cell gave: what it printed, what it displayed (each by its kinds), and its error in lines."""

    out: str = ""
    err: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    lines: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The last thing displayed, as plain text."""
        return str(self.shown[-1]["text/plain"]) if self.shown else ""


class Kernel:
    """A kernel that runs."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, code: str, answer: Callable[[dict[str, Any]], str] | None = None) -> Ran:
        """Run a cell. ``answer`` gives what a person types where the kernel asks; without it there is nobody."""
        asked = self._client.execute(code, allow_stdin=answer is not None, store_history=False)
        ran = Ran()
        until = time.monotonic() + PATIENCE_S
        while not self._take(asked, ran):
            assert time.monotonic() < until, f"the cell did not end; it gave {ran}"
            if answer is not None:
                self._answer(answer)
        self._reply(asked)
        return ran

    def complete(self, code: str, at: int | None = None) -> dict[str, Any]:
        """What Tab gives at a place, the end if none is said."""
        return self._reply(self._client.complete(code, len(code) if at is None else at))

    def _reply(self, asked: str) -> dict[str, Any]:
        while True:
            reply = self._client.get_shell_msg(timeout=PATIENCE_S)
            if reply["parent_header"].get("msg_id") == asked:
                content: dict[str, Any] = reply["content"]
                return content

    def _answer(self, answer: Callable[[dict[str, Any]], str]) -> None:
        try:
            wanted = self._client.get_stdin_msg(timeout=0)
        except Empty:
            return
        self._client.input(answer(wanted["content"]))

    def _take(self, asked: str, ran: Ran) -> bool:
        """One message of the kernel's; whether the cell has ended."""
        try:
            message = self._client.get_iopub_msg(timeout=SLICE_S)
        except Empty:
            return False
        if message["parent_header"].get("msg_id") != asked:
            return False
        content = message["content"]
        match message["msg_type"]:
            case "stream" if content["name"] == "stdout":
                ran.out += content["text"]
            case "stream":
                ran.err += content["text"]
            case "execute_result" | "display_data":
                ran.shown.append(content["data"])
            case "error":
                ran.error, ran.lines = content["ename"], tuple(content["traceback"])
            case "status":
                return bool(content["execution_state"] == "idle")
        return False


@contextmanager
def running_kernel(**environment: str) -> Iterator[Kernel]:
    """A kernel of this interpreter, with more in its environment; it ends with the block."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager()
    manager.kernel_spec.argv[0] = sys.executable  # type: ignore[union-attr]
    manager.start_kernel(env={**os.environ, **environment})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_S)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
