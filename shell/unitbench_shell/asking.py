"""Questions to the person: a secret that nobody sees, and whether a write to a real unit may pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from unitbench.schema.printable import printable
from unitbench.schema.report import bytes_text
from unitbench.session.face import Session
from unitbench.session.model import Exchange

UNITS_SHOWN = 20


class Asked(Protocol):
    """Where questions stand and answers are typed."""

    def ask(self, question: str, hidden: bool = False) -> str:
        """The answer; raises ``EOFError`` or ``KeyboardInterrupt`` where the person will not."""


class Asking:
    """Prompts of a line each, below what is on the screen; none of the answers reaches the history."""

    def __init__(self, session: Session, editor: Callable[[], Asked], say: Callable[[str], None]) -> None:
        self._session = session
        self._editor = editor
        self._say = say

    def secret(self, prompt: str) -> str:
        """A secret, shown as stars; raises ``EOFError`` or ``KeyboardInterrupt`` where the person will not."""
        return self._editor().ask(prompt, True)

    def confirm(self, withheld: Exchange) -> str:
        """Whether a withheld exchange may be sent: what allows it, or nothing."""
        meaning = withheld.error.meaning if withheld.error else withheld.effect
        if withheld.request:  # a change as a whole has shown its bytes
            self._say(f"-> {bytes_text(withheld.request)}    {withheld.unit}")
        self._say(f"{printable(withheld.command)}: {printable(meaning)}")
        wanted = withheld.allow_with
        if wanted == withheld.effect:
            answer = self._editor().ask("send it? [y/N] ").strip().casefold()
            return wanted if answer in ("y", "yes") else ""
        if wanted.isdigit():
            names = [unit.name for unit in self._session.units if unit.protocol == withheld.protocol]
            more = f" and {len(names) - UNITS_SHOWN} more" if len(names) > UNITS_SHOWN else ""
            self._say(f"it reaches {', '.join(names[:UNITS_SHOWN])}{more}")
        answer = self._editor().ask(f"type {wanted} to send it, anything else not to: ").strip()
        return wanted if answer == wanted else ""

    def question(self, text: str) -> bool:
        """Something that is answered by yes or no."""
        return self._editor().ask(f"{printable(text)} [y/N] ").strip().casefold() in ("y", "yes")

    def line(self, prompt: str) -> str:
        """One line; raises ``EOFError`` or ``KeyboardInterrupt`` where the person will not."""
        return self._editor().ask(prompt)
