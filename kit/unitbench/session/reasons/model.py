"""The records of explanations, as they travel with an exchange or a unit."""

from __future__ import annotations

from unitbench.schema.record import record

BYTES_KEPT = 256
"""Bytes of an observation that are kept."""
MOST_SEEN = 8
"""Observations of a unit that are kept, the newest."""


@record
class Likely:
    """A likely cause, the step that would tell (``hint``), and what the session had ``seen`` that shows it; empty
    where it was not seen, only is often so."""

    text: str
    hint: str
    seen: str = ""


@record
class Observation:
    """What a unit was recognised by: what was seen, how much that says for its protocol (0..1) or against it (-1..0),
    the bytes, and when (wall clock). ``kind`` tells what counts once however often it is seen."""

    text: str
    weight: float
    data: bytes = b""
    t_ns: int = 0
    kind: str = ""


def having(seen: tuple[Observation, ...], newest: Observation) -> tuple[Observation, ...]:
    """The observations with one more; it takes the place of one that says the same, or of the same kind."""
    kept = [item for item in seen if item.text != newest.text and (not item.kind or item.kind != newest.kind)]
    return (*kept[1 - MOST_SEEN :], newest)
