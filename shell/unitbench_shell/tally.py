"""What the items of a run came to, as exit codes: what was expected to go wrong does not count."""

from __future__ import annotations

from unitbench.session.model import Exchange
from unitbench.session.scripted import Expected, Failed, Turned
from unitbench_shell.codes import OK, REFUSED, code_of, worst
from unitbench_shell.output import code_of_item


class Tally:
    """Codes one after the other; those of exchanges can be taken back."""

    def __init__(self) -> None:
        self._codes: list[tuple[int | None, int]] = []

    def add(self, item: object) -> int:
        """Count an item; gives its code."""
        if isinstance(item, Turned):
            return worst([self.add(each) for each in item.items])
        if isinstance(item, Failed):
            return self.count(code_of(item.error))
        if isinstance(item, Expected):
            if item.clears:
                self._codes = [entry for entry in self._codes if entry[0] != item.exchange.id]
            return self.count(OK if item.ok else REFUSED)
        code = code_of_item(item)
        self._codes.append((item.id if isinstance(item, Exchange) else None, code))
        return code

    def count(self, code: int) -> int:
        """Count a code."""
        self._codes.append((None, code))
        return code

    @property
    def code(self) -> int:
        """The exit code for all."""
        return worst(code for _, code in self._codes)
