"""Our own verbs that change a unit, and put it back."""

from unitbench.catalogue.view_settings import VIEW_SETTINGS
from unitbench.schema.values import Word
from unitbench.schema.verbs import Arg, Example, Kind, Verb

CHANGE = "change a unit"

DRY = Arg(
    "dry",
    Kind.WORD,
    words=(Word("yes", "show what would be sent, after reading; nothing is changed"), Word("no", "as usual")),
    about="whether to show only",
)

SAVE = Arg(
    "save",
    Kind.WORD,
    words=(
        Word("yes", "and keep it in the configuration file; alone: all that is set"),
        Word("no", "as usual"),
    ),
    about="whether to keep a setting of this view for the next start",
)

CHANGE_VERBS = (
    Verb(
        "set",
        "change settings of a unit: read, merge, show, ask, send, read back; undo puts them back. Without a unit: "
        "settings of this view, which it lists",
        (
            Arg("unit", Kind.UNIT, optional=True),
            Arg("field", Kind.SETTING, many=True, about="FIELD=VALUE; virtual_port=N chooses a port"),
        ),
        options=("dry", "save"),
        choices=(DRY, SAVE),
        task=CHANGE,
        examples=(
            Example("set t1 virtual_port=20 udp_timeout=30", "one value; all others stay as they are"),
            Example("set menu tab", "a setting of this view; save=yes behind it keeps it for the next start"),
        ),
        preferences=VIEW_SETTINGS,
    ),
    Verb(
        "undo",
        "put back what a change has replaced, by its number; without one the last change, if it is yours",
        (Arg("number", Kind.CHANGE, optional=True),),
        options=("dry",),
        choices=(DRY,),
        task=CHANGE,
        examples=(Example("undo", "what it was before", ("set t1 virtual_port=20 udp_timeout=30",)),),
    ),
    Verb(
        "snapshot",
        "read all settings of a unit that can be set again, and write them to a file",
        (Arg("unit", Kind.UNIT), Arg("file", Kind.FILE, optional=True)),
        task=CHANGE,
        examples=(
            Example("snapshot t1", "show them"),
            Example("snapshot t1 before.toml", "keep them in a file"),
        ),
    ),
    Verb(
        "restore",
        "give a unit the settings of a snapshot: shows what changes, asks once, reads back",
        (Arg("unit", Kind.UNIT), Arg("file", Kind.FILE)),
        options=("dry",),
        choices=(DRY,),
        task=CHANGE,
        examples=(Example("restore t1 before.toml", "as it was then", ("snapshot t1 before.toml",)),),
    ),
    Verb(
        "compare",
        "the settings in which two snapshots, or units, differ",
        (
            Arg("a", Kind.FILE, about="a snapshot's file, or a unit", also=(Kind.UNIT,)),
            Arg("b", Kind.FILE, about="a snapshot's file, or a unit", also=(Kind.UNIT,)),
        ),
        task=CHANGE,
        examples=(Example("compare before.toml t1", "what has changed since", ("snapshot t1 before.toml",)),),
    ),
    Verb(
        "unlock",
        "let writes to a real unit pass for some time",
        (Arg("unit", Kind.UNIT), Arg("time", Kind.WORD)),
        task=CHANGE,
        examples=(Example("unlock k1 10m", "for ten minutes"),),
    ),
)
