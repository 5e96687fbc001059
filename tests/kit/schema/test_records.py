"""Records: conditions, rules, look-ups; and the builder of dissections."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema.conditions import Is, Never
from unitbench.schema.dissection import Builder, Dissection
from unitbench.schema.records import Field
from unitbench.schema.values import Reserved, Text, UInt


def test_conditions_are_values_that_can_be_read() -> None:
    assert [str(Is("mode", "UDP")), str(Is("active")), str(Is("sid", 2))] == [
        "mode is UDP",
        "active is true",
        "sid is 2",
    ]
    assert Is("mode", "UDP").holds({"mode": "UDP"})
    assert not Is("mode", "UDP").holds({})


def test_a_rule_is_broken_only_by_both_conditions() -> None:
    rule = Never(Is("a"), Is("b"), "because")
    assert rule.broken_by({"a": True, "b": True})
    assert not rule.broken_by({"a": True, "b": False})
    assert not rule.broken_by({"a": True})


def test_a_rule_lets_pass_what_it_excepts() -> None:
    rule = Never(Is("a"), Is("n", 0), "because", unless=Is("b"))
    assert rule.broken_by({"a": True, "n": 0, "b": False}) and rule.broken_by({"a": True, "n": 0})
    assert not rule.broken_by({"a": True, "n": 0, "b": True}) and not rule.broken_by({"a": True, "n": 1})
    assert str(rule) == "a is true and n is 0, unless b is true"


def test_a_rule_says_whose_it_is_and_what_to_do() -> None:
    flags, number = Never(Is("a"), Is("b"), "because"), Never(Is("a"), Is("n", 0), "because", reading=True)
    assert flags.broken == "a is true and b is true cannot hold together: because"
    assert flags.mend == "give a=0 or b=0"
    assert number.broken.endswith("because (a reading, the manual does not say)")
    assert number.mend == "give another n; raw sends the bytes whatever they say"


@pytest.mark.parametrize(
    ("mask", "gaps"),
    [
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("255.255.254.0", False),
        ("255.0.255.0", True),
        ("0.0.0.1", True),
        ("255.255.253.0", True),
        ("***", False),
        ("", False),
    ],
)
def test_the_ones_of_a_mask(mask: str, gaps: bool) -> None:
    assert Is("netmask", gaps=True).holds({"netmask": mask}) is gaps
    assert str(Is("netmask", gaps=True)) == "netmask has ones behind zeros"


def test_what_a_person_types_and_what_is_secret() -> None:
    assert not Field("r", Reserved(1)).typed
    assert Field("n", UInt(1)).typed
    assert Field("p", Text(secret=True)).secret
    assert not Field("n", UInt(1)).secret


def test_commands_are_found_by_name_and_number() -> None:
    dcol, kramer = catalogue.protocol("dcol"), catalogue.protocol("kramer")
    assert kramer.command("login?") is kramer.command("LOGIN?") is not None
    assert kramer.command("NOTHING") is None
    assert dcol.by_code(0x0E) is dcol.command("AEh 0Eh")
    assert dcol.by_code(0x0F) is dcol.report("AEh 0Fh")
    assert dcol.by_code(0x55) is None
    with pytest.raises(InvalidValue) as caught:
        catalogue.protocol("smtp")
    assert "kramer" in caught.value.hint
    with pytest.raises(KeyError):
        catalogue.command("kramer", "NOTHING")
    with pytest.raises(KeyError):
        catalogue.report("kramer", "NOTHING")


def test_services_by_carrier() -> None:
    assert catalogue.protocol("kramer").service("udp").port == 50000
    assert catalogue.protocol("dcol").service("tcp").port == 5017
    with pytest.raises(KeyError):
        catalogue.protocol("qstation").service("tcp")


def test_a_builder_cuts_leaves_to_what_is_there() -> None:
    out = Builder(b"abc")
    out.add("one", 2, 1)
    out.add("two", 5, fault="too short")
    out.add("none", 3)
    out.rest("rest", "nothing is left")
    assert [(leaf.start, leaf.end) for leaf in out.leaves] == [(0, 2), (2, 3), (3, 3)]
    assert [(fault.offset, fault.text) for fault in out.faults] == [(2, "too short")]


def test_a_dissection_sums_itself_up() -> None:
    out = Builder(b"abc")
    out.add("mark", 1, "a", frame_part=True)
    out.add("word", 1, "b", secret=True)
    out.rest("rest", "too much")
    found = Dissection("kramer", out.raw, fields=tuple(out.leaves), faults=tuple(out.faults), code="ERR001")
    assert (found.ok, found.result, found.values, found.secret_spans) == (
        False,
        "malformed",
        {"word": "b"},
        ((1, 2),),
    )
    assert found.leaf("word") is found.fields[1]
    assert found.leaf("nothing") is None
    assert Dissection("kramer", b"", code="ERR001").result == "refused"
