"""A foreign DHCP and DNS server, dnsmasq, in a network of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.logger import until
from tests.support.namespaces import CABLE, Namespace
from tests.support.need import need

SERVER = "10.9.0.1"
"""Its address; it is the gateway as well."""
RANGE = "10.9.0.50,10.9.0.59,255.255.255.0,2m"
MOVED = "10.8.0.50,10.8.0.59,255.255.255.0,2m"
"""What it leases once it has moved."""
DHCP = (
    "--keep-in-foreground --conf-file=/dev/null --pid-file= --user=root --no-resolv --no-hosts --bind-interfaces "
    f"--interface={CABLE} --dhcp-authoritative --no-ping --dhcp-option=option:T1,3 --dhcp-option=option:T2,6"
)


@contextmanager
def running(*command: str) -> Iterator[None]:
    """A program that runs while the block lasts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def dnsmasq(network: Namespace, folder: Path, *more: str, addresses: str = RANGE) -> Iterator[Path]:
    """The server at work; the file of its leases."""
    leases = folder / "leases"
    own = (f"--dhcp-range={addresses}", f"--dhcp-leasefile={leases}", *more)
    with running(*network.command(need("dnsmasq"), *DHCP.split(), *own)):
        assert until(lambda: network.hears(67))
        yield leases


def move_network(network: Namespace) -> None:
    """Have the server be in another network of the same cable, where it knows no lease: 10.8.0.0/24."""
    network.ip("address", "add", "10.8.0.1/24", "broadcast", "+", "dev", CABLE)
    network.ip("address", "delete", f"{SERVER}/24", "dev", CABLE)
    network.ip("route", "add", "10.9.0.0/24", "dev", CABLE)
