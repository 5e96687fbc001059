"""Our own verbs: what the shell, ``-c`` and the magics understand besides the protocols' commands."""

from unitbench.catalogue.change_verbs import CHANGE_VERBS
from unitbench.catalogue.script_verbs import SCRIPT_VERBS
from unitbench.catalogue.sim_verbs import SIM_VERBS
from unitbench.catalogue.timing_verbs import MEASURE, TIMING
from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Example, Kind, Verb

FIND = "find units"
BYTES = "understand"
SHARE = "share"
HERE = "this shell"

FIRST_STEPS = (
    Example("discover", "see which units answer, and how that is known"),
    Example("DEVICEIDENT?", "ask one; the toolbar shows the bytes before Enter"),
    Example("why", "what came back, explained", ("DEVICEIDENT?",)),
)
"""What to try first where units are known."""
ALONE = (
    Example("decode ~01@LOGIN ERR004\\r\\n", "whose bytes these are, and what they say"),
    Example("encode SECUR?", "the bytes that a command becomes; nothing is sent"),
    Example("help kramer", "what a protocol has"),
)
"""What to try first where no unit is known."""

TOLD = (
    Word("floor", "the least reply time of a unit"),
    Word("median", "half of its replies came at least this quickly"),
    Word("p95", "95 % of its replies did"),
    Word("p99", "99 % of its replies did"),
    Word("loss", "the share of its answers that were missed"),
    Word("effect", "when the last round took effect in it"),
    Word("skew", "of two units: by how much one effect came after the other"),
    Word("bound", "how far apart the effects of the last round are at most"),
    Word("estimate", "how far apart they are if the ways are symmetric"),
    Word("spread", "how far apart the answers of a round came, in the median"),
    Word("order", "how often the order of the answers changed"),
    Word("queued", "how many answers waited at a switch port"),
)
"""Numbers that rounds of timing tell."""

VIEWS = (
    Word("nb", "every notebook; nb:tour.ipynb is one of them"),
    Word("shell", "every shell; shell-2 is one of them"),
    Word("script", "scripts and one-shots without a name of their own"),
)
"""What the origins of views begin with."""


OFF = Word("off", "write no more")


VERBS = (
    Verb(
        "discover",
        "look which units answer, and say how that is known",
        (
            Arg(
                "where",
                Kind.TARGET,
                many=True,
                about="names, addresses, networks (192.168.1.0/24), interfaces, or a file of these; none: the "
                "simulated units of the session, or every network of this machine by broadcast",
            ),
        ),
        options=("dry", "ports", "factory"),
        choices=(
            Arg(
                "dry",
                Kind.WORD,
                words=(Word("yes", "show what would be sent where; nothing is sent"), Word("no", "as usual")),
                about="whether to show the plan only",
            ),
            Arg(
                "ports",
                Kind.WORD,
                words=(Word("kramer:5001", "a protocol and its port; commas between several"),),
                about="ports that units have instead of the usual ones",
            ),
            Arg(
                "factory",
                Kind.WORD,
                words=(
                    Word("yes", "new units' addresses, and how this machine reaches them"),
                    Word("no", "as usual"),
                ),
                about="tell the addresses of new units instead of looking",
            ),
        ),
        task=FIND,
        examples=(
            Example("discover", "all places that the session knows"),
            Example("discover q1", "one unit alone"),
            Example("discover dry=yes", "what would be sent where, byte by byte"),
            Example("discover factory=yes", "the addresses of new units, and how to reach them"),
        ),
    ),
    Verb(
        "units",
        "the units of this session",
        task=FIND,
        examples=(Example("units", "names, addresses, links, logins"),),
    ),
    Verb(
        "use",
        "take one unit for the commands that follow",
        (Arg("unit", Kind.UNIT),),
        task=FIND,
        examples=(Example("use k1", "commands of its protocol go to k1 from now on"),),
    ),
    Verb(
        "connect",
        "open the link to a unit now",
        (Arg("unit", Kind.UNIT, optional=True),),
        task=FIND,
        examples=(Example("connect k1", "so that the first command does not wait for it"),),
    ),
    Verb(
        "disconnect",
        "close the link to a unit; a login on it ends",
        (Arg("unit", Kind.UNIT, optional=True),),
        task=FIND,
        examples=(Example("disconnect k1", "the link is free for others", ("connect k1",)),),
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
        task=MEASURE,
        examples=(Example("listen v1 1s", "the reports of one second"),),
    ),
    Verb(
        "services",
        "a unit's ports: what is there, and what this session does at each",
        (Arg("unit", Kind.UNIT, optional=True),),
        task=FIND,
        examples=(Example("services r1", "its ports, and which of them have room for one client only"),),
    ),
    Verb(
        "identify",
        "which box is it: have a unit show itself where it can, and tell what it is known by",
        (Arg("unit", Kind.UNIT, optional=True),),
        task=FIND,
        examples=(
            Example("identify k1", "how it is known what k1 is"),
            Example("identify q2", "its LEDs alternate for about 2 s"),
        ),
    ),
    Verb(
        "raw",
        "send bytes as they are",
        (Arg("bytes", Kind.BYTES),),
        addressed=True,
        task=BYTES,
        examples=(
            Example("@k1 raw #SECUR?\\r", "a text with its end"),
            Example("@k1 raw 23 0D", "the same in hex: #, CR"),
        ),
    ),
    Verb(
        "decode",
        "explain bytes; nothing is sent",
        (Arg("bytes", Kind.BYTES),),
        options=("protocol",),
        choices=(
            Arg("protocol", Kind.PROTOCOL, about="whose bytes they are; all are tried where it is not said"),
        ),
        task=BYTES,
        examples=(
            Example("decode 02 00 AE 01 00 AF 03", "whose bytes, field by field"),
            Example("decode ~01@LOGIN ERR004\\r\\n", "what a reply says"),
        ),
    ),
    Verb(
        "encode",
        "the bytes that a command becomes; nothing is sent",
        (Arg("command", Kind.LINE),),
        task=BYTES,
        examples=(Example("encode 0Eh 19", "the bytes with their meaning"),),
    ),
    TIMING,
    *SIM_VERBS,
    Verb(
        "why",
        "what came last explained: bytes, fields, causes; or an exchange by its number, a unit, a job",
        (
            Arg(
                "what",
                Kind.UNIT,
                optional=True,
                words=(Word("job", "a job, by its number behind it"),),
                about="an exchange's number, a unit, or job N",
                also=(Kind.EXCHANGE,),
            ),
            Arg("job", Kind.JOB, optional=True),
            Arg(
                "number",
                Kind.WORD,
                optional=True,
                many=True,
                words=(*TOLD, Word("against", "and another job's number: whether the two differ")),
                about="of a timing job: one of its numbers by name, and whose it is: its formula with the values",
            ),
        ),
        task=BYTES,
        examples=(
            Example("why", "the last answer in full", ("SECUR?",)),
            Example("why 1", "the exchange of that number, whoever asked", ("SECUR?",)),
            Example("why k1", "what k1 was recognised by"),
            Example("why job 1 p95 q1", "the formula of a number, and its values", ("timing rounds=5",)),
            Example(
                "why job 1 against 2",
                "whether two runs differ",
                ("timing rounds=5", "timing rounds=5 units=q1"),
            ),
        ),
    ),
    Verb(
        "last",
        "what was asked last once more; -v takes every byte apart",
        (
            Arg(
                "entries",
                Kind.WORD,
                many=True,
                words=(Word("-v", "with every byte taken apart"), Word("5", "the last five")),
            ),
        ),
        task=BYTES,
        examples=(Example("last -v", "the last exchange, byte by byte", ("0Eh 19",)),),
    ),
    *CHANGE_VERBS,
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
                    Word(
                        "yes",
                        "take it over from whoever has it, who is told; a job of theirs that writes ends",
                    ),
                    Word("no", "only if nobody has it, as usual"),
                ),
                about="whether to take it over from another",
            ),
        ),
        task=SHARE,
        examples=(Example("reserve k1 10m", "for ten minutes"),),
    ),
    Verb(
        "release",
        "let everybody write to a unit again that you have reserved",
        (Arg("unit", Kind.UNIT),),
        task=SHARE,
        examples=(Example("release k1", "at once", ("reserve k1 10m",)),),
    ),
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
        task=SHARE,
        examples=(Example("journal 20", "the last twenty, whoever asked", ("SECUR?",)),),
    ),
    Verb(
        "jobs",
        "what runs in this session and how far it is, and what has ended",
        task=SHARE,
        examples=(Example("jobs", "with their numbers, for stop"),),
    ),
    Verb(
        "stop",
        "end a job, whoever has begun it; without a number the one that runs",
        (Arg("job", Kind.JOB, optional=True),),
        task=SHARE,
        examples=(Example("stop 1", "the job with that number", ("discover",)),),
    ),
    Verb(
        "mute",
        "show no lines of another view here, only count them; without a name, tell who is muted",
        (Arg("name", Kind.WORD, optional=True, words=VIEWS),),
        task=SHARE,
        examples=(Example("mute nb", "no lines of notebooks here"),),
    ),
    Verb(
        "unmute",
        "show them again, and tell how many were kept back; without a name, of everybody",
        (Arg("name", Kind.WORD, optional=True, words=VIEWS),),
        task=SHARE,
        examples=(Example("unmute nb", "and how many there were", ("mute nb",)),),
    ),
    *SCRIPT_VERBS,
    Verb(
        "help",
        "what can be done; a command, unit, protocol, code or any word explained",
        (Arg("topic", Kind.TOPIC, optional=True, many=True),),
        task=HERE,
        examples=(
            Example("help LOGIN", "a command in full"),
            Example("help kramer", "a protocol"),
            Example("help password", "whatever has to do with it"),
            Example("LOGIN USER ?", "what may stand there next"),
        ),
    ),
    Verb(
        "history",
        "lines typed before in this session, without secrets: the last fifty, or all with that text; Ctrl-R searches",
        (Arg("text", Kind.WORD, optional=True, many=True),),
        task=HERE,
        examples=(Example("history", "the newest last"), Example("history SECUR?", "all with that in them")),
    ),
    Verb(
        "tee",
        "write what is typed and shown to a file too, as plain text without secrets; off ends it",
        (Arg("file", Kind.FILE, optional=True, words=(OFF,)),),
        task=HERE,
        examples=(Example("tee", "whether a file is written"), Example("tee off", "write no more")),
    ),
    Verb(
        "output",
        "write results alone to a file too, tables in full; off ends it",
        (Arg("file", Kind.FILE, optional=True, words=(OFF,)),),
        task=HERE,
        examples=(Example("output", "whether a file is written"), Example("output off", "write no more")),
    ),
    Verb(
        "doctor",
        "what this machine can do, and how to mend what it cannot; of a unit: the way to it",
        (Arg("unit", Kind.UNIT, optional=True),),
        task=HERE,
        examples=(
            Example("doctor k1", "route, interface, address, port"),
            Example("doctor", "nothing leaves the machine"),
        ),
    ),
    Verb(
        "quit",
        "leave this view; the session goes on",
        task=HERE,
        examples=(Example("quit", ""),),
    ),
)
