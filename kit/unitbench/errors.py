"""Every exception that unitbench raises, with a hint that says what to do next.

A refusal of a unit (``ERR004``, NAK) or a bad byte on the wire is an *answer*, not an exception: it is
found in the exchange. Exceptions are for what the caller can mend.
"""

from __future__ import annotations

from collections.abc import Sequence


class BenchError(Exception):
    """Root of all errors. ``hint`` says what to do next, on a line of its own."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class UsageError(BenchError, ValueError):
    """What was typed cannot be meant.

    ``line`` is the text with secrets masked, ``span`` the place in it (start inclusive, end exclusive),
    ``expected`` what could stand there.
    """

    def __init__(
        self,
        message: str,
        *,
        span: tuple[int, int] | None = None,
        expected: Sequence[str] = (),
        line: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.span = span
        self.expected = tuple(expected)
        self.line = line


class UnknownCommand(UsageError):
    """No such command; ``near`` is the nearest right spelling, or empty."""

    def __init__(self, message: str, *, near: str = "", **more: object) -> None:
        super().__init__(message, **more)  # type: ignore[arg-type]
        self.near = near


class MissingField(UsageError):
    """A field that must be given is not there; ``field`` is its name."""

    def __init__(self, message: str, *, field: str = "", **more: object) -> None:
        super().__init__(message, **more)  # type: ignore[arg-type]
        self.field = field


class InvalidValue(UsageError):
    """A value breaks the rule of its field; ``field`` is its name and ``rule`` what holds there."""

    def __init__(self, message: str, *, field: str = "", rule: str = "", **more: object) -> None:
        super().__init__(message, **more)  # type: ignore[arg-type]
        self.field = field
        self.rule = rule


class Withheld(BenchError, PermissionError):
    """The policy kept a request back; nothing was sent. ``allow_with`` is what would let it pass."""

    def __init__(self, message: str, *, effect: str = "", allow_with: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.effect = effect
        self.allow_with = allow_with


class Reserved(Withheld):
    """Another view keeps writes to a unit for itself; nothing was sent, and no permission lets it pass.

    ``holder`` is that view's origin, empty where a running job of it is in the way, ``until_ns`` until when (wall
    clock), 0 where that is not known.
    """

    def __init__(
        self, message: str, *, holder: str = "", until_ns: int = 0, effect: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, effect=effect, hint=hint)
        self.holder = holder
        self.until_ns = until_ns


class LocalProtocolError(BenchError):
    """The state of the conversation forbids the request; no byte has left."""


class TransportError(BenchError, OSError):
    """The way to a unit failed. ``endpoint`` is where."""

    def __init__(self, message: str, *, endpoint: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.endpoint = endpoint


class OpenFailed(TransportError):
    """Nothing could be opened at the endpoint: refused, unreachable, in use."""


class LinkLost(TransportError):
    """An open link ended before the answer. The request may have reached the unit."""


class NoReply(BenchError, TimeoutError):
    """Nothing usable came back: ``sent`` bytes went out, ``waited_s`` passed, ``partial`` had arrived."""

    def __init__(
        self, message: str, *, sent: bytes = b"", waited_s: float = 0.0, partial: bytes = b"", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.sent = sent
        self.waited_s = waited_s
        self.partial = partial


class UnitRefused(BenchError):
    """A script asked for ``exchange.value()`` and the unit had refused; ``code`` is its own code."""

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class RemoteProtocolError(BenchError):
    """A script asked for ``exchange.value()`` and the unit's bytes were malformed."""


class SessionError(BenchError):
    """The session's keeper cannot be used: it ended, speaks another version, or could not be started."""


class SessionGone(SessionError):
    """The session's keeper has ended, or the connection to it. ``session`` is the session's name, ``further`` what
    should be done besides beginning anew."""

    def __init__(self, message: str, *, session: str = "", further: str = "", hint: str = "") -> None:
        again = f"Session.attach({session!r}) starts a new one"
        super().__init__(message, hint=hint or "; ".join(filter(None, (again, further))))
        self.session = session
        self.further = further


class CatalogueError(BenchError):
    """A record of the catalogue breaks a rule."""
