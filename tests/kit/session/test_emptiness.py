"""Why nothing was found: each reason told where it is one, and not where it is none."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Interface

import pytest

from unitbench.session.searching.emptiness import Facts, doubts, factory_text
from unitbench.transport.interfaces_list import Counts, Interface, Way

ETH = Interface("eth0", True, True, False, True, (IPv4Interface("10.9.0.1/24"),))
OTHER = Interface("eth1", True, True, False, True, (IPv4Interface("10.8.0.1/24"),))
DOWN = Interface("eth2", True, False, False, True)
BEFORE = Counts(by_interface={"eth0": (10, 10)})
QUIET = Facts(
    (ETH,),
    ("10.9.0.255",),
    {"10.9.0.255": Way("eth0", "")},
    {},
    {"eth0": 0},
    BEFORE,
    Counts(by_interface={"eth0": (12, 10)}),
    system="linux",
)


def told(**changes: object) -> str:
    return "\n".join(doubts(replace(QUIET, **changes)))


def test_the_interface_its_address_and_mask_and_that_packets_have_left() -> None:
    text = told()
    assert "10.9.0.255 is on eth0, where this machine is 10.9.0.1/24" in text
    assert "2 packets left eth0, none came in" in text
    for word in ("lost", "reverse path", "container", "router", "not looked at", "Windows"):
        assert word not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"after": Counts(by_interface={"eth0": (10, 10)})}, "no packet has left eth0"),
        ({"after": Counts(by_interface={"eth0": (12, 11)})}, "none of them an answer"),
        ({"after": Counts(dropped=7, by_interface={"eth0": (12, 11)})}, "7 datagrams were lost here"),
        (
            {"after": Counts(filtered=3, by_interface={"eth0": (12, 11)})},
            "3 packets were thrown away by the reverse",
        ),
        ({"after": Counts(errors=1, by_interface={"eth0": (12, 10)})}, "could not be sent"),
        ({"targets": ("10.1.0.7",), "ways": {"10.1.0.7": None}}, "there is no route to 10.1.0.7"),
        (
            {"targets": ("10.1.0.7",), "ways": {"10.1.0.7": Way("eth0", "10.9.0.254")}},
            "10.1.0.7 is behind the router 10.9.0.254",
        ),
        ({"targets": ("10.9.0.7",), "neighbours": {"10.9.0.7": ""}}, "nobody has the address 10.9.0.7"),
        ({"interfaces": (ETH, DOWN)}, "not looked at: eth2 (no cable"),
        ({"interfaces": (ETH, OTHER), "filters": {"eth0": 1, "eth1": 2}}, "filter is strict on eth0"),
        (
            {"container": True, "interfaces": (replace(ETH, addresses=(IPv4Interface("172.17.0.2/16"),)),)},
            "a container on a bridge",
        ),
        ({"system": "win32"}, "three seconds only"),
    ],
)
def test_each_reason(changes: dict[str, object], said: str) -> None:
    assert said in told(**changes) and said not in told()


def test_the_wrong_subnet() -> None:
    text = factory_text((ETH,), "linux")
    assert "Kramer Protocol 3000: 192.168.1.39/24" in text and "not on a network of this machine" in text
    assert "sudo ip address add 192.168.1.254/24 dev eth0" in text
    assert "sudo ip address del 192.168.1.254/24 dev eth0" in text
    assert 'netsh interface ipv4 add address "Ethernet" 192.168.1.254 255.255.255.0' in text
    assert "sudo ifconfig en0 alias 192.168.1.254 255.255.255.0" in text
    near = replace(ETH, addresses=(IPv4Interface("192.168.1.5/24"),))
    here = factory_text((near,), "linux")
    assert "on the network of eth0: discover kramer://192.168.1.39" in here and "address add" not in here
    assert factory_text((ETH,), "win32").index("netsh") < factory_text((ETH,), "win32").index("ifconfig")
