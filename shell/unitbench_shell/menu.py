"""The menu of candidates: made in the same redraw as what was typed, and right in the middle of a line.

The editor's own way takes a task of its own and a second redraw for each key, and leaves what stands behind the
cursor as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import DummyCompleter
from prompt_toolkit.document import Document

from unitbench.line.suggest import Suggestion
from unitbench_shell.completer import LineCompleter, completion


class Menu:
    """Of the prompt's buffer. ``while_typing``: it opens by itself, else only with Tab; may be changed at any
    time."""

    def __init__(self, prompt: PromptSession[str], completer: LineCompleter, *, while_typing: bool = True) -> None:
        self.while_typing = while_typing
        self.completer = completer
        self._buffer = prompt.default_buffer
        self._typed: Document | None = None
        self._buffer.completer = _Nobody()
        self._buffer.on_text_insert += self._inserted
        prompt.app.before_render += lambda app: self._rendering()

    def _inserted(self, buffer: Buffer) -> None:
        self._typed = buffer.document if self.while_typing else None

    def _rendering(self) -> None:
        """Something was typed since the last redraw, and nothing has happened behind it."""
        typed, self._typed = self._typed, None
        if typed is not None and typed == self._buffer.document and self._buffer.complete_state is None:
            self.show(self.completer.candidates(typed))

    def show(self, found: Sequence[Suggestion]) -> None:
        """Open it with these candidates."""
        if found:
            self._buffer.complete_state = Choices(self._buffer.document, found)

    def take(self, item: Suggestion) -> None:
        """Put a candidate into the line."""
        at = self._buffer.document.cursor_position_col
        self._buffer.cancel_completion()
        self._buffer.delete_before_cursor(at - item.start)
        self._buffer.delete(item.end - at)
        self._buffer.insert_text(item.text)


class Choices(CompletionState):
    """Candidates that also replace what stands behind the cursor."""

    def __init__(self, document: Document, found: Sequence[Suggestion]) -> None:
        super().__init__(document, [completion(item, document) for item in found])
        self._behind = [item.end - document.cursor_position_col for item in found]

    def new_text_and_position(self) -> tuple[str, int]:
        text, position = super().new_text_and_position()
        if self.complete_index is None:
            return text, position
        return text[:position] + text[position + self._behind[self.complete_index] :], position


class _Nobody(DummyCompleter):
    """Whom the editor asks by itself: as good as none."""

    def __bool__(self) -> bool:
        return False
