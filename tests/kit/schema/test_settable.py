"""What can be set by name, worked out from pairs of get and set; and the rules for such pairs."""

from __future__ import annotations

from typing import Any

import pytest

from unitbench import catalogue
from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.schema.conditions import Is
from unitbench.schema.pairlint import pair_flaws
from unitbench.schema.pairs import Identity, Items, Moves, Pair
from unitbench.schema.record import replace
from unitbench.schema.records import Effect, Protocol
from unitbench.schema.settable import meant, names, settables, unread

DCOL = catalogue.protocol("dcol")
KRAMER = catalogue.protocol("kramer")
QSTATION = catalogue.protocol("qstation")


def test_each_set_has_its_get() -> None:
    pairs = {
        name: [(found.command.name, found.reader.name) for found in settables(catalogue.protocol(name))]
        for name in catalogue.NAMES
    }
    set_one = "SETDISTRIBUTORPORTPROPERTIES"
    assert pairs == {
        "kramer": [("NAME", "NAME?"), ("SECUR", "SECUR?")],
        "dcol": [("AEh 02h", "AEh 00h"), ("AEh 10h", "AEh 0Eh")],
        "qstation": [(set_one, set_one)],
        "recorder": [],
        "vs1": [],
    }
    assert [command.name for command in unread(KRAMER)] == ["PASS"]
    assert unread(QSTATION) == unread(DCOL) == ()


def test_a_name_means_one_setting() -> None:
    for name in catalogue.NAMES:
        protocol = catalogue.protocol(name)
        given = [field.name for found in settables(protocol) for field in found.kept if field.typed]
        given += [row.name for found in settables(protocol) for row in found.table]
        assert len(given) == len(set(map(str.casefold, given)))
        assert set(given) <= set(names(protocol))


def test_what_asks_is_a_read() -> None:
    one = QSTATION.command("SETDISTRIBUTORPORTPROPERTIES")
    assert one is not None
    assert one.effect_of({"identifier": 5, "data": -1}) is Effect.READ
    assert one.effect_of({"identifier": 5, "data": 50}) is Effect.RECONFIGURES


def test_fields_are_given_to_their_commands() -> None:
    port, address = (
        meant(DCOL, {"virtual_port": "20", "mode": "udp", "active": True}),
        meant(DCOL, {"GATEWAY": "10.0.0.1"}),
    )
    assert [(one.key, one.values) for one in port] == [(("AEh 10h", 20), (("active", True), ("mode", "UDP")))]
    assert [(one.key, one.values) for one in address] == [(("AEh 02h", None), (("gateway", "10.0.0.1"),))]
    both = meant(DCOL, {"virtual_port": 20, "mode": "TCP", "dhcp_active": 0})
    assert [one.settable.command.name for one in both] == ["AEh 02h", "AEh 10h"]


def test_what_must_rest_comes_first_where_it_ends_and_last_where_it_begins() -> None:
    ends = meant(QSTATION, {"IPPortSendTo": 6000, "TransferON": 0})
    begins = meant(QSTATION, {"TransferON": 1, "IPPortSendTo": 6000})
    assert [one.item for one in ends] == [1000, 8]
    assert [one.item for one in begins] == [8, 1000]


@pytest.mark.parametrize(
    ("protocol", "given", "kind", "text"),
    [
        (DCOL, {"ip_port": 1}, MissingField, "which virtual port is not said"),
        (DCOL, {"virtual_port": 20}, MissingField, "what is to be set is not said"),
        (DCOL, {}, MissingField, "what is to be set is not said"),
        (DCOL, {"virtual_port": 20, "ip_port": 65536}, InvalidValue, "ip_port: '65536' is not allowed"),
        (DCOL, {"virtual_port": 20, "reserved_12": "00"}, UsageError, "has no setting 'reserved_12'"),
        (DCOL, {"mode": "TCP", "MODE": "UDP"}, InvalidValue, "mode is given twice"),
        (KRAMER, {"password": "x"}, UsageError, "nothing reads password"),
        (QSTATION, {"SetAllPropertiesToDefault": 1}, UsageError, "has no setting"),
        (catalogue.protocol("vs1"), {"x": 1}, UsageError, "no setting of .* is known by name"),
    ],
)
def test_what_cannot_be_meant(
    protocol: Protocol, given: dict[str, Any], kind: type[UsageError], text: str
) -> None:
    with pytest.raises(kind, match=text):
        meant(protocol, given)


def changed(name: str, protocol: Protocol = DCOL, **more: Any) -> Protocol:
    """The protocol with one command changed."""
    commands = (
        replace(command, **more) if command.name == name else command for command in protocol.commands
    )
    return replace(protocol, commands=tuple(commands))


def paired(**more: Any) -> Protocol:
    """The pair of 10h changed."""
    command = DCOL.command("AEh 10h")
    assert command is not None and command.pair is not None
    return changed("AEh 10h", pair=replace(command.pair, **more))


@pytest.mark.parametrize(
    ("protocol", "text"),
    [
        (paired(item="port"), "the pair names 'port', which AEh 10h does not have"),
        (paired(title=""), "an item has a title"),
        (paired(items=Items("AEh 10h", "a", "b")), "'AEh 10h' is no command that reads"),
        (paired(items=Items("AEh 0Ch", "a", "b")), "no reply of AEh 0Ch has a and b"),
        (paired(rows="ip_port"), "'ip_port' is no value of a property"),
        (paired(moves=Moves("host", Is("active"))), "the pair names 'host'"),
        (changed("AEh 10h", reads_back=""), "nothing reads what AEh 10h sets"),
        (changed("AEh 10h", asks=("data", -1)), "the pair names 'data'"),
        (replace(DCOL, identity=None), "needs an identity"),
        (replace(DCOL, identity=Identity("AEh 10h", ("x",))), "'AEh 10h' is no command that reads"),
        (replace(DCOL, identity=Identity("GETSERIAL", ("x",))), "no reply of GETSERIAL has one of x"),
        (
            changed(
                "SETDISTRIBUTORPORTPROPERTIES",
                QSTATION,
                pair=Pair("identifier", "property", rows="data", answer="info", acts=(99,)),
            ),
            "there is no property 99",
        ),
        (
            changed(
                "SETDISTRIBUTORPORTPROPERTIES",
                QSTATION,
                pair=Pair("identifier", "property", rows="data", answer="value"),
            ),
            "no reply of SETDISTRIBUTORPORTPROPERTIES has 'value'",
        ),
    ],
)
def test_pairs_that_break_a_rule(protocol: Protocol, text: str) -> None:
    assert [told for _, told in pair_flaws(protocol) if text in told]


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_ours_break_none(name: str) -> None:
    assert list(pair_flaws(catalogue.protocol(name))) == []
