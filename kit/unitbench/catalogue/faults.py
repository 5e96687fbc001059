"""The faults that a simulated unit can be given: what they are called, their ranges, and what they do.

Times are those of the line, in real seconds, whatever the speed of the units' clocks. A share is that of the
requests or replies which meet with the fault; the seed of the set decides which.
"""

from unitbench.catalogue.ways import WAYS
from unitbench.schema.settings import Needs, Setting
from unitbench.schema.values import Flag, Real, Token, UInt, Word

_SHARE = Real(0, 1, "share")
_TIME = Real(0, 60, "s")
_SHARES = ("20%", "0.5", "1")

FAULTS = (
    Setting("delay", _TIME, "every reply comes so much later", usual=("50ms", "1s"), libraries=True),
    Setting("jitter", _TIME, "and up to so much more, by chance", usual=("10ms",), libraries=True),
    Setting("loss_req", _SHARE, "requests that the unit never hears", usual=_SHARES),
    Setting("loss", _SHARE, "replies that never arrive", also=("loss_ack",), usual=_SHARES),
    Setting("dup_req", _SHARE, "requests that the unit hears twice", usual=_SHARES),
    Setting("dup", _SHARE, "replies that arrive twice", also=("duplicate",), usual=_SHARES),
    Setting("reorder", _SHARE, "replies that the next one overtakes", usual=_SHARES),
    Setting(
        "segment",
        UInt(2),
        "replies arrive in pieces of so many bytes",
        carrier="tcp",
        also=("split",),
        usual=("1", "3"),
    ),
    Setting(
        "coalesce",
        _TIME,
        "replies gather for so long and arrive as one piece",
        carrier="tcp",
        usual=("100ms",),
    ),
    Setting("checksum", _SHARE, "replies with a wrong checksum", ("dcol",), usual=_SHARES),
    Setting("truncate", _SHARE, "replies that break off, at a place of chance", usual=_SHARES),
    Setting("no_end", _SHARE, "replies without their line end", usual=_SHARES, needs=Needs.LINE_END),
    Setting("wrong_mac", _SHARE, "replies with the MAC of another unit", usual=_SHARES, needs=Needs.MAC),
    Setting("babble", Real(0, 1000, "a second"), "bits of garbage that nobody asked for", usual=("1", "10")),
    Setting(
        "refuse",
        _SHARE,
        "requests that are refused as the protocol refuses, and not carried out",
        usual=_SHARES,
    ),
    Setting(
        "second",
        Token(
            (
                Word("rst", "refused at once"),
                Word("silent", "no answer to its attempt"),
                Word("close", "taken, and closed without a byte"),
                Word("off", "taken as ever", also=("0",)),
            )
        ),
        "one TCP client at a time; what the next one meets",
        carrier="tcp",
        libraries=True,
    ),
    Setting(
        "busy",
        Flag(),
        "its places for command clients are taken by somebody else",
        needs=Needs.TCP_COMMANDS,
    ),
    Setting(
        "halfopen",
        Flag(),
        "it stops to read and to answer; connections stay open",
        carrier="tcp",
        also=("hang",),
    ),
    Setting(
        "crash",
        _TIME,
        "its sockets are dead for so long, then it is back as after power on",
        usual=("3s",),
        libraries=True,
    ),
    *WAYS,
)

SPEED = Setting(
    "speed", Real(1, 3600), "how many times faster than real the units' clocks run", usual=("1", "60")
)
