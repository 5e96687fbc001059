"""A network interface that a simulated unit has to itself: its addresses come and go with the unit's lease.

By the program ``ip`` (Debian: iproute2), so on Linux only, and for root or in a network namespace of one's own.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from unitbench.errors import OpenFailed
from unitbench.wire.dhcp.lease import Lease

WAIT_S = 10
METRIC = 32000
"""The unit's gateway is the last choice where the machine has one of its own."""
HINT = (
    "give the unit an interface of its own, best in a network namespace: one end of a veth pair, or a macvlan"
)


def check(interface: str) -> None:
    """Bring the interface up; raises ``OpenFailed`` where it is missing, or has an address already."""
    found: list[dict[str, Any]] = json.loads(_ip(interface, "-json", "address", "show", "dev", interface))
    taken = [a["local"] for link in found for a in link.get("addr_info", ()) if a.get("family") == "inet"]
    if taken:
        raise OpenFailed(
            f"{interface} has the address {taken[0]}: it is not free for a simulated unit",
            endpoint=interface,
            hint=HINT,
        )
    _ip(interface, "link", "set", "dev", interface, "up")


def take(interface: str, lease: Lease) -> None:
    """Give the interface the address of a lease, and its gateway; raises ``OpenFailed``."""
    network = lease.network
    address = f"{lease.address}/{network.prefixlen}"
    _ip(
        interface,
        "address",
        "replace",
        address,
        "broadcast",
        str(network.broadcast_address),
        "dev",
        interface,
    )
    if lease.gateway:
        route = f"default via {lease.gateway} dev {interface} metric {METRIC}"
        _ip(interface, "route", "replace", *route.split())


def give_back(interface: str, lease: Lease) -> None:
    """Take the address away again; the routes go with it. Raises ``OpenFailed``."""
    _ip(interface, "address", "del", f"{lease.address}/{lease.network.prefixlen}", "dev", interface)


def _ip(interface: str, *words: str) -> str:
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=WAIT_S, check=False)
    except FileNotFoundError:
        raise OpenFailed(
            "a lease needs the program ip", endpoint=interface, hint="install iproute2; Linux only"
        ) from None
    except subprocess.TimeoutExpired:
        raise OpenFailed(f"ip {words[0]} did not end in {WAIT_S} s", endpoint=interface) from None
    if done.returncode:
        told = done.stderr.strip() or f"exit code {done.returncode}"
        raise OpenFailed(f"ip cannot change {interface}: {told}", endpoint=interface, hint=HINT)
    return done.stdout
