"""Changes after which a unit is elsewhere: followed there, known again by its serial number, or told to be lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.commands import free_block
from unitbench import Session, Sim
from unitbench.session.changing.model import Change
from unitbench.session.changing.showing import render
from unitbench.wire.dcol.state import DcolState
from unitbench.wire.dcol.unit import DcolUnit

ONLY = {"kramer": 0, "qstation": 0, "recorder": 0, "vs1": 0, "dcol": 2}


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim(ONLY, address=free_block()) as sim:
        yield sim


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    """A session that knows t1 only."""
    with Session.local() as session:
        session.ask("0Ch", f"dcol://{sim.unit('t1').host}")
        yield session


def state(sim: Sim, name: str) -> DcolState:
    core = sim.unit(name).core
    assert isinstance(core, DcolUnit)
    return core.state


def moved(sim: Sim, session: Session, to: str, **more: Any) -> Change:
    return session.set("t1", dhcp_active=0, ip_address=to, **more)


def test_a_port_is_followed(sim: Sim, session: Session) -> None:
    old = session.units[0].address
    found = session.set("t1", virtual_port=19, ip_port=6017)
    assert (found.outcome, found.effect, found.moved) == ("ok", "disrupts", f"{old}:6017")
    assert "4000000001" in found.notes[0]
    (unit,) = session.units
    assert (unit.name, unit.address, unit.simulated) == ("t1", f"{old}:6017", True)
    assert found.steps[0].read_back and session.ask("0Ch", "t1").address == f"{old}:6017"
    back = session.undo()
    assert (back.outcome, back.moved, session.units[0].address) == ("ok", old, old)


def test_an_address_is_followed(sim: Sim, session: Session) -> None:
    """The second unit plays the first one at its new address: it has its serial number and its settings."""
    first, second = (state(sim, name) for name in ("t1", "t2"))
    to = sim.unit("t2").host
    second.serial, second.addressing = first.serial, {**first.addressing, "ip_address": to}
    found = moved(sim, session, to)
    assert (found.outcome, found.moved) == ("ok", f"dcol://{to}")
    assert [(unit.name, unit.address) for unit in session.units] == [("t1", f"dcol://{to}")]
    assert f"t1 is at dcol://{to} now" in render(found)
    told = found.steps[0].told
    assert told[0].startswith("this cuts the link") and told[1] == f"t1 is looked for at {to}:5017/tcp then"


def test_another_unit_is_not_taken_for_it(sim: Sim, session: Session) -> None:
    old, to = session.units[0].address, sim.unit("t2").host
    found = moved(sim, session, to)
    assert (found.outcome, found.moved) == ("lost", "") and found.error is not None
    assert f"another unit answers at dcol://{to}: 4000000002, not 4000000001" in found.error.meaning
    assert f"still at {old}: the change has not taken effect" in found.error.meaning
    assert [(unit.name, unit.address) for unit in session.units] == [("t1", old)]


def test_a_unit_that_is_nowhere_is_told_to_be_lost(
    sim: Sim, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, old = sim.unit("t1").core, session.units[0].address
    assert isinstance(core, DcolUnit)

    def leave(now: float) -> None:
        for number, port in core.state.ports.items():
            port["active"] = False
            core._open(number, now)

    monkeypatch.setattr(core, "_reopen", leave)
    nobody = f"{sim.unit('t2').host.rpartition('.')[0]}.200"
    found = moved(sim, session, nobody, timeout_s=0.3)
    assert (found.outcome, found.steps[0].outcome, found.moved) == ("lost", "ok", "")
    assert found.error is not None
    assert f"t1 was not found at dcol://{nobody}" in found.error.meaning
    assert f"nor at {old}" in found.error.meaning and "discover looks round" in found.error.hint
    assert [(unit.name, unit.address) for unit in session.units] == [("t1", old)]


def test_a_clash_is_said_beforehand(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        session.discover()
        to = sim.unit("t2").host
        found = moved(sim, session, to, dry=True)
    assert found.outcome == "dry"
    assert "t2 is known at that address: two units would claim it" in found.steps[0].told


def test_a_simulated_unit_is_not_looked_for_on_a_network(sim: Sim, session: Session) -> None:
    found = moved(sim, session, "192.0.2.9")
    assert found.outcome == "ok" and found.moved == ""
    assert "a simulated unit keeps the address at which it is served" in found.steps[0].told
    assert all(exchange.address.startswith("dcol://127.") for exchange in found.exchanges)


def test_addresses_from_dhcp_are_not_known_beforehand(sim: Sim, session: Session) -> None:
    found = session.set("t1", dhcp_active=1)
    assert found.ok and "not known beforehand" in found.steps[0].told[1]
    assert session.undo().ok


def test_what_cuts_the_link_for_good_is_said_and_not_read_back(sim: Sim, session: Session) -> None:
    host = sim.unit("t1").host
    found = session.set("t1", virtual_port=19, output_only=1)
    assert (found.outcome, found.effect, found.steps[0].read_back) == ("ok", "disrupts", False)
    assert "nothing takes commands there any more" in found.notes[0]
    other = session.ask("0Eh 19", f"dcol://{host}:5018")
    assert other.fields["output_only"] is True


def test_an_acknowledgement_lost_with_its_connection(sim: Sim, session: Session) -> None:
    state(sim, "t1").effect_s = None
    found = session.set("t1", virtual_port=19, ip_port=6018)
    assert (found.outcome, found.steps[0].outcome, found.steps[0].differs) == ("ok", "closed", ())
    assert any("no answer came" in note for note in found.notes)


def test_the_other_port_is_not_the_links_own(sim: Sim, session: Session) -> None:
    found = session.set("t1", virtual_port=20, ip_port=6020)
    assert (found.effect, found.moved, found.outcome) == ("reconfigures", "", "ok")


def test_a_port_and_an_address_move_one_after_the_other(sim: Sim, session: Session) -> None:
    """The second unit plays the first one again, at its new port as well."""
    first, second = (state(sim, name) for name in ("t1", "t2"))
    old, to = session.units[0].address, sim.unit("t2").host
    with Session.local(sim=sim) as other:
        assert other.set("t2", virtual_port=19, ip_port=6017).ok
    second.serial, second.addressing = first.serial, {**first.addressing, "ip_address": to}
    found = session.set("t1", virtual_port=19, ip_port=6017, ip_address=to)
    assert (found.outcome, found.moved) == ("ok", f"dcol://{to}:6017")
    assert [step.command for step in found.steps] == ["AEh 02h", "AEh 10h"]
    assert found.steps[0].number > found.steps[1].number, "the address last"
    assert first.addressing["ip_address"] == to and old != session.units[0].address
