"""What a simulated unit of a line protocol answers, as rules: enough for a unit that needs no code."""

from __future__ import annotations

from unitbench.schema.record import record

Pairs = tuple[tuple[str, str], ...]
"""Names and texts, in their order; a table in a protocol file."""

FACTS = ("unit", "number", "address", "mac")
"""What every simulated unit knows of itself: its short name, its number, its address and its MAC."""


@record
class Answer:
    """What follows a command: ``sets`` change the state, then report ``reply`` is sent (none: silence).

    ``command`` is empty where any command is meant. The rule holds ``when`` those arguments or parts of the
    state have these values. ``values`` are the report's items; one that is not among them is taken from the
    argument or the part of the state of that name, or left out. ``items`` limits and orders them. In every
    text ``{name}`` stands for an argument, a part of the state, or one of ``FACTS``.
    """

    command: str = ""
    reply: str = ""
    when: Pairs = ()
    sets: Pairs = ()
    values: Pairs = ()
    items: tuple[str, ...] | None = None


@record
class Simulated:
    """A simulated unit: the state that it begins with, and the rules, of which the first that holds is taken.

    ``otherwise`` answers what no rule fits (none: silence). ``words`` above 0: a request is a row of commands
    without arguments, of which so many are heard; those not known are passed over, and one report answers all.
    ``clients`` are the stream clients it takes at once, ``delay_s`` is its reply delay in seconds.
    """

    state: Pairs = ()
    answers: tuple[Answer, ...] = ()
    otherwise: Answer | None = None
    words: int = 0
    clients: int = 4
    delay_s: float = 0.0
