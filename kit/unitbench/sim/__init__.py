"""Simulated units: the unit's end of the same cores, on real sockets, with their own state and time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unitbench.sim.rack import Sim
    from unitbench.sim.units import SimUnit

_HOMES = {"Sim": "unitbench.sim.rack", "SimUnit": "unitbench.sim.units"}

__all__ = ["Sim", "SimUnit"]


def __getattr__(name: str) -> Any:
    """Imported when they are first used: every keeper looks into the book, few have units of their own."""
    if name not in _HOMES:
        raise AttributeError(f"module 'unitbench.sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
