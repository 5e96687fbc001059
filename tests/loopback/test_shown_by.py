"""What the command line shows of simulated units, as a person first sees it: every line one object."""

from __future__ import annotations

import pytest

from tests.support.commands import Ran, unitbench
from tests.support.golden import frame
from tests.support.shapes import check_dissection, check_exchange, check_unit

QUIET = "simulated units are at 127.77."


def sim(line: str, *more: str) -> Ran:
    return unitbench("--sim", "-c", line, "--json", *more)


def test_security_flag_with_request_and_reply_bytes() -> None:
    ran = sim("SECUR?")
    check_exchange(ran.one)
    assert ran.code == 0
    assert ran.one["request"] == {"hex": frame("D3").data.hex(), "text": "#SECUR?"}
    (reply,) = ran.one["replies"]
    assert reply["hex"] == frame("D4").data.hex() and reply["text"] == "~01@SECUR ON"
    assert reply["fields"] == {"secur": "ON"} and ran.one["simulated"] is True
    assert ran.one["unit"] == "k1" and ran.one["outcome"] == "ok"
    assert reply["from"].endswith(".11:5000")
    assert 0 < ran.one["rtt_s"] < 2


def test_the_block_is_said_and_nothing_else() -> None:
    ran = sim("SECUR?")
    assert ran.err.startswith(QUIET) and len(ran.err.splitlines()) == 1


def test_wrong_password_is_explained_and_not_repeated() -> None:
    ran = sim("LOGIN ADMIN,wrongpassword")
    check_exchange(ran.one)
    assert ran.code == 1
    assert ran.one["command"] == "LOGIN ADMIN,***"
    assert ran.one["request"]["hex"] == b"#LOGIN ADMIN,***\r".hex() and "2a2a2a" in ran.one["request"]["hex"]
    assert ran.one["outcome"] == "refused" and ran.one["error"]["code"] == "ERR004"
    assert "password" in ran.one["error"]["meaning"] and ran.one["error"]["hint"]
    for text in (ran.out, ran.err):
        assert "wrongpassword" not in text and b"wrongpassword".hex() not in text


def test_two_exchanges_with_every_field_named() -> None:
    summary, port = sim("0Ch; 0Eh 19").objects
    for item in (summary, port):
        check_exchange(item)
    assert summary["replies"][0]["hex"] == frame("C9").data.hex()
    assert summary["replies"][0]["fields"] == {
        "first_virtual_port": 19,
        "last_virtual_port": 28,
        "number_of_active_virtual_ports": 2,
        "active_virtual_ports": [19, 20],
    }
    assert port["replies"][0]["hex"] == frame("C11").data.hex()
    assert port["replies"][0]["fields"] == {
        "virtual_port": 19,
        "active": True,
        "ip_port": 5017,
        "mode": "TCP",
        "udp_timeout": 60,
        "output_only": False,
        "initiate_connection": False,
        "remote_ip_port": 0,
        "remote_ip_addr_length": 0,
        "remote_ip_address": "",
    }


def test_addressing_fields() -> None:
    fields = sim("AEh 00h").one["replies"][0]["fields"]
    assert list(fields) == [
        "dhcp_active",
        "ip_address",
        "netmask",
        "broadcast_address",
        "gateway",
        "dns_server_address",
    ]
    assert fields["dhcp_active"] is False and fields["ip_address"].startswith("127.77.")


def test_seven_units_then_the_acknowledgement_after_two_seconds() -> None:
    *units, ack = sim("discover; GETLIFESIGNAL").objects
    for unit in units:
        check_unit(unit)
    check_exchange(ack)
    assert [unit["name"] for unit in units] == ["k1", "t1", "q1", "q2", "q3", "r1", "v1"]
    assert [unit["mac"] for unit in units[2:6]] == [f"02:00:00:00:00:{n}" for n in (31, 32, 33, 41)]
    assert all(unit["simulated"] for unit in units)
    assert all(unit["score"] >= 0.9 for unit in units[:5])
    assert [unit["score"] for unit in units[5:]] == [0.8, 0.8]
    assert bytes.fromhex(ack["request"]["hex"]) == b"GETLIFESIGNAL\t02:00:00:00:00:31?\r"
    assert ack["replies"][0]["fields"] == {"maa": "02:00:00:00:00:31", "result": "ACK"}
    assert 1.9 < ack["rtt_s"] < 4


def test_a_login_outlives_its_process(runtime: object) -> None:
    first = unitbench("--session", "s1", "--sim", "-c", "LOGIN ADMIN,4321", "--json")
    second = unitbench("--session", "s1", "-c", "LOGIN?", "--json")
    assert (first.code, second.code) == (0, 0)
    check_exchange(second.one)
    assert second.one["replies"][0]["fields"] == {"auth": "ADMIN"}
    assert second.one["session"] == "s1" and second.one["id"] == first.one["id"] + 1


def test_a_wrong_checksum_is_explained() -> None:
    ran = unitbench("decode", "--protocol", "dcol", "02 00 AE 01 00 B0 03")
    assert ran.code == 1
    assert "checksum B0h, expected AFh" in ran.out and "byte 5" in ran.out
    ran = unitbench("decode", "--protocol", "dcol", "02 00 AE 01 00 B0 03", "--json")
    assert ran.code == 1
    check_dissection(ran.one, 7)
    assert ran.one["ok"] is False and ran.one["faults"][0]["offset"] == 5


def test_a_broadcast_has_a_reply_of_each_unit() -> None:
    ran = sim("@all DEVICESYNC")
    check_exchange(ran.one)
    assert ran.one["simulated"] is True and ran.one["unit"].endswith(".255")
    assert bytes.fromhex(ran.one["request"]["hex"]) == b"DEVICESYNC\r"
    macs = {reply["fields"]["maa"] for reply in ran.one["replies"]}
    assert macs == {f"02:00:00:00:00:{n}" for n in (31, 32, 33)}
    assert len({reply["from"] for reply in ran.one["replies"]}) == 3


def test_rounds_of_timing_are_one_object() -> None:
    ran = sim("timing DEVICEIDENT? rounds=3 gap_s=0")
    assert ran.code == 0 and ran.one["type"] == "timing"
    assert ran.one["units"] == ["q1", "q2", "q3"] and len(ran.one["rounds"]) == 3
    assert all(len(found["arrivals"]) == 3 for found in ran.one["rounds"])


@pytest.mark.parametrize(
    ("line", "code"),
    [("NOPE?", "ERR002"), ("LOGIN USER,nonsense", "ERR004"), ("0Eh 2", "NAK")],
)
def test_the_codes_of_refusals(line: str, code: str) -> None:
    ran = unitbench("--sim", "-c", "raw '#NOPE?\\r'", "k1", "--json") if line == "NOPE?" else sim(line)
    check_exchange(ran.one)
    assert (ran.code, ran.one["outcome"], ran.one["error"]["code"]) == (1, "refused", code)
