"""What a frame says, without the explanation: the record's name, the typed values, the refusal's code."""

from __future__ import annotations

from typing import NamedTuple

from unitbench.schema.dissection import Dissection
from unitbench.schema.values import Value


class Reading(NamedTuple):
    """A frame's content. ``name`` is the command or report, ``code`` that of a refusal or empty, ``row`` has the
    values in wire order under ``names``.

    It says what the ``Dissection`` of the same frame says, and costs a fraction of it.
    """

    name: str
    code: str
    names: tuple[str, ...]
    row: tuple[Value, ...]

    @property
    def values(self) -> dict[str, Value]:
        """The values by name, without framing."""
        return dict(zip(self.names, self.row, strict=True))

    def __repr__(self) -> str:
        """Without values: one of them may be a password."""
        return f"<reading of {self.name or 'a frame'}: {', '.join(self.names) or 'no values'}>"


def reading(found: Dissection) -> Reading | None:
    """What a dissection says; None where it has a fault."""
    if found.faults:
        return None
    values = found.values
    return Reading(found.name, found.code, tuple(values), tuple(values.values()))
