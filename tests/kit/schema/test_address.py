"""Addresses of units as people write them."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema.address import UnitAddress, address_of, split_address
from unitbench.schema.hosts import canonical, is_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("kramer://127.77.0.11", ("kramer", "", "127.77.0.11", None, ())),
        ("kramer://127.77.0.11/", ("kramer", "", "127.77.0.11", None, ())),
        ("kramer+udp://127.77.0.11:50000", ("kramer", "udp", "127.77.0.11", 50000, ())),
        ("qstation://192.168.1.255", ("qstation", "", "192.168.1.255", None, ())),
        ("vs1://camera.local:49200", ("vs1", "", "camera.local", 49200, ())),
        ("kramer://127.77.0.11?id=3", ("kramer", "", "127.77.0.11", None, (("id", "3"),))),
        ("kramer+serial://COM3", ("kramer", "serial", "COM3", None, ())),
        ("kramer+serial:///dev/ttyUSB0", ("kramer", "serial", "/dev/ttyUSB0", None, ())),
        (
            "dcol+serial:///dev/serial/by-id/usb-FTDI_A1-if00:1.0?BAUD=38400&framing=8n1",
            (
                "dcol",
                "serial",
                "/dev/serial/by-id/usb-FTDI_A1-if00:1.0",
                None,
                (("baud", "38400"), ("framing", "8n1")),
            ),
        ),
    ],
)
def test_its_parts(text: str, parts: tuple[object, ...]) -> None:
    assert split_address(text) == parts


@pytest.mark.parametrize(
    "text",
    ["", "kramer", "kramer://", "://h", "kramer://h:0", "kramer://h:65536", "kramer://h:99999999999999999999", "kramer://h:²",
     "kramer://h:1:2", "kramer://a b", "KRAMER://h", "kramer://h:" + "9" * 5000,
     "kramer://h?", "kramer://h?id", "kramer://h?=3", "kramer://h?id=3&", "kramer://h?id=3?id=4", "kramer://h/x",
     "kramer+serial://ttyUSB0", "kramer+serial://", "kramer+serial:///", "kramer+serial:///dev/", "kramer+serial://LPT1",
     "kramer+serial:///dev/tty USB0", "kramer+serial://COM1:9600", "kramer+serial://COM", "kramer+serial://COM²"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        split_address(text)
    assert caught.value.rule


@pytest.mark.parametrize(
    ("host", "write"),
    [
        ("0x7f4d030b", "127.77.3.11"),
        ("0X7F.0x4d.3.11", "127.77.3.11"),
        ("2135753483", "127.77.3.11"),
        ("127.5047051", "127.77.3.11"),
        ("127.77.779", "127.77.3.11"),
        ("127.77.3.011", "four numbers 0..255"),
        ("0177.77.3.11", "four numbers 0..255"),
        ("127.77.3.256", "four numbers 0..255"),
        ("127.77.3", "127.77.0.3"),
        ("1.2.3.4.5", "four numbers 0..255"),
        ("0.0.0.0", "four numbers 0..255"),
        ("7", "four numbers 0..255"),
        ("0x", "four numbers 0..255"),
        ("4294967296", "four numbers 0..255"),
        ("9" * 5000, "four numbers 0..255"),
    ],
)
def test_an_address_in_another_spelling_is_refused_with_what_to_write(host: str, write: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        split_address(f"kramer://{host}:5000")
    assert host[:40] in caught.value.message and caught.value.hint.startswith(f"write {write}")
    assert caught.value.rule.startswith("four numbers 0..255")


@pytest.mark.parametrize(
    ("spelt", "host"),
    [
        ("LocalHost", "localhost"),
        ("camera.local.", "camera.local"),
        ("127.77.3.11.", "127.77.3.11"),
        ("\uff11\uff12\uff17.77\u30023\uff0e11", "127.77.3.11"),
        ("1e100", "1e100"),
        ("bench.7", "bench.7"),
        ("0xbench", "0xbench"),
        ("0.0.0.1", "0.0.0.1"),
        ("255.255.255.255", "255.255.255.255"),
    ],
)
def test_a_host_has_one_spelling(spelt: str, host: str) -> None:
    assert split_address(f"kramer+udp://{spelt}:50000").host == host
    assert canonical(host) == host and is_address(host) is (host.count(".") == 3)


@pytest.mark.parametrize("host", [".", "h..", "h..x", ".h", "a\uff1a1", "a\u2100b"])
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(InvalidValue, match="is no host"):
        split_address(f"kramer://{host}")


@given(st.text(alphabet="0123456789abxX.", min_size=1, max_size=20))
def test_what_passes_as_a_host_stays_as_it_is(text: str) -> None:
    """And no system takes it for an address unless it is one."""
    try:
        host = canonical(text)
    except InvalidValue:
        return
    assert canonical(host) == host
    try:
        packed = socket.inet_aton(host)
    except OSError:
        return
    assert socket.inet_ntoa(packed) == host


@pytest.mark.parametrize(
    ("text", "carrier", "port", "spelling"),
    [
        ("kramer://10.0.0.1", "tcp", 5000, "kramer://10.0.0.1"),
        ("kramer://10.0.0.1:5000", "tcp", 5000, "kramer://10.0.0.1"),
        ("kramer+udp://10.0.0.1", "udp", 50000, "kramer+udp://10.0.0.1"),
        ("kramer://10.0.0.1:5001", "tcp", 5001, "kramer://10.0.0.1:5001"),
        ("dcol://10.0.0.1", "tcp", 5017, "dcol://10.0.0.1"),
        ("qstation://10.0.0.1", "udp", 5565, "qstation://10.0.0.1"),
    ],
)
def test_the_shortest_spelling_means_the_same(text: str, carrier: str, port: int, spelling: str) -> None:
    protocol = catalogue.protocol(split_address(text)[0])
    found = address_of(text, protocol)
    assert (found.carrier, found.port) == (carrier, port)
    assert found.spelling(protocol) == spelling
    assert address_of(spelling, protocol) == found


def test_a_carrier_that_the_protocol_does_not_have() -> None:
    with pytest.raises(InvalidValue):
        address_of("qstation+tcp://10.0.0.1", catalogue.protocol("qstation"))


def test_what_reaches_all_units() -> None:
    qstation, kramer = catalogue.protocol("qstation"), catalogue.protocol("kramer")
    assert address_of("qstation://192.168.1.255", qstation).broadcast
    assert not address_of("qstation://192.168.1.25", qstation).broadcast
    assert not address_of("kramer://192.168.1.255", kramer).broadcast


SERIAL = "kramer+serial:///dev/ttyUSB0"


@pytest.mark.parametrize(
    ("text", "found", "spelling"),
    [
        (SERIAL, UnitAddress("kramer", "serial", "/dev/ttyUSB0", 0, 9600, "8N1"), SERIAL),
        (f"{SERIAL}?baud=9600", UnitAddress("kramer", "serial", "/dev/ttyUSB0", 0, 9600, "8N1"), SERIAL),
        (
            f"{SERIAL}?id=07&framing=7e2&baud=115200",
            UnitAddress("kramer", "serial", "/dev/ttyUSB0", 0, 115200, "7E2", 7),
            f"{SERIAL}?baud=115200&framing=7E2&id=7",
        ),
        (
            "dcol+serial://COM12",
            UnitAddress("dcol", "serial", "COM12", 0, 38400, "8N1"),
            "dcol+serial://COM12",
        ),
        ("kramer://h?id=3", UnitAddress("kramer", "tcp", "h", 5000, unit_id=3), "kramer://h?id=3"),
        (
            "kramer+udp://h:50001/?id=99",
            UnitAddress("kramer", "udp", "h", 50001, unit_id=99),
            "kramer+udp://h:50001?id=99",
        ),
    ],
)
def test_a_serial_line_and_a_unit_on_it(text: str, found: UnitAddress, spelling: str) -> None:
    protocol = catalogue.protocol(found.protocol)
    assert address_of(text, protocol) == found
    assert found.spelling(protocol) == spelling
    assert address_of(spelling, protocol) == found
    assert found.way.unit_id is None
    assert (found.carrier == "serial") is found.lasting


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("kramer://h?id=0", "id=0 is not allowed: a whole number 1..99"),
        ("kramer://h?id=100", "1..99"),
        ("kramer://h?id=x", "id=x"),
        ("kramer://h?id=²", "id=²"),
        ("kramer://h?id=1&id=2", "id is given twice"),
        ("kramer://h?baud=9600", "no option 'baud'"),
        ("dcol://h?id=1", "no option 'id'"),
        (f"{SERIAL}?baud=49", "50..4000000"),
        (f"{SERIAL}?baud=fast", "baud=fast"),
        (f"{SERIAL}?framing=9N1", "8N1"),
        (f"{SERIAL}?colour=red", "no option 'colour'"),
        ("qstation+serial://COM1", "not spoken over serial"),
    ],
)
def test_an_option_that_cannot_be(text: str, seen: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        address_of(text, catalogue.protocol(split_address(text).protocol))
    assert seen in caught.value.message
    assert caught.value.rule


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        split_address(text)
    except InvalidValue as error:
        assert error.message
