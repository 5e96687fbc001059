"""What a call gives to an operation: of the kinds that it wants, else it is said which argument is wrong and how.

Looked at in the view before anything is sent, so that a session in this process and one in a keeper say the same; and
in the keeper, whoever the view is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from unitbench.errors import InvalidValue, UsageError
from unitbench.schema.printable import printable
from unitbench.session.arguments import duration
from unitbench.session.operations import Operation

T = TypeVar("T", bound=Operation)
SHOWN = 40
KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "True or False",
    "bytes": "bytes",
    "array": "a tuple or list",
    "object": "a dict",
    "null": "None",
    "None": "None",
}
SCALARS = ("str", "float", "int", "bool")
COUNTED = ("float", "int", "bool")
"""Where one of these is wanted, what was given in its place is shown; elsewhere it might be a secret."""
_FAULT = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?(.*?)(?: - at `\$\.(\w+)(.*)`)?", re.DOTALL)
_encoder = msgspec.msgpack.Encoder()


@cache
def _decoder(kind: type[Operation]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def in_seconds(given: float | str) -> float:
    """A time that may be in words, such as ``"10m"``, as it may in a line. Raises ``InvalidValue``."""
    return duration(given) if isinstance(given, str) else given


def checked(operation: T) -> T:
    """The operation as it is. Raises ``UsageError`` for what it cannot be given."""
    try:
        _decoder(type(operation)).decode(_encoder.encode(operation))
    except UnicodeEncodeError as error:
        raise UsageError(f"character {error.start} is no text: {error.reason}") from None
    except msgspec.ValidationError as error:
        raise faulty(
            error, {name: getattr(operation, name) for name in operation.__struct_fields__}
        ) from None
    except (TypeError, OverflowError) as error:
        raise UsageError(
            f"a value that is given cannot be sent: {error}", hint="numbers, texts and bytes can"
        ) from None
    return operation


def faulty(error: msgspec.ValidationError, given: Mapping[str, object]) -> UsageError:
    """What is wrong with what an operation was given, by name."""
    found = _FAULT.fullmatch(str(error))
    if found is None or found[4] not in given:
        return UsageError(f"the session cannot take this: {printable(str(error), 200)}")
    wanted, got, name, inside = found[1].split(" | "), found[2], found[4], found[5]
    rule = " or ".join(KINDS.get(kind, kind) for kind in wanted) + found[3]
    shown = KINDS.get(got, got) if got else "another"
    if got in SCALARS and not inside and set(wanted) & set(COUNTED):
        shown = printable(repr(given[name]), SHOWN)
    return InvalidValue(f"{name}{inside} must be {rule}, not {shown}", field=name, rule=rule)
