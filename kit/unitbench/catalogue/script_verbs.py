"""Our own verbs about other lines: name them, keep them, perform them again, wait for what they bring."""

from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Example, Kind, Verb

SCRIPT = "repeat and check"

TIME = Arg(
    "time",
    Kind.WORD,
    words=(Word("2s", "two seconds"), Word("500ms", "half a second"), Word("1m", "a minute")),
)
CONDITION = Arg(
    "condition",
    Kind.CONDITION,
    many=True,
    words=(
        Word("outcome=ok", "the unit did it"),
        Word("outcome=refused", "the unit refused it"),
        Word("outcome=silent", "nothing answered"),
        Word("error=", "the code of a refusal"),
        Word("rtt_s<0.1", "the round trip in seconds"),
        Word("text~", "a part of the first reply"),
    ),
    about="FIELD=VALUE of the replies; also != < <= > >= ~ !~, outcome, error, rtt_s, text",
)

SCRIPT_VERBS = (
    Verb(
        "alias",
        "give a line a short name, to which what is typed behind it is added; without a name list them",
        (
            Arg("name", Kind.NEW, optional=True),
            Arg("=", Kind.WORD, optional=True, words=(Word("=", "behind it the line"),)),
            Arg("line", Kind.BODY, optional=True, about="a command, or its beginning; in quotes several"),
        ),
        task=SCRIPT,
        examples=(
            Example("alias port = 0Eh", "port 19 asks for port 19"),
            Example("port 19", "so", ("alias port = 0Eh",)),
        ),
    ),
    Verb(
        "unalias",
        "take a short name away",
        (Arg("name", Kind.MACRO),),
        task=SCRIPT,
        examples=(Example("unalias port", "", ("alias port = 0Eh",)),),
    ),
    Verb(
        "save",
        "keep a request under a name, with variables behind with; without a name list them",
        (
            Arg("name", Kind.NEW, optional=True),
            Arg("line", Kind.BODY, optional=True, about="a command, in quotes several"),
            Arg("with", Kind.PARAMETER, many=True, about="$NAME, or $NAME=VALUE where it may be left out"),
        ),
        task=SCRIPT,
        examples=(
            Example("save get-port 0Eh $vport with $vport=19", "get-port vport=20 performs it"),
            Example("get-port vport=20", "so", ("save get-port 0Eh $vport with $vport=19",)),
        ),
    ),
    Verb(
        "unsave",
        "forget a saved request",
        (Arg("name", Kind.MACRO),),
        task=SCRIPT,
        examples=(Example("unsave get-port", "", ("save get-port 0Eh $vport with $vport=19",)),),
    ),
    Verb(
        "run",
        "perform the lines of a file, or a saved request with its values; a faulty line anywhere, and none is sent",
        (Arg("file", Kind.FILE), Arg("value", Kind.WORD, many=True)),
        task=SCRIPT,
        examples=(
            Example("run get-port vport=20", "a saved request", ("save get-port 0Eh $vport with $vport",)),
        ),
    ),
    Verb(
        "watch",
        "perform a command again and again and show what changes, until Ctrl-C",
        (TIME, Arg("command", Kind.BODY)),
        options=("times",),
        choices=(
            Arg(
                "times", Kind.WORD, words=(Word("10", "ten times"),), about="how often; without end as usual"
            ),
        ),
        task=SCRIPT,
        examples=(Example("watch 100ms times=3 0Eh 19", "three times, a line for each change"),),
    ),
    Verb(
        "repeat",
        "perform a command so many times, and count what came of it",
        (Arg("times", Kind.WORD, words=(Word("10", "ten times"),)), Arg("command", Kind.BODY)),
        options=("gap",),
        choices=(
            Arg(
                "gap",
                Kind.WORD,
                words=(Word("0", "none, as usual"), Word("100ms", "")),
                about="pause between two",
            ),
        ),
        task=SCRIPT,
        examples=(Example("repeat 5 SECUR?", "outcomes, and least, middle and greatest round trip"),),
    ),
    Verb(
        "wait-for",
        "perform a command until its replies are as wanted, at most so long",
        (TIME, Arg("command", Kind.BODY), CONDITION),
        options=("every",),
        choices=(
            Arg(
                "every",
                Kind.WORD,
                words=(Word("1s", "as usual"), Word("100ms", "")),
                about="pause between two",
            ),
        ),
        task=SCRIPT,
        examples=(
            Example("wait-for 5s 0Eh 19 active=true", "as much as can be the command is the command"),
            Example("wait-for 5s SECUR? until outcome=ok", "until sets the two apart"),
        ),
    ),
    Verb(
        "expect",
        "check the replies to the last command; exit code 1 where they are not so",
        (CONDITION,),
        task=SCRIPT,
        examples=(
            Example("expect secur=ON rtt_s<1", "two conditions", ("SECUR?",)),
            Example(
                "expect outcome=refused error=ERR004", "a refusal that is wanted", ("@k1 LOGIN USER,9999",)
            ),
        ),
    ),
    Verb(
        "keepalive",
        "keep the login on a unit from ending for idleness, until it ends otherwise; without a state tell it",
        (
            Arg("unit", Kind.UNIT, optional=True, words=(Word("on", ""), Word("off", ""))),
            Arg(
                "state",
                Kind.WORD,
                optional=True,
                words=(
                    Word("on", "a harmless read, well before the login would end"),
                    Word("off", "none any more"),
                    Word("60s", "every minute"),
                ),
            ),
        ),
        task=SCRIPT,
        examples=(
            Example("keepalive k1 on", "while the login is held", ("@k1 LOGIN USER,1234",)),
            Example("keepalive", "which logins are kept so"),
        ),
    ),
    Verb(
        "sleep",
        "wait so long",
        (TIME,),
        task=SCRIPT,
        examples=(Example("sleep 100ms", "in a script, between two commands"),),
    ),
)
