"""Rounds of timing in worlds that are known: the delay models of the simulated units, without sockets and clocks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from unitbench.lab.timing.booking import Came, book
from unitbench.session.results import Arrival, Round, Timing
from unitbench.sim.ways import Port, Way

ACK = 27
"""Octets of an answer."""
EVERY_NS = 100_000_000
HOLD_S = 0.0002
"""From the effect to the leaving of the answer."""
BUSY = "bursts:300us:5ms:5%:1"
MODELS: dict[str, dict[str, object]] = {
    "fixed": {"forward": "200us", "processing": "1ms", "backward": "300us"},
    "uniform": {"forward": "100us..2ms", "processing": "1ms..3ms", "backward": "100us..4ms"},
    "lognormal": {
        "forward": "lognormal:300us:0.6",
        "processing": "lognormal:1ms:0.4",
        "backward": "lognormal:500us:1",
    },
    "bursts": {"forward": "100us..300us", "processing": "lognormal:1ms:0.3", "backward": BUSY},
    "queueing": {"forward": "50us..60us", "processing": "20us..40us", "backward": "30us..40us", "port": 100},
}


@dataclass(frozen=True)
class Told:
    """What was true in a round: when each unit took effect, in nanoseconds after the request; whose answers waited in
    a queue; whose requests and answers were lost."""

    effects_ns: dict[str, int]
    waited: frozenset[str]
    lost: frozenset[str]


class World:
    """``models`` are the ways of each unit. ``common``, ``forward`` and ``backward`` are the shares lost near the
    computer, on each way there and each way back; ``jitter_s`` that of the receive stamps (standard deviation)."""

    def __init__(
        self,
        models: Mapping[str, Mapping[str, object]],
        seed: int,
        *,
        common: float = 0.0,
        forward: float = 0.0,
        backward: float = 0.0,
        jitter_s: float = 0.0,
    ) -> None:
        from unitbench.catalogue.faults import FAULTS
        from unitbench.schema.settings import checked

        self.port = Port()
        self.ways: dict[str, Way] = {}
        self.first = {unit for unit, values in models.items() if values.get("ack") == "first"}
        self.rates = {unit: values.get("port") for unit, values in models.items()}
        for unit, values in models.items():
            self.ways[unit] = Way(f"{seed}/{unit}", self.port)
            self.ways[unit].set(checked(FAULTS, values, what="fault"))
        self.chance = random.Random(f"{seed}/loss")
        self.common, self.forward, self.backward, self.jitter_s = common, forward, backward, jitter_s
        self.number = 0

    def round(self) -> tuple[Round, Told]:
        """The next one."""
        self.number += 1
        sent_ns = self.number * EVERY_NS
        sent_s = sent_ns / 1e9
        effects: dict[str, int] = {}
        lost: set[str] = set()
        coming: list[tuple[float, str]] = []
        everybody = self.chance.random() < self.common
        for unit, way in self.ways.items():
            there, work, back = way.takes("forward"), way.takes("processing"), way.takes("backward")
            missed = self.chance.random() < self.forward
            unheard = self.chance.random() < self.backward
            if everybody or missed:
                lost.add(unit)
                continue
            answer = there + HOLD_S if unit in self.first else there + work + HOLD_S
            effect = there + HOLD_S + work if unit in self.first else there + work
            effects[unit] = round(effect * 1e9)
            if unheard:
                lost.add(unit)
            else:
                coming.append((answer + back, unit))
        came: list[Came] = []
        waited: set[str] = set()
        for after_s, unit in sorted(coming):
            arrived = after_s
            if self.ways[unit].queues:
                alone = Port().leaves(after_s, ACK, float(str(self.rates[unit]))) - after_s
                arrived = self.ways[unit].leaves_port(sent_s + after_s, ACK) - sent_s
                if arrived > after_s + alone + 1e-9:
                    waited.add(unit)
            if self.jitter_s:
                arrived += abs(self.chance.gauss(0.0, self.jitter_s))
            came.append(Came(unit, sent_ns + round(arrived * 1e9), ACK))
        booked = book(came, sent_ns)
        arrivals = tuple(Arrival(item.unit, item.rtt_s, item.kind, item.size) for item in booked)
        return Round(1, self.number, sent_ns, arrivals), Told(effects, frozenset(waited), frozenset(lost))

    def timing(self, rounds: int, effect: str = "reconfigures") -> tuple[Timing, list[Told]]:
        """An experiment of so many rounds."""
        asked = [self.round() for _ in range(rounds)]
        made = Timing(
            1,
            "DEVICESYNC",
            tuple(self.ways),
            tuple(item for item, _ in asked),
            rounds,
            0.05,
            0.05,
            "kernel",
            effect=effect,
        )
        return made, [told for _, told in asked]


def four(model: str, **more: object) -> dict[str, dict[str, object]]:
    """Four units alike."""
    return {f"q{number}": {**MODELS[model], **more} for number in range(1, 5)}
