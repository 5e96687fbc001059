"""A sheet as HTML that needs no kernel and no script: what stays in a saved notebook and an exported page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path

from unitbench.widgets.sheet import (
    DUMP_LIMIT,
    DUMP_WIDTH,
    Cell,
    Column,
    Dump,
    Grid,
    Line,
    Picture,
    Sheet,
    Span,
)

STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """The text of a file that the front end gets."""
    return (STATIC / name).read_text(encoding="utf-8")


SCRIPTS = (
    *("dom.js", "table.js", "picture.js", "choice.js", "dump.js", "editing.js", "form.js"),
    *("finder.js", "traffic.js", "post.js", "view.js"),
)
"""The front end, in the order in which its files build on each other; it is sent as one."""


def script() -> str:
    """The front end as one module."""
    return "\n".join(map(asset, SCRIPTS))


def style() -> str:
    """What a live view looks like; the static form needs only the first part."""
    return asset("live.css") + asset("edit.css") + asset("traffic.css")


def page(sheet: Sheet) -> str:
    """The static form. Its root has the class ``ub-static``; a live view in the same output hides it."""
    body = "".join(_parts(sheet))
    return f'<div class="ub ub-static ub-{sheet.kind}"><style>{asset("live.css")}</style>{body}</div>'


def _parts(sheet: Sheet) -> list[str]:
    figure = _figure(sheet.picture) if sheet.picture else ""
    leafing = (
        sheet.leafing is not None
    )  # the tables of its grids are further ones there, else they come first
    return [
        f'<p class="ub-head"><strong class="ub-title">{escape(sheet.title)}</strong> '
        f'<span class="ub-state">{escape(sheet.state)}</span></p>',
        "" if leafing else figure,
        *map(_dump, sheet.dumps),
        *("" if leafing else _grid(grid) for grid in sheet.grids),
        _table(sheet.title, sheet.columns, sheet.lines)
        if sheet.lines
        else f'<p class="ub-empty">{escape(sheet.empty)}</p>',
        f'<div class="ub-scroll">{figure}</div>' if leafing and figure else "",
        *(f'<p class="ub-note">{escape(note)}</p>' for note in sheet.notes),
        *(_grid(grid) if leafing else "" for grid in sheet.grids),
        *(f'<div class="ub-part ub-{part.kind}">{"".join(_parts(part))}</div>' for part in sheet.parts),
    ]


def _grid(grid: Grid) -> str:
    head = f'<strong class="ub-name">{escape(grid.title)}</strong> <span class="ub-state">{escape(grid.about)}</span>'
    return f'<p class="ub-dumphead">{head}</p>{_table(grid.title, grid.columns, grid.lines, "ub-grid")}'


def _table(title: str, columns: tuple[Column, ...], lines: tuple[Line, ...], kind: str = "") -> str:
    heads = "".join(map(_head, columns))
    rows = "".join(_row(line, columns) for line in lines)
    return (
        f'<div class="{f"ub-scroll {kind}".rstrip()}"><table class="ub-table"><caption>{escape(title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _head(column: Column) -> str:
    return f'<th scope="col" {_side("", column)} title="{escape(column.about)}">{escape(column.title)}</th>'


def _side(tone: str, column: Column) -> str:
    """How a cell is set, by attributes too: style sheets are taken out of pages that are not trusted."""
    number, side = (" ub-number", "right") if column.numeric else ("", "left")
    return f'class="{tone}{number}" align="{side}" valign="top"'


def _row(line: Line, columns: tuple[Column, ...]) -> str:
    cells = "".join(
        _cell(cell, column, first=index == 0)
        for index, (cell, column) in enumerate(zip(line.cells, columns, strict=True))
    )
    return f'<tr class="ub-quiet">{cells}</tr>' if line.quiet else f"<tr>{cells}</tr>"


def _cell(cell: Cell, column: Column, *, first: bool) -> str:
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    bar = ""
    if cell.bar is not None:
        bar = f'<span class="ub-bar"><span style="width: {100 * cell.bar:.1f}%"></span></span>'
    sub = f'<br><small class="ub-sub">{escape(cell.sub)}</small>' if cell.sub else ""
    how = _side(f"ub-{cell.tone}", column)
    return f"<{tag}{scope} {how}>{escape(cell.text)}{bar}{sub}</{tag}>"


def _dump(dump: Dump) -> str:
    """The bytes, each field in a band of its own, so that it can be told from its neighbours without colour."""
    rows = []
    for at in range(0, min(len(dump.octets), DUMP_LIMIT), DUMP_WIDTH):
        end = min(at + DUMP_WIDTH, len(dump.octets))
        gap = "   " * (DUMP_WIDTH - (end - at))
        octets = " ".join(_band(dump, at, end, lambda a, b: " ".join(dump.octets[a:b])))
        glyphs = "".join(_band(dump, at, end, lambda a, b: dump.glyphs[a:b]))
        rows.append(f'<span class="ub-offset">{at:04x}</span>  {octets}{gap}  {glyphs}')
    if dump.further:
        rows.append(dump.further)
    head = f'<strong class="ub-name">{escape(dump.title)}</strong> '
    head += f'<span class="ub-state">{escape(dump.state)}</span>'
    return f'<p class="ub-dumphead">{head}</p><pre class="ub-dump">{chr(10).join(rows)}</pre>'


def _band(dump: Dump, start: int, end: int, shown: Callable[[int, int], str]) -> Iterator[str]:
    """Each field's part of one line."""
    for index, span in enumerate(dump.spans):
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            text = escape(shown(first, last))
            yield f'<span class="{_kind(span, index)}" title="{escape(span.about)}">{text}</span>'


def _kind(span: Span, index: int) -> str:
    return f"ub-span ub-band{index % 2}{' ub-bad' if span.bad else ''}"


def _figure(picture: Picture) -> str:
    """The drawing as an image: unlike an element it survives in pages that are not trusted."""
    legend = " &nbsp; ".join(
        f'<span class="ub-key"><span class="ub-glyph ub-{key.kind}">{escape(key.glyph)}</span> '
        f"{escape(key.text)}</span>"
        for key in picture.legend
    )
    head = _image(picture.head) if picture.head else ""
    return f'<div class="ub-figure">{head}{_image(picture)}<p class="ub-legend">{legend}</p></div>'


def _image(picture: Picture) -> str:
    data = b64encode(svg(picture).encode()).decode()
    return (
        f'<img class="ub-picture" alt="{escape(picture.about)}" width="{picture.width}" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def svg(picture: Picture) -> str:
    """The drawing on its own, in colours that are seen on light and on dark ground."""
    strokes = "".join(
        f'<path class="ub-{stroke.kind}"{_width(stroke.width)} d="{stroke.path}"/>'
        for stroke in picture.strokes
    )
    labels = "".join(
        f'<text class="ub-{label.kind}" x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">'
        f"{escape(label.text)}</text>"
        for label in picture.labels
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}" '
        f'width="{picture.width}" height="{picture.height}">'
        f"<style>{asset('picture.css')}</style>{strokes}{labels}</svg>"
    )


def _width(width: float) -> str:
    return f' style="stroke-width: {width:g}px"' if width else ""
