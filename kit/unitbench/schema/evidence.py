"""The records of what tells units apart: what an observation says of a protocol, and what strangers look like."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.schema.records import Source


@record
class Clue:
    """A kind of observation: how much it says for a protocol (0..1), or against it (-1..0). ``scaled``: this share of
    what a whole answer to the same question would say."""

    key: str
    weight: float
    about: str
    scaled: bool = False


@record
class Knock:
    """Services that a unit of a protocol has open, all of them; they are connected to and closed, no byte is sent.
    ``shared`` names others that have the same ones."""

    protocol: str
    services: tuple[str, ...]
    shared: str
    source: Source


@record
class Maker:
    """Items by which answers that many kinds of units give are known for those of a protocol."""

    protocol: str
    field: str
    values: tuple[str, ...]
    source: Source


@record
class Stranger:
    """What answers in another way than any unit of ours: ``begins`` are the first bytes, ``holds`` bytes anywhere."""

    what: str
    begins: tuple[bytes, ...] = ()
    holds: tuple[bytes, ...] = ()


@record
class Prefix:
    """The first half of the MAC addresses of a maker's units."""

    protocol: str
    prefix: str
    owner: str


@record
class Next:
    """What would say more of a protocol's units than discovery does by itself: a command of its catalogue, how much
    a good answer says, the carrier it takes, and what it costs (nothing where it is harmless)."""

    protocol: str
    command: str
    weight: float
    carrier: str
    cost: str = ""


@record
class Factory:
    """The address that a maker's units have when they are new, with the length of its mask; none: ``how`` they get
    one."""

    protocol: str
    address: str
    mask: int
    how: str
    source: Source
