"""Who claims which address: pure bookkeeping over what units answer."""

from __future__ import annotations

import pytest

from unitbench.schema.address import UnitAddress
from unitbench.session.claims import MOST, Claims

ONE, TWO, THREE = (f"02:00:00:00:0a:0{n}" for n in (1, 2, 3))


def asked(host: str, port: int = 5565) -> UnitAddress:
    return UnitAddress("qstation", "udp", host, port)


def record(ipa: str, snm: str = "255.255.255.0") -> dict[str, object]:
    return {"ipa": ipa, "snm": snm}


def test_one_unit_claims_no_address_of_another() -> None:
    claims = Claims()
    for _ in range(2):
        assert claims.note(asked("10.0.0.9"), "10.0.0.9", ONE, record("10.0.0.9")) is None
        assert claims.note(asked("10.0.0.9"), "10.0.0.9", ONE.upper(), {}) is None
    assert claims.note(asked("10.0.0.8"), "10.0.0.8", TWO, record("10.0.0.8")) is None
    assert claims.of(ONE) is None and claims.known(TWO.upper()) and not claims.known(THREE)


def test_a_clash_is_given_once_and_again_when_it_grows() -> None:
    claims, where = Claims(), asked("10.0.0.9")
    assert claims.note(where, "10.0.0.9", ONE, {}) is None
    first = claims.note(where, "10.0.0.9", TWO, {})
    assert first is not None and first.text == f"two units claim 10.0.0.9: {ONE} and {TWO}"
    assert claims.note(where, "10.0.0.9", ONE, {}) is None
    grown = claims.note(where, "10.0.0.9", THREE, {})
    assert grown is not None and grown.text == f"3 units claim 10.0.0.9: {ONE}, {TWO} and {THREE}"
    assert all(claims.of(mac) == grown for mac in (ONE, TWO, THREE))


@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.9"])
def test_what_a_record_says_counts_as_well_as_whence_it_came(host: str) -> None:
    claims, where = Claims(), asked("10.0.0.255")
    claims.note(where, "10.0.0.9", ONE, record("10.0.0.9"))
    found = claims.note(where, host, TWO, record("10.0.0.9"))
    assert found is not None and found.address == "10.0.0.9"


def test_other_ports_are_other_places() -> None:
    claims = Claims()
    claims.note(asked("127.0.0.1", 5565), "127.0.0.1", ONE, {})
    assert claims.note(asked("127.0.0.1", 5566), "127.0.0.1", TWO, {}) is None


def test_a_unit_that_has_moved_clashes_no_more() -> None:
    claims, where = Claims(), asked("10.0.0.255")
    claims.note(where, "10.0.0.9", ONE, record("10.0.0.9"))
    assert claims.note(where, "10.0.0.9", TWO, record("10.0.0.9"))
    assert claims.note(where, "10.0.0.8", TWO, record("10.0.0.8")) is None
    assert claims.of(ONE) is None and claims.of(TWO) is None


def test_an_acknowledgement_keeps_what_the_record_claimed() -> None:
    claims = Claims()
    claims.note(asked("10.0.0.255"), "10.0.0.9", ONE, record("10.0.0.5"))
    claims.note(asked("10.0.0.9"), "10.0.0.9", ONE, {})
    assert claims.note(asked("10.0.0.7"), "10.0.0.7", TWO, record("10.0.0.5")) is not None


@pytest.mark.parametrize("ipa", ["0.0.0.0", "", "none", "10.0.0.300"])
def test_what_is_no_address_is_not_claimed(ipa: str) -> None:
    claims = Claims()
    claims.note(asked("10.0.0.9"), "10.0.0.9", ONE, record(ipa))
    assert claims.note(asked("10.0.0.8"), "10.0.0.8", TWO, record(ipa)) is None


@pytest.mark.parametrize(
    ("asked_at", "mask", "wanted"),
    [
        (("10.0.0.9",), "255.255.255.0", "10.0.0.255"),
        (("10.0.0.9",), "255.255.254.0", "10.0.1.255"),
        (("10.0.0.9",), "nonsense", "255.255.255.255"),
        (("255.255.255.255",), "255.255.255.0", "255.255.255.255"),
        (("255.255.255.255", "10.0.0.255", "10.0.0.9"), "255.255.255.0", "10.0.0.255"),
        (("10.0.0.255", "255.255.255.255"), "255.255.255.0", "10.0.0.255"),
        (("10.255.255.255", "10.0.0.9"), "255.255.255.0", "10.255.255.255"),
    ],
)
def test_the_broadcast_address_is_one_that_has_reached_it_the_narrower_one(
    asked_at: tuple[str, ...], mask: str, wanted: str
) -> None:
    claims = Claims()
    for host in asked_at:
        claims.note(asked(host), "10.0.0.9", ONE, record("10.0.0.9", mask))
    claims.note(asked("10.0.0.9"), "10.0.0.9", TWO, {})
    clash = claims.of(ONE)
    assert clash is not None and clash.claims[0].broadcast == wanted


def test_who_invents_macs_does_not_fill_the_memory() -> None:
    claims = Claims()
    for number in range(MOST + 5):
        claims.note(asked("10.0.0.255"), f"10.1.{number >> 8}.{number & 255}", f"mac {number}", {})
    assert claims.known(f"mac {MOST - 1}") and not claims.known(f"mac {MOST}")
