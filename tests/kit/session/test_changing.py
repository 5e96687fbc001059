"""The parts of a change that need no unit: words, values side by side, files, what travels."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.schema.record import replace
from unitbench.schema.settable import Wanted, meant, settables
from unitbench.session import messages
from unitbench.session.changing import files, plan
from unitbench.session.changing.compared import compared
from unitbench.session.changing.draft import overtaken
from unitbench.session.changing.model import Change, Section, Snapshot, Step
from unitbench.session.changing.showing import Planned, render
from unitbench.session.changing.snapshots import wanted_of
from unitbench.session.changing.words import assignments, number
from unitbench.session.model import Unit
from unitbench.session.operations import Restore, SetFields

DCOL = catalogue.protocol("dcol")
NOW: plan.Values = {
    "active": True,
    "ip_port": 5018,
    "mode": "TCP",
    "udp_timeout": 60,
    "output_only": False,
    "reserved_12": b"\x00",
    "initiate_connection": False,
    "remote_ip_port": 0,
    "reserved_16": bytes(7),
    "remote_ip_address": "",
}


def port(**values: Any) -> Wanted:
    (one,) = meant(DCOL, {"virtual_port": 20, **values})
    return one


@pytest.mark.parametrize(
    ("words", "unit", "values"),
    [
        (("t1", "a=1"), "t1", {"a": "1"}),
        (("a=1", "b="), "", {"a": "1", "b": ""}),
        (("dcol://10.0.0.9", "a=b=c"), "dcol://10.0.0.9", {"a": "b=c"}),
        (("kramer+serial:///dev/tty?baud=9600", "a=1"), "kramer+serial:///dev/tty?baud=9600", {"a": "1"}),
    ],
)
def test_words(words: tuple[str, ...], unit: str, values: dict[str, str]) -> None:
    assert assignments(words) == (unit, values)


@pytest.mark.parametrize("words", [(), ("t1",), ("t1", "=3"), ("t1", "a"), ("t1", "a=1", "A=2")])
def test_words_that_set_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        assignments(words)


def test_numbers() -> None:
    assert (number("58"), number("#7")) == (58, 7)
    for word in ("", "#", "0", "-1", "1" * 20, "x"):
        with pytest.raises(InvalidValue):
            number(word)


def test_what_was_not_named_is_kept() -> None:
    wanted = port(udp_timeout=5)
    after = plan.merged(wanted, {**NOW, "reserved_12": b"\x07"})
    assert plan.sent(wanted, after) == {**NOW, "virtual_port": 20, "reserved_12": b"\x07", "udp_timeout": 5}
    assert [row.name for row in plan.rows(wanted, NOW, plan.merged(wanted, NOW)) if row.touched] == [
        "udp_timeout"
    ]


def test_rules_that_can_be_kept_are_asked_for_and_others_refused() -> None:
    shared: plan.Values = {**NOW, "output_only": True}
    dial: dict[str, Any] = {"initiate_connection": 1, "remote_ip_address": "10.0.0.9", "remote_ip_port": 9}
    wanted = port(**dial)
    asked = plan.question(wanted, shared, plan.merged(wanted, shared))
    assert asked is not None and asked.mend == (("output_only", False),)
    assert plan.question(wanted, NOW, plan.merged(wanted, NOW)) is None
    both = port(**dial, output_only=1)
    with pytest.raises(InvalidValue, match="cannot hold together"):
        plan.question(both, shared, plan.merged(both, shared))
    bare = port(initiate_connection=1)
    with pytest.raises(InvalidValue, match="needs a remote address"):
        plan.question(bare, NOW, plan.merged(bare, NOW))
    dialling: plan.Values = {**NOW, **dial, "initiate_connection": True}
    back = port(output_only=1)
    other = plan.question(back, dialling, plan.merged(back, dialling))
    assert other is not None and other.mend == (("initiate_connection", False),)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"udp_timeout": 5}, []),
        ({"ip_port": 6000}, ["virtual port 20 stops listening on 5018/tcp, listens on 6000/tcp"]),
        ({"active": 0}, ["virtual port 20 stops listening on 5018/tcp"]),
        ({"mode": "UDP"}, ["virtual port 20 stops listening on 5018/tcp, listens on 5018/udp"]),
        (
            {"output_only": 1},
            ["virtual port 20 takes no commands any more (output only, many connections allowed)"],
        ),
    ],
)
def test_what_follows(values: dict[str, Any], told: list[str]) -> None:
    wanted = port(**values)
    assert list(plan.follows(wanted, NOW, plan.merged(wanted, NOW))) == told


def test_what_somebody_else_has_changed() -> None:
    unit = Unit("t1", "dcol", "Trimble DCOL", "dcol://10.0.0.9")
    before = (("virtual port 20 ip_port", "5018"), ("virtual port 20 mode", "TCP"))
    assert overtaken(unit, before, before) is None
    found = overtaken(unit, before, (("virtual port 20 ip_port", "6000"), before[1]))
    assert found is not None and "virtual port 20 ip_port was 5018, is 6000" in found.meaning


def snapshot(**values: Any) -> Snapshot:
    settable = next(found for found in settables(DCOL) if found.command.name == "AEh 10h")
    kept = {name: plan.plain(value) for name, value in NOW.items()} | values
    section = Section("AEh 10h", settable.reader.name, "virtual port 20", "", "virtual_port", 20, kept)
    return Snapshot("t1", "dcol", "Trimble DCOL", "dcol://10.0.0.9", 0, (section,), "4000000001")


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.text(max_size=30))
def test_any_text_stands_a_file(address: str, skipped: str) -> None:
    """Whatever a unit says: the file is TOML, and nothing of it gets out of its comment or string."""
    taken = snapshot(remote_ip_address=address)
    text = files.text_of(replace(taken, skipped=(skipped,)))
    read = files.snapshot_in(text, "x")
    assert read.sections[0].values == taken.sections[0].values
    assert set(tomllib.loads(text)) == {
        "format", "protocol", "unit", "maker", "address", "identity", "taken", "settings",
    }  # fmt: skip


def test_a_file_gives_the_same_wishes_again() -> None:
    taken = snapshot(udp_timeout=9)
    read = files.snapshot_in(files.text_of(taken), "x")
    assert wanted_of(read) == wanted_of(taken)
    assert dict(wanted_of(read)[0].values)["reserved_16"] == bytes(7)
    assert (read.identity, read.sections[0].title) == ("4000000001", "virtual port 20")


def test_only_differences_are_found() -> None:
    found = compared(snapshot(), snapshot(udp_timeout=9), ("a", "b"))
    assert [(d.title, d.field, d.a, d.b) for d in found.differences] == [
        ("virtual port 20", "udp_timeout", 60, 9)
    ]
    assert found.count == 10
    assert "1 of 10 fields differ" in render(found)


def test_changes_travel_whole() -> None:
    change = Change(
        "t1", "dcol://10.0.0.9", "dcol", False, "question", (), "read", mend=(("output_only", False),),
        seen=(("a", "b"),),
    )  # fmt: skip
    assert messages.result_of(SetFields(unit="t1", values={}), messages.result_bytes(change)) == change
    wanted = Restore(unit="t1", snapshot=snapshot(), allow="t1")
    call = messages.from_view(messages.packed(messages.Call(1, wanted))[4:])
    assert isinstance(call, messages.Call) and call.operation == wanted


def test_text_of_a_unit_stays_text() -> None:
    evil = snapshot(remote_ip_address="\x1b[31m<b>")
    assert "\x1b" not in render(evil) and "&lt;b&gt;" in evil._repr_html_()  # type: ignore[attr-defined]
    change = Change("t1\x1b", "dcol://x", "dcol", False, "dry", (), "read", notes=("\x1b[2J",))
    assert "\x1b" not in render(change) and "\x1b" not in render(Planned(change))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_narrow_screen_loses_notes_and_no_value(width: int) -> None:
    wanted = port(udp_timeout=5)
    rows = plan.rows(wanted, NOW, plan.merged(wanted, NOW))
    step = Step("AEh 10h", "AEh 10h", "virtual port 20", "AEh 0Eh -> AEh 0Fh", rows, b"\x02", "reconfigures")
    change = Change("t1", "dcol://x", "dcol", True, "dry", (step,), "reconfigures")
    lines = render(change, width).splitlines()
    (line,) = [line for line in lines if line.startswith(" UDP TIMEOUT")]
    assert line.split()[:6] == ["UDP", "TIMEOUT", "60", "s", "5", "s"] and "<- changes" in line
    assert ("not used unless mode is UDP" in line) == (width == 200)
    unchanged = [line for line in lines if line.startswith(" REMOTE IP ADDRESS")]
    assert all(len(line) <= max(width, 52) for line in unchanged)


@pytest.mark.parametrize("width", [20, 40, 79, 200])
def test_a_narrow_screen_keeps_field_and_value(width: int) -> None:
    one = snapshot(remote_ip_address="192.168.100.200")
    (section,) = one.sections
    text = render(replace(one, sections=(replace(section, title="virtual port 19"), section)), width)
    assert "no room" not in text
    found = [text.count(word) for word in ("udp_timeout", "60", "remote_ip_address", "192.168.100.200")]
    assert found == [2, 2, 2, 2] or width == 20
    assert text.index("virtual port 19") < text.index("udp_timeout") < text.index("virtual port 20")
    assert max(map(len, text.splitlines()[1:])) <= width


@pytest.mark.parametrize("width", [30, 40, 120])
def test_a_narrow_screen_keeps_both_sides_of_a_comparison(width: int) -> None:
    one, other = (snapshot(remote_ip_address=f"192.168.100.20{n}") for n in (0, 1))
    text = render(compared(one, other, ("before.toml", "t1")), width)
    assert "no room" not in text
    for word in ("remote_ip_address", "192.168.100.200", "192.168.100.201", "before.toml", "t1"):
        assert word in text
