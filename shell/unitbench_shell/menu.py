"""The menu of candidates: made in the same redraw as what was typed, and right in the middle of a line.

The editor's own way takes a task of its own and a second redraw for each key, and leaves what stands behind the
cursor as it is. Its own menu fills the whole width of every row; here a row ends with its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import Completion, DummyCompleter
from prompt_toolkit.data_structures import Point
from prompt_toolkit.document import Document
from prompt_toolkit.filters import has_completions, is_done
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import (
    ConditionalContainer,
    Dimension,
    Float,
    FloatContainer,
    ScrollbarMargin,
    ScrollOffsets,
    UIContent,
    UIControl,
    Window,
    walk,
)
from prompt_toolkit.utils import get_cwidth

from unitbench.line.suggest import Suggestion
from unitbench.schema.records import Effect
from unitbench_shell.completer import LineCompleter

ROWS = 16
"""Rows of the menu at most; the room that there is decides."""


class Nobody(DummyCompleter):
    """Whom the editor is to ask by itself: as good as none."""

    def __bool__(self) -> bool:
        return False


class Menu:
    """Of a prompt, whose layout it is put into. ``while_typing``: it opens by itself, else only with Tab; ``opens``:
    it does at all; ``rows`` it has at most. They may be changed at any time."""

    def __init__(
        self, prompt: PromptSession[str], completer: LineCompleter, *, while_typing: bool = True
    ) -> None:
        self.while_typing = while_typing
        self.opens = True
        self.rows = ROWS
        self.completer = completer
        self._buffer = prompt.default_buffer
        self._buffer.completer = Nobody()
        self._buffer.on_text_insert += self._inserted
        self._typed: Document | None = None
        prompt.app.before_render += lambda app: self._rendering()
        for container in walk(prompt.layout.container):
            if isinstance(container, FloatContainer):
                container.floats[:2] = [_floating(lambda: self.rows)]  # in place of the editor's two menus
                break

    def _inserted(self, buffer: Buffer) -> None:
        self._typed = buffer.document if self.while_typing else None

    def _rendering(self) -> None:
        """Something was typed since the last redraw, and nothing has happened behind it."""
        typed, self._typed = self._typed, None
        if typed is not None and typed == self._buffer.document and self._buffer.complete_state is None:
            self.show(self.completer.candidates(typed))

    def show(self, found: Sequence[Suggestion]) -> None:
        """Open it with these candidates."""
        if found and self.opens:
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
        at = document.cursor_position_col
        super().__init__(document, [Completion(item.text, item.start - at) for item in found])
        self.found = found
        self.name_width = max(get_cwidth(item.text) for item in found)
        self.width = self.name_width + max(get_cwidth(item.meaning) for item in found) + len("   ") + 2
        self._over_text = "\n" in document.text
        self._behind = [item.end - at for item in found]

    def row(self, number: int, width: int) -> StyleAndTextTuples:
        """A candidate as it stands in the menu; filled up with blanks where it may cover something."""
        found = row(self.found[number], self.name_width, width, number == self.complete_index)
        blank = width - sum(get_cwidth(fragment[1]) for fragment in found) if self._over_text else 0
        return [*found, ("", " " * blank)] if blank > 0 else found

    def new_text_and_position(self) -> tuple[str, int]:
        text, position = super().new_text_and_position()
        if self.complete_index is None:
            return text, position
        return text[:position] + text[position + self._behind[self.complete_index] :], position


def row(item: Suggestion, name_width: int, width: int, chosen: bool) -> StyleAndTextTuples:
    """A candidate as it stands in the menu: what, its effect in one letter, its meaning; cut to ``width``."""
    name = f" {item.text}{' ' * (name_width - get_cwidth(item.text))} "
    room = width - get_cwidth(name) - 2
    meaning = item.meaning if get_cwidth(item.meaning) <= room else item.meaning[: max(0, room - 3)] + "..."
    word = item.effect.partition(",")[0]
    letter = Effect(word).letter if word else " "
    whole = f"{name}{letter} {meaning}"
    if chosen:
        return [("class:completion-menu.completion.current", f"{whole} "[:width])]
    if get_cwidth(whole) > width:
        return [("class:completion-menu.completion", whole[:width])]
    return [
        ("class:completion-menu.completion", name),
        (f"class:effect.{word}" if word else "", letter),
        ("class:completion-menu.meta.completion", f" {meaning}"),
    ]


class _Rows(UIControl):
    def _choices(self) -> Choices | None:
        state = get_app().current_buffer.complete_state
        return state if isinstance(state, Choices) else None

    def preferred_width(self, max_available_width: int) -> int | None:
        choices = self._choices()
        return choices.width if choices else 0

    def preferred_height(
        self, width: int, max_available_height: int, wrap_lines: bool, get_line_prefix: object
    ) -> int | None:
        choices = self._choices()
        return len(choices.found) if choices else 0

    def create_content(self, width: int, height: int) -> UIContent:
        choices = self._choices()
        if choices is None:
            return UIContent()
        chosen = choices.complete_index or 0
        return UIContent(lambda number: choices.row(number, width), len(choices.found), Point(0, chosen))


def _floating(rows: Callable[[], int]) -> Float:
    """The menu at the cursor, while there are candidates."""
    window = Window(
        _Rows(),
        width=Dimension(min=8),
        height=lambda: Dimension(min=1, max=rows()),
        scroll_offsets=ScrollOffsets(top=1, bottom=1),
        right_margins=[ScrollbarMargin()],
        dont_extend_width=True,
    )
    shown = ConditionalContainer(window, has_completions & ~is_done)
    return Float(shown, xcursor=True, ycursor=True, transparent=True)
