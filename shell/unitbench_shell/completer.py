"""From the language's suggestions to the menu: what, its effect in one letter, its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.line.suggest import Suggestion, suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.records import Effect


class LineCompleter(Completer):
    """Candidates for the line in which the cursor stands; pure text, so it needs no thread."""

    def __init__(self, vocabulary: Callable[[], Vocabulary]) -> None:
        self._vocabulary = vocabulary

    def candidates(self, document: Document) -> list[Suggestion]:
        """The suggestions at the cursor, none where the only one is there already."""
        line = document.current_line
        cursor = document.cursor_position_col
        found = suggest(line, cursor, self._vocabulary())
        unique = list({item.text: item for item in found}.values())
        if len(unique) == 1 and unique[0].text == line[unique[0].start : cursor]:
            return []
        return unique

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        cursor = document.cursor_position_col
        for item in self.candidates(document):
            yield Completion(item.text, item.start - cursor, display_meta=_meta(item))


def _meta(item: Suggestion) -> StyleAndTextTuples:
    word = item.effect.partition(",")[0]
    if not word:
        return [("", f"  {item.meaning}")]
    return [(f"class:effect.{word}", Effect(word).letter), ("", f" {item.meaning}")]
