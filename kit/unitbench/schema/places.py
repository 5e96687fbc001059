"""On which line of a TOML file something stands: the reader of the language itself does not say."""

from __future__ import annotations

import re

from unitbench.schema.lint import Path

_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LONG = ('"""', "'''")


def places_in(text: str) -> dict[Path, int]:
    """The line, from 1, of every table and key of a TOML text."""
    places: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside = ""
    row: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if row:  # a row over several lines, with a table on each
            begins = line.strip()[:1]
            if begins == "{":
                counts[row] = counts.get(row, -1) + 1
                places[(*row, counts[row])] = number
            row = () if begins == "]" else row
            continue
        stripped = line.strip()
        if stripped.startswith("[") and "=" not in stripped:
            name = stripped.lstrip("[").partition("]")[0]
            table = _opened(_parts(name), stripped.startswith("[["), counts)
            places.setdefault(table[:-1], number)
            places.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            path = table
            for part in _parts(key[1]):
                path = (*path, part)
                places.setdefault(path, number)
            row = path if line[key.end() :].strip() == "[" else ()
        inside = next((mark for mark in _LONG if line.count(mark) % 2), "")
    return places


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]


def _opened(parts: list[str], row: bool, counts: dict[Path, int]) -> Path:
    """The path of a table whose header was read; a row of tables gets one more."""
    path: Path = ()
    for index, part in enumerate(parts):
        path = (*path, part)
        if row and index == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def line_of(path: Path, places: dict[Path, int]) -> int:
    """The line where ``path`` stands, or the nearest thing around it."""
    while path not in places:
        path = path[:-1]
    return places[path]
