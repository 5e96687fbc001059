"""Kramer Protocol 3000: security commands, handshake and result codes."""

from unitbench.catalogue import kramer_public
from unitbench.catalogue.kramer_fields import AUTH, AUTH_NOW, PARAMETERS, PASSWORD, RESULT, SECUR
from unitbench.schema.causes import Cause, Sign
from unitbench.schema.pairs import Identity
from unitbench.schema.records import Code, Command, Effect, Protocol, Report, Service, Source, Status

SEED = "003_253d83b04d5e5e3b.txt"
SECURITY = Source(SEED, "Security commands")
PUBLIC = Source("Kramer VP-88K control specification", "host message format", Status.PUBLIC)

COMMANDS = (
    Command(
        "#",
        "handshake: is a Protocol 3000 unit there?",
        Source(SEED, "Login flow, step 7", Status.PUBLIC),
        reply=("#",),
        probe=0.9,
        note="The seed names the handshake only; '#' CR answered by OK is from public manuals.",
        examples=("#",),
    ),
    Command(
        "SECUR?",
        "read the security flag",
        SECURITY,
        reply=("SECUR",),
        examples=("SECUR?",),
    ),
    Command(
        "LOGIN",
        "open a unit session at an access level",
        SECURITY,
        args=(AUTH, PASSWORD),
        reply=("LOGIN",),
        effect=Effect.SESSION,
        note="The table separates the arguments by a blank, the login flow by a comma and a blank. "
        "We send one comma and take both.",
        examples=("LOGIN USER,1234",),
        grants=("auth", "NONE"),
        refusals=(
            Code(
                "ERR004",
                "unauthorized access: most often the password is wrong for this level",
                "the other level (USER, ADMIN); an admin password is cleared only by a factory reset",
                causes=(
                    Cause(
                        "the password is wrong for LEVEL (most often)",
                        "LOGIN LEVEL asks for it again",
                        Sign.SECRET,
                    ),
                    Cause("the password is that of the other level", "LOGIN USER, or LOGIN ADMIN"),
                    Cause(
                        "this model spells the levels otherwise, such as Admin",
                        "LOGIN? tells who is logged in",
                    ),
                ),
            ),
            Code("ERR003", "parameter is out of range: this model may know other levels", "SECUR? | LOGIN?"),
        ),
    ),
    Command(
        "LOGIN?",
        "who is logged in on this connection",
        SECURITY,
        reply=("LOGIN",),
        note="What a unit says when nobody is logged in is not in the manual; "
        "anything but USER or ADMIN is taken as nobody.",
        examples=("LOGIN?",),
        grants=("auth", "NONE"),
    ),
    Command(
        "LOGOUT",
        "end the unit session",
        SECURITY,
        reply=("LOGOUT",),
        effect=Effect.SESSION,
        examples=("LOGOUT",),
        ends_login=True,
    ),
)

REPORTS = (
    Report("#", "handshake answered", (RESULT,), PUBLIC),
    Report("SECUR", "security flag", (SECUR, RESULT), SECURITY),
    Report("LOGIN", "access level", (AUTH_NOW, RESULT), SECURITY),
    Report("LOGOUT", "outcome of the logout", (RESULT,), SECURITY),
)

CODES = (
    Code(
        "ERR001",
        "syntax error, for example not enough parameters",
        "help COMMAND shows its parameters and an example",
    ),
    Code(
        "ERR002",
        "command not available for this device",
        "another model may have it; SECUR? and LOGIN? are in every Protocol 3000 unit",
        causes=(
            Cause("this model does not have COMMAND", "@UNIT HELP lists what it has, if it has that"),
            Cause("another unit was meant", "units lists them; @NAME COMMAND goes to one"),
        ),
    ),
    Code("ERR003", "parameter is out of range", "help COMMAND shows the legal values"),
    Code(
        "ERR004",
        "unauthorized access: the command ran without the matching login, or the password is wrong",
        "log in with LOGIN USER or LOGIN ADMIN (the password is asked for); "
        "an admin password is cleared only by a factory reset",
        causes=(
            Cause("the login has ended", "@UNIT LOGIN LEVEL opens a new one", Sign.LOGIN_ENDED),
            Cause("nobody is logged in on this connection", "@UNIT LOGIN LEVEL", Sign.NO_LOGIN),
            Cause("COMMAND needs another access level", "@UNIT LOGIN LEVEL", Sign.OTHER_LEVEL),
            Cause("the unit has ended the login without a word", "@UNIT LOGIN? tells who is logged in"),
        ),
    ),
    Code(
        "ERR005",
        "internal error of the firmware (public, not in the manual page)",
        "send it again; if it stays, VERSION? tells what to ask the maker about",
    ),
    Code("ERR006", "the unit is busy (public, not in the manual page)", "send it again in a moment"),
    Code(
        "ERR007",
        "wrong checksum (public, not in the manual page)",
        "the line may be noisy: check the cable and, on a serial line, rate and framing",
    ),
    Code(
        "ERR008",
        "the unit gave up waiting (public, not in the manual page)",
        "read the state before sending it again",
    ),
)

LEARNED = Command(
    "",
    "from the unit, no manual",
    Source("the unit's own list of commands", "HELP", Status.LEARNED),
    args=(PARAMETERS,),
    effect=Effect.RECONFIGURES,
    note="Only the unit's own list names it: what it does is not known, so it is taken to change the unit.",
)

PROTOCOL = Protocol(
    name="kramer",
    letter="k",
    marks=("#", "~"),
    maker="Kramer Protocol 3000",
    title="ASCII lines over TCP, UDP and serial; login bound to the connection",
    source=Source(SEED, "Communication Protocol 3000"),
    services=(
        Service(
            "protocol 3000", "tcp", 5000, "one line per command; public, not in the manual page", main=True
        ),
        Service("protocol 3000", "udp", 50000, "as TCP; the unit session is bound to the peer"),
        Service(
            "protocol 3000",
            "serial",
            0,
            "RS-232; a unit session lives until its time-out. 9600 is a reading: models have 9600 or 115200",
            source=Source("Kramer VP-88K control specification", "RS-232", Status.READING),
            baud=9600,
            framing="8N1",
        ),
    ),
    commands=(*COMMANDS, *kramer_public.COMMANDS),
    reports=(*REPORTS, *kramer_public.REPORTS),
    codes=CODES,
    reply_end="CR LF",
    login_idle_s=300.0,
    chain="|",
    ids=(1, 99),
    learned=LEARNED,
    identity=Identity("SN?", ("sn",)),
    silences=(
        Cause(
            "another protocol is spoken at that port", "services UNIT lists the usual ones; nothing is sent"
        ),
    ),
    max_request=64,
    max_reply=1024,
    notes=(
        "Ports and the host's frame are not in the manual page; they are from other public manuals.",
        "LOGIN: the table separates the arguments by a blank, the login flow by a comma and a blank.",
        "What LOGIN? says when nobody is logged in is not told; simulated units say NONE, or ADMIN with security off.",
        "Which commands an access level may run is not told: here USER reads and ADMIN does everything.",
        "The order in which a unit checks a request is a reading: known command, permission, number of "
        "parameters, their values.",
        "Over TCP the idle time ends the login and leaves the connection up; how many clients a unit takes is not "
        "told, simulated units take four.",
        "Hardware writes refusals in several ways (ERR002, ERR 002, err 004); all are taken.",
    ),
)
