"""The host in an address, a name or an IPv4 address, in one spelling only.

Systems take ``0x7f4d030b``, ``2135753483`` and ``127.77.779`` for addresses as well (inet_aton(3)), and do not look at
the case of a name or the dot at its end. A unit would go by many names; what was said of one, that it is reserved for
example, would not hold for the others.
"""

from __future__ import annotations

import re
import unicodedata

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable

RULE = "four numbers 0..255 with dots between, without leading zeros, such as 192.168.1.39"
NOBODY = "0.0.0.0"
"""Systems take it for this machine itself."""
IDEOGRAPHIC_STOP = "\u3002"
"""A dot of a name to name services (RFC 3490, 3.1); the other such dots are compatible to it or to the full stop."""
LONGEST = 12
"""Digits of a numeral that anybody has meant as an address."""
_HOST = re.compile(r"[^:/?\s.]+(?:\.[^:/?\s.]+)*")
_NUMERAL = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII)
_OCTET = r"(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_QUAD = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)


def is_address(host: str) -> bool:
    """Whether a host is an IPv4 address, not a name."""
    return _QUAD.fullmatch(host) is not None


def canonical(text: str) -> str:
    """A host as it is always written; raises ``InvalidValue`` for an address that is written otherwise."""
    host = unicodedata.normalize("NFKC", text).replace(IDEOGRAPHIC_STOP, ".").lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        raise _bad(
            f"'{printable(text, 60)}' is no host", f"a name whose parts are between single dots, or {RULE}"
        )
    labels = host.split(".")
    if not all(_NUMERAL.fullmatch(label) for label in labels):
        return host
    if not is_address(host) or host == NOBODY:
        raise _bad(f"'{printable(text, 60)}' is no unit's IPv4 address as it is written here", _meant(labels))
    return host


def _meant(labels: list[str]) -> str:
    """What to write for a numeral: the address that a system would take it for, where that is clear."""
    octal = any(len(label) > 1 and label[0] == "0" and label[1] != "x" for label in labels)
    if octal or len(labels) > 4 or any(len(label) > LONGEST for label in labels):
        return RULE
    numbers = [int(label[2:] or "0", 16) if label.startswith("0x") else int(label) for label in labels]
    *first, last = numbers
    rest = 4 - len(first)
    if max(first, default=0) > 255 or not 0 < last < 256**rest:
        return RULE
    address = ".".join(map(str, [*first, *last.to_bytes(rest, "big")]))
    return RULE if address.startswith("0.") else address


def _bad(message: str, write: str) -> InvalidValue:
    return InvalidValue(message, field="unit", rule=RULE, hint=f"write {write}")
