"""A foreign judge: nmap, with our files of probes and ports, names the services of simulated units."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.commands import inside
from tests.support.need import need
from unitbench import Sim, catalogue
from unitbench.sim.units import SimUnit

pytestmark = pytest.mark.needs("nmap")
FILES = {"nmap-service-probes": "--nmap", "nmap-services": "--nmap-services"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our two files; what else nmap reads it takes from its own."""
    folder = tmp_path_factory.mktemp("nmap")
    for name, option in FILES.items():
        ran = inside("catalogue", option)
        assert ran.code == 0, ran.err
        (folder / name).write_text(ran.out, encoding="ascii")
    return folder


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as running:
        yield running


def named(data: Path, unit: SimUnit, *arguments: str) -> dict[str, tuple[str, str]]:
    """What nmap calls the ports that it finds open: the service's name and the product."""
    nmap = [need("nmap"), "-Pn", "-n", "-oX", "-", "--datadir", str(data), *arguments, unit.host]
    ran = subprocess.run(nmap, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    found = {}
    for port in ElementTree.fromstring(ran.stdout).iter("port"):
        state, service = port.find("state"), port.find("service")
        assert state is not None and service is not None
        if state.get("state") == "open":
            key = f"{port.get('portid')}/{port.get('protocol')}"
            found[key] = service.get("name", ""), service.get("product", "")
    return found


def unit_of(sim: Sim, name: str) -> SimUnit:
    return next(unit for unit in sim.units if unit.name == name)


@pytest.mark.parametrize(
    ("name", "ports", "service", "product"),
    [
        ("k1", "5000", "kramer", "Kramer Protocol 3000"),
        ("t1", "5017,5018", "dcol", "Trimble DCOL"),
        ("v1", "49079", "vs1", "Microscan VS-1"),
    ],
)
def test_tcp(data: Path, sim: Sim, name: str, ports: str, service: str, product: str) -> None:
    found = named(data, unit_of(sim, name), "-sT", "-sV", "-p", ports)
    assert found == {f"{port}/tcp": (service, product) for port in ports.split(",")}


@pytest.mark.needs("netns")
def test_a_unit_with_room_for_one_client(data: Path, sim: Sim) -> None:
    """Nmap looks for open ports by half a handshake, which takes no place from its own next connection."""
    found = named(data, unit_of(sim, "r1"), "-sS", "-sV", "-p", "8023")
    assert found == {"8023/tcp": ("recorder", "8023 recorder")}


@pytest.mark.needs("netns")
@pytest.mark.parametrize(
    ("name", "port", "service", "product"),
    [
        ("k1", "50000", "kramer", "Kramer Protocol 3000"),
        ("q1", "5565", "qstation", "Gantner Q.station"),
        ("r1", "8023", "recorder", "8023 recorder"),
    ],
)
def test_udp(data: Path, sim: Sim, name: str, port: str, service: str, product: str) -> None:
    found = named(data, unit_of(sim, name), "-sU", "-sV", "-p", port)
    assert found == {f"{port}/udp": (service, product)}


def test_what_says_nothing_is_named_by_its_port(data: Path, sim: Sim) -> None:
    found = named(data, unit_of(sim, "v1"), "-sT", "-p", "49049,49200,49201,49202,49211,5000")
    assert found == {
        "49049/tcp": ("vs1-io-service", ""),
        "49200/tcp": ("vs1-reports-and-statistics", ""),
        "49201/tcp": ("vs1-partq-retrieval", ""),
        "49202/tcp": ("vs1-reports-control", ""),
        "49211/tcp": ("vs1-serial-tcp-1", ""),
    }


def test_a_unit_is_not_taken_for_another(data: Path) -> None:
    """A Kramer unit where a DCOL receiver would be: what it says to that probe gives it no product."""
    counts = dict.fromkeys(catalogue.names(), 0) | {"kramer": 1}
    with Sim(counts, port_offset=17) as odd:
        found = named(data, odd.units[0], "-sT", "-sV", "-p", "5017")
    assert found == {"5017/tcp": ("dcol-virtual-port-19", "")}
