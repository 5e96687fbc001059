"""Our own verbs: what the shell, ``-c`` and the magics understand besides the protocols' commands."""

from unitbench.catalogue.faults import FAULTS
from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Kind, Verb

VERBS = (
    Verb(
        "discover",
        "look which units answer, and say how that is known",
        (Arg("where", Kind.TARGET, many=True),),
    ),
    Verb("units", "the units of this session"),
    Verb("use", "take one unit for the commands that follow", (Arg("unit", Kind.UNIT),)),
    Verb("connect", "open the link to a unit now", (Arg("unit", Kind.UNIT, optional=True),)),
    Verb(
        "disconnect", "close the link to a unit; a login on it ends", (Arg("unit", Kind.UNIT, optional=True),)
    ),
    Verb(
        "listen",
        "read what a unit sends by itself, nothing is sent; framing is line, fixed:N (bytes) or idle:T (ms)",
        (
            Arg("unit", Kind.UNIT),
            Arg(
                "time",
                Kind.WORD,
                optional=True,
                words=(Word("5s", "for five seconds"), Word("10m", "for ten minutes")),
            ),
        ),
        options=("framing",),
    ),
    Verb(
        "services",
        "a unit's ports: what is there, and what this session does at each",
        (Arg("unit", Kind.UNIT, optional=True),),
    ),
    Verb("identify", "what is known of a unit, and from what", (Arg("unit", Kind.UNIT, optional=True),)),
    Verb("raw", "send bytes as they are", (Arg("bytes", Kind.BYTES),)),
    Verb(
        "decode",
        "explain bytes; nothing is sent",
        (Arg("bytes", Kind.BYTES),),
        options=("protocol",),
    ),
    Verb("encode", "the bytes that a command becomes; nothing is sent", (Arg("command", Kind.LINE),)),
    Verb(
        "timing",
        "ask all units in rounds and record who answered when",
        (Arg("command", Kind.COMMAND, optional=True),),
        options=("rounds", "gap_s", "window_s", "units"),
    ),
    Verb(
        "sim", "the simulated units of this session: their faults, the speed of their clocks, what they tell"
    ),
    Verb(
        "sim fault",
        "have faults of a simulated unit, see them, or end them with off; 0 ends one",
        (
            Arg("unit", Kind.UNIT, words=(Word("all", "every simulated unit of this session"),)),
            Arg("off", Kind.WORD, optional=True, words=(Word("off", "no faults any more"),)),
        ),
        settings=FAULTS,
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
    ),
    Verb(
        "sim state",
        "what a simulated unit keeps and counts: routes, logins, connections, what it discarded",
        (Arg("unit", Kind.UNIT),),
    ),
    Verb(
        "sim log",
        "what a simulated unit made of its last events",
        (
            Arg("unit", Kind.UNIT),
            Arg(
                "entries",
                Kind.WORD,
                optional=True,
                words=(Word("20", "the last twenty"), Word("1000", "all that it keeps")),
            ),
        ),
    ),
    Verb("why", "the last exchange explained: bytes, fields, causes"),
    Verb(
        "unlock",
        "let writes to a real unit pass for some time",
        (Arg("unit", Kind.UNIT), Arg("time", Kind.WORD)),
    ),
    Verb("jobs", "what runs in this session"),
    Verb("stop", "end a job", (Arg("job", Kind.WORD),)),
    Verb("help", "commands, or one of them in full", (Arg("command", Kind.COMMAND, optional=True),)),
    Verb("quit", "leave this view; the session goes on"),
)
