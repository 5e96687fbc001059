"""Bytes as people paste them: which notation a text is in, and the bytes it spells.

The first that fits is taken, in this order; what could be read in two ways is one of the first of them:

1. a hex dump: lines with an offset (0000 and two blanks, or any offset and a colon), bytes, a column of text
2. a list in braces or brackets, with or without a C declaration: 0xNN or decimal numbers, quoted texts
3. quoted text, alone or among numbers (``"#HELP",0x0D``): there a number without a mark is decimal
4. bytes with a mark each: ``$02 $00``, ``02h 00h``, ``\\x02\\x00``
5. hex: pairs or longer runs, with blanks, commas, colons, hyphens and ``0x`` at will
6. text that begins as a message of a protocol or with an escape: ``#SECUR?``, ``~01@SECUR ON\\r\\n``, ``*IDN?``
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line import dump
from unitbench.line.digits import RULE, plain_hex, refuse
from unitbench.schema.printable import MASK
from unitbench.schema.records import Protocol

__all__ = ["HELP", "RULE", "parse_bytes", "spelt"]

HELP = """bytes may be pasted as they come; the first of these that fits is taken:
  a hex dump      0000  02 00 ae 01 ...  with offsets, as Wireshark, xxd, hexdump -C and tcpdump -X print it
  a list          {0x02, 0x00}, unsigned char x[] = {2, 0}; [2, 0]: a number without 0x, $ or h is decimal
  quoted text     '#SECUR?\\r', b'\\x02\\x00', "#HELP",0x0D: quoted text and such numbers between commas
  marked bytes    $02 $00, 02h 00h, \\x02\\x00
  hex             02 00 AE, 0200ae, 02:00:ae, 0x02,0x00: what is all hexadecimal digits is always hex
  a message       #SECUR?, ~01@SECUR ON<CR><LF>, DEVICEIDENT?\\r: as a protocol's text begins; <CR>, [TAB] and
                  \\r mean that byte, as does ,0x0D at the end; no end is added"""
_LIST = re.compile(r"\s*(?:[A-Za-z_][\w\s*]*\[\s*\w*\s*\]\s*=\s*)?([{\[])")
_CLOSING = {"{": "}", "[": "]"}
_QUOTE = re.compile(r"""[bBrR]{0,2}["']""")
_QUOTE_INSIDE = re.compile(r"""^[\s\w$&,]*[\s,]["']""")
_ESCAPES_ONLY = re.compile(r"(?:\\x[0-9A-Fa-f]{2}|[\s,])+")
_TAIL = re.compile(r"(?:,0[xX][0-9A-Fa-f]{2})+$")
"""What is left of ``"#HELP",0x0D`` where a system's own shell has taken the quotes away."""
LONGEST_TAIL = 20
_HEX_ONLY = re.compile(r"(?:0[xX]|\\[xX]|[0-9A-Fa-f\s,:;-])*")


def parse_bytes(text: str) -> bytes:
    """The bytes that ``text`` spells; raises ``InvalidValue`` with the place of the fault."""
    stripped = text.strip()
    try:
        return spelt(stripped)
    except InvalidValue as error:
        from unitbench.line.guard import bytes_hold_secret

        if error.span and bytes_hold_secret(stripped):
            error.line, error.span = MASK, (0, len(MASK))
        elif error.span:
            error.line = stripped
        raise


def spelt(text: str) -> bytes:
    """As ``parse_bytes``, of a text without blanks around it; the error repeats no more than a few characters."""
    found = dump.dump(text)
    if found is not None:
        return found
    if _HEX_ONLY.fullmatch(text) and "\\" not in text:
        return plain_hex(text)
    from unitbench.line import literals  # after hex, which is pasted most and needs none of it

    plain = literals.without_comments(text) if text[:2] in ("/*", "//") or _LIST.match(text) else text
    opened = _LIST.match(plain)
    if opened and not _begins_message(text):
        return _list(plain, opened)
    if _QUOTE.match(text) or _QUOTE_INSIDE.match(text):
        return literals.listed(text, 0, len(text))
    if _ESCAPES_ONLY.fullmatch(text):
        return bytes.fromhex(re.sub(r"\\x|[\s,]", "", text))
    found = literals.marked(text)
    if found is not None and not _HEX_ONLY.fullmatch(text):
        return found
    if not _HEX_ONLY.fullmatch(text) and (text.startswith("\\") or _begins_message(text)):
        tail = _TAIL.search(text, max(0, len(text) - LONGEST_TAIL))
        body = text[: tail.start()] if tail else text
        return literals.escaped(body, names=True) + (plain_hex(tail.group()) if tail else b"")
    return plain_hex(text)


def _list(text: str, opened: re.Match[str]) -> bytes:
    closing = _CLOSING[opened[1]]
    end = text.rstrip().removesuffix(";").rstrip()
    if not end.endswith(closing):
        raise refuse(
            f"'{opened[1]}' is not closed", (opened.start(1), opened.end(1)), f"end the list with {closing}"
        )
    from unitbench.line.literals import listed

    found = listed(text, opened.end(), len(end) - 1)
    if not found:
        raise refuse("no bytes are given")
    return found


def _begins_message(text: str) -> bool:
    """Whether a text begins as one of a protocol's messages, letter case free."""
    folded = text.casefold()
    return any(
        folded.startswith(word.casefold()) for protocol in catalogue.each() for word in _openings(protocol)
    )


def _openings(protocol: Protocol) -> Iterator[str]:
    """What messages begin with: start marks; without these the names of commands and the tags and keys of reports."""
    yield from protocol.marks
    if not protocol.marks and protocol.type_code is None:
        yield from (command.name for command in protocol.commands)
        yield from (report.tag for report in protocol.reports if report.tag)
        keys = (report.fields[0].key for report in protocol.reports if report.fields)
        yield from (f"{key}:" for key in keys if key)
