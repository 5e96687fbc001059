"""What would say more of a host than is known: the observation that would decide."""

from __future__ import annotations

from collections.abc import Iterable

from unitbench import catalogue
from unitbench.catalogue.evidence import KNOCKS, NEXT
from unitbench.lab.identification.model import Evidence
from unitbench.lab.identification.steps import announced_at, harmless

NOTHING = "nothing; it named itself in full"
NOTHING_HARMLESS = "nothing harmless would say more"


def following(protocol: str, evidence: Iterable[Evidence]) -> str:
    """What would decide whether a protocol is spoken, from what was seen; what it costs where it does."""
    keys = {item.key for item in evidence if item.weight > 0}
    strongest = max((item.weight for item in evidence), default=0.0)
    if strongest >= 1.0:
        return NOTHING
    record = catalogue.protocol(protocol)
    asked = harmless(record)
    if asked is not None and f"answer {asked.name}" not in keys:
        return f"{asked.name} ({asked.title})"
    if announced_at(record) is not None and "announce" not in keys:
        return "an announce heard: units say who they are about once a second"
    for knock in KNOCKS:
        if knock.protocol == protocol and "ports" not in keys:
            ports = " and ".join(str(s.port) for s in record.services if s.name in knock.services)
            return f"whether {ports}/tcp are both open; {knock.shared} has the same ports"
    for item in NEXT:
        if item.protocol == protocol and item.weight > strongest:
            cost = f"; {item.cost}, so no discovery does it" if item.cost else ""
            return f"{item.command} over {item.carrier.upper()}{cost}"
    return NOTHING_HARMLESS
