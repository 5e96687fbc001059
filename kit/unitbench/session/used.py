"""The passwords that one view has used, in memory only: what it says later does not repeat them."""

from __future__ import annotations

from collections.abc import Mapping

from unitbench.line.known import Password, without_known
from unitbench.schema.record import replace
from unitbench.schema.records import Command
from unitbench.session.scripted import Expected

KEPT = 256
"""So many of the newest are kept: who tries passwords without end must not fill the memory."""


class Used:
    """``secrets`` are the newest, the oldest first."""

    def __init__(self) -> None:
        self.secrets: tuple[Password, ...] = ()

    def add(self, command: Command | None, values: Mapping[str, object]) -> None:
        """A command is about to be sent with these values: remember its secret."""
        field = command.secret if command is not None else None
        secret = values.get(field.name) if field is not None else None
        if secret and secret not in self.secrets:
            self.secrets = (*self.secrets, Password(secret))[-KEPT:]

    def hidden(self, item: Expected) -> Expected:
        """What was expected, without them; what was seen comes from the session, which hides them itself."""
        checks = (replace(each, wanted=without_known(each.wanted, self.secrets)) for each in item.checks)
        return replace(item, checks=tuple(checks))
