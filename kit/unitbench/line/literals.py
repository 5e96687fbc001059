"""Bytes as programs and manuals print them: lists of numbers, quoted and escaped text.

Everything here works on a text and the place in it where something starts, so that a fault can be underlined.
"""

from __future__ import annotations

import re

from unitbench.line.digits import refuse
from unitbench.schema.printable import printable

_ESCAPES = {
    "r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", "'": "'", '"': '"',
    "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.|$)", re.DOTALL)
NAMED = {
    "CR": "\r",
    "LF": "\n",
    "TAB": "\t",
    "ESC": "\x1b",
    "BEL": "\a",
    "NUL": "\0",
    "STX": "\2",
    "ETX": "\3",
}
_NAMED = re.compile(r"<({0})>|\[({0})\]".format("|".join(NAMED)))
_PLAIN_ESCAPE = re.compile(rf"{_ESCAPE.pattern}|{_NAMED.pattern}", re.DOTALL)
_QUOTED = re.compile(r"""[bBrR]{0,2}("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.DOTALL)
_GAP = re.compile(r"(?:[\s,]|\\(?=\s|$))*")
_WORD = re.compile(r"""[^\s,"'{}\[\];]+""")
_MARKED = re.compile(
    r"0[xX]([0-9A-Fa-f]{1,2})|\$([0-9A-Fa-f]{1,2})|&[hH]([0-9A-Fa-f]{1,2})|([0-9A-Fa-f]{1,2})[hH]"
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def escaped(text: str, at: int = 0, *, names: bool = False) -> bytes:
    """Text whose escapes mean bytes; ``names``: also ``<CR>`` and ``[TAB]``. ``at`` is where it starts."""

    def one(match: re.Match[str]) -> str:
        mark = match.group(1)
        if mark is None:
            return NAMED[match.group(2) or match.group(3)]
        if len(mark) == 3:
            return chr(int(mark[1:], 16))
        if mark not in _ESCAPES:
            place = (at + match.start(), at + match.end())
            raise refuse(f"'\\{printable(mark)}' is no escape", place, "use \\r \\n \\t \\0 \\\\ \\xHH")
        return _ESCAPES[mark]

    out = bytearray()
    done = 0
    for match in (_PLAIN_ESCAPE if names else _ESCAPE).finditer(text):
        out += _latin(text[done : match.start()], at + done) + one(match).encode("latin-1")
        done = match.end()
    return bytes(out + _latin(text[done:], at + done))


def _latin(text: str, at: int) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        place = (at + error.start, at + error.start + 1)
        raise refuse(f"'{printable(text[error.start])}' is no single byte", place, "use \\xHH") from None


def without_comments(text: str) -> str:
    """The same with blanks where C has comments outside quotes, so that all places stay."""
    out, at = [], 0
    for quoted in [*_QUOTED.finditer(text), None]:
        end = quoted.start() if quoted else len(text)
        out.append(_COMMENT.sub(lambda found: " " * len(found.group()), text[at:end]))
        if quoted:
            out.append(quoted.group())
            at = quoted.end()
    return "".join(out)


def listed(text: str, start: int, stop: int) -> bytes:
    """Numbers and quoted texts between commas or blanks, as in ``"#HELP",0x0D`` or a C array.

    A number without a mark is decimal here.
    """
    out = bytearray()
    at = _gap(text, start, stop)
    while at < stop:
        quoted = _QUOTED.match(text, at, stop)
        if quoted:
            out += _one_quoted(quoted)
            at = quoted.end()
        elif text[at] in "'\"":
            raise refuse("a quote is not closed", (at, at + 1))
        else:
            word = _WORD.match(text, at, stop)
            if word is None:
                raise refuse(f"'{printable(text[at])}' cannot stand here", (at, at + 1))
            out.append(_number(word.group(), word.start()))
            at = word.end()
        at = _gap(text, at, stop)
    return bytes(out)


def _gap(text: str, at: int, stop: int) -> int:
    found = _GAP.match(text, at, stop)
    return found.end() if found else at


def _one_quoted(match: re.Match[str]) -> bytes:
    inner, at = match.group(1)[1:-1], match.start(1) + 1
    prefix = match.group()[: match.start(1) - match.start()]
    return _latin(inner, at) if "r" in prefix.lower() else escaped(inner, at)


def _number(word: str, at: int) -> int:
    """One byte: 0xNN, $NN, &HNN, NNh, or decimal."""
    found = _MARKED.fullmatch(word)
    if found:
        return int(next(group for group in found.groups() if group), 16)
    place = (at, at + len(word))
    if not (word.isascii() and word.isdigit()):
        raise refuse("this is no number", place, "hexadecimal numbers need a mark here: 0x0D, $0D or 0Dh")
    if len(word) > 1 and word[0] == "0":
        raise refuse("decimal, hexadecimal or octal?", place, "write 0x0D for hexadecimal, 13 for decimal")
    if len(word) > 3 or int(word) > 255:
        raise refuse("this is no byte: 0..255", place)
    return int(word)


def marked(text: str) -> bytes | None:
    """Bytes that each have a mark of their own, ``$02 $00`` or ``02h 00h``; None where not all have one."""
    if _PACKED.fullmatch(text):
        return bytes.fromhex("".join(_PAIRS.findall(text)))
    words = list(_WORD.finditer(text))
    if not words or not all(_MARKED.fullmatch(word.group()) for word in words):
        return None
    return bytes(_number(word.group(), word.start()) for word in words)


_PACKED = re.compile(r"(?:\$[0-9A-Fa-f]{2}[\s,]*)+")
_PAIRS = re.compile(r"\$([0-9A-Fa-f]{2})")
