"""A sheet as HTML that needs no kernel and no script: what stays in a saved notebook and an exported page."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

from unitbench.widgets.sheet import Cell, Column, Line, Picture, Sheet

STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """The text of a file that the front end gets."""
    return (STATIC / name).read_text(encoding="utf-8")


def page(sheet: Sheet) -> str:
    """The static form. Its root has the class ``ub-static``; a live view in the same output hides it."""
    progress = f" ({sheet.progress[0]} of {sheet.progress[1]})" if sheet.progress else ""
    body = [
        f"<style>{asset('live.css')}</style>",
        f'<p class="ub-head"><strong class="ub-title">{escape(sheet.title)}</strong> '
        f'<span class="ub-state">{escape(sheet.state)}{progress}</span></p>',
        _figure(sheet.picture) if sheet.picture else "",
        _table(sheet) if sheet.lines else f'<p class="ub-empty">{escape(sheet.empty)}</p>',
        *(f'<p class="ub-note">{escape(note)}</p>' for note in sheet.notes),
    ]
    return f'<div class="ub ub-static ub-{sheet.kind}">{"".join(body)}</div>'


def _table(sheet: Sheet) -> str:
    heads = "".join(map(_head, sheet.columns))
    rows = "".join(_row(line, sheet.columns) for line in sheet.lines)
    return (
        f'<div class="ub-scroll"><table class="ub-table"><caption>{escape(sheet.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _head(column: Column) -> str:
    number = ' class="ub-number"' if column.numeric else ""
    return f'<th scope="col"{number} title="{escape(column.about)}">{escape(column.title)}</th>'


def _row(line: Line, columns: tuple[Column, ...]) -> str:
    cells = "".join(
        _cell(cell, column, first=index == 0)
        for index, (cell, column) in enumerate(zip(line.cells, columns, strict=True))
    )
    return f'<tr class="ub-quiet">{cells}</tr>' if line.quiet else f"<tr>{cells}</tr>"


def _cell(cell: Cell, column: Column, *, first: bool) -> str:
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    number = " ub-number" if column.numeric else ""
    bar = ""
    if cell.bar is not None:
        bar = f'<span class="ub-bar"><span style="width: {100 * cell.bar:.1f}%"></span></span>'
    sub = f'<br><small class="ub-sub">{escape(cell.sub)}</small>' if cell.sub else ""
    return f'<{tag}{scope} class="ub-{cell.tone}{number}">{escape(cell.text)}{bar}{sub}</{tag}>'


def _figure(picture: Picture) -> str:
    """The drawing twice: as an element, which follows the theme, and as an image for where elements of
    this kind and style sheets are taken out of pages that are not trusted."""
    about = escape(picture.about, quote=True)
    plain = b64encode(svg(picture, asset("plain.css")).encode()).decode()
    legend = "".join(
        f'<span class="ub-key">{_sample(kind)} {escape(said)}</span> ' for kind, said in picture.legend
    )
    return (
        f'<div class="ub-figure">{svg(picture)}'
        f'<img class="ub-fallback" alt="{about}" width="{picture.width}" src="data:image/svg+xml;base64,{plain}">'
        f'<p class="ub-legend">{legend}</p></div>'
    )


def svg(picture: Picture, style: str = "") -> str:
    """The drawing as an SVG element; with ``style`` it stands on its own."""
    strokes = "".join(f'<path class="ub-{stroke.kind}" d="{stroke.path}"/>' for stroke in picture.strokes)
    labels = "".join(
        f'<text class="ub-{label.kind}" x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">'
        f"{escape(label.text)}</text>"
        for label in picture.labels
    )
    head = f"<style>{style}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ub-picture" role="img" '
        f'viewBox="0 0 {picture.width} {picture.height}" width="{picture.width}" height="{picture.height}">'
        f"<title>{escape(picture.about)}</title>{head}{strokes}{labels}</svg>"
    )


SAMPLES = {
    "ok": "M8 6h0",
    "over": "M4 9h8l-4 -6z",
    "late": "M8 2l4 4l-4 4l-4 -4z",
    "duplicate": "M4 6a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "missing": "M4 2l8 8m0 -8l-8 8",
    "median": "M0 6H16",
    "void": "M2 1h12v10h-12z",
}
"""One mark of each kind for the legend, 16 by 12."""


def _sample(kind: str) -> str:
    return (
        f'<svg class="ub-picture ub-sample" viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">'
        f'<path class="ub-{kind}" d="{SAMPLES[kind]}"/></svg>'
    )
