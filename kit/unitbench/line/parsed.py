"""What a parse gives: tokens with their places and validity, the request or verb, the error, what may follow."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from enum import Enum
from functools import cached_property

from unitbench.errors import UsageError
from unitbench.line.guard import guard_of
from unitbench.line.vocabulary import Macro, Vocabulary
from unitbench.line.words import Word
from unitbench.schema.record import record
from unitbench.schema.records import Command, Field, Request
from unitbench.schema.values import Value
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


@record
class Token:
    """A piece of the line, start inclusive, end exclusive."""

    text: str
    kind: TokenKind
    start: int
    end: int
    ok: bool = True


@record
class Reference:
    """A secret ``field`` that is not typed: it is what the environment variable ``name`` holds. Its place in the line
    is that of the reference."""

    field: Field
    name: str
    start: int
    end: int


class Statement:
    """One statement of a line.

    Exactly one of ``command`` and ``verb`` is set for a statement that is understood; ``error`` says why one
    is not. ``request`` is set when every field is there and good; ``lacking`` lists those that may be filled
    in later: a secret (by a hidden prompt, or as one of ``references`` says) and a required MAC (of the unit that is
    taken).
    ``continues_secret``: it stands directly behind the ``;`` of a statement with a secret, and may be the rest
    of a password.

    ``aside`` are those that its comment would be: never performed, but a secret may stand in them. ``inner`` are the
    statements that a verb has as its body. ``expansion`` is the line that an alias or a saved request
    stands for, ``scope`` the values of its variables. ``defines`` is a name that this statement gives. ``late`` are
    variables that get their value when the statement is performed: it is read again then.
    """

    def __init__(
        self, start: int, end: int, words: tuple[Word, ...] = (), continues_secret: bool = False
    ) -> None:
        self.start = start
        self.end = end
        self.words = words
        self.continues_secret = continues_secret
        self.tokens: list[Token] = []
        self.target = ""
        self.protocol = ""
        self.command: Command | None = None
        self.given: tuple[tuple[str, Value], ...] = ()
        self.request: Request | None = None
        self.lacking: tuple[Field, ...] = ()
        self.references: tuple[Reference, ...] = ()
        self.verb: Verb | None = None
        self.args: tuple[str, ...] = ()
        self.options: dict[str, str] = {}
        self.wants_help = False
        self.inner: tuple[Statement, ...] = ()
        self.aside: tuple[Statement, ...] = ()
        self.expansion: Parsed | None = None
        self.scope: tuple[tuple[str, str], ...] = ()
        self.defines: Macro | None = None
        self.vocabulary = Vocabulary()
        self.late: tuple[str, ...] = ()
        self.announced: tuple[int, int] | None = None
        self.fault: UsageError | None = None
        self.shown: Callable[[], tuple[str, tuple[int, int] | None]] = _nowhere

    @property
    def error(self) -> UsageError | None:
        """Why the statement is not understood; a new one each time, since a parse is shared and this is raised. Its
        place is one in its line, where secrets are stars; that of ``fault`` is one in the line as typed."""
        error = copy(self.fault)
        if error is not None:
            error.line, error.span = self.shown()
        return error

    @property
    def values(self) -> dict[str, object]:
        """The values that were given, by field name."""
        return dict(self.given)

    @cached_property
    def guard(self) -> tuple[int, int] | None:
        """The place that announces a secret, if the statement may hold one; see ``guard_of``. The name of one of our
        own verbs is none."""
        verb = {token.start for token in self.tokens if token.kind is TokenKind.VERB}
        words = [word for word in self.words if word.start not in verb and not self._inside(word)]
        return (self.start, self.start) if self.continues_secret else self.announced or guard_of(words)

    def _inside(self, word: Word) -> bool:
        """Whether a word belongs to a body that was understood: that knows where its own secrets stand."""
        return bool(self.inner) and word.end > self.inner[0].start and word.start < self.inner[-1].end

    @cached_property
    def weight(self) -> int:
        """How many statements it comes to."""
        return 1 + sum(
            each.weight for each in (*self.inner, *(self.expansion.statements if self.expansion else ()))
        )

    @property
    def empty(self) -> bool:
        """Whether nothing stands there but perhaps a comment."""
        understood = self.command or self.verb or self.expansion
        return understood is None and self.fault is None and not self.target and not self.late

    def add(self, text: str, kind: TokenKind, start: int, end: int, ok: bool = True) -> None:
        """Append a token."""
        self.tokens.append(Token(text, kind, start, end, ok))


def _nowhere() -> tuple[str, None]:
    return "", None


@record
class Parsed:
    """A whole line."""

    text: str
    statements: tuple[Statement, ...]

    @property
    def error(self) -> UsageError | None:
        """The first error, if there is one."""
        return next((statement.error for statement in self.statements if statement.fault), None)

    @property
    def tokens(self) -> list[Token]:
        """All tokens in their order."""
        return [token for statement in self.statements for token in statement.tokens]
