"""Which lines of a paste belong together."""

from __future__ import annotations

import pytest

from unitbench.line.paste import LONGEST, messages


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["02 00", "", "ae"], [(1, "02 00"), (3, "ae")]),
        (["02 00\r\n", "ae\n"], [(1, "02 00"), (2, "ae")]),
        (["0000  02 00", "0002  ae", "0000  01"], [(1, "0000  02 00\n0002  ae"), (3, "0000  01")]),
        (["0000  02 00", "0003  ae"], [(1, "0000  02 00"), (2, "0003  ae")]),
        (["0000  02 00", "02 00"], [(1, "0000  02 00"), (2, "02 00")]),
        (["0000  00", "*", "0004  01", "0005"], [(1, "0000  00\n*\n0004  01\n0005")]),
        (["0000  02", "", "0001  00"], [(1, "0000  02"), (3, "0001  00")]),
        (["x[] = {", "1,", "2", "};", "03"], [(1, "x[] = {\n1,\n2\n};"), (5, "03")]),
        (["{0x02", "03"], [(1, "{0x02"), (2, "03")]),
        (["/* a */", "x[] = {", "1 /* b */", "};"], [(1, "/* a */\nx[] = {\n1 /* b */\n};")]),
        (['"a" \\', '"b"', "03"], [(1, '"a" \\\n"b"'), (3, "03")]),
        (["zz", "'open", "03"], [(1, "zz"), (2, "'open"), (3, "03")]),
        ([], []),
    ],
)
def test_messages(lines: list[str], found: list[tuple[int, str]]) -> None:
    assert list(messages(lines)) == found


def test_a_message_is_given_as_soon_as_it_is_whole() -> None:
    given = iter(["02", "03"])
    assert next(messages(given)) == (1, "02")
    assert next(given) == "03"


def test_an_array_without_end_is_bounded() -> None:
    longest = max(text.count("\n") for _, text in messages(["{", *["1,"] * (3 * LONGEST)]))
    assert longest < LONGEST
