"""What a reply becomes: secrets out, our own words whole."""

from __future__ import annotations

import pytest

from unitbench.link import Result
from unitbench.schema.records import Role
from unitbench.session.exchanges import hidden, reply_of, told, without
from unitbench.session.model import Reply
from unitbench.wire import codec_of
from unitbench.wire.host import Heard

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


@pytest.mark.parametrize("secret", ["password", "wrong", "no login", "passwordwrong"])
@pytest.mark.parametrize("line", [b"~01@LOGIN ERR004\r\n", b"~01@ERR004\r\n"])
def test_our_own_words_are_whole_whatever_the_secret(secret: str, line: bytes) -> None:
    assert reply(line, secret).meaning == reply(line, "Zq7-Vx3.Kw9+Yt1").meaning


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (b"~01@LOGIN USER,Zq7-Vx3.Kw9+Yt1 OK\r\n", "Zq7-Vx3.Kw9+Yt1"),
        (b"~01@Zq7-Vx3.Kw9+Yt1 ERR004\r\n", "Zq7-Vx3.Kw9+Yt1"),
        (b"~01@zq7-vx3.kw9+yt1\r\n", "Zq7-Vx3.Kw9+Yt1"),
        (b"~Zq7-Vx3.Kw9+Yt1@LOGIN OK\r\n", "Zq7-Vx3.Kw9+Yt1"),
        (b"~01@SECUR Zq7-Vx3.Kw9+Yt1\r\n", "Zq7-Vx3.Kw9+Yt1"),
        (b"~01@IDV 31415926535897\r\n", "31415926535897"),
        (b"Zq7-Vx3.Kw9+Yt1\r\n", "Zq7-Vx3.Kw9+Yt1"),
    ],
)
def test_what_a_unit_echoes_is_in_no_word(line: bytes, secret: str) -> None:
    found = reply(line, secret)
    assert secret.casefold() not in repr(found).casefold()
    codec = codec_of("kramer")
    result = told(Result("malformed", [heard(line)]), codec, [secret])
    faults = result.answers[0].dissection.faults
    assert secret.casefold() not in repr(faults).casefold()
    assert bool(faults) == bool(heard(line).dissection.faults)


def heard(line: bytes) -> Heard:
    return Heard(line, ("127.0.0.1", 5000), None, codec_of("kramer").dissect(line, Role.UNIT))


def reply(line: bytes, secret: str) -> Reply:
    return reply_of(heard(line), codec_of("kramer"), None, "k1", [secret])
