"""What is seen of units becomes what is known of them: evidence with its bytes, and a score that adds it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from unitbench import catalogue
from unitbench.lab.identification.conflicts import Claim
from unitbench.lab.identification.following import following
from unitbench.lab.identification.model import SURE, Evidence, word
from unitbench.lab.identification.scoring import combined
from unitbench.schema.address import UnitAddress
from unitbench.schema.values import Value
from unitbench.session.bus import Bus
from unitbench.session.exchanges import hidden
from unitbench.session.model import Unit
from unitbench.session.reasons.model import BYTES_KEPT, Observation, having
from unitbench.session.registry import Registry, mac_in
from unitbench.session.results import Sighting
from unitbench.session.running import RunningJob

Secrets = Callable[[UnitAddress], set[str]]


class Sightings:
    """Those of one discovery. ``secrets`` is what must not be shown of an endpoint's answers."""

    def __init__(self, job: RunningJob, bus: Bus, registry: Registry, secrets: Secrets) -> None:
        self._job = job
        self._bus = bus
        self._registry = registry
        self._secrets = secrets
        self.all: list[Sighting] = []
        self.claims: list[Claim] = []

    def seen(self, sender: str, unit: Unit, rtt_s: float, t_ns: int, asked: str) -> Sighting:
        """Tell every view that a unit was seen."""
        sighting = Sighting(self._job.job.id, unit, sender, rtt_s, t_ns, asked)
        self.all.append(sighting)
        self._bus.emit("sighting", self._job.job.origin, sighting=sighting)
        return sighting

    def claim(
        self, unit: Unit, host: str, evidence: Iterable[Evidence], values: Mapping[str, Value] | None = None
    ) -> None:
        """Note who has answered from an address, and with what items."""
        values = values or {}
        serial = str(values.get("snr") or values.get("serial") or "")
        simulator = unit.simulated or any(item.simulator for item in evidence)
        self.claims.append(Claim(unit.name, unit.protocol, host, mac_in(values), serial, simulator))

    def known(
        self,
        unit: Unit,
        where: UnitAddress,
        evidence: Iterable[Evidence],
        spans: Iterable[tuple[int, int]] = (),
    ) -> Unit:
        """The unit with more evidence, for it or against it, and the score of all."""
        return self._registry.put(weighed(unit, evidence, self._secrets(where), tuple(spans)))

    def at(self, where: UnitAddress) -> Unit:
        """The unit at an address, known or not yet; by the spelling that a person would type."""
        record = catalogue.protocol(where.protocol)
        main = next((item for item in record.services if item.main), record.services[0])
        if record.hears_broadcast and where.port == record.service(where.carrier).port:
            where = replace(where, carrier=main.carrier, port=main.port)
        spelling = where.spelling(record)
        return self._registry.get(spelling) or self._registry.add(
            spelling, evidence=("found by a discovery",)
        )


def weighed(
    unit: Unit, evidence: Iterable[Evidence], secrets: set[str], spans: tuple[tuple[int, int], ...] = ()
) -> Unit:
    """A unit with more evidence and the score that all of it gives."""
    seen, told = unit.seen, unit.evidence
    for item in evidence:
        gone = {old.text for old in seen if old.kind == item.key}
        data = hidden(item.data, secrets, spans)[:BYTES_KEPT]
        seen = having(seen, Observation(item.text, item.weight, data, item.t_ns, item.key))
        told = (*(text for text in told if text not in gone and text != item.text), item.text)
    score = combined((item.kind or item.text, item.weight) for item in seen)
    return replace(unit, seen=seen, evidence=told, score=score)


def undecided(unit: Unit) -> str:
    """What would say more of a unit that is not sure, in a line for people; nothing of one that is."""
    if unit.score >= SURE or not unit.seen:
        return ""
    rows = [Evidence(unit.protocol, item.kind, item.weight, item.text) for item in unit.seen]
    return f"{unit.name} is {word(unit.score)} only; what would decide: {following(unit.protocol, rows)}"
