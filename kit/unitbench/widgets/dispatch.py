"""What becomes of a form that is sent: waited for, withheld until something is typed, refused here, answered. Pure."""

from __future__ import annotations

from unitbench.errors import BenchError, MissingField, UsageError
from unitbench.schema.printable import printable
from unitbench.session.model import Exchange
from unitbench.session.policy import PLAIN_YES
from unitbench.widgets.answer import told

YES = ("y", "yes")
LIMIT = 400


class Dispatch:
    """The state of one form between Send and the answer.

    ``why`` says what was refused and ``field`` beside which field, ``said`` is for who does not see it; ``count`` is
    how many have ended, other than by being withheld.
    """

    def __init__(self) -> None:
        self.busy = False
        self.current = False
        """Whether the form is still the one that was sent."""
        self.count = 0
        self.answer: Exchange | None = None
        self.why = self.field = self.said = self._withheld = ""

    @property
    def confirmation(self) -> str:
        """What has to be typed to send what was withheld; empty where nothing was, or nothing would help."""
        return YES[-1] if self._withheld == PLAIN_YES else self._withheld

    def granted(self, confirm: str) -> str:
        """What a typed confirmation allows; raises ``UsageError`` where another one is needed."""
        if not self._withheld:
            return ""
        plain = self._withheld == PLAIN_YES
        if confirm.strip().casefold() in YES if plain else confirm.strip() == self._withheld:
            return self._withheld
        raise UsageError(f"nothing was sent: to send it all the same, type {self.confirmation}")

    def begin(self) -> None:
        """The answer is waited for from now on; raises ``UsageError`` where another one still is."""
        if self.busy:
            raise UsageError("the answer to the last one is still being waited for")
        self.busy = self.current = True
        self.why = self.field = self.said = ""

    def ended(self, came: Exchange | BenchError) -> None:
        """What became of it."""
        self.busy = False
        if isinstance(came, BenchError):
            self.failed(came)
        elif came.outcome == "withheld":
            self._withheld = came.allow_with if self.current else ""
            self.why = self.said = printable(came.error.meaning if came.error else came.outcome, LIMIT)
        else:
            self.count += 1
            self._withheld, self.answer, self.said = "", came, told(came)

    def failed(self, error: BenchError) -> None:
        """Say what cannot be done, and why."""
        hint = f"; {error.hint}" if error.hint and not isinstance(error, MissingField) else ""
        self.why = self.said = printable(f"{error.message}{hint}", LIMIT)
        self.field = str(getattr(error, "field", ""))

    def changed(self) -> None:
        """The form is another one now: what was confirmed or refused for the last holds no more."""
        self.current = False
        self.why = self.field = self.said = self._withheld = ""
