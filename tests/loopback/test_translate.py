"""``decode``, ``encode``, ``catalogue`` and ``doctor``: no session, nothing sent, good and bad input."""

from __future__ import annotations

import json

import pytest

from tests.support.commands import inside, unitbench
from tests.support.golden import frame
from tests.support.known import cases
from tests.support.shapes import check_dissection


@pytest.mark.parametrize(("protocol", "each"), cases())
def test_leaves_tile_every_golden_frame(protocol: str, each: object) -> None:
    data: bytes = each.data  # type: ignore[attr-defined]
    ran = inside("decode", "--protocol", protocol, data.hex(), "--json")
    check_dissection(ran.one, len(data))
    assert ran.one["protocol"] == protocol and ran.code == (0 if ran.one["ok"] else 1)


@pytest.mark.parametrize("name", ["C2", "C9", "C11", "C12"])
def test_a_truncated_packet_names_what_it_has_and_the_fault(name: str) -> None:
    whole = frame(name).data
    full = inside("decode", "--protocol", "dcol", whole.hex(), "--json").one["fields"]
    for size in range(1, len(whole)):
        ran = inside("decode", "--protocol", "dcol", whole[:size].hex(), "--json")
        check_dissection(ran.one, size)
        assert ran.code == 1 and ran.one["faults"]
        assert all(0 <= fault["offset"] <= size for fault in ran.one["faults"])
        read = {leaf["name"]: leaf["value"] for leaf in ran.one["fields"]}
        for leaf in full:
            if (
                leaf["end"] <= size
                and leaf["end"] > leaf["start"]
                and leaf["name"] not in ("checksum", "etx")
            ):
                assert read.get(leaf["name"]) == leaf["value"], (size, leaf["name"])


@pytest.mark.parametrize("name", ["D4", "D5", "E2", "E5", "E7"])
def test_a_truncated_text_is_explained_too(name: str) -> None:
    found = frame(name)
    protocol = "kramer" if name.startswith("D") else "qstation"
    for size in range(1, len(found.data)):
        ran = inside("decode", "--protocol", protocol, found.data[:size].hex(), "--json")
        check_dissection(ran.one, size)


def test_without_a_protocol_the_best_fit_is_taken() -> None:
    for name, protocol in (
        ("C9", "dcol"),
        ("D4", "kramer"),
        ("D3", "kramer"),
        ("E6", "qstation"),
        ("E4", "qstation"),
    ):
        ran = inside("decode", frame(name).data.hex(), "--json")
        assert (ran.code, ran.one["protocol"]) == (0, protocol), name
    assert "read as dcol" in inside("decode", frame("C9").data.hex()).err


def test_bytes_in_any_spelling() -> None:
    for words in (
        ["02", "00", "AE", "01", "00", "AF", "03"],
        ["0x02 0x00 0xae 0x01 0x00 0xaf 0x03"],
        [r"\x02\x00\xae\x01\x00\xaf\x03"],
        ["02:00:ae:01:00:af:03"],
        ["02,00,AE,01,00,AF,03"],
    ):
        assert inside("decode", "--protocol", "dcol", *words, "--json").one["ok"] is True
    assert inside("decode", "'#SECUR?\\r'", "--json").one["protocol"] == "kramer"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["02 0"], "a byte has two"),
        (["02 0g"], "'g' is no hexadecimal digit"),
        ([""], "no bytes are given"),
        ([], "no bytes are given"),
        (["'#SECUR"], "a quote is not closed"),
        ([r"'\q'"], "is no escape"),
        (["'\u20ac'"], "is no single byte"),
        (["--protocol", "telnet", "02"], "no protocol 'telnet'"),
        (["--protocol"], "expected one argument"),
        (["-", "02"], "no hexadecimal digit"),
    ],
)
def test_bad_bytes_are_usage(words: list[str], said: str) -> None:
    ran = inside("decode", *words)
    assert (ran.code, ran.out) == (2, "") and said in ran.err


def test_one_frame_a_line_and_a_bad_one_in_the_middle() -> None:
    lines = [frame("C1").data.hex(), "", "02 0", frame("C5").data.hex(" "), "zz", "'#SECUR?\\r'"]
    ran = unitbench("decode", "-", "--json", stdin="\n".join(lines))
    assert ran.code == 2
    assert [(item["line"], item["protocol"], item["ok"]) for item in ran.objects] == [
        (1, "dcol", True),
        (3, "", False),
        (4, "dcol", False),
        (5, "", False),
        (6, "kramer", True),
    ]
    for item, fault in ((ran.objects[1], "3 hexadecimal digits"), (ran.objects[3], "'z' is no")):
        check_dissection(item, 0)
        assert item["faults"][0]["text"].startswith(fault)
    assert "line 3: 3 hexadecimal digits" in ran.err and "line 5: 'z' is no" in ran.err
    good = unitbench("decode", "--protocol", "dcol", "-", "--json", stdin=f"{lines[0]}\r\n{lines[3]}\r\n")
    assert good.code == 1 and len(good.objects) == 2
    assert unitbench("decode", "-", stdin=b"\xff\xfe\n").code == 2
    assert unitbench("decode", "-", stdin="").code == 0


def test_an_open_brace_swallows_no_line() -> None:
    ran = inside("decode", "-", "--json", stdin="02\n{\n02 00 AE 01 0C BB 03\n")
    assert [(item["line"], item["protocol"], item["ok"]) for item in ran.objects] == [
        (1, "dcol", False),
        (2, "", False),
        (3, "dcol", True),
    ]
    assert "'{' is not closed" in ran.objects[1]["faults"][0]["text"] and ran.code == 2


def test_what_has_several_lines_is_one_object_with_the_first_of_them() -> None:
    text = "0000  02 00 AE 01\n0004  0C BB 03\n\n{\n0x02, 0x00, 0xAE,\n0x01, 0x0C, 0xBB, 0x03\n};\n02\n"
    ran = inside("decode", "-", "--protocol", "dcol", "--json", stdin=text)
    assert [(item["line"], item["ok"]) for item in ran.objects] == [(1, True), (4, True), (8, False)]
    assert ran.objects[0]["name"] == ran.objects[1]["name"] == "AEh 0Ch"


def test_encode_gives_the_golden_bytes() -> None:
    mac = "00:02:8A:01:0F:3C"
    for line, name in (
        ("SECUR?", "D3"),
        ("#", "D1"),
        ("LOGIN?", None),
        ("AEh 00h", "C1"),
        ("0ch", "C8"),
        ("0Eh 19", "C10"),
        ("DEVICEIDENT?", "E1"),
        ("DEVICESYNC", "E4"),
        (f"DEVICESYNC {mac}", "E5"),
        (f"GETLIFESIGNAL {mac}?", "E7"),
    ):
        ran = inside("encode", line, "--json")
        assert ran.code == 0
        data = bytes.fromhex(ran.one["hex"])
        check_dissection(ran.one, len(data))
        assert name is None or data.lower() == frame(name).data.lower(), line
        assert ran.one["hex"] == ran.one["hex"].lower() and ran.one["command"]
        assert inside("encode", line).out.strip().replace(" ", "") == ran.one["hex"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("10h 20 1 5018 TCP 0 0 1 0 10.0.0.9", "remote_ip_port is 0"),
        ("10h 20 1 5018 TCP 0 0 1 9 ''", "remote_ip_address is empty"),
        ("10h 20 1 0 TCP 0 0 0 0 ''", "ip_port is 0"),
        ("02h 0 10.0.0.2 255.0.255.0 10.0.0.255 10.0.0.1 0.0.0.0", "netmask has ones behind zeros"),
    ],
)
def test_what_a_reading_forbids_is_refused_as_such(line: str, said: str) -> None:
    ran = inside("encode", line)
    assert (ran.code, ran.out) == (2, "") and said in ran.err
    assert "a reading, the manual does not say" in ran.err and "raw sends the bytes" in ran.err


@pytest.mark.parametrize("theme", ["1", "States", "RTC", "4"])
def test_a_theme_that_no_qstation_has_is_refused(theme: str) -> None:
    for line in (
        f"SETDISTRIBUTORPORTPROPERTIESALL TransferDataTheme {theme}",
        f"SETDISTRIBUTORPORTPROPERTIES 02:00:00:00:00:31 0 {theme}",
    ):
        ran = inside("encode", line)
        assert (ran.code, ran.out) == (2, "") and '"Q.station only supports 0"' in ran.err
        assert "give another data" in ran.err and "reading" not in ran.err


@pytest.mark.parametrize(
    "line",
    [
        "10h 21 1 0 TCP 0 0 1 9 10.0.0.9",
        "10h 21 0 0 TCP 0 0 0 0 ''",
        "02h 1 10.0.0.2 255.0.255.0 10.0.0.255 10.0.0.1 0.0.0.0",
        "02h 0 10.0.0.2 0.0.0.0 10.0.0.255 10.0.0.1 0.0.0.0",
        "02h 0 10.0.0.2 255.255.255.254 10.0.0.255 10.0.0.1 0.0.0.0",
        "SETDISTRIBUTORPORTPROPERTIESALL TransferDataTheme -1",
        "SETDISTRIBUTORPORTPROPERTIESALL TransferDataTheme Variables",
        "SETDISTRIBUTORPORTPROPERTIESALL OffsetRecvFrom 1",
    ],
)
def test_what_stands_beside_what_is_forbidden_is_encoded(line: str) -> None:
    assert inside("encode", line).code == 0


def test_bytes_that_break_a_reading_are_explained_and_can_be_sent_raw() -> None:
    # C3 of the manual's text with the mask 255.0.255.0, and its checksum
    data = "0200AE1602000A020306FF00FF000A0203FF0A02030100000000F703"
    assert inside("decode", data, "--json").one["ok"]
    ran = inside("--sim", "--json", "-c", f"@t1 raw {data}")
    assert ran.code == 1 and ran.one["error"]["code"] == "NAK"


def test_encode_masks_secrets_unless_told_otherwise() -> None:
    ran = inside("encode", "LOGIN USER,33333", "--json")
    assert ran.one["hex"] == b"#LOGIN USER,***\r".hex() and ran.one["command"] == "LOGIN USER,***"
    shown = inside("encode", "LOGIN USER,33333", "--json", "--show-secrets")
    assert bytes.fromhex(shown.one["hex"]) == frame("D5").data
    hidden = inside("decode", frame("D5").data.hex(), "--json")
    assert "33333" not in hidden.out and '"***"' in hidden.out
    assert '"33333"' in inside("decode", frame("D5").data.hex(), "--json", "--show-secrets").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["GETLIFESIGNAL"], "GETLIFESIGNAL needs mac"),
        (["LOGIN ADMIN"], "LOGIN needs password"),
        (["discover"], "no wire command"),
        (["SECRU?"], "did you mean 'SECUR?'"),
        ([""], "no command"),
        (["0Eh 256"], "virtual_port"),
        (["--protocol", "dcol", "SECUR?"], "no command of dcol"),
        (["--protocol", "telnet", "SECUR?"], "no protocol 'telnet'"),
        ([], "COMMAND"),
    ],
)
def test_what_cannot_be_encoded_is_usage(words: list[str], said: str) -> None:
    ran = inside("encode", *words)
    assert (ran.code, ran.out) == (2, "") and said in ran.err


def test_the_catalogue_in_its_three_forms() -> None:
    ran = inside("catalogue", "--json")
    assert ran.code == 0
    names = [item.get("name") or item.get("protocol") for item in ran.objects]
    assert names[:3] == ["kramer", "dcol", "qstation"]
    kramer = json.dumps(inside("catalogue", "kramer", "--json").one)
    for word in ("LOGIN", "password", "documented", "003_253d83b04d5e5e3b.txt", "ERR004"):
        assert word in kramer
    for form in ([], ["--markdown"]):
        text = inside("catalogue", *form)
        assert text.code == 0
        for command in ("SECUR?", "AEh 0Eh", "DEVICESYNC", "virtual_port"):
            assert command in text.out
    assert inside("catalogue", "telnet").code == 2
    assert inside("catalogue", "--json", "--markdown").code == 2


def test_the_doctor_looks_at_everything() -> None:
    ran = inside("doctor", "--json")
    assert ran.code == 0
    seen = {item["what"]: item for item in ran.objects}
    for what in ("versions", "ports below 1024", "firewall", "notebook", "receive buffer"):
        assert what in seen
    assert any("stamp" in what for what in seen) and any("broadcast" in what for what in seen)
    assert all(item["ok"] is not False or item["mend"] for item in seen.values())
    assert inside("doctor").code == 0


SECRET = "Zq7-Vx3.Kw9+Y"


def test_a_broken_frame_has_its_likeliest_repair() -> None:
    ran = inside("decode", frame("C5").data.hex(), "--json")
    repair = ran.one["repair"]
    assert (ran.code, repair["hex"], repair["name"]) == (1, frame("C1").data.hex(), "AEh 00h")
    assert repair["edits"][0] == {"offset": 5, "old": "b0", "new": "af", "why": repair["why"]}
    assert "AFh" in repair["why"] and repair["alike"] == 0
    assert [other["cost"] > repair["cost"] for other in repair["others"]] == [True]
    text = inside("decode", frame("C5").data.hex()).out
    assert "likeliest repair: CHECKSUM B0h is wrong" in text and "02 00 AE 01 00 AF 03    AEh 00h" in text
    assert inside("decode", frame("C1").data.hex(), "--json").one["repair"] is None
    assert "likeliest" not in inside("decode", frame("C1").data.hex()).out
    assert "no likely repair" in inside("decode", "--protocol", "dcol", "ff" * 9).out


def test_repairs_that_the_bytes_cannot_tell_apart_are_all_named() -> None:
    broken = bytearray(frame("C9").data)
    broken[8] ^= 1
    ran = inside("decode", broken.hex(), "--json")
    repair = ran.one["repair"]
    assert repair["alike"] == 4 and len(repair["others"]) == 4
    assert frame("C9").data.hex() in [repair["hex"], *(other["hex"] for other in repair["others"])]
    assert "4 others as likely, the bytes cannot tell" in inside("decode", broken.hex()).out


def test_what_is_missing_is_named() -> None:
    ran = inside("decode", frame("C2").data[:24].hex(), "--json")
    assert (ran.code, ran.one["missing"]) == (1, ["2 more data bytes", "CHECKSUM", "ETX"])
    told = inside("decode", frame("C2").data[:24].hex()).out
    assert "missing: 2 more data bytes, CHECKSUM, ETX" in told
    assert inside("decode", frame("C2").data.hex(), "--json").one["missing"] == []


def test_why_it_is_that_protocol() -> None:
    ran = inside("decode", frame("C5").data.hex(), "--json")
    found = ran.one["candidates"]
    assert found[0]["protocol"] == "dcol"
    assert {each["protocol"] for each in found} >= {"kramer", "dcol", "qstation", "recorder", "vs1"}
    assert found[0]["reasons"] == ["AEh 00h is in the catalogue", "checksum wrong"]
    assert all(each["reasons"] and 0 <= each["score"] <= found[0]["score"] for each in found)
    text = inside("decode", frame("C5").data.hex()).out
    assert "why dcol (0.75): AEh 00h is in the catalogue; checksum wrong" in text
    assert "or kramer (0.00): no ~ at the start" in text
    assert "candidates" not in inside("decode", "--protocol", "dcol", frame("C5").data.hex(), "--json").one
    assert "for want of a better one" in inside("decode", "'hello'").err


def test_several_frames_in_one_paste() -> None:
    data = frame("C1").data + frame("C9").data + frame("C2").data[:5]
    ran = inside("decode", data.hex(), "--json")
    check_dissection(ran.one, len(data))
    assert (ran.code, ran.one["protocol"], ran.one["missing"][0]) == (1, "dcol", "21 more data bytes")
    frames = ran.one["frames"]
    assert [(each["start"], each["end"], each["ok"]) for each in frames] == [
        (0, 7, True),
        (7, 19, True),
        (19, 24, False),
    ]
    assert [each["direction"] for each in frames] == ["host", "unit", "unit"]
    both = frame("D3").data + frame("D4").data
    for words in (("decode", both.hex()), ("decode", "-")):
        ran = inside(*words, stdin=both.hex() + "\n")
        assert ran.code == 0 and "frame 2 of 2, from byte 8" in ran.out


def test_a_paste_of_several_lines_is_one_message() -> None:
    lines = [
        "0000  02 00 ae 01   ....",
        "0004  00 af 03      ...",
        "static const unsigned char pkt1[7] = {",
        "0x02, 0x00, 0xae, 0x01, 0x00, 0xaf,",
        "0x03 };",
        '"#HELP",0x0D',
        "#SECUR?<CR>",
        "zz",
    ]
    ran = unitbench("decode", "-", "--json", stdin="\n".join(lines))
    assert ran.code == 2 and "line 8: 'z' is no" in ran.err
    assert [(item["protocol"], item["name"], item["ok"]) for item in ran.objects] == [
        ("dcol", "AEh 00h", True),
        ("dcol", "AEh 00h", True),
        ("kramer", "HELP", True),
        ("kramer", "SECUR?", True),
        ("", "", False),
    ]
    assert [item["line"] for item in ran.objects] == [1, 3, 6, 7, 8]
    dump = "00000000: 0200 ae01                                ....\n00000004: 00af 03  ..."
    assert inside("decode", dump, "--json").one["name"] == "AEh 00h"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"#LOGIN ADMIN,{SECRET}", "#LOGIN ADMIN,***<CR>"),
        (f"LOGIN ADMIN,{SECRET}\\r", "#LOGIN ADMIN,***<CR>"),
        (f"\\xff\\xfd\\x01#LOGIN ADMIN,{SECRET}\\r", "#LOGIN ADMIN,***<CR>"),
        (f"~01@LOGIN ADMIN,{SECRET} OK", ""),
        (f"#LOGON ADMIN,{SECRET}", ""),
        (f"\\xff#LOGON ADMIN,{SECRET}", ""),
    ],
)
def test_a_repair_gives_no_secret_away(text: str, masked: str) -> None:
    for more in ((), ("--json",), ("--protocol", "kramer"), ("--protocol", "qstation")):
        ran = inside("decode", f"'{text}'", *more)
        for told in (ran.out, ran.err):
            assert SECRET not in told
            assert SECRET.encode().hex() not in told.replace(" ", "").lower()
    assert masked in inside("decode", f"'{text}'", "--protocol", "kramer").out
    assert ran.code in (0, 1)


def test_the_help_tells_the_notations() -> None:
    told = inside("decode", "--help").out
    for word in ("the first of these that fits is taken", "02h 00h", '"#HELP",0x0D', "is always hex", "<CR>"):
        assert word in told


def test_the_shell_explains_a_paste_as_the_command_line_does() -> None:
    ran = inside("-c", 'decode 0200AE0100B003; decode "#HELP",0x0D; help decode')
    assert ran.code == 1
    for word in ("likeliest repair: CHECKSUM B0h", "why dcol (0.75)", "request HELP", "is always hex"):
        assert word in ran.out
    ran = inside("-c", "decode protocol=dcol 0200AE0100B003", "--json")
    assert ran.one["repair"]["hex"] == frame("C1").data.hex() and "candidates" not in ran.one
