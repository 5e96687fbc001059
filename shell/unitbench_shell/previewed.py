"""What a preview of a line is, whoever works it out."""

from __future__ import annotations

from unitbench.schema import text
from unitbench.schema.record import record
from unitbench.schema.records import Field

SEND, VERB, NEXT, FAULT, IDLE = "send", "verb", "next", "fault", "idle"
"""The kinds of preview: bytes would go out, one of our own verbs, a field is missing, a fault, nothing yet."""


@record
class Preview:
    """``data`` are the bytes to be sent, secrets masked; ``spelling`` the same as text where they are text.

    ``head`` says it in words where there are no bytes. ``unit`` is the unit that is meant, or empty.
    """

    kind: str
    head: str = ""
    data: bytes = b""
    spelling: str = ""
    effect: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()


def field_told(field: Field) -> str:
    """A field with its range."""
    unused = f", used when {field.used_when}" if field.used_when else ""
    return f"{field.name}: {text.rule(field.type)} ({field.about}{unused})"
