"""Value types: what a value *is* (range, words, unit). How it is spelt is a matter of ``text`` and ``binary``."""

from __future__ import annotations

from unitbench.schema.record import record

Value = int | float | bool | str | bytes | tuple[int, ...]


@record
class Word:
    """One legal word of an enumeration: its spelling, what it means, and other spellings taken for it.

    ``number`` is its value where the notation is binary.
    """

    text: str
    meaning: str = ""
    also: tuple[str, ...] = ()
    number: int | None = None


@record
class UInt:
    """An unsigned whole number of ``size`` bytes, in network order where the notation is binary."""

    size: int = 1
    low: int = 0
    high: int | None = None
    unit: str = ""

    @property
    def top(self) -> int:
        """The greatest value allowed."""
        return self.high if self.high is not None else 256**self.size - 1


@record
class Flag:
    """True or false; one byte. ``lenient``: on reading, any byte but 0 means true and is not a fault."""

    lenient: bool = False


@record
class Choice:
    """One of some words that stand for numbers; one byte where the notation is binary."""

    words: tuple[Word, ...]


@record
class Token:
    """One of some words, spelt out on the wire. ``open``: other words are read without a fault."""

    words: tuple[Word, ...]
    open: bool = False


@record
class Text:
    """Characters. ``forbid`` lists those that may not occur; ``secret`` text is never shown.

    Where the notation is binary it has ``high`` bytes, filled up with blanks; these are not part of the value.
    """

    high: int = 255
    low: int = 0
    forbid: str = ""
    secret: bool = False


@record
class IPv4:
    """An IPv4 address; four bytes in reading order, or dotted text."""


@record
class Mac:
    """A MAC address: six pairs of hexadecimal digits with colons."""


@record
class Reserved:
    """Bytes that the manual reserves: zero unless they are echoed from what was read."""

    size: int = 1


@record
class Counted:
    """Text behind a byte that counts it. The count is computed, never typed."""

    text: Text
    count_name: str


@record
class CountedList:
    """Numbers of one byte each behind a byte that counts them; at most ``high`` of them."""

    item: UInt
    count_name: str
    high: int = 255


@record
class Outcome:
    """``OK`` or an error code, as text on the wire."""


@record
class Real:
    """A decimal number, as text on the wire. ``whole``: without a fraction. ``never`` are numbers not allowed.

    ``zero`` says what 0 means where it stands beside the range; ``less``: whatever is below 0 means 0 too.
    """

    low: float
    high: float
    unit: str = ""
    whole: bool = False
    zero: str = ""
    less: bool = False
    never: tuple[int, ...] = ()


@record
class Numbered:
    """One of some numbers that have names: people may type either, the value and the wire have the number."""

    words: tuple[Word, ...]


@record
class Differs:
    """The rule that a property is not equal to property ``other``."""

    other: int


@record
class Lasts:
    """The rule that a property in seconds, where it is not 0, lasts ``periods`` periods of frequency ``other``."""

    other: int
    periods: int


@record
class Row:
    """One property of a unit's table, by number. ``default`` None: the unit's own matter, ``about`` says what.

    ``rules`` bind it to other properties of the table.
    """

    number: int
    name: str
    type: Real | Numbered | IPv4
    about: str
    default: int | str | None = None
    rules: tuple[Differs | Lasts, ...] = ()


@record
class Tagged:
    """The value of a property, of the type that field ``tag`` chooses; -1 asks for it instead."""

    tag: str
    rows: tuple[Row, ...]

    def of(self, number: Value | None) -> Tagged:
        """The same with the one row of that number; with all of them where there is none."""
        chosen = tuple(row for row in self.rows if row.number == number)
        return Tagged(self.tag, chosen) if chosen else self


ValueType = (
    UInt
    | Flag
    | Choice
    | Token
    | Text
    | IPv4
    | Mac
    | Reserved
    | Counted
    | CountedList
    | Outcome
    | Real
    | Numbered
    | Tagged
)
