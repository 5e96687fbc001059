"""A page of help: a title, a line about it, and sections of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from unitbench.schema.record import record
from unitbench.session.showing import shown

if TYPE_CHECKING:
    from unitbench.session.jsontypes import HelpJson

Row = tuple[str, str]
"""What is explained, and the explanation; either may be empty."""


@record
class Section:
    """Rows under a heading."""

    title: str
    rows: tuple[Row, ...]


@shown
@record
class HelpPage:
    """What help says of one thing."""

    title: str
    about: str
    sections: tuple[Section, ...] = ()


def section(title: str, rows: Iterable[Row]) -> tuple[Section, ...]:
    """A section, or none where there is nothing to say."""
    found = tuple(rows)
    return (Section(title, found),) if found else ()


def page_json(page: HelpPage) -> HelpJson:
    """The page as one object."""
    return {
        "type": "help",
        "title": page.title,
        "about": page.about,
        "sections": [
            {"title": part.title, "rows": [{"what": what, "about": about} for what, about in part.rows]}
            for part in page.sections
        ],
    }
