"""How what a command sets is read, and what follows from setting it: the pairs of get and set, as data."""

from __future__ import annotations

from unitbench.schema.conditions import Is
from unitbench.schema.record import record


@record
class Items:
    """Which items there are: the fields of a command's reply that give the number of the first and of the last."""

    command: str
    first: str
    last: str


@record
class Carries:
    """An item may be the very port that a link uses: the fields with its number and its carrier. It listens while
    ``when`` holds and ``unless`` does not; while ``mute`` holds it listens, and takes no commands."""

    port: str
    carrier: str
    when: Is
    unless: Is
    mute: Is


@record
class Moves:
    """The unit is at the address in field ``host`` from then on, where ``known`` holds; elsewhere, where not."""

    host: str
    known: Is


@record
class Pair:
    """What is to be known of a command that sets, besides which one reads it.

    ``item`` is the field that chooses one of several items, each called ``title``, which ``items`` lists. Of a
    property table each property is an item: ``rows`` is the field with its value, ``answer`` the reply's field that
    has it, ``acts`` are the numbers of those that do something instead of keeping a value, and ``idle`` is the number
    of one and the value that it must have while others are set.
    """

    item: str = ""
    title: str = ""
    items: Items | None = None
    rows: str = ""
    answer: str = ""
    acts: tuple[int, ...] = ()
    idle: tuple[int, int] | None = None
    carries: Carries | None = None
    moves: Moves | None = None


@record
class Identity:
    """The command that tells units of a kind apart, and the fields of its reply that do, the surest first."""

    command: str
    fields: tuple[str, ...]
