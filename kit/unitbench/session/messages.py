"""What views and keeper say to each other: messages in msgpack, each behind its length (4 bytes, network order)."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import msgspec

from unitbench import errors
from unitbench._version import __version__
from unitbench.errors import BenchError, SessionError
from unitbench.session.given import faulty
from unitbench.session.operations import RESULTS, AnyOperation, Operation
from unitbench.session.stream import Event, State

PROTOCOL = f"{__version__}/4"
"""What a view and a keeper must have in common."""
LONGEST = 64 * 1024 * 1024
_LENGTH = struct.Struct("!I")


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """A view's first word. ``who`` ending in ``-`` asks for a number behind it. One that is only ``passing``
    asks and leaves: it gets no stream, is not counted, and does not keep the session alive. The views of one
    ``process`` may have one name; 0: it does not say which it is."""

    protocol: str
    who: str
    passing: bool = False
    process: int = 0


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Perform an operation."""

    number: int
    operation: AnyOperation


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Stop waiting for a call."""

    number: int


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The keeper's first word."""

    state: State


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The keeper does not take the view."""

    reason: str
    hint: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The result of a call, in the encoding of its type."""

    number: int
    result: msgspec.Raw


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """A call raised."""

    number: int
    kind: str
    message: str
    hint: str
    details: dict[str, Any]


class News(msgspec.Struct, frozen=True, tag="news"):
    """An event of the stream."""

    event: Event


FromView = Hello | Call | Cancel
FromKeeper = Welcome | Refused | Done | Failed | News
_encoder = msgspec.msgpack.Encoder()


# A decoder is made when it is first needed: no end reads what it says itself, nor the results of all operations.
@cache
def _view_decoder() -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(FromView)


@cache
def _keeper_decoder() -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(FromKeeper)


@cache
def _result_decoder(kind: type[Operation]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(RESULTS[kind])


def packed(message: msgspec.Struct) -> bytes:
    """A message as it travels."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def result_bytes(result: Any) -> msgspec.Raw:
    """A result, encoded to stand in ``Done``."""
    return msgspec.Raw(_encoder.encode(result))


def result_of(operation: Operation, raw: msgspec.Raw) -> Any:
    """The typed result of an operation."""
    return _result_decoder(type(operation)).decode(raw)


def from_view(body: bytes) -> FromView:
    """A view's message; raises ``msgspec.DecodeError``."""
    message: FromView = _view_decoder().decode(body)
    return message


def refusal(body: bytes, error: msgspec.ValidationError) -> Failed | None:
    """What is answered to a call that gives an operation what it cannot take; None where it is no call."""
    call = msgspec.msgpack.decode(body)
    match call:
        case {"type": "call", "number": int(number), "operation": {"type": str(), **given}}:
            inside = msgspec.ValidationError(str(error).replace("`$.operation.", "`$."))
            return failure(number, faulty(inside, {str(name): value for name, value in given.items()}))
    return None


def from_keeper(body: bytes) -> FromKeeper:
    """The keeper's message; raises ``msgspec.DecodeError``."""
    message: FromKeeper = _keeper_decoder().decode(body)
    return message


def bodies(buffer: bytearray) -> list[bytes]:
    """The whole messages at the head of ``buffer``, which are taken out of it.

    Raises ``SessionError`` for a length that no message has.
    """
    found = []
    while len(buffer) >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(buffer)
        if length > LONGEST:
            raise SessionError(f"a message of {length} bytes: the other end speaks something else")
        if len(buffer) < _LENGTH.size + length:
            break
        found.append(bytes(buffer[_LENGTH.size : _LENGTH.size + length]))
        del buffer[: _LENGTH.size + length]
    return found


def failure(number: int, error: BenchError) -> Failed:
    """An exception as it travels."""
    details = {
        key: value
        for key, value in vars(error).items()
        if key not in ("message", "hint") and isinstance(value, (str, int, float, tuple, bytes, type(None)))
    }
    return Failed(number, type(error).__name__, error.message, error.hint, details)


def raised(failed: Failed) -> BenchError:
    """The exception that travelled; a kind that is not known is a ``BenchError``."""
    kind = getattr(errors, failed.kind, BenchError)
    if not (isinstance(kind, type) and issubclass(kind, BenchError)):
        kind = BenchError
    error: BenchError = kind(failed.message, hint=failed.hint)
    for key, value in failed.details.items():
        setattr(error, key, tuple(value) if isinstance(value, list) else value)
    return error
