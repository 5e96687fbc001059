"""A recorder with automatic network setting, its server dnsmasq, each in a network of its own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.support.commands import SCRIPT
from tests.support.dhcp_server import MOVED, SERVER, dnsmasq, move_network, running
from tests.support.foreign import RawTcp, RawUdp
from tests.support.ftp_store import ACCOUNT, PASSWORD, saved, store
from tests.support.logger import IDN, MAC, Recorder, line, until
from tests.support.namespaces import CABLE, Namespace, addresses, cabled
from tests.support.need import need
from unitbench.errors import InvalidValue, LocalProtocolError, NoReply, OpenFailed
from unitbench.sim import Sim, book
from unitbench.sim.recorder import questions
from unitbench.sim.units import DEFAULT
from unitbench.wire.dhcp import client as dhcp
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import FEATURES, Backup

pytestmark = pytest.mark.needs("netns", "dnsmasq")

FAR = "10.99.0.1"
CHRONY = """\
bindaddress {address}
allow all
local stratum 8
cmdport 0
pidfile {folder}/chronyd.pid
driftfile {folder}/drift
"""


@pytest.fixture
def networks() -> Iterator[tuple[Namespace, Namespace]]:
    """The unit's network and its server's."""
    with cabled(f"{SERVER}/24") as both:
        yield both


def leased(network: Namespace, **options: object) -> Recorder:
    return Recorder(network=network, dhcp_interface=CABLE, **options)


def has_address(unit: Recorder, start: str = "10.9.0.") -> bool:
    return until(lambda: unit.host.startswith(start) and bool(unit.server.served), 20)


def search(network: Namespace, host: str) -> list[tuple[bytes, tuple[str, int]]]:
    with network.inside():
        client = RawUdp(host, 8023, bind=("", 0))
    with client:
        return client.ask(b"SIMFIND?\r\n", lambda came: len(came) == 1)


def test_a_lease_is_taken_at_power_on_and_used(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    with dnsmasq(server, tmp_path) as leases, leased(ours) as unit:
        assert has_address(unit)
        assert addresses(ours) == [f"{unit.host}/24"] and unit.host.startswith("10.9.0.5")
        assert (unit.state.netmask, unit.state.gateway, unit.state.dns_server) == (
            "255.255.255.0",
            SERVER,
            SERVER,
        )
        assert until(lambda: unit.state.network == "automatic: has a lease") and unit.used(4)
        assert leases.read_text().split()[1:4] == [MAC, unit.host, "GL840-SIM"]
        with server.inside():
            client = RawTcp(unit.host, 8023)
        with client:
            assert client.ask(b"*IDN?\r\n", line) == IDN
        wanted = f"SIMFOUND GL840-SIM {unit.host} 8023 {MAC}\r\n".encode(), (unit.host, 8023)
        for host in (unit.host, "10.9.0.255"):
            assert search(server, host) == [wanted]
    assert addresses(ours) == []


@pytest.mark.needs("chronyd", "twisted", "curl")
def test_servers_are_found_by_name_behind_the_gateway(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    server.ip("address", "add", f"{FAR}/32", "dev", "lo")
    settings = tmp_path / "chrony.conf"
    settings.write_text(CHRONY.format(address=FAR, folder=tmp_path), encoding="ascii")
    names = [f"--address=/{name}/{FAR}" for name in ("time.bench", "store.bench")]
    clock = running(*server.command(need("chronyd"), "-d", "-x", "-U", "-f", str(settings)))
    files = store(tmp_path, FAR, prefix=server.command())
    with dnsmasq(server, tmp_path, *names), clock, files as place:
        port = place.partition(":")[2]
        with leased(ours, ntp_server="time.bench", clock_offset_s=-3600.0) as unit:
            assert has_address(unit)

            def corrected() -> bool:
                try:
                    unit.clients.set_clock()
                except (NoReply, OpenFailed, questions.RemoteProtocolError):
                    return False
                return True

            assert until(corrected, 20) and abs(unit.state.clock_offset_s) < 1
            for passive in (True, False):
                folder = f"r1/{passive}"
                to = Backup(f"store.bench:{port}", ACCOUNT, PASSWORD, folder, passive)
                names_saved = unit.clients.back_up(to)
                assert {f"{folder}/{name}" for name in names_saved} <= saved(tmp_path).keys()
            page = subprocess.run(
                server.command(need("curl"), "--silent", "--max-time", "10", f"http://{unit.host}/"),
                capture_output=True,
                check=True,
            ).stdout
            assert b"automatic: has a lease" in page
            assert unit.used(4)


def test_without_a_server_it_tries_on_and_says_so(
    networks: tuple[Namespace, Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dhcp, "FIRST_WAIT_S", 0.3)
    monkeypatch.setattr(dhcp, "LONGEST_WAIT_S", 0.3)
    monkeypatch.setattr(dhcp, "SPREAD_S", 0.0)
    ours, server = networks
    with leased(ours) as unit:
        assert until(lambda: "no DHCP server has answered so far; the unit keeps trying" in unit.said)
        assert unit.state.network == "automatic: looking for a DHCP server" and unit.host == "0.0.0.0"
        assert unit.used(5) and unit.open(Use.DHCP_CLIENT) == 1
        assert not unit.server.served and addresses(ours) == []
        with pytest.raises(LocalProtocolError, match="no address: automatic: looking"):
            unit.clients.set_clock(FAR)
        with dnsmasq(server, tmp_path):
            assert has_address(unit) and unit.used(4)


def test_a_server_that_takes_five_seconds(
    networks: tuple[Namespace, Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dhcp, "FIRST_WAIT_S", 2.0)
    monkeypatch.setattr(dhcp, "SPREAD_S", 0.0)
    ours, server = networks
    with dnsmasq(server, tmp_path, "--dhcp-reply-delay=5"), leased(ours) as unit:
        assert has_address(unit)
        assert unit.said[0] == "no DHCP server has answered so far; the unit keeps trying"
        assert unit.state.network == "automatic: has a lease"


def test_a_refused_renewal_moves_the_unit(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    with ExitStack() as stack:
        with dnsmasq(server, tmp_path):
            unit = stack.enter_context(leased(ours))
            assert has_address(unit)
        before = unit.host
        with server.inside():
            client = RawTcp(before, 8023)
        assert client.ask(b"*IDN?\r\n", line) == IDN
        move_network(server)
        (tmp_path / "leases").unlink()
        with dnsmasq(server, tmp_path, addresses=MOVED):
            unit.server.clock.speed = 10
            unit.call(unit.server.pump)
            assert has_address(unit, "10.8.0.5"), unit.said
            assert f"the lease of {before} is refused by the DHCP server" in unit.said
            assert addresses(ours) == [f"{unit.host}/24"] and unit.state.gateway == "10.8.0.1"
            assert search(server, unit.host)[0][0].split()[2] == unit.host.encode()
            with server.inside(), socket.socket() as sock:
                sock.settimeout(0.3)
                assert sock.connect_ex((before, 8023)) != 0
            assert until(lambda: unit.open(Use.COMMAND) == 0) and unit.used(4)
        client.close()


def test_a_network_restart_asks_for_the_same_address(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    with ExitStack() as stack:
        with dnsmasq(server, tmp_path):
            unit = stack.enter_context(leased(ours, restart_s=0.3))
            assert has_address(unit)
        before = unit.host
        (tmp_path / "leases").unlink()
        # Left to itself it would choose another one of so many.
        stack.enter_context(dnsmasq(server, tmp_path, addresses="10.9.0.50,10.9.0.249,255.255.255.0,2m"))
        with server.inside():
            client = stack.enter_context(RawTcp(before, 8023))
        came = client.ask(f"SIMNETRESTART {MAC}\r\n".encode(), lambda _: False)
        assert came == b"SIMOK\r\n" and client.closed
        assert until(lambda: len([text for text in unit.said if text.startswith("gets ")]) == 2)
        assert has_address(unit) and unit.host == before and unit.used(4)
        assert search(server, before) != []


def test_without_power_there_is_no_address(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    with dnsmasq(server, tmp_path), leased(ours) as unit:
        assert has_address(unit)
        before = unit.host
        unit.call(lambda: unit.server.fault({"crash": 60}))
        assert unit.host == "0.0.0.0" and addresses(ours) == [] and not unit.server.served
        unit.call(unit.server.no_faults)
        assert has_address(unit) and unit.host == before and unit.used(4)
        assert search(server, before) != []


def test_where_all_connections_are_taken_the_renewal_waits(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    with dnsmasq(server, tmp_path), leased(ours) as unit:
        assert has_address(unit) and unit.used(4)
        assert unit.state.ledger.take(Use.FTP_DATA, 16)
        unit.server.clock.speed = 10
        unit.call(unit.server.pump)
        assert until(lambda: "no place for the DHCP client: tried again later" in unit.said, 10)
        assert not any(text.startswith("keeps ") for text in unit.said)
        unit.state.ledger.give(Use.FTP_DATA, 16)
        assert until(lambda: any(text.startswith("keeps ") for text in unit.said), 20)
        assert unit.used(4)


def test_the_address_book_follows_the_lease(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    options = {"r1": {"dhcp_interface": CABLE, "restart_s": 0.2}}
    units = {"recorder": 1, "kramer": 0, "dcol": 0, "qstation": 0, "vs1": 0}
    with ExitStack() as stack:
        with dnsmasq(server, tmp_path):
            with ours.inside():
                sim = stack.enter_context(Sim(units, options=options))
            state = sim.unit("r1").core.state
            assert until(lambda: book.has(("tcp", state.ip_address, 8023)), 20)
        before = state.ip_address
        with server.inside():
            client = stack.enter_context(RawTcp(before, 8023))
        client.send(f"SIMNETRESTART {sim.unit('r1').mac}\r\n".encode())
        assert until(lambda: not book.has(("tcp", before, 8023)))
        assert until(lambda: state.network == "automatic: looking for a DHCP server")
        assert sim.endpoints == ()
    assert addresses(ours) == []


def test_an_interface_that_is_not_free(networks: tuple[Namespace, Namespace]) -> None:
    ours, server = networks
    with pytest.raises(OpenFailed, match=f"{CABLE} has the address {SERVER}") as error:
        leased(server).__enter__()
    assert "an interface of its own" in error.value.hint
    with pytest.raises(OpenFailed, match="nothing0"):
        Recorder(network=ours, dhcp_interface="nothing0").__enter__()
    with ours.inside():
        Path(f"/proc/sys/net/ipv4/conf/{CABLE}/rp_filter").write_text("1")
    with pytest.raises(OpenFailed, match="reverse-path filter"):
        leased(ours).__enter__()


def test_a_model_without_dhcp_cannot_be_set_to_it() -> None:
    with pytest.raises(InvalidValue, match="no DHCP client"):
        Recorder(features=FEATURES - {"dhcp"}, dhcp_interface=CABLE)


def test_the_command_line_says_where_the_unit_is(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    counts = [f"--unit={name}={int(name == 'recorder')}" for name in DEFAULT]
    words = (SCRIPT, "sim", *counts, f"--set=r1.dhcp_interface={CABLE}")
    with (
        dnsmasq(server, tmp_path),
        subprocess.Popen(ours.command(*words), text=True, stdout=PIPE, stderr=PIPE) as process,
    ):
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n", "it has no address yet"
        told = [process.stderr.readline() for _ in range(4)]
        (address,) = addresses(ours)
        where = address.removesuffix("/24")
        assert told[0] == f"r1 recorder tcp {where}:8023 {MAC}\n"
        assert {line.split()[3] for line in told} == {f"{where}:{port}" for port in (8023, 80, 21)}
        process.terminate()
        assert process.wait(20) == 0
    assert addresses(ours) == []
    done = subprocess.run(server.command(*words), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 4 and done.stdout == ""
    assert done.stderr.splitlines()[0].endswith(
        f"{CABLE} has the address {SERVER}: it is not free for a simulated unit"
    )
