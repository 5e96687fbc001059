"""TrafficView: all that goes to and fro in a session, as a table and as a sequence diagram."""

from __future__ import annotations

import traitlets

from unitbench.errors import UsageError
from unitbench.session.face import Session
from unitbench.widgets.live import LiveView
from unitbench.widgets.traffic_model import KEPT, PAGE, TrafficModel


class TrafficView(LiveView):
    """Exchanges of all views, what units say unasked, notices and jobs, newest first: live.

    ``filter`` says which, such as ``unit=k1 outcome=refused`` or ``not origin=shell-1 and rtt>10ms``; ``keep`` is
    how many rows are held, ``page`` how many are shown at a time. Reports of ports that are only read stand in
    tables of their own besides. Raises ``UsageError`` for a filter that cannot be understood.
    """

    chosen = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Session, *, filter: str = "", keep: int = KEPT, page: int = PAGE) -> None:
        self._traffic = TrafficModel(keep, filter, page)
        super().__init__(session, self._traffic)
        self.on_msg(self._asked)

    def _asked(self, _: object, what: object, buffers: object) -> None:
        """The front end asks for another part, for details, or for something to copy."""
        if not isinstance(what, dict):
            return
        if what.get("do") == "copy":
            self._copied(str(what.get("key", "")))
            return
        with self._lock:
            self._catch_up()
            if self._traffic.asked(what):
                self._changed()

    def _copied(self, key: str) -> None:
        unit, _, service = key.partition("\n")
        text = self.csv(unit, service)
        self.send({"copy": key, "text": text, "rows": max(0, text.count("\r\n") - 1)})

    @property
    def filter(self) -> str:
        """The filter that is applied; another can be set, and ``UsageError`` says what is wrong with it."""
        with self._lock:
            return self._traffic.filter

    @filter.setter
    def filter(self, text: str) -> None:
        with self._lock:
            self._catch_up()
            try:
                self._traffic.sift(text)
            except UsageError:
                self._traffic.sift(self._traffic.filter)
                raise
            finally:
                self._changed()

    @property
    def selected(self) -> dict[str, object] | None:
        """The row that was chosen last, as one of ``rows``; None before."""
        with self._lock:
            self._catch_up()
            found = (entry for entry in self._traffic.entries() if entry.key == self.chosen)
            return next((entry.record() for entry in found), None)

    def csv(self, unit: str = "", service: str = "") -> str:
        """The rows that the filter lets pass as comma-separated text; with ``unit`` and ``service`` all reports that
        are held of that port, a column for each field."""
        with self._lock:
            self._catch_up()
            return self._traffic.reports.csv(unit, service) if unit else self._traffic.csv()
