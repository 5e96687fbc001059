"""Kramer Protocol 3000: what other public manuals have and the page of the security commands has not."""

from unitbench.catalogue.kramer_fields import AUTH, AUTH_NOW, PASSWORD, RESULT, SECUR
from unitbench.schema.records import Code, Command, Effect, Field, Report, Source, Status
from unitbench.schema.values import Text

USER, ADMIN = "USER", "ADMIN"
AS_USER, AS_ADMIN = ("LOGIN USER,1234",), ("LOGIN ADMIN,4321",)
"""The logins of simulated units, whose passwords are published."""
LIST = Source("Kramer VP-88K control specification", "list of commands", Status.PUBLIC)
HELP = Source("Kramer DIP-31 user manual", "Protocol 3000, page 40, HELP", Status.PUBLIC)
MODEL = Source("Kramer DIP-31 user manual", "Protocol 3000, page 40, MODEL?", Status.PUBLIC)
SECURITY = Source("Kramer PL-50 user manual", "Protocol 3000, page 44, PASS and SECUR", Status.PUBLIC)
FACTORY = Source("Kramer VP-4x8AK user manual", "page 49, Protocol 3000 commands", Status.PUBLIC)

NO_USER = Code(
    "ERR004", "not logged in: LOGIN USER first", "LOGIN USER (the password is asked for), then send it again"
)
NO_ADMIN = Code(
    "ERR004",
    "not logged in as administrator: LOGIN ADMIN first",
    "LOGIN ADMIN (the password is asked for), then send it again",
)
LEVELS = "Which level a command needs is a reading: USER for reads, ADMIN for writes."

_NAME = Text(high=15, low=1, forbid=" !\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~\r\n")
NAME = Field("name", _NAME, "letters, digits and inner hyphens")
NAME_NOW = Field("name", _NAME, "the name", optional=True)
ABOUT = Field(
    "about",
    Text(high=20, low=1, forbid=" #~@,|\r\n"),
    "a command of the unit; without one it lists all",
    optional=True,
)

COMMANDS = (
    Command(
        "MODEL?",
        "read the model",
        MODEL,
        reply=("MODEL",),
        examples=("MODEL?",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note=LEVELS,
    ),
    Command(
        "PROT-VER?",
        "read the version of the protocol",
        LIST,
        reply=("PROT-VER",),
        examples=("PROT-VER?",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note=LEVELS,
    ),
    Command(
        "VERSION?",
        "read the version of the firmware",
        LIST,
        reply=("VERSION",),
        examples=("VERSION?",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note=LEVELS,
    ),
    Command(
        "SN?",
        "read the serial number",
        LIST,
        reply=("SN",),
        examples=("SN?",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note=LEVELS,
    ),
    Command(
        "NAME?",
        "read the unit's name on the network",
        LIST,
        reply=("NAME",),
        examples=("NAME?",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note=LEVELS,
    ),
    Command(
        "NAME",
        "set the unit's name on the network",
        LIST,
        args=(NAME,),
        reply=("NAME",),
        effect=Effect.RECONFIGURES,
        examples=("NAME Hall-1",),
        needs=ADMIN,
        first=AS_ADMIN,
        refusals=(NO_ADMIN,),
        reads_back="NAME?",
        note=LEVELS,
    ),
    Command(
        "HELP",
        "the unit's own commands, or one of them explained",
        HELP,
        args=(ABOUT,),
        reply=("DEVICE", "HELP"),
        examples=("HELP MODEL?", "HELP"),
        needs=USER,
        first=AS_USER,
        multiline=True,
        teaches="commands",
        refusals=(
            NO_USER,
            Code(
                "ERR003", "parameter is out of range: the unit has no such command", "HELP lists what it has"
            ),
        ),
        note="The list begins with '~01@Device available protocol 3000 commands:', not with HELP; nothing marks "
        "its last line, so a pause ends it.",
    ),
    Command(
        "IDV",
        "let the unit show itself: its lamps blink",
        LIST,
        reply=("IDV",),
        effect=Effect.VISIBLE,
        examples=("IDV",),
        needs=USER,
        first=AS_USER,
        refusals=(NO_USER,),
        note="How it shows itself, and for how long, depends on the model.",
    ),
    Command(
        "SECUR",
        "switch the security of the unit on or off",
        SECURITY,
        args=(SECUR,),
        reply=("SECUR",),
        effect=Effect.RECONFIGURES,
        examples=("SECUR ON",),
        needs=ADMIN,
        first=AS_ADMIN,
        refusals=(NO_ADMIN,),
        reads_back="SECUR?",
        note="Off, every command runs without a login; on, whoever holds none is refused from the next command on.",
    ),
    Command(
        "PASS",
        "set the password of an access level",
        SECURITY,
        args=(AUTH, PASSWORD),
        reply=("PASS",),
        effect=Effect.RECONFIGURES,
        examples=("PASS USER,5678",),
        needs=ADMIN,
        first=AS_ADMIN,
        refusals=(NO_ADMIN,),
        note="A lost admin password is cleared only by a factory reset. Whether the answer repeats the password "
        "depends on the model: we do not send it back, and mask it where a unit does.",
    ),
    Command(
        "FACTORY",
        "reset all data of the unit to its factory settings, passwords too",
        FACTORY,
        reply=("FACTORY",),
        effect=Effect.DISRUPTS,
        examples=("FACTORY",),
        needs=ADMIN,
        first=AS_ADMIN,
        refusals=(NO_ADMIN,),
        note="A real unit may want a restart, and its network address may change.",
    ),
)

REPORTS = (
    Report("MODEL", "model", (Field("model", Text(high=19), "model"),), MODEL),
    Report("PROT-VER", "version of the protocol", (Field("prot_ver", Text(high=16), "version"),), LIST),
    Report("VERSION", "version of the firmware", (Field("version", Text(high=16), "version"),), LIST),
    Report("SN", "serial number", (Field("sn", Text(high=20), "serial number"),), LIST),
    Report("NAME", "the unit's name on the network", (NAME_NOW, RESULT), LIST),
    Report(
        "DEVICE",
        "the unit's own commands",
        (Field("commands", Text(high=4096), "names of commands, with commas between them"),),
        HELP,
    ),
    Report(
        "HELP",
        "one command explained by the unit",
        (Field("about", Text(high=4096), "what the unit says of it"),),
        HELP,
    ),
    Report("IDV", "the unit shows itself", (RESULT,), LIST),
    Report("PASS", "outcome of setting a password", (AUTH_NOW, RESULT), SECURITY),
    Report("FACTORY", "outcome of the reset", (RESULT,), FACTORY),
)
