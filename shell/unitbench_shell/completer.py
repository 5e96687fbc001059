"""From the language's suggestions to what stands in the menu: what, its effect in one letter, its meaning."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.line.suggest import Suggestion, fitting, suggestions
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import QUOTES
from unitbench.schema.records import Effect
from unitbench_shell.paths import paths


class LineCompleter(Completer):
    """Candidates for the line in which the cursor stands; pure text, so it needs no thread."""

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

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> list[Completion]:
        return [completion(item, document) for item in self.candidates(document)]


def completion(item: Suggestion, document: Document) -> Completion:
    """A candidate as the editor takes it; what it replaces behind the cursor is a matter of ``menu``."""
    return Completion(item.text, item.start - document.cursor_position_col, display_meta=_meta(item))


def _meta(item: Suggestion) -> StyleAndTextTuples:
    word = item.effect.partition(",")[0]
    if not word:
        return [("", f"  {item.meaning}")]
    return [(f"class:effect.{word}", Effect(word).letter), ("", f" {item.meaning}")]
