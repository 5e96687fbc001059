"""Our own verb about experiments in timing."""

from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Example, Kind, Verb

MEASURE = "measure"

TIMING = Verb(
    "timing",
    "ask all units in rounds and record who answered when",
    (Arg("command", Kind.COMMAND, optional=True),),
    options=("rounds", "gap_s", "window_s", "units", "accept"),
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
        Arg(
            "units",
            Kind.UNITS,
            about="who is asked: names, with * for any letters; all where it is not said",
        ),
        Arg(
            "accept",
            Kind.WORD,
            words=(Word("0.005", "5 ms"),),
            about="repeat until all bounds of a round are under so many seconds, or that is not to be hoped for",
        ),
    ),
    task=MEASURE,
    examples=(
        Example("timing rounds=5", "five rounds, asked who is there"),
        Example("timing rounds=5 units=q1,q2", "of two units only"),
        Example("timing accept=0.05 window_s=0.2", "until no two can be further apart than 50 ms"),
    ),
)
