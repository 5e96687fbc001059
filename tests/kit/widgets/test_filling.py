"""What was typed into a form: values by the catalogue's rules, conditions with their reason, nothing invented."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.schema.records import Command
from unitbench.schema.values import Reserved
from unitbench.widgets.filling import Filled, filled, neutral

PORT = {"virtual_port": "19", "ip_port": "5017", "mode": "TCP"}
EVERY_FIELD = [
    pytest.param(field, id=f"{command.name}-{field.name}")
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for field in command.args
    if field.used_when or field.present_when
]


def port(**typed: str) -> Filled:
    return filled(catalogue.command("dcol", "AEh 10h"), {**PORT, **typed}, {})


def test_values_are_those_of_the_rules_and_flags_begin_unset() -> None:
    state = port()
    assert state.values["ip_port"] == 5017 and state.values["active"] is False
    assert not state.errors and not state.missing


def test_what_was_not_typed_and_has_no_default_is_missing() -> None:
    assert filled(catalogue.command("dcol", "AEh 10h"), {}, {}).missing == ("virtual_port", "ip_port", "mode")


def test_a_field_without_meaning_has_the_reason_and_is_sent_as_zero() -> None:
    state = port()
    assert state.idle["udp_timeout"] == "not used now: only when mode is UDP"
    assert state.values["udp_timeout"] == 0 and state.values["remote_ip_address"] == ""
    used = port(mode="UDP", udp_timeout="60")
    assert "udp_timeout" not in used.idle and used.values["udp_timeout"] == 60


def test_what_is_wrong_is_told_by_field_unless_it_has_no_meaning() -> None:
    assert "a whole number 0..65535" in port(ip_port="70000").errors["ip_port"]
    assert "udp_timeout" not in port(udp_timeout="999").errors
    assert "udp_timeout" in port(mode="UDP", udp_timeout="999").errors


def test_a_type_that_depends_on_another_field_follows_it() -> None:
    command = catalogue.command("qstation", "SETDISTRIBUTORPORTPROPERTIESALL")
    tag, data = (field.name for field in command.args if field.name in ("identifier", "data"))
    state = filled(command, {tag: "FrequencySendToHz", data: "5000"}, {})
    assert "1..1000" in state.errors[data]
    assert filled(command, {tag: "FrequencySendToHz", data: "50"}, {}).values[data] == 50


def test_an_optional_field_left_empty_is_left_out_and_a_lent_one_is_used() -> None:
    sync: Command = catalogue.command("qstation", "DEVICESYNC")
    assert filled(sync, {"mac": ""}, {}).values == {}
    life = catalogue.command("qstation", "GETLIFESIGNAL")
    mac = "02:00:00:00:00:31"
    assert filled(life, {}, {"mac": mac}).values == {"mac": mac}
    assert filled(life, {}, {}).missing == ("mac",)


def test_a_secret_is_never_read_from_what_was_typed() -> None:
    state = filled(catalogue.command("kramer", "LOGIN"), {"auth": "USER", "password": "geheimgeheim12"}, {})
    assert "geheimgeheim12" not in str(state)


@pytest.mark.parametrize("field", EVERY_FIELD)
def test_every_conditional_field_of_the_catalogue_has_something_neutral(field) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(field.type, Reserved) or neutral(field.type) is not None
