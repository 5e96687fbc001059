"""Keys of our own on top of the editor's."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.filters import completion_is_selected, has_completions, vi_insert_mode, vi_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.keys import Keys

from unitbench.line.matching import BEGINS
from unitbench.line.suggest import Suggestion
from unitbench.schema.record import replace
from unitbench.schema.records import Effect
from unitbench_shell.menu import Choices, Menu

READ, CHANGES = Effect.READ.value, (Effect.RECONFIGURES.value, Effect.DISRUPTS.value)


MOUSE = (Keys.Vt100MouseEvent, Keys.WindowsMouseEvent, Keys.ScrollUp, Keys.ScrollDown)
"""What nobody has asked the terminal for. The colour codes of pasted text (``ESC[31m``) are taken for such."""


def without_mouse() -> KeyBindings:
    """Bindings that let what looks like a mouse pass unheeded: the editor fails on what only looks so."""
    keys = KeyBindings()
    for key in MOUSE:
        keys.add(key)(_unheeded)
    return keys


def _unheeded(event: KeyPressEvent) -> None:
    pass


def bindings(menu: Menu) -> KeyBindings:
    """Tab completes at once, so that keys typed ahead of the menu find the line completed; Escape closes the menu, and
    ends vi's insert mode."""
    keys = without_mouse()

    @keys.add("tab", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        _complete(event, menu)

    @keys.add("escape", filter=has_completions & ~vi_mode)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()

    @keys.add("escape", filter=has_completions & vi_insert_mode)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.cancel_completion()
        buffer.cursor_position += buffer.document.get_cursor_left_position()
        event.app.vi_state.input_mode = InputMode.NAVIGATION

    return keys


def _complete(event: KeyPressEvent, menu: Menu) -> None:
    """Insert the only candidate, the harmless one of a pair, or what all that begin as typed have in common; else
    open the menu or go on in it."""
    buffer = event.current_buffer
    document = buffer.document
    found = menu.completer.candidates(document, files=True)
    if not found:
        return
    typed = document.current_line[found[0].start : document.cursor_position_col]
    best = _harmless([item for item in found if item.how == BEGINS], typed)
    common = _common([item.text.casefold() for item in best])
    if len(best) == 1 or len(found) == 1:
        menu.take((best or found)[0])
    elif len(common) > len(typed):
        menu.take(replace(best[0], text=best[0].text[: len(common)], end=document.cursor_position_col))
    elif isinstance(buffer.complete_state, Choices) and [*buffer.complete_state.found] == found:
        buffer.complete_next()
    else:
        menu.show(found)


def _harmless(found: list[Suggestion], typed: str) -> list[Suggestion]:
    """Of a command that changes a unit and the one that reads the same, only the latter, until the name is whole."""
    if not found:
        return found
    reads = [item for item in found if item.effect == READ]
    stems = {item.text.rstrip("?").casefold() for item in found}
    changes = all(item.effect in CHANGES for item in found if item not in reads)
    pair = len(reads) == 1 and len(stems) == 1 and changes
    return reads if pair and typed.casefold() not in stems else found


def _common(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    common = texts[0] if texts else ""
    while not all(text.startswith(common) for text in texts):
        common = common[:-1]
    return common
