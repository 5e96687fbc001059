"""What the toolbar says of a line, as pure text in and a record out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench_shell.preview import bytes_lines, preview
from unitbench_shell.previewed import FAULT, IDLE, NEXT, SEND, VERB, Preview

K1 = UnitName("k1", "kramer", "kramer://127.77.0.11")
T1 = UnitName("t1", "dcol", "dcol://127.77.0.21")
Q1 = UnitName("q1", "qstation", "qstation://127.77.0.31", "02:00:00:00:00:31")
Q2 = UnitName("q2", "qstation", "qstation://127.77.0.32", "02:00:00:00:00:32")
UNITS = Vocabulary((K1, T1, Q1, Q2))
EXAMPLES = [
    (protocol.name, example)
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for example in command.examples
]


def at_end(line: str, vocabulary: Vocabulary = UNITS) -> Preview:
    return preview(line, len(line), vocabulary)


@pytest.mark.parametrize(
    ("line", "data", "spelling", "unit"),
    [
        ("SECUR?", "23 53 45 43 55 52 3F 0D", "#SECUR?<CR>", "k1"),
        ("0Eh 19", "02 00 AE 02 0E 13 D1 03", "", "t1"),
        ("AEh 0Ch", "02 00 AE 01 0C BB 03", "", "t1"),
        ("@q2 GETLIFESIGNAL", "", "GETLIFESIGNAL<TAB>02:00:00:00:00:32?<CR>", "q2"),
        ("DEVICEIDENT?", "", "DEVICEIDENT?<CR>", "q1, the first of 2"),
        ("@all DEVICESYNC", "", "DEVICESYNC<CR>", "all 2 units"),
        ("@all SECUR?", "", "#SECUR?<CR>", "each of 1 units"),
    ],
)
def test_what_would_be_sent(line: str, data: str, spelling: str, unit: str) -> None:
    found = at_end(line)
    assert (found.kind, found.spelling, found.unit) == (SEND, spelling, unit)
    if data:
        assert found.data == bytes.fromhex(data)


def test_the_unit_in_use_is_taken_where_it_speaks_the_protocol() -> None:
    assert at_end("DEVICEIDENT?", Vocabulary(UNITS.units, "q2")).unit == "q2"
    assert at_end("SECUR?", Vocabulary(UNITS.units, "q2")).unit == "k1"


def test_no_unit_is_said_and_the_bytes_are_there_all_the_same() -> None:
    found = at_end("SECUR?", Vocabulary())
    assert found.unit == "no Kramer Protocol 3000 unit is known"
    assert found.data == b"#SECUR?\r"


def test_effect_size_checksum_and_answer_are_told() -> None:
    found = at_end("0Eh 19")
    assert found.effect == "read"
    assert found.notes == ("8 bytes, checksum ok", "answers AEh 0Fh or NAK")
    assert at_end("DEVICESYNC").effect == "reconfigures"


@pytest.mark.parametrize("line", ["LOGIN USER", "LOGIN USER,horse-battery9", "LOGIN ADMIN horse-battery9"])
def test_a_secret_is_three_stars_and_its_length_is_not_told(line: str) -> None:
    found = at_end(line)
    assert found.kind == SEND
    assert found.spelling in ("#LOGIN USER,***<CR>", "#LOGIN ADMIN,***<CR>")
    assert not any("bytes" in note for note in found.notes)
    assert bytes_lines(found, 76, 4) == [found.spelling]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("", IDLE, ("Tab completes",)),
        ("SEC", IDLE, ("SECUR?", "read the security flag")),
        ("AEh", NEXT, ("subtype",)),
        ("0Eh", NEXT, ("virtual_port", "0..255")),
        ("0Eh 300", NEXT, ("0..255",)),
        ("0Eh 300 ", FAULT, ("0..255",)),
        ("AEh 10h virtual_port=20 act", IDLE, ("active=",)),
        ("AEh 10h virtual_port=20 active=1 ", NEXT, ("ip_port",)),
        ("SECUR? now", FAULT, ("too much",)),
        ("BOGUSWORD ", FAULT, ("unknown command",)),
        ("GETLIFESIGNAL ?", VERB, ("help",)),
        ("units", VERB, ("units of this session",)),
    ],
)
def test_what_is_said_before_a_line_can_be_sent(line: str, kind: str, words: tuple[str, ...]) -> None:
    found = at_end(line)
    assert found.kind == kind
    for word in words:
        assert word in found.head


def test_of_several_commands_it_is_the_one_at_the_cursor() -> None:
    line = "SECUR?; 0Eh 19"
    assert preview(line, 3, UNITS).data == b"#SECUR?\r"
    found = preview(line, len(line), UNITS)
    assert found.data.hex() == "0200ae020e13d103"
    assert "command 2 of 2" in found.notes


@pytest.mark.parametrize(("protocol", "example"), EXAMPLES)
def test_every_example_has_bytes(protocol: str, example: str) -> None:
    assert at_end(example).kind == SEND


@pytest.mark.parametrize("width", [10, 30, 36, 76])
def test_the_bytes_are_cut_between_bytes_and_what_is_left_out_is_counted(width: int) -> None:
    line = (
        "AEh 10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=60 output_only=0 "
        "initiate_connection=1 remote_ip_port=9000 remote_ip_address=" + "a" * 200
    )
    found = at_end(line)
    rows = bytes_lines(found, width, 4)
    assert len(rows) == 5 and all(len(row) <= width for row in rows[:4])
    shown = bytes.fromhex("".join(rows[:4]))
    assert found.data.startswith(shown)
    assert rows[4] == f"and {len(found.data) - len(shown)} bytes more"


def test_text_shows_its_hex_where_both_fit() -> None:
    found = at_end("SECUR?")
    assert bytes_lines(found, 76, 4) == ["#SECUR?<CR>   23 53 45 43 55 52 3F 0D"]
    assert bytes_lines(found, 36, 4) == ["#SECUR?<CR>"]


PIECES = st.sampled_from(
    [
        "AEh",
        "0Eh",
        "19",
        "SECUR?",
        "LOGIN",
        "USER",
        ",",
        "=",
        ";",
        " ",
        "@",
        "all",
        "k1",
        "#",
        "//",
        "'",
        "?",
        "\t",
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=30), st.integers(0, 40))
def test_no_line_makes_it_fail(line: str, cursor: int) -> None:
    found = preview(line, min(cursor, len(line)), UNITS)
    assert found.kind in (SEND, VERB, NEXT, FAULT, IDLE)
    assert all(bytes_lines(found, width, 4) for width in (8, 40, 80)) or not found.data


TAUGHT = Vocabulary((K1, UnitName("k2", "kramer", "kramer://127.77.0.12", commands=("ROUTE", "SET-PASS"))))


@pytest.mark.parametrize("line", ["ROUTE 1,2", "@k2 ROUTE 1,2", "route 1,2"])
def test_what_a_unit_has_taught_is_sent_as_it_is_typed(line: str) -> None:
    found = at_end(line, TAUGHT)
    assert (found.kind, found.data, found.unit) == (SEND, b"#ROUTE 1,2\r", "k2")


def test_what_stands_behind_a_taught_login_is_hidden() -> None:
    found = at_end("@k2 SET-PASS USER,horse-battery9", TAUGHT)
    assert found.kind == SEND and b"horse" not in found.data and "horse" not in repr(found)


def test_the_unit_of_the_mac_is_the_one_that_is_meant() -> None:
    for vocabulary in (UNITS, Vocabulary(UNITS.units, "q1")):
        assert at_end("DEVICESYNC 02:00:00:00:00:32", vocabulary).unit == "q2"
    found = at_end("@q1 DEVICESYNC 02:00:00:00:00:32")
    assert found.unit == "q1" and any("q2 has it" in note for note in found.notes)


def test_a_mac_left_out_is_filled_in() -> None:
    found = at_end("@q2 SETDISTRIBUTORPORTPROPERTIES 5 -1")
    assert found.spelling == "SETDISTRIBUTORPORTPROPERTIES<TAB>02:00:00:00:00:32<TAB>5<TAB>-1<CR>"


def test_set_shows_the_range_what_reads_and_what_sets() -> None:
    found = at_end("set t1 virtual_port=20 udp_timeout=5")
    assert (found.kind, found.unit, found.effect) == (VERB, "t1", "reconfigures")
    assert "udp_timeout: a whole number 0..255 s" in found.head
    assert "virtual port 20: AEh 0Eh reads it, AEh 10h sets it" in found.notes


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("set t1 virtual_port=20 udp_timeout=999", FAULT, "0..255"),
        ("set t1 virtual_port=20 udp_timeout=", NEXT, "udp_timeout: a whole number 0..255 s"),
        ("set t1 udp_timeout=5", NEXT, "udp_timeout: a whole number 0..255 s"),
        ("set t1 udp_timeout=5 ", NEXT, "virtual_port: "),
        ("set t1 nosuch=1", FAULT, "no setting 'nosuch'"),
        ("set t1 udp", IDLE, "udp_timeout="),
        ("set t1 mode=tcp mode=udp", FAULT, "given twice"),
        ("set t1 udp_timeout ", FAULT, "sets nothing"),
        ("set nobody udp_timeout=5", FAULT, "no unit 'nobody'"),
        ("set udp_timeout=5", FAULT, "none is in use"),
        ("set timeout 2s", VERB, "timeout: "),
        ("set confirm maybe", FAULT, "confirm"),
        ("set", VERB, "set: "),
        ("set t1", VERB, "set: "),
        ("set q1 portnumber=0", FAULT, "portnumber"),
        ("set k1 secur=", NEXT, "secur: "),
    ],
)
def test_set_is_read_while_it_is_typed(line: str, kind: str, said: str) -> None:
    found = at_end(line)
    assert (found.kind, said in found.head) == (kind, True), found


@pytest.mark.parametrize(
    "line",
    [
        "set timeout LOGIN USER,horse-battery9",
        "set t1 LOGIN USER,horse-battery9",
        "set LOGIN USER,horse-battery9",
        "set k1 password=horse-battery9",
        "set k1 name=a password horse-battery9",
    ],
)
def test_set_repeats_no_secret(line: str) -> None:
    for at in range(len(line) + 1):
        assert "horse-bat" not in repr(preview(line, at, UNITS))


def test_set_tells_what_is_missing_too() -> None:
    assert "which virtual port is not said" in at_end("set t1 udp_timeout=5").notes[0]


def test_the_range_is_that_of_the_field_under_the_cursor() -> None:
    line = "set t1 virtual_port=20 udp_timeout=5"
    assert preview(line, line.index("=20") + 1, UNITS).head.startswith("virtual_port: ")
