"""What people set to their liking, of the view that they sit at: names, values, what holds unless they say otherwise.

The list, the completion, the checks, the help and the comments of the configuration file all come from here.
"""

from unitbench.schema.settings import Setting
from unitbench.schema.values import Real, Token, UInt, Word

ON, OFF = "on", "off"
_ON_OFF = Token((Word(ON, also=("true", "yes", "1")), Word(OFF, also=("false", "no", "0"))))

VIEW_SETTINGS = (
    Setting(
        "menu",
        Token(
            (
                Word("typing", "it opens while you type"),
                Word("tab", "it opens with Tab"),
                Word("off", "Tab completes what is certain, no menu opens"),
            )
        ),
        "when the menu of candidates opens",
        default="typing",
    ),
    Setting("rows", UInt(1, low=1, high=16), "rows of that menu at most", usual=("4", "8", "16"), default=16),
    Setting("hints", _ON_OFF, "whether the lines below the prompt show what Enter would send", default=ON),
    Setting(
        "edit",
        Token((Word("emacs", "Ctrl-A, Ctrl-E, Ctrl-R ..."), Word("vi", "Escape for commands, i to insert"))),
        "whose keys edit the line",
        default="emacs",
    ),
    Setting(
        "theme",
        Token(
            (
                Word("auto", "as COLORFGBG says; without it, colours that both can show"),
                Word("dark", "colours for a dark ground"),
                Word("light", "colours for a light ground"),
                Word("none", "no colour; NO_COLOR and CLICOLOR=0 say the same"),
            )
        ),
        "colours of the prompt",
        default="auto",
    ),
    Setting(
        "confirm",
        Token(
            (
                Word("policy", "real units: what changes them asks first"),
                Word("always", "simulated units ask like real ones"),
            )
        ),
        "which units ask before they are changed",
        default="policy",
        everywhere=True,
    ),
    Setting(
        "timeout",
        Real(0.01, 86400, "s"),
        "how long an answer is waited for; by default as long as each command's record says",
        usual=("2s", "10s", "1m"),
        everywhere=True,
    ),
    Setting(
        "pager",
        Token(
            (
                Word("auto", "pages and tables that the screen cannot hold"),
                Word("on", "whatever the screen cannot hold"),
                Word("off", "never"),
            )
        ),
        "what is shown page by page, by PAGER or less",
        default="auto",
    ),
    Setting(
        "timestamps", _ON_OFF, "whether exchanges and news have the time of day before them", default=OFF
    ),
    Setting(
        "bell", _ON_OFF, "whether the terminal rings when what took more than 3 s has ended", default=OFF
    ),
    Setting(
        "history",
        UInt(4, high=1_000_000),
        "lines that the history file of a session keeps; 0 keeps none; from the next start on",
        usual=("1000", "10000", "0"),
        default=10_000,
    ),
    Setting(
        "journal",
        _ON_OFF,
        "whether a session that is started from here keeps a journal; from the next start on",
        default=ON,
        everywhere=True,
    ),
    Setting(
        "first",
        Token(
            (
                Word("once", "where to look is asked once, and remembered"),
                Word("ask", "it is asked at every plain start"),
                Word("never", "it is never asked"),
            )
        ),
        "whether a plain start asks where to look; from the next start on, so with save=yes",
        default="once",
    ),
    Setting(
        "plain",
        _ON_OFF,
        "all by lines, nothing drawn: for screen readers and dumb terminals; --plain and UNITBENCH_PLAIN say the same",
        default=OFF,
    ),
)
