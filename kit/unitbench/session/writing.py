"""What is about to be sent, as far as it matters to others: by whom, with what effect, and to which units."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect


@dataclass(frozen=True, slots=True)
class Writing:
    """``names`` are the units known to be reached, ``where`` it goes. ``raw``: bytes as they are, which every unit on
    a shared line hears."""

    origin: str
    effect: Effect
    names: tuple[str, ...]
    where: UnitAddress
    raw: bool = False
