"""Kramer Protocol 3000: security commands, handshake and result codes."""

from unitbench.catalogue import kramer_public
from unitbench.catalogue.kramer_fields import AUTH, AUTH_NOW, PASSWORD, RESULT, SECUR
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
    Report("SECUR", "security flag", (SECUR,), SECURITY),
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
    ),
    Code("ERR003", "parameter is out of range", "help COMMAND shows the legal values"),
    Code(
        "ERR004",
        "unauthorized access: the command ran without the matching login, or the password is wrong",
        "log in with LOGIN USER or LOGIN ADMIN (the password is asked for); "
        "an admin password is cleared only by a factory reset",
    ),
)

PROTOCOL = Protocol(
    name="kramer",
    letter="k",
    maker="Kramer Protocol 3000",
    title="ASCII lines over TCP, UDP and serial; login bound to the connection",
    source=Source(SEED, "Communication Protocol 3000"),
    services=(
        Service(
            "protocol 3000", "tcp", 5000, "one line per command; public, not in the manual page", main=True
        ),
        Service("protocol 3000", "udp", 50000, "as TCP; the unit session is bound to the peer"),
    ),
    commands=(*COMMANDS, *kramer_public.COMMANDS),
    reports=(*REPORTS, *kramer_public.REPORTS),
    codes=CODES,
    reply_end="CR LF",
    login_idle_s=300.0,
    max_request=64,
    max_reply=1024,
)
