"""Our own verbs: what the shell, ``-c`` and the magics understand besides the protocols' commands."""

from unitbench.catalogue.faults import FAULTS
from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Kind, Verb

VIEWS = (
    Word("nb", "every notebook; nb:tour.ipynb is one of them"),
    Word("shell", "every shell; shell-2 is one of them"),
    Word("script", "scripts and one-shots without a name of their own"),
)
"""What the origins of views begin with."""

DRY = Arg(
    "dry",
    Kind.WORD,
    words=(Word("yes", "show what would be sent, after reading; nothing is changed"), Word("no", "as usual")),
    about="whether to show only",
)

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
        choices=(
            Arg(
                "framing",
                Kind.WORD,
                words=(
                    Word("line", "a report ends with its line"),
                    Word("fixed:16", "a report has so many bytes"),
                    Word("idle:50", "a report ends with so many ms of silence"),
                ),
                about="what ends a report: line, fixed:N (bytes) or idle:T (ms)",
            ),
        ),
    ),
    Verb(
        "services",
        "a unit's ports: what is there, and what this session does at each",
        (Arg("unit", Kind.UNIT, optional=True),),
    ),
    Verb("identify", "what is known of a unit, and from what", (Arg("unit", Kind.UNIT, optional=True),)),
    Verb("raw", "send bytes as they are", (Arg("bytes", Kind.BYTES),), addressed=True),
    Verb(
        "decode",
        "explain bytes; nothing is sent",
        (Arg("bytes", Kind.BYTES),),
        options=("protocol",),
        choices=(Arg("protocol", Kind.PROTOCOL, about="whose bytes they are; all are tried where it is not said"),),
    ),
    Verb("encode", "the bytes that a command becomes; nothing is sent", (Arg("command", Kind.LINE),)),
    Verb(
        "timing",
        "ask all units in rounds and record who answered when",
        (Arg("command", Kind.COMMAND, optional=True),),
        options=("rounds", "gap_s", "window_s", "units"),
        choices=(
            Arg("rounds", Kind.WORD, words=(Word("20", "as usual"), Word("200", "")), about="how often"),
            Arg(
                "gap_s",
                Kind.WORD,
                words=(Word("0.05", "as usual"), Word("0", "none")),
                about="pause between two rounds, in seconds",
            ),
            Arg(
                "window_s",
                Kind.WORD,
                words=(Word("1", "as usual"),),
                about="how long answers are waited for, in seconds",
            ),
            Arg("units", Kind.UNITS, about="who is asked: names, with * for any letters; all where it is not said"),
        ),
    ),
    Verb(
        "sim", "the simulated units of this session: their faults, the speed of their clocks, what they tell"
    ),
    Verb(
        "sim fault",
        "have faults of a simulated unit, see them, or end them with off; 0 ends one",
        (
            Arg("unit", Kind.SIMULATED, words=(Word("all", "every simulated unit of this session"),)),
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
        (Arg("unit", Kind.SIMULATED),),
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
    ),
    Verb("why", "the last exchange explained: bytes, fields, causes"),
    Verb(
        "set",
        "change settings of a unit: read, merge, show, ask, send, read back; undo puts them back",
        (
            Arg("unit", Kind.UNIT, optional=True),
            Arg("field", Kind.SETTING, many=True, about="FIELD=VALUE; virtual_port=N chooses a port"),
        ),
        options=("dry",),
        choices=(DRY,),
    ),
    Verb(
        "undo",
        "put back what a change has replaced, by its number; without one the last change",
        (Arg("number", Kind.WORD, optional=True),),
        options=("dry",),
        choices=(DRY,),
    ),
    Verb(
        "snapshot",
        "read all settings of a unit that can be set again, and write them to a file",
        (Arg("unit", Kind.UNIT), Arg("file", Kind.FILE, optional=True)),
    ),
    Verb(
        "restore",
        "give a unit the settings of a snapshot: shows what changes, asks once, reads back",
        (Arg("unit", Kind.UNIT), Arg("file", Kind.FILE)),
        options=("dry",),
        choices=(DRY,),
    ),
    Verb(
        "compare",
        "the settings in which two snapshots, or units, differ",
        (Arg("a", Kind.FILE), Arg("b", Kind.FILE)),
    ),
    Verb(
        "unlock",
        "let writes to a real unit pass for some time",
        (Arg("unit", Kind.UNIT), Arg("time", Kind.WORD)),
    ),
    Verb(
        "reserve",
        "keep writes to a unit to yourself for some time: others read on, their writes and logins are withheld",
        (
            Arg("unit", Kind.UNIT),
            Arg(
                "time",
                Kind.WORD,
                words=(Word("10m", "for ten minutes"), Word("1h", "for an hour"), Word("24h", "the longest")),
            ),
        ),
        options=("take",),
        choices=(
            Arg(
                "take",
                Kind.WORD,
                words=(
                    Word("yes", "take it over from whoever has it, who is told; a job of theirs that writes ends"),
                    Word("no", "only if nobody has it, as usual"),
                ),
                about="whether to take it over from another",
            ),
        ),
    ),
    Verb("release", "let everybody write to a unit again that you have reserved", (Arg("unit", Kind.UNIT),)),
    Verb(
        "journal",
        "the last exchanges of this session, everybody's, and the file that they are kept in",
        (
            Arg(
                "entries",
                Kind.WORD,
                optional=True,
                words=(Word("20", "the last twenty"), Word("1000", "the last thousand")),
            ),
        ),
    ),
    Verb("jobs", "what runs in this session and how far it is, and what has ended"),
    Verb(
        "stop",
        "end a job, whoever has begun it; without a number the one that runs",
        (Arg("job", Kind.JOB, optional=True),),
    ),
    Verb(
        "mute",
        "show no lines of another view here, only count them; without a name, tell who is muted",
        (Arg("name", Kind.WORD, optional=True, words=VIEWS),),
    ),
    Verb(
        "unmute",
        "show them again, and tell how many were kept back; without a name, of everybody",
        (Arg("name", Kind.WORD, optional=True, words=VIEWS),),
    ),
    Verb("help", "commands, or one of them in full", (Arg("command", Kind.COMMAND, optional=True),)),
    Verb("quit", "leave this view; the session goes on"),
)
