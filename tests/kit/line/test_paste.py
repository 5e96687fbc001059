"""Which lines of a paste belong together."""

from __future__ import annotations

from collections.abc import Iterator

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
        (["02", "{", "02 00 AE", "03"], [(1, "02"), (2, "{"), (3, "02 00 AE"), (4, "03")]),
        (["{", "1,", "2,"], [(1, "{"), (2, "1,"), (3, "2,")]),
        (["{", "1,", "", "}"], [(1, "{"), (2, "1,"), (4, "}")]),
        (["{", "{", "1", "}"], [(1, "{"), (2, "{\n1\n}")]),
        (["{", "0000  02", "0001  00", "zz"], [(1, "{"), (2, "0000  02\n0001  00"), (4, "zz")]),
        (["/* a */", "02", "03"], [(1, "/* a */"), (2, "02"), (3, "03")]),
        (["/* a */", "x[] = {", "02"], [(1, "/* a */"), (2, "x[] = {"), (3, "02")]),
        (['"a" \\', "02"], [(1, '"a" \\'), (2, "02")]),
        (['"a" \\', '"b" \\'], [(1, '"a" \\'), (2, '"b" \\')]),
        ([], []),
    ],
)
def test_messages(lines: list[str], found: list[tuple[int, str]]) -> None:
    assert list(messages(lines)) == found


def test_a_message_is_given_as_soon_as_it_is_whole() -> None:
    given = iter(["02", "03"])
    assert next(messages(given)) == (1, "02")
    assert next(given) == "03"


@pytest.mark.parametrize("line", ["{", "{1,", "1,", '"a" \\', "/* a */"])
def test_what_is_never_closed_is_held_for_so_long_and_given_line_by_line(line: str) -> None:
    count = 3 * LONGEST
    taken = 0

    def given() -> Iterator[str]:
        nonlocal taken
        for each in ["{", *[line] * count]:
            taken += 1
            yield each

    for number, (at, text) in enumerate(messages(given()), 1):
        assert at == number and "\n" not in text and taken - number <= LONGEST
    assert number == count + 1
