"""How records show themselves: as a table in a notebook, and as the text of the terminal everywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def shown(cls: type[T]) -> type[T]:
    """The class, whose objects show themselves; what that takes is imported when one is looked at."""
    kind: Any = cls
    kind.__repr__ = text
    kind._repr_html_ = html
    return cls


def text(item: Any) -> str:
    """An object of the session as plain text."""
    from unitbench.session.rendering_state import render

    return render(item)


def html(item: Any) -> str:
    """An object of the session as a table; every text of a unit is escaped."""
    from unitbench.session.tables import table_of

    return table_of(item)


class Listed(tuple[T, ...]):
    """Records of one kind: a tuple that shows itself as one table."""

    __slots__ = ()

    def __new__(cls, records: Iterable[T] = ()) -> Listed[T]:
        return super().__new__(cls, records)

    def __repr__(self) -> str:
        return text(self) if self else "()"

    def _repr_html_(self) -> str | None:
        return html(self) if self else None
