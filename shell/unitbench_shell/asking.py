"""Questions to the person: a secret that nobody sees, and whether a write to a real unit may pass."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getpass

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.utils import is_dumb_terminal

from unitbench.schema.printable import MASK, printable
from unitbench.schema.report import bytes_text
from unitbench.session.face import Session
from unitbench.session.model import Exchange
from unitbench_shell.keys import without_mouse
from unitbench_shell.screen import Screen

UNITS_SHOWN = 20


class Shortened(Processor):
    """Once a secret is given, three stars stand for it: how long it is stays on no screen."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        if get_app().is_done:
            return Transformation([("", MASK)])
        return Transformation(transformation_input.fragments)


class Asking:
    """Prompts of a line each, below what is on the screen; none of the answers reaches the history."""

    def __init__(self, session: Session, screen: Screen) -> None:
        self._session = session
        self._screen = screen

    def secret(self, prompt: str) -> str:
        """A secret, shown as stars; raises ``EOFError`` or ``KeyboardInterrupt`` where the person will not."""
        if is_dumb_terminal():  # prompt_toolkit shows there what is typed
            return getpass(prompt)
        return self._ask(prompt, hidden=True)

    def confirm(self, withheld: Exchange) -> str:
        """Whether a withheld exchange may be sent: what allows it, or nothing."""
        meaning = withheld.error.meaning if withheld.error else withheld.effect
        if withheld.request:  # a change as a whole has shown its bytes
            self._screen.say(f"-> {bytes_text(withheld.request)}    {withheld.unit}")
        self._screen.say(f"{printable(withheld.command)}: {printable(meaning)}")
        wanted = withheld.allow_with
        if wanted == withheld.effect:
            answer = self._ask("send it? [y/N] ").strip().casefold()
            return wanted if answer in ("y", "yes") else ""
        if wanted.isdigit():
            names = [unit.name for unit in self._session.units if unit.protocol == withheld.protocol]
            more = f" and {len(names) - UNITS_SHOWN} more" if len(names) > UNITS_SHOWN else ""
            self._screen.say(f"it reaches {', '.join(names[:UNITS_SHOWN])}{more}")
        answer = self._ask(f"type {wanted} to send it, anything else not to: ").strip()
        return wanted if answer == wanted else ""

    def question(self, text: str) -> bool:
        """Something that is answered by yes or no."""
        return self._ask(f"{printable(text)} [y/N] ").strip().casefold() in ("y", "yes")

    def _ask(self, prompt: str, *, hidden: bool = False) -> str:
        session: PromptSession[str] = PromptSession(
            is_password=hidden, input_processors=[Shortened()] if hidden else [], key_bindings=without_mouse()
        )
        return ask(session, prompt, self._screen)


def ask(session: PromptSession[str], prompt: Callable[[], StyleAndTextTuples] | str, screen: Screen) -> str:
    """One prompt, with other views' lines above it."""
    with screen.prompting(session.app) as ready:
        return session.prompt(prompt, pre_run=ready)
