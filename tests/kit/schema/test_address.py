"""Addresses of units as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema.address import address_of, split_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("kramer://127.77.0.11", ("kramer", "", "127.77.0.11", None)),
        ("kramer://127.77.0.11/", ("kramer", "", "127.77.0.11", None)),
        ("kramer+udp://127.77.0.11:50000", ("kramer", "udp", "127.77.0.11", 50000)),
        ("qstation://192.168.1.255", ("qstation", "", "192.168.1.255", None)),
        ("vs1://camera.local:49200", ("vs1", "", "camera.local", 49200)),
    ],
)
def test_its_parts(text: str, parts: tuple[str, str, str, int | None]) -> None:
    assert split_address(text) == parts


@pytest.mark.parametrize(
    "text",
    ["", "kramer", "kramer://", "://h", "kramer://h:0", "kramer://h:65536", "kramer://h:99999999999999999999", "kramer://h:²",
     "kramer://h:1:2", "kramer://a b", "KRAMER://h", "kramer://h:" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        split_address(text)
    assert caught.value.rule


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


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        split_address(text)
    except InvalidValue as error:
        assert error.message
