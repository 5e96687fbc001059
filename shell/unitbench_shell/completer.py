"""The candidates for what stands at the cursor: the language's suggestions, and the names of files."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.document import Document

from unitbench.line.suggest import Suggestion, fitting, suggestions
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import QUOTES
from unitbench_shell.paths import paths


class LineCompleter:
    """For the line in which the cursor stands; pure text unless files are asked for, so it needs no thread."""

    def __init__(self, vocabulary: Callable[[], Vocabulary]) -> None:
        self._vocabulary = vocabulary

    def candidates(self, document: Document, *, files: bool = False) -> list[Suggestion]:
        """The suggestions at the cursor, none where the only one is there already; ``files``: also the names of
        files, where such may be meant."""
        line, cursor = document.current_line, document.cursor_position_col
        known = suggestions(line, cursor, self._vocabulary())
        found = list(known.items)
        place = known.path
        if files and place is not None:
            quoted = line[max(0, place.start - 1) : place.start] in (*QUOTES,)
            found = [*fitting(place, paths(place.typed, quoted=quoted)), *found]
        if len(found) == 1 and found[0].text == line[found[0].start : found[0].end]:
            return []
        return found
