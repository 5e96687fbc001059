"""Kramer Protocol 3000: security commands, handshake and result codes."""

from unitbench.schema.records import (
    Code,
    Command,
    Effect,
    Field,
    Protocol,
    Report,
    Service,
    Source,
    Status,
)
from unitbench.schema.values import Outcome, Text, Token, Word

SEED = "003_253d83b04d5e5e3b.txt"
SECURITY = Source(SEED, "Security commands")
FLOW = Source(SEED, "Login flow")
RESULTS = Source(SEED, "Result codes (errors)")
PUBLIC = Source("Kramer VP-88K control specification", "host message format", Status.PUBLIC)

AUTH = Field(
    "auth",
    Token((Word("USER", "the user's access level"), Word("ADMIN", "the administrator's access level"))),
    "access level",
)
AUTH_NOW = Field(
    "auth",
    Token(
        (
            Word("USER", "logged in as user"),
            Word("ADMIN", "logged in as administrator"),
            Word("NONE", "nobody is logged in on this connection"),
        ),
        open=True,
    ),
    "access level of this connection",
)
PASSWORD = Field(
    "password", Text(high=15, forbid="#~@?,|\r\n", secret=True), "never shown, logged or written to disk"
)
RESULT = Field("result", Outcome(), "OK or an error code")

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
    Report(
        "SECUR",
        "security flag",
        (
            Field(
                "secur",
                Token(
                    (
                        Word("ON", "security is on: commands need a login", ("1",)),
                        Word("OFF", "security is off: no login needed", ("0",)),
                    )
                ),
                "security flag",
            ),
        ),
        SECURITY,
    ),
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
    commands=COMMANDS,
    reports=REPORTS,
    codes=CODES,
    reply_end="CR LF",
    login_idle_s=300.0,
    max_request=64,
    max_reply=1024,
)
