"""A real kernel that has joined a session and follows it with a TrafficView, and cells that keep it busy."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_client.manager import KernelManager

START_S = 60
SET_UP = """
import json, os, time
from unitbench import Session
from unitbench.widgets import TrafficView
session = Session.attach({name!r}, who="nb:bench")
view = TrafficView(session)
written = []
view.observe(lambda change: written.append(time.monotonic_ns()), names="sheet")
"""
DUMP = "open({file!r}, 'w').write(json.dumps(written)); written.clear()"
BUSY = {
    "in time.sleep": "while not os.path.exists({flag!r}): time.sleep(0.5)",
    "computes": "n = 0\nwhile not os.path.exists({flag!r}):\n    for _ in range(10_000): n += 1",
    "holds the lock in C": "while not os.path.exists({flag!r}): sum(range(30_000_000))",
}
"""What a cell does until a file is there; the last gives the lock away between two sums of about half a second."""


class Kernel:
    """The kernel; ``busy`` runs a cell as long as the block."""

    def __init__(self, name: str) -> None:
        self._folder = Path(tempfile.mkdtemp())
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel()
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(START_S)
        self._run(SET_UP.format(name=name))

    def _run(self, code: str) -> None:
        reply = self._client.execute_interactive(code, timeout=START_S, output_hook=lambda message: None)
        assert reply["content"]["status"] == "ok", reply["content"]

    @contextlib.contextmanager
    def busy(self, code: str) -> Iterator[None]:
        """Have a cell run; it has begun when the block does."""
        flag, begun = self._folder / "flag", self._folder / "begun"
        flag.unlink(missing_ok=True)
        begun.unlink(missing_ok=True)
        number = self._client.execute(f"open({str(begun)!r}, 'w').close()\n{code.format(flag=str(flag))}")
        while not begun.exists():
            time.sleep(0.01)
        try:
            yield
        finally:
            flag.touch()
            while self._client.get_shell_msg(timeout=START_S)["parent_header"]["msg_id"] != number:
                pass

    def written_ns(self) -> list[int]:
        """When a trait of the view was written since this was asked last, on the monotonic clock."""
        file = self._folder / "written.json"
        self._run(DUMP.format(file=str(file)))
        found: list[int] = json.loads(file.read_text())
        return found

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
