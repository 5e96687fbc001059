"""Discovery on networks of its own: by broadcast, by announce, host by host, behind a router, and with no way out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Network

import pytest

from tests.support.namespaces import CABLE, Namespace, cabled
from unitbench import Session, Sim
from unitbench.errors import UsageError

pytestmark = pytest.mark.needs("netns")

NET, PC = "10.9.0", "10.9.0.1"
UNITS = {"kramer": 1, "dcol": 0, "qstation": 2, "recorder": 0, "vs1": 1}
HOSTS = (11, 31, 32, 51)
ETH_ALL, ETH_IP = 0x0003, 0x0800


@contextmanager
def units(counts: dict[str, int] | None = None) -> Iterator[tuple[Sim, Namespace, Namespace]]:
    """A set on its network, and the network of the computer that looks for it."""
    with cabled(f"{PC}/24") as (theirs, ours), ExitStack() as stack:
        for number in HOSTS:
            theirs.ip("address", "add", f"{NET}.{number}/24", "broadcast", "+", "dev", CABLE)
        theirs.ip("link", "set", CABLE, "up")
        with theirs.inside():
            sim = stack.enter_context(Sim(counts or UNITS, address=f"{NET}.0/24"))
        yield sim, theirs, ours


@contextmanager
def session_in(network: Namespace, sim: Sim | None = None) -> Iterator[Session]:
    with ExitStack() as stack:
        with network.inside():
            session = stack.enter_context(Session.local(sim=sim))
        yield session


class Captured:
    """Where every IPv4 packet goes that leaves this network, on any interface."""

    def __init__(self, network: Namespace) -> None:
        self.targets: set[str] = set()
        with network.inside():
            self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_ALL))
        self._sock.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Captured:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        self._sock.close()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                data, (_, protocol, kind, _, _) = self._sock.recvfrom(65536)
            except TimeoutError:
                continue
            if kind == socket.PACKET_OUTGOING and protocol == ETH_IP:
                self.targets.add(socket.inet_ntoa(data[16:20]))


def test_plain_discover_asks_every_network_by_broadcast_and_listens() -> None:
    with units() as (sim, _, ours), session_in(ours) as session, Captured(ours) as seen:
        found = session.discover()
        assert {unit.address for unit in found.units} == {
            f"qstation://{NET}.31",
            f"qstation://{NET}.32",
            f"vs1://{NET}.51",
        }
        assert seen.targets == {f"{NET}.255", "255.255.255.255"}, "nothing goes elsewhere"
        assert any(f"{NET}.255:5565/udp" in text for text in found.sent)
        assert "lo: this machine itself, left alone unless an address on it is named" in found.skipped
        assert {u.name for u in session.discover(CABLE).units} == {u.name for u in found.units}
        assert not sim.unit("k1").core.log, "no broadcast is for it"


def test_host_by_host_finds_those_that_hear_no_broadcast_and_leaves_empty_addresses() -> None:
    with units() as (_, _, ours), session_in(ours) as session, Captured(ours) as seen:
        found = session.discover(f"kramer://{NET}.8/29")
        (unit,) = found.units
        assert unit.address == f"kramer://{NET}.11" and unit.score >= 0.9
        # To itself goes only what the kernel says of addresses where nobody is.
        assert seen.targets <= {str(host) for host in IPv4Network(f"{NET}.8/29").hosts()} | {PC}


def test_a_session_with_units_of_its_own_sends_nothing_elsewhere() -> None:
    with units() as (_, _, ours), ExitStack() as stack:
        with ours.inside():
            sim = stack.enter_context(Sim())
        session = stack.enter_context(session_in(ours, sim))
        seen = stack.enter_context(Captured(ours))
        found = session.discover()
        assert len(found.units) == len(sim.units)
        outside = {host for host in seen.targets if not host.startswith("127.")}
        assert seen.targets and outside == set()


def test_behind_a_router_a_broadcast_is_lost_and_a_sweep_is_not() -> None:
    with units({**UNITS, "vs1": 0, "kramer": 0}) as (_, theirs, ours), Namespace() as far:
        theirs.ip("link", "add", "eth1", "type", "veth", "peer", "name", CABLE, "netns", far.name)
        theirs.ip("address", "add", "10.8.0.1/24", "broadcast", "+", "dev", "eth1")
        far.ip("address", "add", "10.8.0.31/24", "broadcast", "+", "dev", CABLE)
        for network, name in ((theirs, "eth1"), (far, CABLE)):
            network.ip("link", "set", name, "up")
        with theirs.inside(), open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as file:
            file.write("1")
        far.ip("route", "add", "default", "via", "10.8.0.1")
        ours.ip("route", "add", "default", "via", f"{NET}.31")
        with ExitStack() as stack:
            with far.inside():
                stack.enter_context(
                    Sim({**UNITS, "kramer": 0, "vs1": 0, "qstation": 1}, address="10.8.0.0/24")
                )
            session = stack.enter_context(session_in(ours))
            nothing = session.discover("qstation://10.8.0.255")
            assert nothing.units == ()
            assert any("10.8.0.255 is behind the router 10.9.0.31" in text for text in nothing.doubts)
            swept = session.discover("qstation://10.8.0.0/26")
            assert [unit.address for unit in swept.units] == ["qstation://10.8.0.31"]


def test_no_way_no_leave_and_no_network_are_told() -> None:
    with units({**UNITS, "vs1": 0}) as (_, _, ours), session_in(ours) as session:
        with pytest.raises(UsageError, match=r"there is no way from here to 10\.7\.0\.0/24"):
            session.discover("10.7.0.0/24")
        ours.ip("route", "add", "prohibit", "10.6.0.0/24")
        denied = session.discover("qstation://10.6.0.7")
        assert denied.units == () and any("10.6.0.7" in text for text in denied.skipped)
        empty = session.discover(f"kramer://{NET}.77:5000", f"qstation://{NET}.77")
        assert any(f"is on {CABLE}, where this machine is {PC}/24" in text for text in empty.doubts)
        ours.ip("link", "set", CABLE, "down")
        for target, said in (((CABLE,), "switched off"), ((), "no network to look at")):
            with pytest.raises(UsageError, match=said):
                session.discover(*target)
