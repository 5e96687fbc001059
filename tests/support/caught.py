"""A terminal that keeps what is written to it, for prompts that are played from a pipe."""

from __future__ import annotations

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import DummyOutput


class Caught(DummyOutput):
    """Keeps what is written; what the prompt draws is in it too."""

    def __init__(self, columns: int = 80) -> None:
        self.text = ""
        self._columns = columns

    def write(self, data: str) -> None:
        """Keep it."""
        self.text += data

    def get_size(self) -> Size:
        """As wide as was said."""
        return Size(rows=24, columns=self._columns)
