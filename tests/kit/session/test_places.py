"""Which service an address means, and where a unit of a shifted set has it."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.catalogue import vs1
from unitbench.schema.address import UnitAddress, address_of
from unitbench.session.places import Places
from unitbench.sim.book import Endpoint

HOST = "192.0.2.1"


def at(port: int, carrier: str = "tcp") -> UnitAddress:
    return UnitAddress("vs1", carrier, HOST, port)


@pytest.fixture
def shifted() -> Places:
    places = Places()
    for service, port in ((vs1.TELNET, 10030), (vs1.CONTROL, 49500), (vs1.SERIAL[0], 49218)):
        carrier = service.carrier
        places.learn(Endpoint("v1", "vs1", carrier, HOST, port, main=service.main, service=service.name))
    return places


def test_the_catalogue_holds_for_all_others() -> None:
    places = Places()
    assert places.service(at(49211)) is vs1.SERIAL[0]
    assert places.service(at(49211, "udp")) is None
    assert places.of(at(49493, "udp"), vs1.HEARTBEAT) == at(49079)


def test_a_shifted_unit_is_known_by_its_own_ports(shifted: Places) -> None:
    assert shifted.service(at(10030)) is vs1.TELNET
    assert shifted.of(at(49500, "udp"), vs1.SERIAL[0]) == at(49218)
    assert shifted.of(at(49500, "udp"), vs1.ANNOUNCE) == at(49502, "udp"), "as far away as its main service"
    assert shifted.of(UnitAddress("vs1", "udp", "192.0.2.2", 49493), vs1.TELNET).port == 23


def test_what_is_there_and_what_is_done_there() -> None:
    where = at(49493, "udp")
    touch = {place.usual: place.touch for place in Places().all(where, simulated=True)}
    assert {port for port, said in touch.items() if said == "never opened by us"} == {
        *(21, 23, 68, 80, 520, 49049, 49050, 49059, 49201, 49202)
    }
    assert {port for port, said in touch.items() if said == "read only"} == {*range(49211, 49215), 49495}
    assert touch[49200] == "opened and closed by discover, no byte sent"
    assert touch[49079] == "held beside others" and touch[49493] == "spoken"
    real = {place.usual: place.touch for place in Places().all(where, simulated=False)}
    assert real[49493] == "not spoken: no bytes are published"
    recorder = UnitAddress("recorder", "tcp", HOST, 8023)
    (tcp, udp, *_) = Places().all(recorder, simulated=False)
    assert (tcp.touch, udp.touch) == ("spoken, one client at a time", "spoken")


@pytest.mark.parametrize(
    ("text", "carrier", "port"),
    [
        ("vs1://camera.local", "udp", 49493),
        ("vs1+tcp://camera.local", "tcp", 49211),
        ("recorder://192.168.1.60", "tcp", 8023),
        ("recorder://192.168.1.255", "udp", 8023),
        ("kramer://192.168.1.255", "tcp", 5000),
    ],
)
def test_an_address_without_a_port(text: str, carrier: str, port: int) -> None:
    where = address_of(text, catalogue.protocol(text.partition("://")[0].partition("+")[0]))
    assert (where.carrier, where.port) == (carrier, port)
