"""Control, routes, console and jobs of the simulated camera."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.errors import InvalidValue
from unitbench.wire.vs1 import rip
from unitbench.wire.vs1.console import PROMPT, UNDEFINED, Console, Telnet
from unitbench.wire.vs1.control import DONE, Answer, Control
from unitbench.wire.vs1.job import Job, Part, Result, explain


def test_control_is_taken_by_one_and_released() -> None:
    control = Control()
    assert control.act("10.0.0.1", "TAKE", 0.0) is None, "without a login: silence"
    for host in ("10.0.0.1", "10.0.0.2"):
        assert control.login(host, "bench") == DONE
    assert control.act("10.0.0.1", "KEEP", 0.0) is None, "nobody has it"
    assert control.act("10.0.0.1", "TAKE", 0.0) == DONE and control.holder == "10.0.0.1"
    for action in ("TAKE", "KEEP", "RELEASE"):
        assert control.act("10.0.0.2", action, 1.0) == Answer("busy", "10.0.0.1")
    assert control.act("10.0.0.1", "RELEASE", 2.0) == DONE and control.holder == "0.0.0.0"
    assert control.act("10.0.0.2", "TAKE", 2.0) == DONE


def test_control_is_kept_or_lost() -> None:
    control = Control()
    control.login("10.0.0.1", "bench")
    control.act("10.0.0.1", "TAKE", 0.0)
    control.act("10.0.0.1", "KEEP", 9.9)
    control.tick(19.8)
    assert control.holder == "10.0.0.1" and control.deadline() == 19.9
    control.tick(19.9)
    assert control.holder == "0.0.0.0" and control.deadline() is None
    assert control.act("10.0.0.1", "KEEP", 20.0) is None


def test_logins_are_bounded() -> None:
    control = Control()
    for number in range(500):
        control.login(f"10.0.{number // 250}.{number % 250}", "x")
    assert len(control.logins) == 100


def update(
    *entries: tuple[str, int], version: int = 2, command: int = 2, mask: str = "255.255.255.0"
) -> bytes:
    out = struct.pack(">BBH", command, version, 0)
    for address, metric in entries:
        shown = int(IPv4Address(mask)) if version == 2 else 0
        out += struct.pack(">HHIIII", 2, 0, int(IPv4Address(address)), shown, 0, metric)
    return out


def rows(routes: rip.Routes) -> list[tuple[str, str, int]]:
    return [(route.network, route.gateway, route.metric) for route in routes.table]


def test_routes_of_both_versions() -> None:
    routes = rip.Routes()
    assert routes.update(update(("10.1.2.0", 1), ("192.168.9.0", 3)), "10.0.0.9", 0.0)
    assert routes.update(
        update(("10.0.0.0", 1), ("172.16.0.0", 2), ("10.9.9.9", 1), version=1), "10.0.0.8", 0.0
    )
    assert rows(routes) == [
        ("10.0.0.0/8", "10.0.0.8", 2),
        ("10.1.2.0/24", "10.0.0.9", 2),
        ("10.9.9.9/32", "10.0.0.8", 2),
        ("172.16.0.0/16", "10.0.0.8", 3),
        ("192.168.9.0/24", "10.0.0.9", 4),
    ]


def test_a_shorter_way_wins_and_infinity_ends_it() -> None:
    routes = rip.Routes()
    routes.update(update(("10.1.2.0", 5)), "10.0.0.9", 0.0)
    routes.update(update(("10.1.2.0", 7)), "10.0.0.8", 0.0)
    assert rows(routes) == [("10.1.2.0/24", "10.0.0.9", 6)]
    routes.update(update(("10.1.2.0", 2)), "10.0.0.8", 1.0)
    assert rows(routes) == [("10.1.2.0/24", "10.0.0.8", 3)]
    routes.update(update(("10.1.2.0", 16)), "10.0.0.9", 2.0)
    assert rows(routes), "only its own gateway ends a route"
    routes.update(update(("10.1.2.0", 16)), "10.0.0.8", 2.0)
    assert rows(routes) == []


def test_routes_are_given_up_after_three_minutes() -> None:
    routes = rip.Routes()
    routes.update(update(("10.1.2.0", 1)), "10.0.0.9", 0.0)
    assert routes.deadline() == 180.0
    routes.tick(179.9)
    assert rows(routes)
    routes.tick(180.0)
    assert rows(routes) == [] and routes.deadline() is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        update(("10.1.2.0", 1))[:-1],
        update(("10.1.2.0", 1), command=1),
        update(("10.1.2.0", 1), version=3),
        update(*[("10.1.2.0", 1)] * 26),
        b"\x02\x01\x00\x01" + update(("10.0.0.0", 1), version=1)[4:],
    ],
)
def test_what_is_no_update_is_ignored_and_counted(data: bytes) -> None:
    routes = rip.Routes()
    assert not routes.update(data, "10.0.0.9", 0.0)
    assert (routes.ignored, routes.updates, rows(routes)) == (1, 0, [])


def test_wrong_entries_are_passed_over() -> None:
    wrong = update(("127.0.0.0", 1), ("224.0.0.0", 1), ("10.1.2.0", 0), ("10.1.3.0", 17), ("10.1.4.0", 1))
    assert rip.decode(wrong) == (rip.Entry("10.1.4.0/24", 1),)
    assert rip.decode(update(("10.1.2.0", 1), mask="255.0.255.0")) == ()
    secret = struct.pack(">BBHHH16s", 2, 2, 0, 0xFFFF, 2, b"k" * 16) + update(("10.1.2.0", 1))[4:]
    assert rip.decode(secret) == (rip.Entry("10.1.2.0/24", 1),)


@given(st.binary(max_size=600))
def test_any_datagram_is_taken(data: bytes) -> None:
    rip.Routes().update(data, "10.0.0.9", 0.0)
    rip.Routes().update(b"\x02\x02\x00\x00" + data[: len(data) // 20 * 20], "10.0.0.9", 0.0)


def test_the_console_knows_no_symbol() -> None:
    console = Console(0.0)
    assert console.receive(b"hel", 1.0) == b""
    assert console.receive(b"p\r\n", 2.0) == UNDEFINED + PROMPT
    assert console.receive(b"\r\0\n", 3.0) == PROMPT * 2
    assert console.receive(b"reboo12\x08\x7ft\r", 4.0) == UNDEFINED + PROMPT
    assert console.lines == ["help", "reboot"]
    assert not console.expired(63.9) and console.expired(64.0)


def test_the_console_refuses_every_option_and_shows_none() -> None:
    console = Console(0.0)
    out = console.receive(
        b"\xff\xfd\x01\xff\xfb\x1f\xff\xfe\x03\xff\xfa\x18\x00vt100\xff\xf0i\xff\xf1\xff\xffx\r\n", 0.0
    )
    assert out == b"\xff\xfc\x01\xff\xfe\x1f" + UNDEFINED + PROMPT
    assert console.lines == ["i\xffx"]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_telnet_takes_any_bytes_and_any_split(parts: list[bytes]) -> None:
    whole, split = Telnet(), Telnet()
    typed = b"".join(split.feed(part) for part in parts)
    assert whole.feed(b"".join(parts)) == typed and whole.answers == split.answers
    console = Console(0.0)
    for part in parts:
        console.receive(part, 0.0)


def test_a_long_line_is_bounded() -> None:
    console = Console(0.0)
    console.receive(b"x" * 100_000 + b"\n", 0.0)
    assert len(console.lines[0]) == 256


def test_a_job_prints_the_worked_report() -> None:
    job = Job("%s,%.3f", 1.0, "\\r\\n")
    assert job.render(Result(1, True, 12.345)) == bytes.fromhex("50 41 53 53 2C 31 32 2E 33 34 35 0D 0A")
    assert Job("OK%04d", 1.0, "").render(Result(7, True, 0.0)) == b"OK0007"
    assert Job("L%d\\t\\a\xb5m", 1.0, "\\n").render(Result(1, True, 0.0)) == b"L1\t\x07\xb5m\n"
    assert Job("%%%5.1f|%-6s|", 1.0, "").render(Result(1, False, 3.14)) == b"%  3.1|FAIL  |"


def test_a_report_is_explained_by_its_pattern() -> None:
    found = explain("%s,%.3f\\r\\n", b"PASS,12.345\r\n")
    assert found is not None
    assert [(part.name, part.start, part.end) for part in found] == [
        ("text", 0, 4),
        ("literal", 4, 5),
        ("number", 5, 11),
        ("literal", 11, 12),
        ("literal", 12, 13),
    ]
    assert explain("OK%04d", b"OK0007") == (Part("literal", 0, 2), Part("count", 2, 6))
    assert explain("%d%%", b"7%") and explain("(a+)*%s", b"(a+)*x"), "a pattern is no expression"
    assert explain("%s,%.3f", b"PASS") is None and explain("OK%04d", b"OK") is None
    with pytest.raises(InvalidValue):
        explain("%q", b"")


def test_same_seed_same_reports() -> None:
    one, same, other = Job(seed="1"), Job(seed="1"), Job(seed="2")
    first = [one.next() for _ in range(50)]
    assert first == [same.next() for _ in range(50)] != [other.next() for _ in range(50)]
    assert {line[:4] for line in first} == {b"PASS", b"FAIL"}


@pytest.mark.parametrize("pattern", ["%q", "%", "\\q", "%5000s", "\u20ac", "end\\"])
def test_a_pattern_that_cannot_be_printed_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidValue):
        Job(pattern)
    with pytest.raises(InvalidValue):
        Job(terminator="%s")


@pytest.mark.parametrize("rate", [-1.0, 1001.0, float("nan")])
def test_a_rate_out_of_range_is_refused(rate: float) -> None:
    with pytest.raises(InvalidValue):
        Job(rate_hz=rate)
