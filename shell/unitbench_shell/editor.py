"""The prompt that is drawn: an editor with menu, colours and the lines below, on a terminal that can show them."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, is_done, renderer_height_is_known
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.layout.processors import (
    ConditionalProcessor,
    Processor,
    Transformation,
    TransformationInput,
)
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.renderer import CPR_Support

from unitbench.schema.printable import MASK
from unitbench.session.preferences import Preferences
from unitbench_shell.completer import LineCompleter
from unitbench_shell.glance import Glance
from unitbench_shell.history import SafeHistory
from unitbench_shell.keys import bindings, without_mouse
from unitbench_shell.lexer import LineLexer
from unitbench_shell.menu import Menu, Nobody
from unitbench_shell.screen import Screen
from unitbench_shell.snug import make_snug
from unitbench_shell.style import NONE, style_of, theme_of
from unitbench_shell.toolbar import Toolbar
from unitbench_shell.whole import write_whole

MENU_ROWS = 6
"""Rows kept free below the prompt for the completion menu, at most."""
MUTE_S = 1.0
"""How long a terminal may take to say where its cursor is, until the toolbar does without."""

Message = Callable[[], StyleAndTextTuples]


class Shortened(Processor):
    """Once a secret is given, three stars stand for it: how long it is stays on no screen."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        if get_app().is_done:
            return Transformation([("", MASK)])
        return Transformation(transformation_input.fragments)


class Blank(Processor):
    """A pasted TAB looks like the blank that stands for it, and stays one. The editor's own way to show tabs fails
    where a line is shown shorter than it is."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        return Transformation(
            [(style, text.replace("\t", " ")) for style, text, *_ in transformation_input.fragments]
        )


class Editor:
    """On a terminal, or on whatever input and output prompt_toolkit was given."""

    def __init__(self, glance: Glance, preferences: Preferences, history: SafeHistory) -> None:
        self._preferences = preferences
        self._prompt: PromptSession[str] = PromptSession(
            completer=Nobody(),
            complete_while_typing=Condition(lambda: self.menu.while_typing),
            enable_suspend=True,
            lexer=LineLexer(glance.vocabulary, lambda: self._prompt.app.is_done),
            history=history,
            input_processors=[ConditionalProcessor(Blank(), Condition(self._has_tab))],
            reserve_space_for_menu=MENU_ROWS,
        )
        self.menu = Menu(self._prompt, LineCompleter(glance.vocabulary))
        self._prompt.key_bindings = bindings(self.menu)
        write_whole(self._prompt.output)
        self.screen = Screen(self._prompt.output, lambda: glance.ticking)
        buffer = self._prompt.default_buffer
        hints = lambda: preferences.on("hints")  # noqa: E731
        self._add_toolbar(Toolbar(glance, lambda: buffer.document, lambda: self.screen.columns, hints))
        self.apply()

    def _has_tab(self) -> bool:
        return "\t" in self._prompt.default_buffer.text

    def _add_toolbar(self, toolbar: Toolbar) -> None:
        """prompt_toolkit's own toolbar stays away for good from a terminal that does not tell where its
        cursor is; this one does not."""
        renderer = self._prompt.app.renderer
        renderer.CPR_TIMEOUT = MUTE_S  # type: ignore[assignment]
        renderer.cpr_not_supported_callback = self._prompt.app.invalidate
        mute = Condition(lambda: renderer.cpr_support == CPR_Support.NOT_SUPPORTED)
        window = Window(FormattedTextControl(toolbar), dont_extend_height=True, height=Dimension(min=1))
        layout = self._prompt.layout.container
        assert isinstance(layout, HSplit)
        layout.children.append(ConditionalContainer(window, ~is_done & (renderer_height_is_known | mute)))
        make_snug(self._prompt.layout)

    def apply(self) -> None:
        """Take the settings over."""
        preferences, prompt = self._preferences, self._prompt
        vi = preferences["edit"] == "vi"
        prompt.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
        prompt.cursor = ModalCursorShapeConfig() if vi else None  # the shape tells the mode
        theme = theme_of(str(preferences["theme"]))
        prompt.style = style_of(theme)
        prompt.color_depth = ColorDepth.DEPTH_1_BIT if theme == NONE else None
        self.menu.while_typing = preferences["menu"] == "typing"
        self.menu.opens = preferences["menu"] != "off"
        self.menu.rows = preferences.number("rows")
        prompt.reserve_space_for_menu = min(MENU_ROWS, self.menu.rows) if self.menu.opens else 0

    def read(self, message: Message) -> str:
        """A line, or several that were pasted; raises ``KeyboardInterrupt`` and ``EOFError``."""
        return self._asked(self._prompt, message)

    def ask(self, question: str, hidden: bool = False) -> str:
        """The answer to a question, below what is on the screen; it reaches no history."""
        prompt: PromptSession[str] = PromptSession(
            is_password=hidden,
            input_processors=[Shortened()] if hidden else [],
            key_bindings=without_mouse(),
            editing_mode=self._prompt.editing_mode,
        )
        return self._asked(prompt, question)

    def _asked(self, prompt: PromptSession[str], message: Message | str) -> str:
        """One prompt, with other views' lines above it."""
        with self.screen.prompting(prompt.app) as ready:
            return prompt.prompt(message, pre_run=ready)

    def close(self) -> None:
        """Write what is left, and no more."""
        self.screen.close()
