"""A layout that takes no more rows than it needs. The editor fills the screen below the cursor, and each of its rows
costs time at each key."""

from __future__ import annotations

from prompt_toolkit.key_binding import KeyBindingsBase
from prompt_toolkit.layout import Container, Dimension, Layout
from prompt_toolkit.layout.mouse_handlers import MouseHandlers
from prompt_toolkit.layout.screen import Screen, WritePosition


def make_snug(layout: Layout) -> None:
    """Let the layout's contents take only the rows that they prefer."""
    layout.container = _Snug(layout.container)


class _Snug(Container):
    def __init__(self, content: Container) -> None:
        self._content = content
        self._wanted = (0, 0)

    def reset(self) -> None:
        self._content.reset()

    def preferred_width(self, max_available_width: int) -> Dimension:
        return self._content.preferred_width(max_available_width)

    def preferred_height(self, width: int, max_available_height: int) -> Dimension:
        found = self._content.preferred_height(width, max_available_height)
        self._wanted = width, found.preferred
        return found

    def write_to_screen(
        self,
        screen: Screen,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        at = write_position
        width, rows = self._wanted  # the renderer has just asked for it
        if width == at.width:
            at = WritePosition(at.xpos, at.ypos, at.width, min(at.height, rows))
        self._content.write_to_screen(screen, mouse_handlers, at, parent_style, erase_bg, z_index)

    def is_modal(self) -> bool:
        return self._content.is_modal()

    def get_key_bindings(self) -> KeyBindingsBase | None:
        return self._content.get_key_bindings()

    def get_children(self) -> list[Container]:
        return [self._content]
