"""Bytes as plain hexadecimal digits: what is pasted most, and the error for what spells no bytes."""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable

RULE = "hex such as 02 00 AE, or text in quotes such as '#SECUR?\\r'"
_HEX_RUN = re.compile(r"[^\s,:;]+")
_HYPHEN = re.compile(r"(?<=[0-9A-Fa-f])-(?=[0-9A-Fa-f])")
_HEX_MARK = re.compile(r"0[xX]|\\[xX]|\$|&[hH]")


def refuse(message: str, span: tuple[int, int] | None = None, hint: str = RULE) -> InvalidValue:
    """The error for a spelling that means no bytes, with its place."""
    return InvalidValue(message, field="bytes", rule=RULE, span=span, hint=hint)


def plain_hex(text: str) -> bytes:
    """Hexadecimal digits, in pairs or longer runs, between blanks, commas, colons or hyphens."""
    out: list[str] = []
    runs = list(_HEX_RUN.finditer(_HYPHEN.sub(" ", text)))
    for run in runs:
        pieces = _HEX_MARK.split(run.group())
        bad = re.search(r"[^0-9A-Fa-f]", "".join(pieces))
        if bad:
            at = run.start() + _nth_digit(run.group(), bad.start())
            raise refuse(
                f"'{printable(bad.group())}' is no hexadecimal digit",
                (at, at + 1),
                f"{RULE}; text goes in quotes",
            )
        # 0x2 among others has lost a zero; alone it may have lost more.
        short = len(pieces) > 1 and len(runs) > 1
        pieces = [f"0{piece}" if short and len(piece) == 1 else piece for piece in pieces]
        if len("".join(pieces)) % 2:
            digits = len(re.sub(r"[^0-9A-Fa-f]", "", re.sub(_HEX_MARK, "", text)))
            raise refuse(
                f"{digits} hexadecimal digits: a byte has two",
                (run.end() - 1, run.end()),
                "write a leading 0",
            )
        out += pieces
    if not any(out):
        raise refuse("no bytes are given")
    return bytes.fromhex("".join(out))


def _nth_digit(run: str, number: int) -> int:
    """The place in ``run`` of a character that is the n-th one outside the marks."""
    marks = {at for mark in _HEX_MARK.finditer(run) for at in range(*mark.span())}
    return [at for at in range(len(run)) if at not in marks][number]
