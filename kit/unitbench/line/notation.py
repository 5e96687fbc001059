"""Bytes as people write them: hex in any spacing, or quoted text with escapes."""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue
from unitbench.line.guard import bytes_hold_secret
from unitbench.schema.printable import printable

RULE = "hex such as 02 00 AE, or quoted text such as '#SECUR?\\r'"
_HEX_MARKS = re.compile(r"0[xX]|\\x|[\s,:]+")
_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", "'": "'", '"': '"'}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.|$)", re.DOTALL)


def parse_bytes(text: str) -> bytes:
    """The bytes that ``text`` spells; raises ``InvalidValue`` with the place of the fault."""
    text = text.strip()
    if text[:1] in ("'", '"'):
        if len(text) < 2 or text[-1] != text[0]:
            raise InvalidValue("a quote is not closed", field="bytes", rule=RULE, hint=RULE)
        return _quoted(text[1:-1])
    digits = _HEX_MARKS.sub("", text)
    if not digits:
        raise InvalidValue("no bytes are given", field="bytes", rule=RULE, hint=RULE)
    bad = re.search(r"[^0-9A-Fa-f]", digits)
    if bad:
        at = text.find(bad.group())
        raise InvalidValue(
            f"'{printable(bad.group())}' is no hexadecimal digit",
            field="bytes",
            rule=RULE,
            span=(at, at + 1),
            line=_shown(text),
            hint=RULE,
        )
    if len(digits) % 2:
        raise InvalidValue(
            f"{len(digits)} hexadecimal digits: a byte has two",
            field="bytes",
            rule=RULE,
            line=_shown(text),
            span=(len(text) - 1, len(text)),
            hint="write a leading 0",
        )
    return bytes.fromhex(digits)


def _shown(text: str) -> str:
    """The text for an error; all of it is hidden where it may hold a secret."""
    return "*" * len(text) if bytes_hold_secret(text) else text


def _quoted(text: str) -> bytes:
    def one(match: re.Match[str]) -> str:
        mark = match.group(1)
        if len(mark) == 3:
            return chr(int(mark[1:], 16))
        if mark not in _ESCAPES:
            raise InvalidValue(
                f"'\\{printable(mark)}' is no escape",
                field="bytes",
                rule=RULE,
                hint="use \\r \\n \\t \\0 \\xHH",
            )
        return _ESCAPES[mark]

    out = _ESCAPE.sub(one, text)
    try:
        return out.encode("latin-1")
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"'{printable(out[error.start])}' is no single byte", field="bytes", rule=RULE, hint=RULE
        ) from None
