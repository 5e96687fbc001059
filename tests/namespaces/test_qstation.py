"""Q.stations on a network of their own, a session on another computer: both broadcast forms reach them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.support.foreign import RawUdp, qstation_ident
from tests.support.namespaces import CABLE, Namespace, cabled
from unitbench import Session, Sim

pytestmark = pytest.mark.needs("netns")

ONLY = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0}
NET, PC = "10.9.0", "10.9.0.1"
DIRECTED, LIMITED = f"{NET}.255", "255.255.255.255"
MACS = [f"02:00:00:00:00:{n}" for n in (31, 32, 33)]


@contextmanager
def stations(
    *hosts: int, pc: tuple[str, ...] = (f"{PC}/24",), **options: dict[str, object]
) -> Iterator[tuple[Sim, Namespace, Namespace]]:
    """A set on its network, and the network of the computer that looks for it."""
    with cabled(*pc) as (theirs, ours), ExitStack() as stack:
        for number in hosts:
            theirs.ip("address", "add", f"{NET}.{number}/24", "broadcast", "+", "dev", CABLE)
        theirs.ip("link", "set", CABLE, "up")
        with theirs.inside():
            sim = stack.enter_context(Sim({**ONLY, "qstation": 3}, address=f"{NET}.0/24", options=options))
        yield sim, theirs, ours


@pytest.mark.parametrize("host", [DIRECTED, LIMITED])
def test_either_form_reaches_every_unit_and_each_answers_from_its_own_address(host: str) -> None:
    with stations(31, 32, 33) as (_, _, ours):
        ours.ip("route", "add", "default", "dev", CABLE)
        with ours.inside():
            client = RawUdp(host, 5565, (PC, 0))
        with client:
            came = client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) >= 3)
    found = {str(qstation_ident(data)["maa"]): sender for data, sender in came}
    assert found == {mac: (f"{NET}.{mac[-2:]}", 5565) for mac in MACS}
    assert qstation_ident(came[0][0])["snm"] == "255.255.255.0"


def test_a_session_hears_both_forms_and_each_unit_once() -> None:
    with stations(31, 32, 33) as (_, _, ours), ExitStack() as stack:
        with ours.inside():
            session = stack.enter_context(Session.local())
        exchange = session.ask(f"@qstation://{LIMITED} DEVICEIDENT?")
        assert exchange.ok, exchange.error
        assert sorted(str(reply.fields["maa"]) for reply in exchange.replies) == MACS
        found = session.discover(f"qstation://{DIRECTED}", f"qstation://{LIMITED}")
        assert sorted(unit.mac for unit in found.units) == MACS == sorted(u.mac for u in session.units)
        heard = [(sighting.unit.mac, sighting.asked) for sighting in found.sightings]
        assert len(heard) == len(set(heard)) == 6, "each has answered both"
        assert all(f"qstation://{NET}.{unit.mac[-2:]}" == unit.address for unit in found.units)
        refused = session.ask(f"@qstation://{LIMITED} DEVICESYNC")
        assert refused.outcome == "withheld" and refused.allow_with == "3"


def test_a_limited_broadcast_leaves_without_a_route_and_by_every_network() -> None:
    with stations(31, 32, 33) as (_, _, ours), Namespace() as third, ExitStack() as stack:
        ours.ip("link", "add", "eth1", "type", "veth", "peer", "name", CABLE, "netns", third.name)
        ours.ip("address", "add", "10.8.0.1/24", "broadcast", "+", "dev", "eth1")
        third.ip("address", "add", "10.8.0.31/24", "broadcast", "+", "dev", CABLE)
        for network, interface in ((ours, "eth1"), (third, CABLE)):
            network.ip("link", "set", interface, "up")
        with third.inside():
            far = stack.enter_context(Sim({**ONLY, "qstation": 1}, address="10.8.0.0/24"))
        with ours.inside():
            session = stack.enter_context(Session.local())
        exchange = session.ask(f"@qstation://{LIMITED} DEVICEIDENT?")
        assert {str(reply.fields["ipa"]) for reply in exchange.replies} >= {f"{NET}.32", f"{NET}.33"}
        assert {reply.sender.partition(":")[0] for reply in exchange.replies} & {f"{NET}.31", "10.8.0.31"}
        assert [note.text for note in far.unit("q1").core.log] == ["DEVICEIDENT?"]


def test_a_limited_broadcast_of_another_network_is_not_theirs() -> None:
    with stations(31, 32, 33, pc=("10.7.0.1/24",)) as (sim, theirs, ours):
        ours.ip("route", "add", "default", "dev", CABLE)
        theirs.ip("route", "add", "10.7.0.0/24", "dev", CABLE)
        ours.ip("route", "add", f"{NET}.0/24", "dev", CABLE)
        with ours.inside():
            everybody = RawUdp(LIMITED, 5565, ("10.7.0.1", 0))
            one = RawUdp(f"{NET}.33", 5565, ("10.7.0.1", 0))
        with everybody, one:
            everybody.send(b"DEVICESYNC\r")
            assert one.ask(b"DEVICESYNC\r", lambda all_: len(all_) >= 1)
        assert [len(sim.unit(name).core.state.resets) for name in ("q1", "q2", "q3")] == [0, 0, 1]


@pytest.mark.parametrize("host", [DIRECTED, LIMITED])
def test_two_units_that_claim_one_address_on_a_network(host: str) -> None:
    with stations(31, 33, q2={"address": "q1"}) as (sim, _, ours), ExitStack() as stack:
        with ours.inside():
            session = stack.enter_context(Session.local())
        units = {unit.mac: unit for unit in session.discover(f"qstation://{host}").units}
        assert sorted(units) == MACS
        finding = f"two units claim {NET}.31: "
        assert [any(finding in row for row in units[mac].evidence) for mac in MACS] == [True, True, False]
        exchange = session.ask(f"@{units[MACS[1]].name} DEVICESYNC {MACS[1]}", allow="reconfigures")
        assert exchange.ok and exchange.address == f"qstation://{host}"
        assert [len(sim.unit(name).core.state.resets) for name in ("q1", "q2", "q3")] == [0, 1, 0]


def test_without_a_network_a_limited_broadcast_reaches_nobody() -> None:
    with Namespace() as alone, ExitStack() as stack:
        with alone.inside():
            session = stack.enter_context(Session.local())
        exchange = session.ask(f"@qstation://{LIMITED} DEVICEIDENT?")
        assert exchange.outcome == "closed" and exchange.error is not None
        assert exchange.error.code == "OpenFailed" and LIMITED in exchange.error.meaning


def test_an_address_that_two_claim_proves_nobody_simulated() -> None:
    with stations(31, 33, q2={"address": "q1"}) as (sim, _, ours), ExitStack() as stack:
        with ours.inside():
            session = stack.enter_context(Session.local())
        names = {unit.mac: unit.name for unit in session.discover(f"qstation://{DIRECTED}").units}
        exchange = session.ask(f"@{names[MACS[1]]} DEVICESYNC {MACS[1]}")
        assert exchange.outcome == "withheld" and exchange.allow_with == "reconfigures"
        assert session.ask(f"@{names[MACS[2]]} DEVICESYNC {MACS[2]}").ok
        assert [len(sim.unit(name).core.state.resets) for name in ("q1", "q2", "q3")] == [0, 0, 1]
