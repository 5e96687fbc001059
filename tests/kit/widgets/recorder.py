"""A comm that records, in place of the kernel's; and a session that is nothing but its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import comm
import ipywidgets
from comm.base_comm import BaseComm

from unitbench.errors import BenchError
from unitbench.line.vocabulary import Vocabulary
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Operation
from unitbench.session.stream import Event


class Recorder(BaseComm):
    """What a front end would get; ``closed_by`` makes sending fail, as a connection that is gone does."""

    made: list[Recorder] = []  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.broken = False
        super().__init__(*args, **kwargs)
        self.made.append(self)

    def publish_msg(self, msg_type: str, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """Record instead of send."""
        if self.broken:
            raise OSError("the front end is gone")
        self.messages.append((msg_type, data or {}))

    @property
    def sheets(self) -> list[dict[str, Any]]:
        """The sheets sent so far, the first with the opening."""
        states = [data.get("state", {}) for _, data in self.messages]
        return [state["sheet"] for state in states if "sheet" in state]


@contextmanager
def recorded() -> Iterator[list[Recorder]]:
    """Every comm made in the block is a recorder; they are listed in the order in which they were made."""
    before, Recorder.made = comm.create_comm, []
    comm.create_comm = Recorder
    try:
        yield Recorder.made
    finally:
        comm.create_comm = before
        ipywidgets.Widget.close_all()


class Stream:
    """A session as a view needs it."""

    name = "stream"
    who = "nb:test.ipynb"

    def __init__(self, *past: Event) -> None:
        self.past = list(past)
        self.callbacks: list[Callable[[Event], None]] = []
        self.results: dict[int, Any] = {}
        self.units: tuple[Unit, ...] = ()
        self.asked: list[Operation] = []
        self.answers: list[Exchange | BenchError] = []

    def vocabulary(self) -> Vocabulary:
        """Nothing is known by name."""
        return Vocabulary()

    def perform(self, operation: Operation) -> Exchange:
        """The next answer."""
        self.asked.append(operation)
        answer = self.answers.pop(0)
        if isinstance(answer, BenchError):
            raise answer
        return answer

    def subscribe(self, callback: Callable[[Event], None], *, since: int | None = None) -> Callable[[], None]:
        """Deliver what was told before, if that is wanted, then what is told."""
        assert since in (0, None)
        for event in self.past if since == 0 else ():
            callback(event)
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def tell(self, *events: Event) -> None:
        """Put events on the stream."""
        for event in events:
            for callback in list(self.callbacks):
                callback(event)
