"""The fields that several Protocol 3000 commands and replies share."""

from unitbench.schema.records import Field
from unitbench.schema.values import Outcome, Text, Token, Word

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
PARAMETERS = Field(
    "parameters",
    Text(high=60, low=1, forbid="#~@|\r\n"),
    "whatever stands behind it, sent as it is",
    optional=True,
)
RESULT = Field("result", Outcome(), "OK or an error code")
SECUR = Field(
    "secur",
    Token(
        (
            Word("ON", "security is on: commands need a login", ("1",)),
            Word("OFF", "security is off: no login needed", ("0",)),
        )
    ),
    "security flag",
)
