"""Targets of a discovery: what they mean, what is refused, and what a plan makes of them."""

from __future__ import annotations

from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from unitbench.errors import InvalidValue, UsageError, Withheld
from unitbench.session.model import Unit
from unitbench.session.registry import Registry
from unitbench.session.scope import Scope, Sweep, scope_of
from unitbench.session.searching.planning import Plan, plan_of
from unitbench.session.targets import listed, network_of, ports_in
from unitbench.transport.interfaces_list import Interface


def interface(name: str, address: str = "", *, up: bool = True, running: bool = True) -> Interface:
    addresses = (IPv4Interface(address),) if address else ()
    return Interface(name, up, running, name == "lo", name != "lo", addresses)


HERE = (
    interface("lo", "127.0.0.1/8"),
    interface("eth0", "10.9.0.1/24"),
    interface("eth1", "10.8.0.1/16"),
    interface("eth2", up=False),
    interface("eth3", "10.7.0.1/24", running=False),
    interface("eth4"),
)


def registry() -> Registry:
    known: list[Unit] = []
    found = Registry(lambda where: False, known.append)
    found.add("kramer://10.9.0.11")
    return found


def scope(*targets: str, ports: str = "") -> Scope:
    return scope_of(targets, ports, registry(), HERE)


def test_without_targets_every_network_by_both_broadcasts_and_nothing_else() -> None:
    found = scope()
    assert [
        (where.protocol, where.host, where.port) for where in found.places if where.protocol != "vs1"
    ] == [
        ("qstation", "10.9.0.255", 5565),
        ("recorder", "10.9.0.255", 8023),
        ("qstation", "10.8.255.255", 5565),
        ("recorder", "10.8.255.255", 8023),
        ("qstation", "255.255.255.255", 5565),
        ("recorder", "255.255.255.255", 8023),
    ]
    assert {where.host for where in found.places if where.protocol == "vs1"} == {"10.9.0.255", "10.8.255.255"}
    assert found.sweeps == [] and len(found.skipped) == 4
    assert "eth2: switched off" in found.skipped and "eth4: no IPv4 address" in found.skipped


def test_an_interface_is_its_directed_broadcasts() -> None:
    assert {where.host for where in scope("eth1").places} == {"10.8.255.255"}


def test_networks_hosts_units_and_addresses() -> None:
    found = scope("k1", "10.9.0.0/29", "10.9.0.77", "kramer://10.9.0.0/30:6000", "qstation://10.9.0.255")
    assert [where.endpoint for where in found.places] == ["10.9.0.11:5000/tcp", "10.9.0.255:5565/udp"]
    assert [(sweep.text, sweep.size, sweep.port) for sweep in found.sweeps] == [
        ("10.9.0.0/29", 6, 0),
        ("10.9.0.77", 1, 0),
        ("kramer://10.9.0.0/30", 2, 6000),
    ]
    assert found.sweeps[0].hosts == [f"10.9.0.{n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("10.9.0.7/24", "10.9.0.0/24 is the network, 10.9.0.7 the host"),
        ("10.9.0.0/33", "/33 is no mask"),
        ("10.9.0.0/abc", "/abc is no mask"),
        ("10.9.0.300/24", "10.9.0.300 is no IPv4 address"),
        ("10.9.0/24", "10.9.0 is no IPv4 address"),
        ("10.0.0.0/8", "16777216 addresses"),
        ("eth2", "switched off"),
        ("eth3", "no cable"),
        ("eth4", "no IPv4 address"),
        ("lo", "this machine itself"),
        ("eth9", "interfaces: lo, eth0"),
        ("10.9.0.0/24:5000", "whose port that is, is not said"),
        ("nosuch://10.9.0.0/24", "no protocol 'nosuch'"),
        ("kramer://10.9.0.0/99", "/99 is no mask"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_do(target: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        scope(target)
    assert said in str(refused.value) + refused.value.hint and refused.value.hint


def test_ports_that_are_not_usual() -> None:
    assert ports_in("kramer:5001,qstation:6000") == {"kramer": 5001, "qstation": 6000}
    assert {where.port for where in scope(ports="qstation:6000").places if where.protocol == "qstation"} == {
        6000
    }
    for wrong in ("kramer", "kramer:0", "kramer:70000", "5001", "nosuch:1"):
        with pytest.raises(InvalidValue):
            ports_in(wrong)


def test_lists_and_files(tmp_path: Path) -> None:
    file = tmp_path / "units.txt"
    file.write_text("# the bench\nk1\n10.9.0.0/24  # all\n\n", encoding="utf-8")
    assert listed(["q1,q2", str(file), "kramer://10.0.0.1"]) == (
        "q1",
        "q2",
        "k1",
        "10.9.0.0/24",
        "kramer://10.0.0.1",
    )
    for text, said in (("k1 q1\n", "line 1"), ("# none\n", "names no target")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=said):
            listed([str(file)])
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no text"):
        listed([str(file)])


def planned(prefix: int) -> Plan:
    return plan_of(Scope(sweeps=[Sweep(network_of(f"127.64.0.0/{prefix}"))]))


def test_a_plan_says_what_goes_where_byte_by_byte() -> None:
    plan = planned(24).shown()
    rows = {(line.protocol, line.what): (line.port, line.data, line.packets) for line in plan.lines}
    assert rows["qstation", "DEVICEIDENT?"] == (5565, b"DEVICEIDENT?\r", 508)
    assert rows["kramer", "#"][:2] in ((5000, b"#\r"), (50000, b"#\r"))
    assert rows["vs1", "connect to 49079 and 49200"] == (49079, b"", 508)
    assert plan.size == sum(len(data) * packets for _, data, packets in rows.values()) + 254 * 2
    assert any("8023/tcp" in text and "one client" in text for text in plan.skipped)
    assert plan.allow_with == ""


def test_so_many_hosts_are_asked_for_first() -> None:
    plan = planned(16)
    assert plan.scope.hosts == 65534
    with pytest.raises(Withheld) as held:
        plan.check("")
    assert held.value.allow_with == "65534" and "65534 hosts" in held.value.message
    with pytest.raises(Withheld):
        plan.check("65533")
    plan.check("65534")
    planned(22).check("")
