"""Protocol 3000 lines taken apart: tolerant of what units really say, exact about where a fault is."""

from __future__ import annotations

import pytest

from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import masked
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of

CODEC = codec_of("kramer")
SECRET = "correct-horse-battery"


def unit(line: str) -> Dissection:
    return CODEC.dissect(line.encode("latin-1"), Role.UNIT)


def host(line: str) -> Dissection:
    return CODEC.dissect(line.encode("latin-1"), Role.HOST)


@pytest.mark.parametrize(
    ("line", "name", "code"),
    [
        ("~01@ ERR002\r\n", "#", "ERR002"),
        ("~01@ERR002\r\n", "#", "ERR002"),
        ("~01@ERR 002\r\n", "#", "ERR002"),
        ("~01@ ERR 002\r\n", "#", "ERR002"),
        ("~01@ err 004\r\n", "#", "ERR004"),
        ("~01@LOGIN ERR004\r\n", "LOGIN", "ERR004"),
        ("~01@LOGIN err 004\r\n", "LOGIN", "ERR004"),
        ("~01@login Err4\r\n", "LOGIN", "ERR004"),
        ("~01@LOGIN USER,x ERR004\r\n", "LOGIN", "ERR004"),
        ("~01@NAME ERR099\r\n", "NAME", "ERR099"),
        ("~01@VID 1>2 ERR6\r\n", "VID", "ERR006"),
        ("~01@LOGOUT OK\r\n", "LOGOUT", ""),
        ("~01@LOGOUT ok\r\n", "LOGOUT", ""),
        ("~01@ OK\r\n", "#", ""),
        ("~01@OK\r\n", "#", ""),
        ("~OK\r\n", "#", ""),
        ("~123@ OK\r\n", "#", ""),
        ("~01@SECUR 1\r\n", "SECUR", ""),
        ("~01@secur off\r\n", "SECUR", ""),
        ("~01@\tSECUR\tON \r\n", "SECUR", ""),
        ("~01@LOGIN NONE\r\n", "LOGIN", ""),
        ("~01@LOGIN Guest\r\n", "LOGIN", ""),
        ("~01@VID 1>2\r\n", "VID", ""),
        ("~01@NAME Tafel \xe9\r\n", "NAME", ""),
        ("~01@SECUR ON\n", "SECUR", ""),
        ("~01@SECUR ON\r", "SECUR", ""),
        ("~01@SECUR ON OK\r\n", "SECUR", ""),
        ("~01@MODEL VP-88K\r\n", "MODEL", ""),
        ("~01@MODEL VS-42UHD rev. 2\r\n", "MODEL", ""),
        ("~01@model a model with a very long name\r\n", "MODEL", ""),
        ("~01@PROT-VER 3000:2.0\r\n", "PROT-VER", ""),
        ("~01@VERSION 1.25.0030\r\n", "VERSION", ""),
        ("~01@SN 12345678901234\r\n", "SN", ""),
        ("~01@NAME Hall-1 OK\r\n", "NAME", ""),
        ("~01@NAME OK\r\n", "NAME", ""),
        ("~01@IDV OK\r\n", "IDV", ""),
        ("~01@FACTORY ok\r\n", "FACTORY", ""),
        ("~01@MODEL ERR004\r\n", "MODEL", "ERR004"),
    ],
)
def test_what_units_say_in_their_different_ways(line: str, name: str, code: str) -> None:
    found = unit(line)
    assert (found.name, found.code, found.ok) == (name, code, True), found.faults
    assert found.direction == "unit"


def test_a_code_that_the_manual_does_not_have_keeps_its_number() -> None:
    found = unit("~01@NAME ERR099\r\n")
    assert found.values["result"] == "ERR099"
    assert "not in the manual" in found.title


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("", 0),
        ("SECUR ON\r\n", 0),
        ("\r\n", 0),
        ("~\r\n", 1),
        ("~01@\r\n", 4),
        ("~01@ ERR\r\n", 8),
        ("~01@LOGOUT\r\n", 10),
        ("~01@SECUR\r\n", 9),
        ("~01@SECUR MAYBE\r\n", 10),
        ("~01@LOGIN OK\r\n", 9),
        ("~01@SECUR ON", 12),
        ("~01@SECUR ON\r\n~01@SECUR ON\r\n", 12),
    ],
)
def test_what_no_unit_should_say(line: str, offset: int) -> None:
    found = unit(line)
    assert offset in [fault.offset for fault in found.faults]
    assert found.result == "malformed"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("~01@MODEL VS-42UHD rev. 2\r\n", {"model": "VS-42UHD rev. 2"}),
        ("~01@NAME Tafel \xe9\r\n", {"name": "Tafel \xe9"}),
        ("~01@NAME Hall-1 OK\r\n", {"name": "Hall-1", "result": "OK"}),
        ("~01@SECUR OFF OK\r\n", {"secur": "OFF", "result": "OK"}),
        ("~01@PROT-VER 3000:2.0\r\n", {"prot_ver": "3000:2.0"}),
        ("~01@SN 00012345678901\r\n", {"sn": "00012345678901"}),
        ("~01@VERSION  1.25.0030 \r\n", {"version": "1.25.0030"}),
    ],
)
def test_text_of_a_unit_runs_to_the_end_of_its_line(line: str, values: dict[str, str]) -> None:
    assert unit(line).values == values


def test_text_that_the_manuals_do_not_allow_is_noted() -> None:
    leaf = unit("~01@MODEL a model with a very long name\r\n").leaf("model")
    assert leaf is not None
    assert leaf.note == "not 0..19 ASCII characters"


@pytest.mark.parametrize(
    "line",
    [
        f"~01@LOGIN USER,{SECRET} ok\r\n",
        f"~01@LOGIN ADMIN {SECRET} ERR004\r\n",
    ],
)
def test_the_echo_of_a_password_is_a_secret(line: str) -> None:
    found = unit(line)
    assert SECRET not in str(found)[: str(found).index("raw=")] + repr(found.fields)
    assert SECRET.encode() not in masked(found.raw, found.secret_spans)


@pytest.mark.parametrize(
    ("line", "name", "values"),
    [
        ("#\r", "#", {}),
        ("#  \r", "#", {}),
        ("#secur?\r", "SECUR?", {}),
        ("#  SECUR?\r", "SECUR?", {}),
        ("#SECUR? \r", "SECUR?", {}),
        ("#SECUR?\t\r", "SECUR?", {}),
        ("#SECUR?\r\n", "SECUR?", {}),
        ("\n#SECUR?\r", "SECUR?", {}),
        ("#01@SECUR?\r", "SECUR?", {}),
        ("#LOGIN USER,1234\r", "LOGIN", {"auth": "USER", "password": "1234"}),
        ("#LOGIN user , 1234\r", "LOGIN", {"auth": "USER", "password": "1234"}),
        ("#LOGIN ADMIN 4321\r", "LOGIN", {"auth": "ADMIN", "password": "4321"}),
        ("#LOGIN ADMIN,\r", "LOGIN", {"auth": "ADMIN", "password": ""}),
        ("#LOGIN\r", "LOGIN", {}),
        ("#LOGIN USER\r", "LOGIN", {"auth": "USER"}),
        ("#SECUR?|LOGIN?|#\r", "SECUR?|LOGIN?|#", {}),
        ("#|\r", "#|#", {}),
        ("#VID 1>2\r", "VID", {"parameter": "1>2"}),
        ("#NAME Hall-1\r", "NAME", {"name": "Hall-1"}),
        ("#HELP\r", "HELP", {}),
        ("#help model?\r", "HELP", {"about": "model?"}),
        ("#MODEL?|SN?|NAME?\r", "MODEL?|SN?|NAME?", {}),
    ],
)
def test_what_hosts_say_in_their_different_ways(line: str, name: str, values: dict[str, str]) -> None:
    found = host(line)
    assert found.ok, found.faults
    assert (found.name, found.values) == (name, values)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("#LOGIN\r", "auth is missing: a unit answers ERR001"),
        ("#LOGIN USER\r", "password is missing: a unit answers ERR001"),
        ("#SECUR? 1\r", "more parameters than the command has: a unit answers ERR001"),
        ("#LOGIN USER,a,b\r", "more parameters than the command has: a unit answers ERR001"),
        ("#FOO?\r", "not in this catalogue"),
        ("#SECUR?\r\n", "CR expected"),
    ],
)
def test_what_a_unit_would_not_like_is_a_note(line: str, note: str) -> None:
    assert note in [leaf.note for leaf in host(line).fields]


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("", 0),
        ("\r\n", 2),
        ("SECUR?\r", 0),
        ("#SECUR?", 7),
        ("#LOGIN ROOT,x\r", 7),
        ("#SEC\x01UR?\r", 4),
        ("#LOGIN USER,caf\xe9\r", 15),
        ("#SECUR?\r#LOGIN?\r", 7),
        ("#" + "x" * 64 + "\r", 64),
    ],
)
def test_what_is_no_message(line: str, offset: int) -> None:
    found = host(line)
    assert offset in [fault.offset for fault in found.faults]


@pytest.mark.parametrize(
    "line",
    [
        f"#LOGIN {SECRET}\r",
        f"#LOGIN USER,{SECRET}\r",
        f"#LOGIN USER {SECRET}\r",
        f"#LOGIN USER,x,{SECRET}\r",
        f"#LOGIN? USER,{SECRET}\r",
        f"#01@login? {SECRET}\r",
        f"#SECUR?|LOGIN USER,{SECRET}\r",
    ],
)
def test_a_secret_is_marked_wherever_it_stands(line: str) -> None:
    found = host(line)
    assert SECRET.encode() not in masked(found.raw, found.secret_spans)
    assert all(SECRET not in str(leaf.fault) + leaf.meaning + str(leaf.note) for leaf in found.fields)
    assert all(SECRET not in fault.text + fault.hint for fault in found.faults)
    assert SECRET not in found.title


@pytest.mark.parametrize(
    ("command", "line", "fits"),
    [
        ("#", "~01@ OK\r\n", True),
        ("#", "~01@ ERR002\r\n", True),
        ("#", "~01@SECUR ON\r\n", False),
        ("SECUR?", "~01@SECUR OFF\r\n", True),
        ("SECUR?", "~01@SECUR ERR002\r\n", True),
        ("SECUR?", "~01@ ERR002\r\n", True),
        ("SECUR?", "~01@ OK\r\n", False),
        ("SECUR?", "~01@VID 1>2\r\n", False),
        ("SECUR?", "hello\r\n", False),
        ("LOGIN?", "~01@LOGIN NONE\r\n", True),
        ("LOGOUT", "~01@LOGIN USER\r\n", False),
    ],
)
def test_which_line_answers_which_command(command: str, line: str, fits: bool) -> None:
    assert CODEC.answers(Request("kramer", command), unit(line)) is fits


def test_a_hostile_line_is_made_printable() -> None:
    found = unit("~01@\x1b[31mX\x07 \x1b]0;y\x07\r\n")
    shown = found.name + found.title + "".join(str(leaf.value) for leaf in found.fields)
    assert shown.isprintable()
    assert CODEC.text(found.raw).isprintable()
