"""The text notation: how a value is typed by a person and spelt in an ASCII protocol."""

from __future__ import annotations

import re
from functools import singledispatch

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Outcome,
    Real,
    Reserved,
    Tagged,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
    Word,
)

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]{1,16}|[0-9]{1,20}")
DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
ASK = "-1"
"""What asks for a property instead of setting it."""


def _refuse(rule: str, seen: str) -> InvalidValue:
    shown = printable(seen if len(seen) <= 40 else seen[:37] + "...")
    return InvalidValue(f"'{shown}' is not allowed: {rule}", rule=rule)


@singledispatch
def rule(kind: ValueType) -> str:
    """What holds for a value of this type, in words."""
    raise TypeError(f"no rule for {kind!r}")


@singledispatch
def parse(kind: ValueType, text: str) -> Value:
    """The value that ``text`` spells; raises ``InvalidValue`` naming the rule."""
    raise TypeError(f"no text notation for {kind!r}")


@singledispatch
def words(kind: ValueType) -> tuple[Word, ...]:
    """The legal words of a type that has a list of them."""
    return ()


def format_value(value: Value) -> str:
    """The spelling of a value: ``true``/``false`` for flags, commas between the items of a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


@rule.register(UInt)
def _(kind: UInt) -> str:
    return f"a whole number {kind.low}..{kind.top}{' ' + kind.unit if kind.unit else ''}"


@parse.register(UInt)
def _(kind: UInt, text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise _refuse(rule(kind), text)
    number = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if not kind.low <= number <= kind.top:
        raise _refuse(rule(kind), text)
    return number


@rule.register(Flag)
def _(kind: Flag) -> str:
    return "0 or 1 (also off/on, false/true)"


@parse.register(Flag)
def _(kind: Flag, text: str) -> Value:
    folded = text.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    raise _refuse(rule(kind), text)


@words.register(Flag)
def _(kind: Flag) -> tuple[Word, ...]:
    return (Word("0", "no"), Word("1", "yes"))


@rule.register(Choice)
def _(kind: Choice) -> str:
    return "one of " + ", ".join(f"{word.text} ({word.number})" for word in kind.words)


@parse.register(Choice)
def _(kind: Choice, text: str) -> Value:
    folded = text.casefold()
    for word in kind.words:
        if folded == word.text.casefold() or text == str(word.number):
            return word.text
    raise _refuse(rule(kind), text)


@words.register(Choice)
def _(kind: Choice) -> tuple[Word, ...]:
    return kind.words


@rule.register(Token)
def _(kind: Token) -> str:
    return "one of " + ", ".join(word.text for word in kind.words)


@parse.register(Token)
def _(kind: Token, text: str) -> Value:
    folded = text.casefold()
    for word in kind.words:
        if folded in (word.text.casefold(), *(also.casefold() for also in word.also)):
            return word.text
    if kind.open:
        return printable(text)
    raise _refuse(rule(kind), text)


@words.register(Token)
def _(kind: Token) -> tuple[Word, ...]:
    return kind.words


@rule.register(Text)
def _(kind: Text) -> str:
    without = f" without {' '.join(_visible(char) for char in kind.forbid)}" if kind.forbid else ""
    return f"{kind.low}..{kind.high} ASCII characters{without}"


def _visible(char: str) -> str:
    return {"\r": "CR", "\n": "LF", "\t": "TAB", " ": "blank"}.get(char, char)


@parse.register(Text)
def _(kind: Text, text: str) -> Value:
    bad = any(char in kind.forbid or not " " <= char <= "~" for char in text)
    if bad or not kind.low <= len(text) <= kind.high:
        raise _refuse(rule(kind), "***" if kind.secret else text)
    return text


@rule.register(IPv4)
def _(kind: IPv4) -> str:
    return "an IPv4 address such as 192.168.1.20"


@parse.register(IPv4)
def _(kind: IPv4, text: str) -> Value:
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise _refuse(rule(kind), text)
    if any(int(part) > 255 for part in parts):
        raise _refuse(rule(kind), text)
    return ".".join(str(int(part)) for part in parts)


@rule.register(Mac)
def _(kind: Mac) -> str:
    return "a MAC address such as 02:00:00:00:00:31"


@parse.register(Mac)
def _(kind: Mac, text: str) -> Value:
    if not _MAC.fullmatch(text):
        raise _refuse(rule(kind), text)
    return text


@rule.register(Reserved)
def _(kind: Reserved) -> str:
    return f"{kind.size} reserved bytes as hex"


@parse.register(Reserved)
def _(kind: Reserved, text: str) -> Value:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", text) or len(text) != 2 * kind.size:
        raise _refuse(rule(kind), text)
    return bytes.fromhex(text)


@rule.register(Counted)
def _(kind: Counted) -> str:
    return rule(kind.text)


@parse.register(Counted)
def _(kind: Counted, text: str) -> Value:
    return parse(kind.text, text)


@rule.register(CountedList)
def _(kind: CountedList) -> str:
    return f"a list of at most {kind.high} numbers, each {rule(kind.item)}"


@parse.register(CountedList)
def _(kind: CountedList, text: str) -> Value:
    items = [parse(kind.item, part) for part in text.split(",")] if text else []
    if len(items) > kind.high:
        raise _refuse(rule(kind), text)
    return tuple(item for item in items if isinstance(item, int))


@rule.register(Outcome)
def _(kind: Outcome) -> str:
    return "OK or an error code such as ERR001"


@parse.register(Outcome)
def _(kind: Outcome, text: str) -> Value:
    return text.upper()


@words.register(Outcome)
def _(kind: Outcome) -> tuple[Word, ...]:
    return (Word("OK", "done"),)


@rule.register(Real)
def _(kind: Real) -> str:
    whole, unit = "whole " if kind.whole else "", f" {kind.unit}" if kind.unit else ""
    parts = [f"a {whole}number {kind.low:.12g}..{kind.high:.12g}{unit}"]
    if kind.zero:
        parts.append(f"0{' or less' if kind.less else ''} means {kind.zero}")
    if kind.never:
        parts.append(f"not {', '.join(map(str, kind.never))}")
    return "; ".join(parts)


@parse.register(Real)
def _(kind: Real, text: str) -> Value:
    if not DECIMAL.fullmatch(text):
        raise _refuse(rule(kind), text)
    number = float(text)
    if kind.zero and (number == 0 or (kind.less and number < 0)):
        return 0
    if not kind.low <= number <= kind.high or number in kind.never:
        raise _refuse(rule(kind), text)
    if number.is_integer():
        return int(number)
    if kind.whole:
        raise _refuse(rule(kind), text)
    return number


@rule.register(Numbered)
def _(kind: Numbered) -> str:
    return "one of " + ", ".join(f"{word.number} {word.text}" for word in kind.words)


@parse.register(Numbered)
def _(kind: Numbered, text: str) -> Value:
    folded = text.casefold()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None
    for word in kind.words:
        if word.number is not None and (folded == word.text.casefold() or number == word.number):
            return word.number
    raise _refuse(rule(kind), text)


@words.register(Numbered)
def _(kind: Numbered) -> tuple[Word, ...]:
    return kind.words


@rule.register(Tagged)
def _(kind: Tagged) -> str:
    what = rule(kind.rows[0].type) if len(kind.rows) == 1 else f"a value of what {kind.tag} names"
    return f"{what}; {ASK} asks for it"


@parse.register(Tagged)
def _(kind: Tagged, text: str) -> Value:
    if text == ASK:
        return int(ASK)
    for row in kind.rows:
        try:
            return parse(row.type, text)
        except InvalidValue:
            continue
    raise _refuse(rule(kind), text)


@words.register(Tagged)
def _(kind: Tagged) -> tuple[Word, ...]:
    ask = Word(ASK, "ask for the present value")
    if len(kind.rows) != 1:
        return (ask,)
    row = kind.rows[0]
    default = () if row.default is None else (Word(str(row.default), "the default"),)
    return (*(words(row.type) or default), ask)


def meaning(kind: ValueType, value: Value) -> str:
    """What a value means beyond its spelling: the word's own line, or the unit."""
    if isinstance(kind, Tagged) and len(kind.rows) == 1 and value != int(ASK):
        return meaning(kind.rows[0].type, value)
    if isinstance(kind, UInt):
        return f"{format_value(value)} {kind.unit}" if kind.unit else ""
    for word in words(kind):
        if word.text == value or (isinstance(kind, Numbered) and word.number == value):
            return f"{word.text}: {word.meaning}" if isinstance(kind, Numbered) else word.meaning
    if isinstance(kind, Tagged) and value == int(ASK):
        return "asks for the present value"
    if isinstance(kind, Real) and kind.zero and value == 0:
        return kind.zero
    if isinstance(kind, Real) and kind.unit:
        return f"{format_value(value)} {kind.unit}"
    return ""
