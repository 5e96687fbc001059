"""Text from a unit is made safe to show; secrets are replaced whatever their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.schema.printable import masked, printable, printable_bytes, spaced_hex, strip_end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Käfer €", "Käfer €"),
        ("\x1b[31mred\x07\r\n\t\0", "<ESC>[31mred<BEL><CR><LF><TAB><NUL>"),
        ("\x80\x9b\xad", "\\x80\\x9b\\xad"),
        ("\u202eabc\u2066\ufeff", "\\u202eabc\\u2066\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_could_harm_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.integers(1, 40))
def test_any_text_becomes_printable_and_stays_so(text: str, limit: int) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert printable(text, limit).isprintable()


def test_a_long_text_is_cut_and_the_cut_is_said() -> None:
    assert printable("x" * 50, 40) == "x" * 40 + "... (10 more)"
    assert printable("x" * 40, 40) == "x" * 40


@given(st.binary())
def test_every_byte_maps(data: bytes) -> None:
    assert printable_bytes(data).isprintable()


@given(st.binary(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_masked_spans_show_three_stars_and_nothing_of_what_was_there(
    data: bytes, spans: list[tuple[int, int]]
) -> None:
    wanted = [(min(pair), max(pair)) for pair in spans]
    secret = {at for start, end in wanted for at in range(start, end)}
    left = bytes(byte for at, byte in enumerate(data) if at not in secret)
    assert masked(data, wanted).replace(b"***", b"") == left.replace(b"***", b"")


def test_masks_do_not_tell_the_length() -> None:
    assert (
        masked(b"LOGIN USER,ab", [(11, 13)])
        == masked(b"LOGIN USER,abcdefgh", [(11, 19)])
        == b"LOGIN USER,***"
    )


def test_bytes_for_people() -> None:
    assert spaced_hex(b"\x02\xae") == "02 AE"
    assert strip_end(b"~01@ OK\r\n") == b"~01@ OK"
