"""Everything that can be looked at here."""

from __future__ import annotations

from unitbench.session.doctor.firewall import firewall
from unitbench.session.doctor.machine import clocks, network, terminal
from unitbench.session.doctor.model import Findings
from unitbench.session.doctor.program import program
from unitbench.session.doctor.showing import render
from unitbench.session.doctor.way import interfaces, way

__all__ = ["examined", "render", "way"]


def examined() -> Findings:
    """What this machine can do, and what it cannot."""
    return Findings((*program(), *network(), *interfaces(), firewall(), *clocks(), *terminal()))
