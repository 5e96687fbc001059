"""What rounds at one computer cannot tell, why, and what would."""

from __future__ import annotations

from unitbench.lab.timing.losses import Losses
from unitbench.lab.timing.model import Unknown
from unitbench.session.results import Timing

STEP = "a common step into an input of all units, and comparing their samples"
OWN_STAMPS = "the units' own time stamps, from another port"
ALWAYS = (
    Unknown("how long the way there takes, and the way back", "only their sum is seen from here", OWN_STAMPS),
    Unknown(
        "whether a unit answers before or after the effect",
        "if it answers first, the effect may be later than every bound here",
        STEP,
    ),
)
WRITES = (
    Unknown(
        "when each effect took place within its bounds, and the skew below them",
        "between request and answer nothing is seen",
        STEP,
    ),
    Unknown(
        "whether a missed answer was lost or refused",
        "a unit that refuses by silence looks the same",
        "the same rounds with a command that is never refused",
    ),
)
READS = (
    Unknown(
        "how a command that changes something takes effect",
        "a read goes another way through the unit",
        "rounds with that command, outside a measurement",
    ),
)
WAY = Unknown(
    "whether a lost round lost its request or its answer", "both look the same from here", OWN_STAMPS
)
ALONE = Unknown(
    "whether losses are common to all units",
    "only one unit was asked",
    "the same rounds with a second unit",
)


def unknown(timing: Timing, losses: Losses) -> tuple[Unknown, ...]:
    """What this experiment cannot tell."""
    found = [*(READS if timing.effect == "read" else WRITES), *ALWAYS]
    if any(losses.missed.values()):
        found.append(WAY)
        if not losses.separable:
            found.append(ALONE)
    return tuple(found)
