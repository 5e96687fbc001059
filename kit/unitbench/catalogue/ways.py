"""The ways of requests and answers of a simulated unit, and its work between: how long each takes, and in what order.

Faults like the others, so that whatever can set these can set them too. The same seed gives the same times.
"""

from unitbench.schema.settings import Delay, Setting
from unitbench.schema.values import Real, Token, Word

_USUAL = ("1ms", "1ms..3ms", "lognormal:1ms:0.5", "bursts:1ms:20ms:5%:10")

WAYS = (
    Setting("forward", Delay(), "how long a request is on its way to the unit", usual=_USUAL),
    Setting(
        "processing", Delay(), "how long it takes from the receipt of a request to its effect", usual=_USUAL
    ),
    Setting("backward", Delay(), "how long an answer is on its way back", usual=_USUAL),
    Setting(
        "ack",
        Token(
            (
                Word("first", "before it: the effect comes so much later"),
                Word("off", "after it, as ever", also=("0", "after")),
            )
        ),
        "when an answer leaves: before or after the effect of its request",
    ),
    Setting(
        "port",
        Real(0, 100000, "Mbit/s"),
        "answers by UDP queue at a switch port of this rate, with those of all units that have it",
        carrier="udp",
        usual=("10", "100"),
    ),
    Setting(
        "clock_offset",
        Real(-31536000, 31536000, "seconds"),
        "its own clock is ahead by so much",
        usual=("0.5",),
    ),
    Setting("clock_drift", Real(-100000, 100000, "ppm"), "its own clock runs so much faster", usual=("50",)),
)
