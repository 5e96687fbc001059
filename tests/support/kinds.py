"""One or two of every value type, with and without limits: those with a binary notation, and all."""

from __future__ import annotations

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
    Row,
    Tagged,
    Text,
    Token,
    UInt,
    ValueType,
    Word,
)

WORDS = (Word("TCP", number=0), Word("UDP", number=1), Word("three words?", number=200))
BINARY: list[ValueType] = [
    UInt(1),
    UInt(2),
    UInt(4),
    UInt(2, low=1024, high=5000),
    Flag(),
    Flag(lenient=True),
    Choice(WORDS),
    IPv4(),
    Reserved(1),
    Reserved(7),
    Counted(Text(high=235), "count"),
    Text(high=8, forbid=" "),
    CountedList(UInt(1), "count", high=251),
]
TEXTUAL: list[ValueType] = [
    *BINARY,
    Token((Word("ON", also=("1",)), Word("OFF", also=("0",)))),
    Token((Word("A"),), open=True),
    Text(),
    Text(high=15, forbid="#~@?,|\r\n", secret=True),
    Mac(),
    Outcome(),
    Real(-5, 5),
    Real(1, 1000, "Hz", whole=True, never=(50, 60)),
    Real(0.05, 1e9, "s", zero="off", less=True),
    Numbered(WORDS),
    Tagged("which", (Row(3, "Pace", Real(0.5, 9), "pace", 1), Row(4, "Home", IPv4(), "home address"))),
    Tagged("which", (Row(5, "Mode", Numbered(WORDS), "mode"),)),
]
