"""What a parse gives: tokens with their places and validity, the request or verb, the error, what may follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from unitbench.errors import UsageError
from unitbench.schema.records import Command, Field, Request
from unitbench.schema.verbs import Verb


class TokenKind(Enum):
    """What a token is, for colours and for masking."""

    TARGET = "target"
    COMMAND = "command"
    VERB = "verb"
    FIELD = "field"
    VALUE = "value"
    SECRET = "secret"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the line, start inclusive, end exclusive."""

    text: str
    kind: TokenKind
    start: int
    end: int
    ok: bool = True


@dataclass
class Statement:
    """One statement of a line.

    Exactly one of ``command`` and ``verb`` is set for a statement that is understood; ``error`` says why one
    is not. ``request`` is set when every field is there and good; ``lacking`` lists those that may be filled
    in later: a secret (by a hidden prompt) and a required MAC (of the unit that is taken).
    """

    start: int
    end: int
    tokens: list[Token] = field(default_factory=list)
    target: str = ""
    protocol: str = ""
    command: Command | None = None
    values: dict[str, object] = field(default_factory=dict)
    request: Request | None = None
    lacking: tuple[Field, ...] = ()
    verb: Verb | None = None
    args: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    wants_help: bool = False
    error: UsageError | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing stands there but perhaps a comment."""
        return self.command is None and self.verb is None and self.error is None and not self.target

    def add(self, text: str, kind: TokenKind, start: int, end: int, ok: bool = True) -> None:
        """Append a token."""
        self.tokens.append(Token(text, kind, start, end, ok))


@dataclass(frozen=True)
class Parsed:
    """A whole line."""

    text: str
    statements: tuple[Statement, ...]

    @property
    def error(self) -> UsageError | None:
        """The first error, if there is one."""
        return next((statement.error for statement in self.statements if statement.error), None)

    @property
    def tokens(self) -> list[Token]:
        """All tokens in their order."""
        return [token for statement in self.statements for token in statement.tokens]
