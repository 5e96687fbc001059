"""What all views share: they follow a session, are written by the one writer, and leave a static form behind."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4
from weakref import WeakSet

import anywidget
import msgspec
import traitlets
from IPython.display import display as _display

from unitbench.errors import BenchError
from unitbench.session import operations as op
from unitbench.session.face import Session
from unitbench.session.results import JobResult
from unitbench.session.stream import Event
from unitbench.widgets.after_cell import after_cell
from unitbench.widgets.bridge import PACE_S, writer
from unitbench.widgets.page import page, script, style
from unitbench.widgets.post import receipt, straight
from unitbench.widgets.sheet import Sheet

display: Callable[..., Any] = _display
RATE = 600_000
"""Bytes a second that one view sends at most: beyond a million Jupyter's server drops what a kernel says."""
STATIC_PACE_S = 1.0
"""The static form follows more slowly: every update of it changes the notebook's document."""
STATIC_PACE_IN_CELL_S = 10.0
"""More slowly still while a cell runs: at its end the static form is brought up to date anyway."""


_displayed: WeakSet[LiveView] = WeakSet()


@atexit.register
def _leave_static_forms() -> None:
    """When the kernel ends, its views go, and their static forms come to the fore in the notebook."""
    for view in list(_displayed):
        view.close()


class Model(Protocol):
    """What a view shows, kept by events and results; without kernel, comm or thread."""

    def apply(self, event: Event) -> bool: ...

    def load(self, result: JobResult) -> bool: ...

    def rows(self) -> list[dict[str, object]]: ...

    def sheet(self) -> Sheet: ...

    def explain(self) -> str: ...


class LiveView(anywidget.AnyWidget):
    """A view of a session. ``close()`` ends it; its static form stays in the notebook.

    ``follows`` is the kind of job whose result is read when it has ended, for what events do not say; ``past``
    whether it shows what happened before it was made.
    """

    _esm = script()
    _css = style()
    sheet = traitlets.Dict().tag(sync=True)
    follows = ""
    past = True
    _alive = False

    def __init__(self, session: Session | None, model: Model) -> None:
        self._model = model
        self._session = session
        self._name = session.name if session is not None else ""
        self._lock = threading.Lock()
        self._inbox: deque[Event | JobResult] = deque()
        self._unwritten = self._unsaved = self._displayed = False
        self._gone = ""
        self._static_id = f"unitbench-{uuid4().hex}"
        self._pace_s = PACE_S
        self._fetching: asyncio.Task[None] | None = None
        self._ended = 0
        self._unsubscribe: Callable[[], None] = lambda: None
        if session is not None:
            self._unsubscribe = session.subscribe(self._heard, since=0 if self.past else None)
        self._catch_up()
        super().__init__(sheet=self._data())
        straight(self.comm)
        self._alive = True
        self._touch()

    # -- on the session's thread: leave a note, nothing else

    def _heard(self, event: Event) -> None:
        self._inbox.append(event)
        job = event.job
        if job is not None and job.kind == self.follows and job.state != "running":
            self._ended = job.id
            if self._fetching is None:
                self._fetching = asyncio.get_running_loop().create_task(self._fetch())
        self._touch()

    def _touch(self) -> None:
        if self._alive:
            writer().touch(self._write, self._pace_s)

    def _changed(self) -> None:
        """The model was changed by other means than an event. Under the lock."""
        self._unwritten = self._unsaved = True
        self._touch()

    async def _fetch(self) -> None:
        number = 0
        while number != self._ended and self._session is not None:
            number = self._ended
            try:
                self._inbox.append(await self._session.aperform(op.Await(number)))
            except BenchError:
                continue  # a job that failed has no result, nor has a session that is gone
        self._fetching = None
        self._touch()

    # -- on the writer's thread or the caller's, under the lock

    def _catch_up(self) -> None:
        changed = False
        while self._inbox:
            item = self._inbox.popleft()
            if isinstance(item, JobResult):
                changed |= self._model.load(item)
            elif item.kind == "notice" and item.text.startswith("the session is gone"):
                self._gone, changed = item.text, True
            else:
                changed |= self._model.apply(item)
        self._unwritten |= changed
        self._unsaved |= changed

    def _now(self) -> Sheet:
        sheet = self._model.sheet()
        if self._gone:
            again = f"Session.attach({self._name!r}) starts a new one, for a new view"
            state = f"{self._gone}; this is the last that was heard. {again}"
            sheet = replace(sheet, state=state, progress=None)
        return sheet

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = msgspec.to_builtins(self._now())
        return data

    def _write(self) -> None:
        with self._lock:
            self._catch_up()
            if self._unwritten and self._alive:
                self.sheet = self._data()
                self._unwritten = False
                self._pace_s = max(PACE_S, len(msgspec.json.encode(self.sheet)) / RATE)
        if self._unsaved and self._displayed:
            writer().touch(self._save, STATIC_PACE_IN_CELL_S if after_cell.running else STATIC_PACE_S)

    def _save(self) -> None:
        with self._lock:
            if not (self._unsaved and self._displayed and self._alive):
                return
            self._unsaved = False
            bundle = self._bundle()
        display(bundle, raw=True, display_id=self._static_id, update=True)

    def refresh(self) -> None:
        """Bring the view and its static form up to date at once, rather than at their own pace."""
        self._write()
        self._save()

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        """What the front end says; that it was taken is said at once."""
        super()._handle_custom_msg(content, buffers)
        taken = receipt(content)
        if taken is not None:
            super().send(taken)  # a form's own send is for units

    # -- what it says

    @property
    def rows(self) -> list[dict[str, object]]:
        """The rows as plain dictionaries, as new as what was heard."""
        with self._lock:
            self._catch_up()
            return self._model.rows()

    def text(self) -> str:
        """The view as plain text, as new as what was heard."""
        with self._lock:
            self._catch_up()
            return self._now().text()

    def explain(self) -> str:
        """What is to be seen, in words."""
        with self._lock:
            self._catch_up()
            return self._model.explain()

    def static_html(self) -> str:
        """The view as HTML that needs no kernel and no script."""
        with self._lock:
            self._catch_up()
            return page(self._now())

    def _bundle(self) -> dict[str, str]:
        now = self._now()
        return {"text/html": page(now), "text/plain": now.text()}

    def _ipython_display_(self, **more: Any) -> None:
        """The live view, and behind it in the same output the static form that a live view hides."""
        alive = self._repr_mimebundle_(**more) if self._alive else None
        if alive is not None:
            data, metadata = alive
            display({**data, "text/plain": ""}, metadata=metadata, raw=True)  # the static form has the text
        with self._lock:
            self._catch_up()
            self._unsaved = False
            bundle = self._bundle()
        display(bundle, raw=True, display_id=self._static_id)
        self._displayed = True
        if self._alive:
            after_cell.add(self.refresh)
            _displayed.add(self)

    # -- its end

    def close(self) -> None:
        """Follow the session no more and free everything; the static form keeps what was shown last."""
        if self._alive:
            self._unsubscribe()
            self.refresh()
            self._alive = False
            after_cell.discard(self.refresh)
            _displayed.discard(self)
            writer().forget(self._write)
            writer().forget(self._save)
            self._session = None
        super().close()

    def __repr__(self) -> str:
        where = f" of session {self._session.name!r}" if self._session is not None else ""
        return f"<{type(self).__name__}{where}>"
