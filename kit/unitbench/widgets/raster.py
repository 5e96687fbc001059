"""The reply raster as a drawing: one lane per unit, one column per round, one mark per answer. Pure geometry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from unitbench.widgets.sheet import Key, Label, Picture, Stroke, milliseconds

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 96, 76, 20, 28
LEGEND = (
    Key("ok", "●", "answered: a lane is 0 to {} ms, the higher the later"),
    Key("over", "▲", "answered beyond the scale"),
    Key("late", "◇", "late: its round had ended"),
    Key("duplicate", "○", "duplicate"),
    Key("missing", "✕", "no answer"),
    Key("median", "╌", "median"),
    Key("void", "▒", "not counted"),
)

DRAWN = ("void", "lane", "median", "ok", "over", "late", "duplicate", "missing")
"""The kinds of marks, from the ground up."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one unit did in one round; times in seconds after the request."""

    round: int
    ok_s: float | None = None
    duplicates_s: tuple[float, ...] = ()
    late: bool = False
    voided: bool = False


Lane = tuple[str, float | None, Sequence[Mark]]
"""A unit's name, its median in seconds, and its marks."""


def scale_of(times: Iterable[float]) -> float:
    """A round upper end for the lanes, in seconds: the slowest answer fits, unless it is far off the others."""
    ordered = sorted(times)
    if not ordered:
        return 1e-3
    usual = ordered[ceil(0.9 * len(ordered)) - 1]
    top = ordered[-1] if ordered[-1] <= 5 * usual else 2 * usual
    step = 1e-6
    while True:
        for factor in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            if top <= step * factor:
                return step * factor
        step *= 10


def draw(lanes: Sequence[Lane], numbers: range, about: str) -> Picture:
    """The raster of some lanes over the rounds ``numbers``."""
    times = [mark.ok_s for _, _, marks in lanes for mark in marks if mark.ok_s is not None]
    raster = _Raster(len(lanes), numbers, scale_of(times))
    for index, lane in enumerate(lanes):
        raster.lane(index, lane)
    raster.axis()
    return raster.picture(about)


class _Raster:
    def __init__(self, lanes: int, numbers: range, scale: float) -> None:
        self.height = 64 if lanes <= 3 else 46 if lanes <= 6 else 28 if lanes <= 16 else 18
        self.reach = self.height - 10
        self.numbers = numbers
        self.pitch = min(60.0, (WIDTH - LEFT - RIGHT) / max(1, len(numbers)))
        self.size = max(2.0, min(4.0, self.pitch / 3))
        self.right = LEFT + self.pitch * len(numbers)
        self.bottom = TOP + self.height * lanes
        self.scale = scale
        self.paths: dict[str, list[str]] = {kind: [] for kind in DRAWN}
        self.labels: list[Label] = []

    def x(self, number: int) -> float:
        return LEFT + self.pitch * (number - self.numbers.start + 0.5)

    def lane(self, index: int, lane: Lane) -> None:
        name, median, marks = lane
        floor = TOP + self.height * (index + 1) - 4.0
        self.paths["lane"].append(f"M{LEFT} {floor:.1f}H{self.right:.1f}")
        middle = floor - self.reach / 2 + 4
        self.labels.append(Label(LEFT - 44, middle, name, "name", "end"))
        if self.height >= 28:
            top = f"{self.scale * 1e3:g} ms"
            self.labels.append(Label(LEFT - 6, floor - self.reach + 6, top, "axis", "end"))
            self.labels.append(Label(LEFT - 6, floor + 1, "0", "axis", "end"))
        if median is not None:
            y = self.y(floor, median)
            self.paths["median"].append(f"M{LEFT} {y:.1f}H{self.right:.1f}")
            self.labels.append(Label(self.right + 8, y + 4, f"{milliseconds(median)} ms", "value"))
        for mark in marks:
            self.mark(mark, floor)

    def y(self, floor: float, seconds: float) -> float:
        return floor - self.reach * min(1.0, max(0.0, seconds / self.scale))

    def mark(self, mark: Mark, floor: float) -> None:
        x, s = self.x(mark.round), self.size
        ceiling = floor - self.reach
        if mark.voided:
            left, wide = x - self.pitch / 2, self.pitch
            self.paths["void"].append(f"M{left:.1f} {ceiling:.1f}h{wide:.1f}v{self.reach}h-{wide:.1f}z")
            return
        if mark.ok_s is not None and mark.ok_s > self.scale:
            self.paths["over"].append(f"M{x - s:.1f} {ceiling + s:.1f}h{2 * s:.1f}l-{s:.1f} -{1.6 * s:.1f}z")
        elif mark.ok_s is not None:
            self.paths["ok"].append(f"M{x:.1f} {self.y(floor, mark.ok_s):.1f}h0")
        for extra in mark.duplicates_s:
            arc = f"a{s:.1f} {s:.1f} 0 1 0"
            at = f"M{x - s:.1f} {self.y(floor, extra):.1f}"
            self.paths["duplicate"].append(f"{at}{arc} {2 * s:.1f} 0{arc} -{2 * s:.1f} 0z")
        if mark.late:
            side = f"{s:.1f} {s:.1f}"
            self.paths["late"].append(f"M{x:.1f} {ceiling:.1f}l{side}l-{side}l-{s:.1f} -{s:.1f}z")
        elif mark.ok_s is None:
            y, d = floor - self.reach / 2, f"{2 * s:.1f}"
            self.paths["missing"].append(f"M{x - s:.1f} {y - s:.1f}l{d} {d}m0 -{d}l-{d} {d}")

    def axis(self) -> None:
        line = self.bottom + 18.0
        step = next((s for s in (1, 2, 5, 10, 20, 50) if s * self.pitch >= 30), 100)
        ticks = [number for number in self.numbers if number % step == 0]
        if self.numbers and (not ticks or ticks[0] - self.numbers.start >= step * 0.6):
            ticks.insert(0, self.numbers.start)
        self.labels += [Label(self.x(number), line, str(number), "axis", "middle") for number in ticks]
        self.labels.append(Label(LEFT - 20, line, "round", "axis", "end"))
        if self.paths["median"]:
            self.labels.append(Label(self.right + 8, TOP - 8, "median", "axis"))

    def picture(self, about: str) -> Picture:
        top = f"{self.scale * 1e3:g}"
        legend = tuple(replace(key, text=key.text.format(top)) for key in LEGEND if self.paths[key.kind])
        dot = 0.0 if self.pitch > 10 and self.height > 28 else 4.0
        strokes = tuple(
            Stroke(kind, "".join(parts), dot if kind == "ok" else 0.0)
            for kind, parts in self.paths.items()
            if parts
        )
        return Picture(WIDTH, self.bottom + BOTTOM, about, strokes, tuple(self.labels), legend)
