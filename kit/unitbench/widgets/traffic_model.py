"""What TrafficView shows: all that went to and fro in the session, whoever asked. Kept by events alone."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from unitbench.errors import UsageError
from unitbench.schema.printable import printable
from unitbench.session.facts import Known
from unitbench.session.filterhints import suggest
from unitbench.session.filtering import LONGEST, Filter, told
from unitbench.session.results import JobResult
from unitbench.session.stream import Event
from unitbench.widgets.sheet import Sheet, counted, shown
from unitbench.widgets.traffic_details import details
from unitbench.widgets.traffic_diagram import draw
from unitbench.widgets.traffic_entry import COLUMNS, Entry
from unitbench.widgets.traffic_reports import Reports, written
from unitbench.widgets.traffic_sheet import Hint, Leafing

KEPT = 10_000
PAGE = 40
HINTS = 12
KINDS = ("exchange", "unasked", "notice", "job")


class TrafficModel:
    """The newest row first: ``keep`` of them are held, ``page`` shown at a time, those that ``filter`` lets pass.

    A job is one row, however often it is told. Raises ``UsageError`` for a filter that cannot be understood.
    """

    def __init__(self, keep: int = KEPT, filter: str = "", page: int = PAGE) -> None:
        self._keep = max(1, keep)
        self._page = max(1, page)
        self._entries: dict[int, Entry] = {}
        self._jobs: dict[int, int] = {}
        self._seen = 0
        self._matched: list[int] = []
        self._known = Known()
        self._views: dict[str, None] = {}
        self._top: int | None = None
        self._opened: Entry | None = None
        self._details: tuple[Sheet, ...] = ()
        self._hints: tuple[Hint, ...] = ()
        self._filter = Filter(filter)
        self.reports = Reports(self._filter.matches)
        self._typed = filter
        self._error: UsageError | None = None

    # -- what comes in

    def apply(self, event: Event) -> bool:
        """Take in one event; whether anything to be shown changed."""
        if event.kind not in KINDS:
            return False
        self._known.see(event)
        if event.job is not None:
            known = self._jobs.get(event.job.id)
            if known in self._entries:
                self._renewed(self._entries[known], event)
                return True
            self._jobs[event.job.id] = event.seq
        self.reports.add(event)
        self._added(Entry(event.seq, event))
        return True

    def _added(self, entry: Entry) -> None:
        self._entries[entry.serial] = entry
        self._seen += 1
        if entry.who and len(self._views) < self._keep:
            self._views[entry.who] = None
        if self._filter.matches(entry.event):
            self._matched.append(entry.serial)
        if len(self._entries) > self._keep:
            oldest = next(iter(self._entries))
            gone = self._entries.pop(oldest)
            if gone.event.job is not None:
                self._jobs.pop(gone.event.job.id, None)
            if self._matched and self._matched[0] == oldest:
                del self._matched[0]

    def _renewed(self, entry: Entry, event: Event) -> None:
        """A job went on: its row stays where it is."""
        was = self._filter.matches(entry.event)
        entry.event = event
        if entry is self._opened:
            self._detail(entry)
        if self._filter.matches(event) == was:
            return
        if was:
            self._matched.remove(entry.serial)
        else:
            insort(self._matched, entry.serial)

    def load(self, result: JobResult) -> bool:
        """Results of jobs hold no exchange."""
        return False

    # -- what a person asks for

    @property
    def filter(self) -> str:
        """The filter that is applied."""
        return self._filter.text

    def sift(self, text: str) -> None:
        """Show only what this filter lets pass; raises ``UsageError``, and then the last one holds on."""
        self._typed = text[: LONGEST + 1]
        try:
            self._filter = Filter(text)
        except UsageError as error:
            self._error = error
            raise
        self._error, self._top = None, None
        self.reports.sift(self._filter.matches)
        self._matched = [n for n, entry in self._entries.items() if self._filter.matches(entry.event)]

    def asked(self, what: Mapping[str, Any]) -> bool:
        """Do what a front end asks for; whether it was anything."""
        match what.get("do"):
            case "filter":
                text, at = str(what.get("text", ""))[: LONGEST + 1], what.get("at")
                if text != self._typed:
                    with suppress(UsageError):  # it is shown
                        self.sift(text)
                self._hints = self._hinted(text, at if isinstance(at, int) else len(text))
            case "page":
                self.leaf(str(what.get("to")))
            case "open":
                self.open(str(what.get("key", "")))
            case "close":
                self._detail(None)
            case _:
                return False
        return True

    def _hinted(self, text: str, at: int) -> tuple[Hint, ...]:
        if len(text) > LONGEST:
            return ()
        at = min(max(at, 0), len(text))
        return tuple(
            Hint(
                item.text,
                item.meaning,
                text[: item.start] + item.text + text[item.end :],
                item.start + len(item.text),
            )
            for item in suggest(text, at, self._known)[:HINTS]
        )

    def leaf(self, to: str) -> None:
        """Go to the ``newest`` page, which follows what comes, or to the ``newer``, ``older`` or ``oldest``."""
        start, end = self._window()
        if to == "older" and start > 0:
            end = start
        elif to == "newer":
            end = min(len(self._matched), end + self._page)
        elif to == "oldest":
            end = min(len(self._matched), self._page)
        elif to == "newest":
            end = len(self._matched)
        self._top = None if end == len(self._matched) else self._matched[end - 1]

    def open(self, key: str) -> None:
        """Show the details of a row; the page is held then, so that the row stays in sight."""
        entry = next((entry for entry in reversed(self._entries.values()) if entry.key == key), None)
        if entry is None:
            return
        self._detail(entry)
        if self._top is None and self._matched:
            self._top = self._matched[-1]

    def _detail(self, entry: Entry | None) -> None:
        """The details of this row, instead of those of another; they are worked out once."""
        self._opened = entry
        self._details = (details(entry),) if entry is not None else ()

    # -- what it says

    def _window(self) -> tuple[int, int]:
        """Which of those that pass are on the page, as a slice."""
        end = len(self._matched)
        if self._top is not None:
            end = max(bisect_right(self._matched, self._top), min(end, self._page))
        return max(0, end - self._page), end

    def entries(self) -> list[Entry]:
        """All that the filter lets pass, the newest first."""
        return [self._entries[serial] for serial in reversed(self._matched)]

    def rows(self) -> list[dict[str, object]]:
        """The same as plain dictionaries; times in milliseconds."""
        return [entry.record() for entry in self.entries()]

    def csv(self) -> str:
        """The same as comma-separated text, the oldest first."""
        records = self.rows()[::-1]
        return written(list(records[0]) if records else [], [list(record.values()) for record in records])

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        start, end = self._window()
        page = [self._entries[serial] for serial in self._matched[start:end]]
        return Sheet(
            kind="traffic",
            title="Traffic",
            columns=COLUMNS,
            lines=tuple(entry.line() for entry in reversed(page)),
            state=self._state(),
            said=self._entries[self._matched[-1]].sentence() if self._matched else "",
            empty=self._empty(),
            picture=draw(page, self._views, self._known.of("unit")) if page else None,
            notes=tuple(self._notes(start, end)),
            grids=self.reports.grids(),
            parts=self._details,
            leafing=self._leafing(start, end),
        )

    def _leafing(self, start: int, end: int) -> Leafing:
        count = len(self._matched)
        return Leafing(
            filter=self._typed,
            holds=self._filter.text,
            error=shown(told(self._error), 400) if self._error is not None else "",
            where=self._where(),
            hints=self._hints,
            first=count - end + 1 if count else 0,
            last=count - start,
            count=count,
            all=len(self._entries),
            newer=count - end,
            held=self._top is not None,
            opened=self._opened.key if self._opened is not None else "",
        )

    def _where(self) -> tuple[str, str, str] | None:
        """The typed filter with the place of its error apart."""
        if self._error is None or self._error.span is None:
            return None
        start, end = self._error.span
        before, wrong, behind = self._typed[:start], self._typed[start:end], self._typed[end:]
        return printable(before), printable(wrong) or "␣", printable(behind)

    def _state(self) -> str:
        if not self._filter:
            return counted(len(self._entries), "row") if self._entries else ""
        return f"{len(self._matched)} of {len(self._entries)} rows pass {shown(self._filter.text, 160)}"

    def _empty(self) -> str:
        if self._entries:
            return "no row passes the filter"
        return "nothing yet; what any view of this session asks will stand here"

    def _notes(self, start: int, end: int) -> list[str]:
        notes, count = [], len(self._matched)
        if end - start < count:
            notes.append(f"rows {count - end + 1} to {count - start} of {count} are shown")
        if self._seen > len(self._entries):
            gone = self._seen - len(self._entries)
            notes.append(f"the newest {len(self._entries)} are held; {gone} earlier ones are not")
        return notes

    def explain(self) -> str:
        """The same in words, oldest first."""
        said = [entry.sentence() for entry in reversed(self.entries())]
        return "\n".join(said) or ("No row passes the filter." if self._entries else "Nothing was asked yet.")
