"""Simulated units: the unit's end of the same cores, on real sockets, with their own state and time."""

from unitbench.sim.rack import Sim
from unitbench.sim.units import SimUnit

__all__ = ["Sim", "SimUnit"]
