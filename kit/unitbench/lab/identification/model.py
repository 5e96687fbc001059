"""Observations of a host, what each of them says, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SURE, LIKELY, PERHAPS = 0.9, 0.6, 0.5
"""From which score on a hypothesis is called so; below the last one what is there is unknown."""
UNKNOWN = "unknown"


class Way(Enum):
    """How something was seen of a host.

    ``ASKED``: what came back for a question. ``HEARD``: what it said unasked. ``KNOCKED``: a port was connected to and
    closed, no byte sent. ``CONTROL``: the same with a port that must be closed. ``MAC``: its hardware address.
    """

    ASKED = "asked"
    HEARD = "heard"
    KNOCKED = "knocked"
    CONTROL = "control"
    MAC = "mac"


class State(Enum):
    """How a port took it: ``OPEN`` also where that is not to be told, as with UDP."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Look:
    """One observation of a host. ``protocol`` is whose port or question it was, empty where it was nobody's.

    ``command`` was asked (with ``to``, the number of the unit that was meant) and became the bytes ``sent``; ``data``
    are all bytes that came. ``mac`` is told by the neighbour table. ``own``: it came from an address of this machine.
    ``t_ns`` by the wall clock.
    """

    way: Way
    protocol: str = ""
    carrier: str = ""
    port: int = 0
    state: State = State.OPEN
    command: str = ""
    to: int | None = None
    sent: bytes = b""
    data: bytes = b""
    mac: str = ""
    own: bool = False
    t_ns: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an observation says of a protocol: ``weight`` for it (0..1) or against it (-1..0). ``key`` tells the kind,
    so that the same thing seen twice counts once, and ``clue`` is its record in the catalogue. ``simulator``: the bytes
    are of our own making."""

    protocol: str
    key: str
    weight: float
    text: str
    data: bytes = b""
    t_ns: int = 0
    simulator: bool = False
    clue: str = ""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A protocol that a host may speak: how sure that is (0..1), and from what."""

    protocol: str
    score: float
    evidence: tuple[Evidence, ...]


def word(score: float) -> str:
    """A score in a word: sure, likely, perhaps or unknown."""
    if score >= SURE:
        return "sure"
    if score >= LIKELY:
        return "likely"
    return "perhaps" if score >= PERHAPS else UNKNOWN
