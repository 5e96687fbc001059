"""A camera that takes its address from a DHCP server, dnsmasq, each in a network of its own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.support.camera import Camera
from tests.support.commands import SCRIPT
from tests.support.dhcp_server import MOVED, SERVER, dnsmasq, move_network
from tests.support.foreign import RawTcp, RawUdp
from tests.support.logger import until
from tests.support.namespaces import CABLE, Namespace, addresses, cabled
from tests.support.need import need
from unitbench.errors import OpenFailed
from unitbench.sim import Sim, book
from unitbench.sim.units import DEFAULT
from unitbench.wire.vs1 import announce
from unitbench.wire.vs1.announce import Announce
from unitbench.wire.vs1.job import Job

pytestmark = pytest.mark.needs("netns", "dnsmasq")

MAC = "02:00:00:00:00:51"
PORTS = {
    "tcp": {21, 23, 80, 49049, 49050, 49059, 49079, 49200, 49201, 49202, 49211, 49212, 49213, 49214},
    "udp": {520, 49493},
}


@pytest.fixture
def networks() -> Iterator[tuple[Namespace, Namespace]]:
    """The unit's network and its server's."""
    with cabled(f"{SERVER}/24") as both:
        yield both


def leased(network: Namespace, jobs: dict[int, Job] | None = None) -> Camera:
    return Camera(jobs, real_time=True, network=network, dhcp_interface=CABLE)


def where(camera: Camera) -> str:
    return camera.core.state.ip_address


def has_address(camera: Camera, start: str = "10.9.0.5") -> bool:
    return until(lambda: where(camera).startswith(start) and bool(camera.server.served), 20)


def said(camera: Camera) -> list[str]:
    return [decision.text for decision in list(camera.core.log)]


def listener(network: Namespace, broadcast: str) -> RawUdp:
    """Who hears the announces that go to a broadcast address."""
    with network.inside():
        return RawUdp("0.0.0.0", 9, bind=(broadcast, 49495))


def heard(client: RawUdp) -> tuple[Announce, tuple[str, int]]:
    """The next announce, and who sent it."""
    data, sender = client.read(lambda came: len(came) >= 1)[0]
    found = announce.decode(data)
    assert found is not None
    return found, sender


def served(camera: Camera, carrier: str) -> set[int]:
    return {port for service, port in camera.server.served if service.carrier == carrier}


def tcp(network: Namespace, host: str, port: int) -> RawTcp:
    with network.inside():
        return RawTcp(host, port)


def test_ports_are_open_with_a_lease_and_announces_carry_it(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    with leased(ours, {49211: Job("%s", 50.0, "\\n")}) as camera:
        assert where(camera) == "0.0.0.0" and not camera.server.served and addresses(ours) == []
        assert camera.core.state.network == "automatic: looking for a DHCP server"
        with dnsmasq(server, tmp_path) as leases, listener(server, "10.9.0.255") as all_hear:
            assert has_address(camera), said(camera)
            host = where(camera)
            assert addresses(ours) == [f"{host}/24"]
            assert leases.read_text().split()[1:4] == [MAC, host, "cam-07"]
            assert {carrier: served(camera, carrier) for carrier in PORTS} == PORTS
            found, sender = heard(all_hear)
            assert (found.name, found.ip_address, sender) == ("cam-07", host, (host, 49493))
            with tcp(server, host, 49211) as reader:
                assert reader.read(lambda came: b"\n" in came)[:4] in (b"PASS", b"FAIL")
            with server.inside():
                control = RawUdp(host, 49493, bind=("", 0))
            with control:
                ((answer, _),) = control.ask(b"SIMLOGIN bench\r\n", bool)
                assert answer == b"SIMOK\r\n"
            state = camera.core.state
            assert (state.netmask, state.gateway, state.dns_server) == ("255.255.255.0", SERVER, SERVER)
            assert until(lambda: state.network == "automatic: has a lease")
            assert camera.core.dump()["network"] == "automatic: has a lease"
            with tcp(server, host, 80) as web:
                page = web.ask(b"GET / HTTP/1.0\r\n\r\n", lambda came: False)
            for row in ("automatic: has a lease", host, SERVER, "255.255.255.0"):
                assert f"<td>{row}</td>".encode() in page
    assert addresses(ours) == []


def test_a_refused_renewal_moves_the_unit(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    with ExitStack() as stack:
        with dnsmasq(server, tmp_path):
            camera = stack.enter_context(leased(ours))
            assert has_address(camera), said(camera)
        before = where(camera)
        client = stack.enter_context(tcp(server, before, 23))
        assert client.read(lambda came: came.endswith(b"-> "))
        assert until(lambda: len(camera.server.connections()) == 1)
        move_network(server)
        (tmp_path / "leases").unlink()
        stack.enter_context(dnsmasq(server, tmp_path, addresses=MOVED))
        all_hear = stack.enter_context(listener(server, "10.8.0.255"))
        camera.server.clock.speed = 10
        camera.call(camera.server.pump)
        assert has_address(camera, "10.8.0.5"), said(camera)
        assert f"the lease of {before} is refused by the DHCP server" in said(camera)
        assert addresses(ours) == [f"{where(camera)}/24"] and not camera.server.connections()
        found, sender = heard(all_hear)
        assert found.ip_address == sender[0] == where(camera)
        with tcp(server, where(camera), 23) as client:
            assert client.read(lambda came: came.endswith(b"-> "))
        with server.inside(), socket.socket() as sock:
            sock.settimeout(0.3)
            assert sock.connect_ex((before, 23)) != 0


def test_without_power_there_is_no_address_and_no_announce(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    with dnsmasq(server, tmp_path), leased(ours) as camera:
        assert has_address(camera), said(camera)
        before = where(camera)
        camera.call(lambda: camera.server.fault({"crash": 60}))
        assert where(camera) == "0.0.0.0" and addresses(ours) == [] and not camera.server.served
        camera.call(camera.server.no_faults)
        with listener(server, "10.9.0.255") as all_hear:
            assert has_address(camera) and where(camera) == before
            assert heard(all_hear)[0].ip_address == before


@pytest.mark.needs("curl")
def test_files_go_passive_and_active_at_the_leased_address(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    sent = tmp_path / "job.avp"
    sent.write_bytes(bytes(range(256)) * 300)
    with dnsmasq(server, tmp_path), leased(ours) as camera:
        assert has_address(camera), said(camera)
        curl = server.command(need("curl"), "--silent", "--max-time", "10", "--user", "target:password")
        for how in (["--ftp-pasv"], ["--ftp-port", "-"]):
            to = f"ftp://{where(camera)}/{how[0]}.avp"
            subprocess.run([*curl, *how, "--upload-file", str(sent), to], check=True)
            came = subprocess.run([*curl, *how, to], check=True, capture_output=True).stdout
            assert came == sent.read_bytes()


def test_the_address_book_follows_the_lease(networks: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    ours, server = networks
    units = {name: int(name == "vs1") for name in DEFAULT}
    with ExitStack() as stack, dnsmasq(server, tmp_path):
        with ours.inside():
            sim = stack.enter_context(Sim(units, options={"v1": {"dhcp_interface": CABLE}}))
        state = sim.unit("v1").core.state
        assert until(lambda: book.has(("udp", state.ip_address, 49493)), 20)
        before = state.ip_address
        sim.fault("v1", crash=60)
        assert until(lambda: not book.has(("udp", before, 49493))) and sim.endpoints == ()
        sim.no_faults()
        assert until(lambda: book.has(("udp", before, 49493)), 20)
        assert {e.host for e in sim.endpoints} == {before}
    assert addresses(ours) == []


def test_an_interface_that_is_not_free(networks: tuple[Namespace, Namespace]) -> None:
    ours, server = networks
    with pytest.raises(OpenFailed, match=f"{CABLE} has the address {SERVER}") as error:
        leased(server).__enter__()
    assert "an interface of its own" in error.value.hint
    with ours.inside(), pytest.raises(OpenFailed, match="nothing0"):
        Sim(options={"v1": {"dhcp_interface": "nothing0"}}).start()


def test_the_command_line_says_where_the_unit_is(
    networks: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    ours, server = networks
    counts = [f"--unit={name}={int(name == 'vs1')}" for name in DEFAULT]
    words = (SCRIPT, "sim", *counts, f"--set=v1.dhcp_interface={CABLE}")
    with (
        dnsmasq(server, tmp_path),
        subprocess.Popen(ours.command(*words), text=True, stdout=PIPE, stderr=PIPE) as process,
    ):
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n", "it has no address yet"
        told = [process.stderr.readline() for _ in range(16)]
        (address,) = addresses(ours)
        hosts = {line.split()[3].partition(":")[0] for line in told}
        assert hosts == {address.removesuffix("/24")}, told
        process.terminate()
        assert process.wait(20) == 0
    assert addresses(ours) == []
