"""Whose lines a view does not want to see: its own choice, which no other view knows of."""

from __future__ import annotations

from collections import Counter

from unitbench.errors import UsageError
from unitbench.schema.printable import printable
from unitbench.session.origin import checked


def covers(name: str, origin: str) -> bool:
    """Whether ``name`` means an origin: itself, or all of its kind (``nb`` means ``nb:tour.ipynb``, ``shell``
    ``shell-2``)."""
    kind, number = origin[: len(name)], origin[len(name) :]
    return kind == name and (not number or number[0] == ":" or (number[0] == "-" and number[1:].isdigit()))


class Muted:
    """The names that are muted, and how many lines of which origin were kept back since."""

    def __init__(self) -> None:
        self._kept: dict[str, Counter[str]] = {}

    def mute(self, name: str) -> None:
        """Keep the lines of an origin back, or of all of a kind; raises ``UsageError``, for the session itself too."""
        self._kept.setdefault(checked(name, "what is muted"), Counter())

    def unmute(self, name: str = "") -> dict[str, int]:
        """Show them again, of everybody where no name is given; how many lines were kept back, by origin.

        Raises ``UsageError`` where that name is not muted.
        """
        if name and name not in self._kept:
            known = ", ".join(self._kept) or "nobody"
            raise UsageError(f"'{printable(name, 40)}' is not muted", hint=f"muted here: {known}")
        told: Counter[str] = Counter()
        for each in [name] if name else list(self._kept):
            told += self._kept.pop(each)
        return dict(told)

    def holds(self, origin: str) -> bool:
        """Whether the lines of an origin are kept back."""
        return any(covers(name, origin) for name in self._kept)

    def keep(self, origin: str) -> None:
        """A line of it was not shown."""
        name = next(name for name in self._kept if covers(name, origin))
        self._kept[name][origin] += 1

    @property
    def kept(self) -> dict[str, int]:
        """The names that are muted, and how many lines were kept back for each."""
        return {name: counts.total() for name, counts in self._kept.items()}
