"""Keys of our own on top of the editor's."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.filters import completion_is_selected, has_completions
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from unitbench_shell.completer import LineCompleter


def bindings(completer: LineCompleter) -> KeyBindings:
    """Tab completes at once, so that keys typed ahead of the menu find the line completed; Escape closes the menu."""
    keys = KeyBindings()

    @keys.add("tab", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        _complete(event, completer)

    @keys.add("escape", filter=has_completions)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()

    return keys


def _complete(event: KeyPressEvent, completer: LineCompleter) -> None:
    """Insert the only candidate, or what all have in common; else open the menu or go on in it."""
    buffer = event.current_buffer
    found = completer.candidates(buffer.document)
    if not found:
        return
    typed = buffer.document.current_line[found[0].start : buffer.document.cursor_position_col]
    same_start = all(item.start == found[0].start for item in found)
    common = _common([item.text.casefold() for item in found])
    if same_start and (len(found) == 1 or len(common) > len(typed)):
        buffer.cancel_completion()
        buffer.delete_before_cursor(len(typed))
        buffer.insert_text(found[0].text[: len(common)])
    elif buffer.complete_state:
        buffer.complete_next()
    else:
        buffer.start_completion()


def _common(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    common = texts[0]
    while not all(text.startswith(common) for text in texts):
        common = common[:-1]
    return common
