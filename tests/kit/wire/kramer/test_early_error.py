"""An error code with a text behind it is a refusal, although the manual has it as the last word."""

from __future__ import annotations

import pytest

from tests.support.playbook import HostPlay
from unitbench.schema.records import Role
from unitbench.wire import codec_of

KRAMER = codec_of("kramer")
SECRET = "otter-in-a-tub"


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("~01@SECUR ERR004 no rights", "ERR004", "no rights"),
        ("~01@SECUR err 17, busy", "ERR017", "busy"),
        ("~01@ ERR002 no such command", "ERR002", "no such command"),
        ("~01@ERR002 no such command", "ERR002", "no such command"),
        ("~01@SECUR ON ERR004 bad", "ERR004", "bad"),
        ("~01@MODEL ERR004 log in first", "ERR004", "log in first"),
        ("~01@HELP ERR003 what is that", "ERR003", "what is that"),
        ("~01@SECUR ERR004 OK", "ERR004", "OK"),
    ],
)
def test_a_text_behind_an_error_code(line: str, code: str, text: str) -> None:
    found = KRAMER.dissect(line.encode() + b"\r\n", Role.UNIT)
    assert (found.code, found.values["text"], found.faults) == (code, text, ())
    result = found.leaf("result")
    assert result is not None and result.value == code and result.note == "a text stands behind it"
    assert b"".join(found.raw[leaf.start : leaf.end] for leaf in found.fields) == found.raw


@pytest.mark.parametrize("line", ["~01@SECUR ERR004", "~01@SECUR ERR 4 ", "~01@LOGIN ERR004 ,"])
def test_an_error_code_that_is_the_last_word_has_no_note(line: str) -> None:
    found = KRAMER.dissect(line.encode() + b"\r\n", Role.UNIT)
    assert found.code == "ERR004" and found.leaf("text") is None
    assert [leaf.note for leaf in found.fields if leaf.note] == []


@pytest.mark.parametrize("said", ["a ERR 4 b", "ERR004x foo", "TERR 4 x"])
def test_a_text_that_names_an_error_is_still_a_text(said: str) -> None:
    data = f"~01@MODEL {said}\r\n".encode()
    found = KRAMER.dissect(data, Role.UNIT)
    assert (found.code, found.values["model"]) == ("", said)


def test_a_login_that_is_refused_with_words_is_refused_and_hides_them() -> None:
    play = HostPlay("kramer").ask(f"LOGIN USER,{SECRET}").out(f"#LOGIN USER,{SECRET}\r")
    data = f"~01@LOGIN ERR004 bad {SECRET}\r\n".encode()
    spans = KRAMER.dissect(data, Role.UNIT).secret_spans
    assert [data[start:end] for start, end in spans] == [f"bad {SECRET}".encode()]
    play.hears(data).answered("LOGIN", result="ERR004", text="***").settled("refused").quiet()
