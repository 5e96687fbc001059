"""``set`` and ``undo``: read, merged, shown, asked for, sent, read back, put back; on simulated units."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import free_block, inside
from tests.support.foreign import RawTcp, dcol_complete, dcol_setting
from unitbench import Session, Sim, UsageError
from unitbench.schema.values import Value
from unitbench.session.console import Console
from unitbench.session.model import Exchange

PORT_20_NOW = "02 00 ae 02 0e 14 d2 03"
CLIENT_MODE = (
    "02 00 ae 1c 10 14 01 13 9a 00 3c 00 00 01 23 28 00 00 00 00 00 00 00 08 31 30 2e 30 2e 30 2e 39 b0 03"
)
RUBBISH = bytes.fromhex("02 00 ae 01 00 b0 03")
"""A packet with a wrong checksum."""
DIAL: dict[str, Any] = {"initiate_connection": 1, "remote_ip_address": "10.0.0.9", "remote_ip_port": 9000}


@pytest.fixture(scope="module")
def whole() -> Iterator[Sim]:
    with Sim({"recorder": 1, "vs1": 0, "kramer": 1, "qstation": 2, "dcol": 1}, address=free_block()) as sim:
        yield sim


@pytest.fixture
def sim(whole: Sim) -> Iterator[Sim]:
    state = whole.unit("t1").core.state  # type: ignore[attr-defined]
    before = {number: dict(port) for number, port in state.ports.items()}
    yield whole
    with Session.local(sim=whole) as session:
        for number in (20, 21):
            kept = {name: value for name, value in before[number].items() if not name.startswith("reserved")}
            assert session.set("t1", **kept).ok


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    with Session.local(sim=sim) as session:
        yield session


def test_the_example_of_the_manual_of_use_to_the_byte(session: Session) -> None:
    assert session.set("t1", virtual_port=20, output_only=1).ok
    found = session.set("t1", virtual_port=20, output_only=0, dry=True, **DIAL)
    (step,) = found.steps
    assert (found.outcome, step.request.hex(" "), len(step.request)) == ("dry", CLIENT_MODE, 34)
    assert [exchange.request.hex(" ") for exchange in found.exchanges] == [PORT_20_NOW]
    touched = {row.name: (row.now_text, row.after_text) for row in step.rows if row.touched}
    assert touched == {
        "output_only": ("1", "0"),
        "initiate_connection": ("0", "1"),
        "remote_ip_port": ("0", "9000"),
        "remote_ip_address": ("''", "'10.0.0.9'"),
    }
    assert step.told[0] == "virtual port 20 stops listening on 5018/tcp (client mode: the receiver dials out)"
    assert "stays" in step.told[1]
    assert session.ask("0Eh 20", "t1").fields["initiate_connection"] is False


def test_it_is_sent_read_back_and_put_back(session: Session) -> None:
    found = session.set("t1", virtual_port=20, udp_timeout=30)
    (step,) = found.steps
    assert (found.outcome, step.outcome, step.read_back, step.differs) == ("ok", "ok", True, ())
    assert [exchange.command.split()[1] for exchange in found.exchanges] == ["0Eh", "10h", "0Eh"]
    assert session.ask("0Eh 20", "t1").fields["udp_timeout"] == 30
    back = session.undo(found.numbers[0])
    assert (back.outcome, back.undoes) == ("ok", found.numbers[0])
    assert session.ask("0Eh 20", "t1").fields["udp_timeout"] == 60
    with pytest.raises(UsageError, match="not read before"):
        session.undo(found.numbers[0])


def test_what_is_so_already_sends_nothing(session: Session) -> None:
    found = session.set("t1", virtual_port=20, udp_timeout="60", mode="tcp")
    assert (found.outcome, len(found.exchanges), found.numbers) == ("same", 1, ())


def test_reserved_bytes_are_echoed(sim: Sim, session: Session) -> None:
    with RawTcp(sim.unit("t1").host, 5018) as other:
        assert other.ask(reserved(21, 0x5A, bytes(range(1, 8))), dcol_complete) == b"\x06"
    found = session.set("t1", virtual_port=21, udp_timeout=7)
    assert (
        found.ok and session.ask("0Eh 21", "t1").replies[0].data[12:23].hex() == "5a000000" + "01020304050607"
    )
    assert [row.note for row in found.steps[0].rows if row.name.startswith("reserved")] == ["kept", "kept"]
    with RawTcp(sim.unit("t1").host, 5018) as other:
        assert other.ask(reserved(21, 0, bytes(7)), dcol_complete) == b"\x06"


def reserved(number: int, one: int, seven: bytes) -> bytes:
    """A set of a port that is not active, with something in its reserved bytes."""
    body = bytes([0x10, number, 0, 0, 0, 0, 60, 0, one, 0, 0, 0]) + seven + b"\x00"
    frame = bytes([0x00, 0xAE, len(body)]) + body
    return b"\x02" + frame + bytes([sum(frame) % 256, 0x03])


def test_a_rule_is_a_question(session: Session) -> None:
    session.set("t1", virtual_port=20, output_only=1)
    found = session.set("t1", virtual_port=20, **DIAL)
    assert (found.outcome, found.mend, found.numbers) == ("question", (("output_only", False),), ())
    assert found.error is not None and '"in client mode, OUTPUT ONLY must be disabled"' in found.error.meaning
    console, asked = Console(session), list[str]()

    def no(text: str) -> bool:
        asked.append(text)
        return False

    console.question = no
    line = "set t1 virtual_port=20 initiate_connection=1 remote_ip_address=127.0.0.1 remote_ip_port=9"
    (left,) = console.run(line)
    assert left.outcome == "question" and asked[0].endswith("Set output_only=0 too?")  # type: ignore[attr-defined]
    console.question = lambda text: True
    (done,) = console.run(line)
    assert done.outcome == "ok"  # type: ignore[attr-defined]
    now = session.ask("0Eh 20", "t1").fields
    assert (now["output_only"], now["initiate_connection"]) == (False, True)
    console.question = None
    session.set("t1", virtual_port=20, initiate_connection=0, output_only=1)
    with pytest.raises(UsageError, match="OUTPUT ONLY is 1"):
        list(console.run(line))


def test_undo_says_why_it_cannot(sim: Sim, session: Session) -> None:
    with pytest.raises(UsageError, match="no change"):
        session.undo()
    read = session.ask("0Ch", "t1")
    with pytest.raises(UsageError, match="changed no setting"):
        session.undo(read.id)
    with pytest.raises(UsageError, match="no exchange #999"):
        session.undo(999)
    session.ask("LOGIN ADMIN,4321", "k1")
    plain = session.ask("NAME Hall-1", "k1")
    with pytest.raises(UsageError, match="was not read before"):
        session.undo(plain.id)
    word = session.ask("PASS USER,1234", "k1")
    with pytest.raises(UsageError, match="cannot be read"):
        session.undo(word.id)
    changed = session.set("t1", virtual_port=20, udp_timeout=30)
    with RawTcp(sim.unit("t1").host, 5018) as other:
        assert other.ask(dcol_setting(21, 0), dcol_complete)
    session.ask(
        "AEh 10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=31 output_only=0 initiate_connection=0 "
        "remote_ip_port=0 remote_ip_address=''",
        "t1",
    )
    late = session.undo(changed.numbers[0])
    assert late.outcome == "overtaken" and late.error is not None
    assert "udp_timeout was 30 after the change, and is 31 now" in late.error.meaning
    assert session.ask("0Eh 20", "t1").fields["udp_timeout"] == 31


def test_a_lost_acknowledgement_is_made_up_for_by_reading(
    sim: Sim, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = sim.unit("t1").core
    say = core.reply
    monkeypatch.setattr(core, "reply", lambda data, *rest: None if data == b"\x06" else say(data, *rest))
    found = session.set("t1", virtual_port=20, udp_timeout=30, timeout_s=0.1)
    assert (found.outcome, found.steps[0].outcome, found.steps[0].differs) == ("ok", "silent", ())
    assert "no answer came" in found.notes[0]
    monkeypatch.undo()
    assert session.undo(found.numbers[0], timeout_s=0.1).ok


def test_what_reads_back_as_something_else_is_said(
    sim: Sim, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = sim.unit("t1").core.state  # type: ignore[attr-defined]
    monkeypatch.setattr(state, "ports", Stubborn(state.ports))
    found = session.set("t1", virtual_port=20, udp_timeout=30, ip_port=5020)
    assert found.outcome == "differs" and found.error is not None
    assert "udp_timeout is 60 s, not 30 s" in found.error.meaning and "ip_port" not in found.error.meaning
    assert [row.name for row in found.steps[0].differs] == ["udp_timeout"]
    assert session.undo(found.numbers[0]).ok


class Stubborn(dict[int, dict[str, Value]]):
    """Ports of a receiver that accepts a time-out and does not take it."""

    def __setitem__(self, number: int, port: dict[str, Value]) -> None:
        super().__setitem__(number, {**port, "udp_timeout": 60})


def test_undo_after_undo_goes_further_back(session: Session) -> None:
    for value in (30, 40):
        assert session.set("t1", virtual_port=20, udp_timeout=value).ok
    for value in (30, 60):
        assert session.undo().ok
        assert session.ask("0Eh 20", "t1").fields["udp_timeout"] == value
    with pytest.raises(UsageError, match="no change to be put back"):
        session.undo()


def test_rubbish_for_an_acknowledgement_is_made_up_for_by_reading(
    sim: Sim, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = sim.unit("t1").core
    say = core.reply
    monkeypatch.setattr(core, "reply", lambda data, *rest: say(RUBBISH if data == b"\x06" else data, *rest))
    found = session.set("t1", virtual_port=20, udp_timeout=30, timeout_s=0.3)
    (step,) = found.steps
    assert (found.outcome, step.outcome, step.read_back) == ("ok", "malformed", True)


def test_several_settings_of_a_property_table(session: Session) -> None:
    found = session.set("q1", FrequencySendToHz=50, ipportsendto=6000)
    assert (found.outcome, len(found.numbers)) == ("ok", 2)
    assert [step.item for step in found.steps] == ["FrequencySendToHz", "IPPortSendTo"]
    assert found.steps[0].request == b"SETDISTRIBUTORPORTPROPERTIES\t02:00:00:00:00:31\t5\t50\r"
    back = session.undo()
    assert (back.outcome, len(back.numbers)) == ("ok", 2)
    after = session.set("q1", FrequencySendToHz=100, IPPortSendTo=5567)
    assert after.outcome == "same"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"IPPortSendTo": 5566}, "IPPortRecvFrom is 5566 as well"),
        ({"RetriggerTimeS": 0.05, "FrequencySendToHz": 10}, "FrequencySendToHz is 10 Hz"),
        ({"FrequencySendToHz": -1}, "asks for the value"),
        ({"SetAllPropertiesToDefault": 1}, "no setting 'SetAllPropertiesToDefault'"),
        ({"virtual_port": 20}, "no setting 'virtual_port'"),
        ({}, "not said"),
    ],
)
def test_what_a_table_does_not_take(session: Session, values: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        session.set("q1", **values)


def test_nothing_is_set_while_the_stream_runs(session: Session) -> None:
    assert session.set("q2", TransferON=1).ok
    with pytest.raises(UsageError, match="TransferON of q2 is 1") as caught:
        session.set("q2", IPPortSendTo=6000)
    assert caught.value.hint == "set q2 TransferON=0 first"
    both = session.set("q2", IPPortSendTo=6000, TransferON=0)
    assert both.ok and [step.item for step in both.steps] == ["TransferON", "IPPortSendTo"]


def test_a_line_protocol_with_a_login(session: Session) -> None:
    refused = session.set("k1", name="Hall-2")
    assert refused.outcome == "refused" and refused.error is not None and "ERR004" in refused.error.code
    session.ask("LOGIN ADMIN,4321", "k1")
    assert session.set("k1", name="Hall-2").ok
    assert session.undo().ok


@pytest.mark.parametrize(
    ("line", "said", "marked"),
    [
        ("set t1 virtual_port=20 mode=5", "mode: '5' is not allowed", "mode=5"),
        ("set t1 udp_timeot=5", "did you mean udp_timeout?", "udp_timeot=5"),
        ("set t1 udp_timeout=5", "which virtual port is not said", "t1"),
        ("set t1 virtual_port=20 nonsense", "'nonsense' sets nothing", ""),
        ("set t1 virtual_port=20 mode=TCP MODE=UDP", "MODE is given twice", ""),
        ("set t1 virtual_port=20", "what is to be set is not said", ""),
        ("set r1 name=x", "no setting of 8023 recorder is known", "r1"),
        ("undo x", "'x' is no number of a change", "x"),
        ("undo 7 dry=perhaps", "neither yes nor no", ""),
    ],
)
def test_what_cannot_be_meant(sim: Sim, line: str, said: str, marked: str) -> None:
    with Session.local(sim=sim) as session, pytest.raises(UsageError) as caught:
        list(Console(session).run(line))
    error = caught.value
    assert said in f"{error.message} {error.hint}"
    if marked and error.span and error.line:
        assert error.line[slice(*error.span)] == marked


def test_a_person_confirms_for_simulated_units_where_that_is_wanted(session: Session) -> None:
    console, asked = Console(session), list[Exchange]()
    console.preferences.put("confirm", "always")

    def yes(withheld: Exchange) -> str:
        asked.append(withheld)
        return withheld.allow_with

    planned, done = console.run("set t1 virtual_port=20 udp_timeout=30", confirm=yes)
    assert "UDP TIMEOUT" in str(planned) or planned is not done
    assert done.change.outcome == "ok"  # type: ignore[attr-defined]
    assert [(one.allow_with, one.request) for one in asked] == [("reconfigures", b"")]
    (held,) = console.run("@q1 DEVICESYNC", confirm=None)
    assert held.outcome == "withheld" and held.error and "confirm is always" in held.error.meaning  # type: ignore
    console.preferences.put("confirm", "policy")
    (sent,) = console.run("@q1 DEVICESYNC", confirm=None)
    assert sent.outcome == "ok"  # type: ignore[attr-defined]


def test_it_can_be_awaited(session: Session) -> None:
    async def both() -> tuple[str, str, str]:
        done = await session.aset("t1", virtual_port=20, udp_timeout=33)
        back = await session.aundo()
        taken = await session.asnapshot("q1")
        same = await session.arestore("q1", taken)
        return done.outcome, back.outcome, same.outcome

    assert asyncio.run(both()) == ("ok", "ok", "same")


def test_dry_runs_send_nothing_that_changes(sim: Sim) -> None:
    t1 = f"dcol://{sim.unit('t1').host}"
    ran = inside("-c", "set t1 virtual_port=20 udp_timeout=9; 0Ch; raw 06", "--dry-run", "--json", t1)
    assert ran.code == 0 and "nothing was sent" in ran.err
    assert [item["command"].split()[1] for item in ran.exchanges] == ["0Eh"]
    change = next(item for item in ran.objects if item["type"] == "change")
    assert (change["outcome"], change["undo"], change["steps"][0]["exchange"]) == ("dry", [], None)
    line = inside("-c", "set t1 virtual_port=20 udp_timeout=9 dry=yes", t1)
    assert line.code == 0 and "dry run" in line.out and "<- changes" in line.out


def test_through_a_keeper_every_view_can_put_it_back(runtime: Path) -> None:
    with Session.attach("sets", sim=True, who="one") as one, Session.attach("sets", who="two") as two:
        done = one.set("t1", virtual_port=20, udp_timeout=30)
        assert done.ok and two.undo(done.numbers[0]).undoes == done.numbers[0]
        assert one.set("t1", virtual_port=20, output_only=1).ok
        with pytest.raises(UsageError, match=r"of t1\) is not yours: one made it"):
            two.undo()
        assert two.set("t1", virtual_port=20, **DIAL).mend == (("output_only", False),)
        taken = two.snapshot("t1")
        assert one.undo().ok and two.restore("t1", taken).ok and one.restore("t1", taken).outcome == "same"
        moved = two.set("t1", virtual_port=19, ip_port=6017)
        assert one.units[[unit.name for unit in one.units].index("t1")].address == moved.moved
