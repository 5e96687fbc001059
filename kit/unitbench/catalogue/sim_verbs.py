"""Our own verbs about simulated units."""

from unitbench.catalogue.faults import FAULTS
from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Example, Kind, Verb

SIM = "simulate"

SIM_VERBS = (
    Verb(
        "sim",
        "the simulated units of this session: their faults, the speed of their clocks, what they tell",
        task=SIM,
        examples=(Example("sim", "which units there are, their faults and speed"),),
    ),
    Verb(
        "sim fault",
        "have faults of a simulated unit, see them, or end them with off; 0 ends one",
        (
            Arg("unit", Kind.SIMULATED, words=(Word("all", "every simulated unit of this session"),)),
            Arg("off", Kind.WORD, optional=True, words=(Word("off", "no faults any more"),)),
        ),
        settings=FAULTS,
        task=SIM,
        examples=(
            Example("sim fault k1 delay=50ms", "each answer comes later"),
            Example("sim fault k1 off", "no faults any more", ("sim fault k1 delay=50ms",)),
        ),
    ),
    Verb(
        "sim speed",
        "run the clocks of the simulated units faster; reply delays stay real",
        (
            Arg(
                "speed",
                Kind.WORD,
                optional=True,
                words=(Word("1", "real time"), Word("60", "a minute passes in a second")),
            ),
        ),
        task=SIM,
        examples=(Example("sim speed 60", "a minute of theirs passes in a second"),),
    ),
    Verb(
        "sim state",
        "what a simulated unit keeps and counts: routes, logins, connections, what it discarded",
        (Arg("unit", Kind.SIMULATED),),
        task=SIM,
        examples=(Example("sim state q1", "what it keeps and counts now"),),
    ),
    Verb(
        "sim log",
        "what a simulated unit made of its last events",
        (
            Arg("unit", Kind.SIMULATED),
            Arg(
                "entries",
                Kind.WORD,
                optional=True,
                words=(Word("20", "the last twenty"), Word("1000", "all that it keeps")),
            ),
        ),
        task=SIM,
        examples=(Example("sim log k1 20", "its last twenty events", ("SECUR?",)),),
    ),
)
