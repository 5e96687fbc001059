"""The true instants at which requests took effect in a simulated unit: for its private channel, never on the wire."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.wire.host import Peer

KEPT = 20_000
"""So many effects of a unit are kept; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Effect:
    """When a request took effect, if it had one: by this computer's wall clock (nanoseconds) and by the unit's own
    clock (seconds). ``data`` are the request's octets, ``peer`` its sender; ``answered_first``: the effect came behind
    the answer."""

    wall_ns: int
    unit_s: float
    data: bytes
    peer: Peer
    answered_first: bool
