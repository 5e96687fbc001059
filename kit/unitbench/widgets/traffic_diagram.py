"""The traffic as a sequence diagram: a column for each view and unit, time downwards, an arrow for all that went.

What became of it is told by the shape of the arrow and by a word beside it; colour only repeats that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unitbench.session.model import Exchange, Reply
from unitbench.widgets.sheet import Band, Key, Label, Picture, Stroke, clock, counted, shown
from unitbench.widgets.traffic_entry import Entry

LEFT, RIGHT, HEAD = 104, 20, 30
STEP, GAP = 24, 8
WIDTH, LEAST_WIDTH = 1040, 640
LEAST_PITCH, MOST_PITCH = 132.0, 330.0
MOST_COLUMNS = 24
MOST_REPLIES = 4
"""Replies of one exchange that get an arrow of their own."""
LETTER = 6.4
"""Width of a character of a label, in the picture's units."""
SESSION = "session"
OTHERS = "further ones"

LEGEND = (
    Key("s-ask", "→", "a request"),
    Key("s-reply", "⇠", "its answer"),
    Key("s-refused", "⇥", "refused: the arrow ends at a bar"),
    Key("s-malformed", "⌇", "malformed: a zigzag"),
    Key("s-lost", "✕", "silent: no answer came"),
    Key("s-closed", "⊠", "closed: the connection ended"),
    Key("s-withheld", "⊣", "withheld: it did not leave"),
    Key("s-late", "◇", "late: after the request was given up"),
    Key("s-heard", "○", "came unasked"),
    Key("s-job", "▭", "a job, as far as it is"),
    Key("s-notice", "▪", "a notice"),
)
DRAWN = ("s-lane", *(key.kind for key in LEGEND), "s-cross", "s-head")
"""The kinds of marks, from the ground up."""


def draw(entries: Sequence[Entry], views: Iterable[str], units: Iterable[str]) -> Picture:
    """The diagram of some entries, the oldest first; ``views`` and ``units`` say in which order columns stand."""
    names = [(name, True) for name in views] + [(name, False) for name in units]
    return _Diagram(entries, names).picture()


class _Diagram:
    def __init__(self, entries: Sequence[Entry], names: Sequence[tuple[str, bool]]) -> None:
        self.entries = entries
        wanted = dict.fromkeys(place for entry in entries for place in _places(entry))
        order = {place: index for index, place in enumerate(names)}
        columns = sorted(wanted, key=lambda place: (not place[1], order.get(place, len(order))))
        self.further = len(columns) - MOST_COLUMNS + 1 if len(columns) > MOST_COLUMNS else 0
        self.columns = columns[: MOST_COLUMNS - 1] if self.further else columns
        count = max(1, len(self.columns) + bool(self.further))
        self.pitch = min(MOST_PITCH, max(LEAST_PITCH, (WIDTH - LEFT - RIGHT) / count))
        self.width = max(LEAST_WIDTH, int(LEFT + self.pitch * count + RIGHT))
        self.at = {place: index for index, place in enumerate(self.columns)}
        self.paths: dict[str, list[str]] = {kind: [] for kind in DRAWN}
        self.labels: list[Label] = []
        self.bands: list[Band] = []
        self.y = float(STEP)

    # -- places

    def x(self, place: tuple[str, bool]) -> float:
        return LEFT + self.pitch * (self.at.get(place, len(self.columns)) + 0.5)

    def put(self, kind: str, path: str) -> None:
        self.paths[kind].append(path)

    def write(self, start: float, end: float, text: str, kind: str = "value") -> None:
        """Text above the line from ``start`` to ``end``, near its start, cut where it would reach beyond."""
        room = max(int((abs(end - start) - 18) / LETTER), 12)
        cut = text if len(text) <= room else f"{text[: room - 1]}…"
        right = end >= start
        x = start + (8 if right else -8)
        self.labels.append(Label(x, self.y - 4, cut, kind, "start" if right else "end"))

    def beside(self, x: float, text: str) -> None:
        """Text beside a mark, on the side where there is more room."""
        if x - LEFT < self.width - x:
            self.labels.append(Label(x + 12, self.y + 4, _cut(text, self.width - x - 20), "value"))
        else:
            self.labels.append(Label(x - 12, self.y + 4, _cut(text, x - LEFT), "value", "end"))

    def pointed(self, x: float, step: int) -> None:
        """The head of an arrow that goes right (1) or left (-1)."""
        self.put("s-head", f"M{x:.1f} {self.y:.1f}l{-8 * step} -4v8z")

    # -- marks

    def picture(self) -> Picture:
        for entry in self.entries:
            top = self.y - STEP + GAP
            self.labels.append(Label(4, self.y + 4, clock(entry.t_ns)[:12], "axis"))
            self.entry(entry)
            self.y += STEP + GAP
            self.bands.append(Band(entry.key, top - GAP / 2, self.y - STEP + GAP - top))
        bottom = self.y - STEP + GAP
        lanes = "".join(f"M{x:.1f} 0V{bottom:.1f}" for x in self.lanes())
        self.paths["s-lane"].append(lanes)
        strokes = tuple(Stroke(kind, "".join(parts)) for kind, parts in self.paths.items() if parts)
        legend = tuple(key for key in LEGEND if self.paths[key.kind])
        count = counted(len(self.entries), "row")
        about = f"sequence diagram of {count}, the oldest on top; the table has the same rows"
        return Picture(
            self.width,
            int(bottom) + 1,
            about,
            strokes,
            tuple(self.labels),
            legend,
            bands=tuple(self.bands),
            head=self.head(),
        )

    def lanes(self) -> list[float]:
        return [LEFT + self.pitch * (n + 0.5) for n in range(len(self.columns) + bool(self.further))]

    def head(self) -> Picture:
        """The names over the columns; a view's is framed, so that it is told from a unit's."""
        names = [name for name, _ in self.columns] + ([f"{self.further} {OTHERS}"] if self.further else [])
        labels, frames = [], []
        for index, (x, name) in enumerate(zip(self.lanes(), names, strict=True)):
            text = _cut(shown(name, 60), self.pitch - 16, 7.6)
            labels.append(Label(x, HEAD - 10, text, "name", "middle"))
            if index < len(self.columns) and self.columns[index][1]:
                half = len(text) * 3.8 + 8
                frames.append(f"M{x - half:.1f} 5h{2 * half:.1f}v{HEAD - 9}h{-2 * half:.1f}z")
        strokes = (Stroke("s-frame", "".join(frames)),) if frames else ()
        return Picture(self.width, HEAD, f"columns: {', '.join(map(shown, names))}", strokes, tuple(labels))

    def entry(self, entry: Entry) -> None:
        event = entry.event
        if event.exchange is not None:
            self.exchange(event.exchange)
        elif event.job is not None:
            x = self.x((entry.who, True))
            self.put("s-job", f"M{x - 7:.1f} {self.y - 7:.1f}h14v14h-14z")
            self.beside(x, f"{shown(entry.command)}: {entry.outcome}, {entry.answer}")
        elif event.kind == "notice":
            x = self.x(_places(entry)[0])
            self.put("s-notice", f"M{x - 4:.1f} {self.y - 4:.1f}h8v8h-8z")
            self.beside(x, f"notice: {shown(entry.answer)}")
        else:
            self.heard(entry)

    def heard(self, entry: Entry) -> None:
        """Something that came unasked: from the unit to who listens."""
        to, by = _places(entry)
        start, end, late = self.x(by), self.x(to), entry.outcome == "late"
        step = 1 if end > start else -1
        if late:
            self.put("s-late", f"M{start:.1f} {self.y:.1f}l{6 * step} -5 {6 * step} 5 {-6 * step} 5z")
            self.put("s-late", f"M{start + 14 * step:.1f} {self.y:.1f}H{end:.1f}")
        else:
            self.put("s-heard", f"M{start:.1f} {self.y:.1f}a4 4 0 1 0 {8 * step} 0a4 4 0 1 0 {-8 * step} 0z")
            self.put("s-heard", f"M{start + 8 * step:.1f} {self.y:.1f}H{end:.1f}")
        self.pointed(end, step)
        self.write(start + 12 * step, end, f"{'late' if late else 'heard'}: {shown(entry.answer, 160)}")

    def exchange(self, found: Exchange) -> None:
        view, unit = self.x((found.origin, True)), self.x((found.unit, False))
        command = shown(found.command, 120)
        step = 1 if unit >= view else -1
        if found.outcome == "withheld":
            end = view + 46 * step
            self.put("s-withheld", f"M{view:.1f} {self.y:.1f}H{end:.1f}m0 -8v16")
            self.beside(end, f"{command}: withheld, {_why(found)}")
            return
        self.put("s-ask", f"M{view:.1f} {self.y:.1f}H{unit - 8 * step:.1f}")
        self.pointed(unit, step)
        self.write(view, unit, command)
        for reply in found.replies[:MOST_REPLIES]:
            self.y += STEP
            self.reply(reply, found, view)
        if len(found.replies) > MOST_REPLIES:
            self.y += STEP
            self.beside(view, f"{len(found.replies) - MOST_REPLIES} more answers")
        if not found.replies:
            self.y += STEP
            self.nothing(found, view, unit)

    def reply(self, reply: Reply, found: Exchange, view: float) -> None:
        unit = self.x((reply.unit, False))
        step = 1 if view > unit else -1
        text = shown(reply.text, 200)
        kind = {"refused": "s-refused", "malformed": "s-malformed"}.get(reply.status, "s-reply")
        if kind == "s-malformed":
            count = max(1, int((abs(view - unit) - 12) / 12))
            wave = f"l{3 * step} -3 {6 * step} 6 {3 * step} -3" * count
            self.put(kind, f"M{unit:.1f} {self.y:.1f}{wave}H{view - 8 * step:.1f}")
            text = f"malformed: {text}"
        elif kind == "s-refused":
            self.put(
                kind,
                f"M{unit:.1f} {self.y:.1f}H{view - 14 * step:.1f}M{view - 4 * step:.1f} {self.y - 8:.1f}v16",
            )
            self.put("s-head", f"M{view - 6 * step:.1f} {self.y:.1f}l{-8 * step} -4v8z")
            text = f"refused: {text}"
        else:
            self.put(kind, f"M{unit:.1f} {self.y:.1f}H{view - 8 * step:.1f}")
        if kind != "s-refused":
            self.pointed(view, step)
        self.write(unit, view, text)

    def nothing(self, found: Exchange, view: float, unit: float) -> None:
        """The answer that did not come: a dotted line that ends at a cross, or a crossed box at the unit."""
        step = 1 if view > unit else -1
        if found.outcome == "closed":
            self.put("s-closed", f"M{unit - 6:.1f} {self.y - 6:.1f}h12v12h-12zl12 12m0 -12l-12 12")
        else:
            x = unit + 60 * step
            self.put("s-lost", f"M{unit:.1f} {self.y:.1f}H{x - 8 * step:.1f}")
            self.put("s-cross", f"M{x - 6:.1f} {self.y - 6:.1f}l12 12m0 -12l-12 12")
        self.write(
            unit + (72 if found.outcome != "closed" else 10) * step, view, f"{found.outcome}: {_why(found)}"
        )


def _places(entry: Entry) -> tuple[tuple[str, bool], ...]:
    """The columns that an entry needs: name, and whether it is a view; the first is that of a view, if any."""
    event = entry.event
    if event.exchange is not None:
        replied = ((reply.unit, False) for reply in event.exchange.replies[:MOST_REPLIES])
        return ((entry.who, True), (entry.unit, False), *replied)
    if event.job is not None:
        return ((entry.who, True),)
    if event.kind == "notice":
        return ((SESSION, True),)
    return ((entry.who or SESSION, True), (entry.unit, False))


def _why(found: Exchange) -> str:
    return shown(found.error.meaning, 120) if found.error is not None else "no answer"


def _cut(text: str, room: float, letter: float = LETTER) -> str:
    most = max(6, int(room / letter))
    return text if len(text) <= most else f"{text[: most - 1]}…"
