"""What a reply becomes: secrets out, our own words whole."""

from __future__ import annotations

import pytest

from unitbench.session.exchanges import hidden, without

SECRET = "wrongpassword"
MEANING = "no login, or the password is wrong"


def test_our_own_words_may_begin_as_a_secret_does() -> None:
    assert without(MEANING, [SECRET], cut=False) == MEANING


@pytest.mark.parametrize("cut", [True, False])
def test_an_echo_in_a_text_is_masked(cut: bool) -> None:
    assert SECRET not in without(f"no item '{SECRET.upper()}' is known", [SECRET], cut=cut).lower()


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"~01@LOGIN USER,wrongpassword ok", b"~01@LOGIN USER,*** ok"),
        (b"~01@LOGIN USER,wrongpass", b"~01@LOGIN USER,***"),
        (b"password ok", b"*** ok"),
        (b"a word, OK", b"a word, OK"),
    ],
)
def test_an_echo_in_bytes_is_masked_also_where_it_is_cut(data: bytes, shown: bytes) -> None:
    assert hidden(data, [SECRET]) == shown
