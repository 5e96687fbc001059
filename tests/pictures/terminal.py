"""A recording of the shell in a pseudo-terminal, as an animated SVG: real keys in, real screens out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pexpect
import pyte

COLUMNS, ROWS = 100, 26
CELL_W, CELL_H = 8.43, 18
PAD = 14
SHOWN_S = 0.07
COLOURS = {
    "default": "#d8dee9",
    "black": "#3b4252",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": "#e5e9f0",
    "brightblack": "#7f8694",
    "brightred": "#e06c75",
    "brightgreen": "#98c379",
    "brightbrown": "#e5c07b",
    "brightblue": "#61afef",
    "brightmagenta": "#c678dd",
    "brightcyan": "#56b6c2",
    "brightwhite": "#ffffff",
}
BACK = "#1f232b"


@dataclass(frozen=True)
class Frame:
    """A screen and how long it stands, in seconds."""

    rows: tuple[tuple[tuple[str, str, str, bool], ...], ...]
    seconds: float


class Terminal:
    """The shell in a pseudo-terminal, watched by a terminal emulator."""

    def __init__(self, command: list[str]) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(command[0], command[1:], dimensions=(ROWS, COLUMNS), timeout=15)
        self.frames: list[Frame] = []

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def _read(self, seconds: float) -> bool:
        try:
            data = self._child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return False
        self._stream.feed(data)
        if b"\x1b[6n" in data:
            self._child.send(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        return True

    def until(self, wanted: str, seconds: float = 15) -> None:
        """Read until ``wanted`` stands on the screen."""
        end = time.monotonic() + seconds
        while wanted not in self.text():
            if time.monotonic() > end:
                raise TimeoutError(f"{wanted!r} did not appear:\n{self.text()}")
            self._read(0.1)
        while self._read(0.15):
            continue

    def type(self, keys: str) -> None:
        """Type as a person would, a frame a key."""
        for key in keys:
            self._child.send(key)
            self._read(0.3)
            while self._read(0.03):
                continue
            self.shot(SHOWN_S)

    def shot(self, seconds: float) -> None:
        """Keep the screen as a frame."""
        rows = []
        for y in range(ROWS):
            line = self._screen.buffer[y]
            cells = []
            for x in range(COLUMNS):
                cell = line[x]
                fore, back = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
                cells.append(
                    (cell.data, _colour(fore, cell.reverse), _back(back, cell.reverse), bool(cell.bold))
                )
            rows.append(tuple(cells))
        self.frames.append(Frame(tuple(rows), seconds))

    def close(self) -> None:
        """End the shell."""
        self._child.close(force=True)


def _colour(name: str, reverse: bool) -> str:
    if name == "default":
        return BACK if reverse else COLOURS["default"]
    return COLOURS.get(name, f"#{name}" if len(name) == 6 else COLOURS["default"])


def _back(name: str, reverse: bool) -> str:
    if name == "default":
        return COLOURS["default"] if reverse else ""
    return COLOURS.get(name, f"#{name}" if len(name) == 6 else "")


def svg(frames: list[Frame]) -> str:
    """The frames as one SVG that plays in any browser; without animation the last frame shows."""
    total = sum(frame.seconds for frame in frames)
    width, height = COLUMNS * CELL_W + 2 * PAD, ROWS * CELL_H + 2 * PAD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
        "<title>A recorded session of the unitbench shell on its simulated units</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>',
    ]
    at = 0.0
    for index, frame in enumerate(frames):
        start, end = at / total, (at + frame.seconds) / total
        last = index == len(frames) - 1
        values, times = ("0;1;1", f"0;{start:.5f};1") if last else ("0;1;0", f"0;{start:.5f};{end:.5f}")
        if index == 0:
            values, times = "1;0", f"0;{end:.5f}"
        out.append(f'<g opacity="{1 if last else 0}">')
        out.append(
            f'<animate attributeName="opacity" calcMode="discrete" dur="{total:.2f}s" repeatCount="indefinite" '
            f'values="{values}" keyTimes="{times}"/>'
        )
        out += _rows(frame)
        out.append("</g>")
        at += frame.seconds
    return "\n".join([*out, "</svg>", ""])


def _rows(frame: Frame) -> Iterator[str]:
    for y, row in enumerate(frame.rows):
        top = PAD + y * CELL_H
        for x, length, style, words in _runs(row):
            fore, back, bold = style
            left = PAD + x * CELL_W
            if back:
                yield f'<rect x="{left:.1f}" y="{top}" width="{length * CELL_W:.1f}" height="{CELL_H}" fill="{back}"/>'
            if words.strip():
                weight = ' font-weight="bold"' if bold else ""
                yield (
                    f'<text x="{left:.1f}" y="{top + 13}" fill="{fore}"{weight} xml:space="preserve" '
                    f'textLength="{length * CELL_W:.1f}">{escape(words)}</text>'
                )


def _runs(
    row: tuple[tuple[str, str, str, bool], ...],
) -> Iterator[tuple[int, int, tuple[str, str, bool], str]]:
    """Neighbouring cells of one style: place, length, style and text; blank ends are left out."""
    x = 0
    while x < len(row):
        style = row[x][1:]
        end = x
        while end < len(row) and row[end][1:] == style:
            end += 1
        words = "".join(cell[0] for cell in row[x:end])
        if style[1] or words.strip():
            kept = words if style[1] else words.rstrip()
            yield x, len(kept), style, kept
        x = end


def record(target: Path) -> None:
    """Play the scene and write it."""
    unitbench = str(Path(sys.executable).with_name("unitbench"))
    name = "recording"
    shell = Terminal([unitbench, "--session", name, "--sim"])
    try:
        shell.until("unitbench [")
        shell.until("7 units answered")
        shell.shot(1.8)
        for keys, wanted, seconds in SCENE:
            shell.type(keys)
            shell.shot(0.6)
            if wanted:
                shell.until(wanted)
                shell.shot(seconds)
        shell.shot(2.0)
    finally:
        shell.close()
        pexpect.run(f"{unitbench} stop {name}")
    target.write_text(svg(shell.frames), encoding="utf-8")


SCENE = (
    ("SEC\t", "", 0.0),
    ("\r", "~01@SECUR ON", 2.0),
    ("LOGIN USER\r", "password", 0.8),
    ("1234\r", "LOGIN USER OK", 1.5),
    ("0Eh 19", "", 0.0),
    ("\r", "5017", 2.5),
    ("GETL\t", "", 0.0),
    ("\r", "ACK", 1.5),
)

if __name__ == "__main__":
    record(Path(sys.argv[1]))
