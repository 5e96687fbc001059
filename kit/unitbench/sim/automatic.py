"""The automatic network setting of a unit: what its lease gives goes into its state."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

from unitbench.sim.dhcp import EVERYBODY, Dhcp
from unitbench.sim.units import SimUnit
from unitbench.wire.dhcp.client import DhcpClient, Phase
from unitbench.wire.dhcp.lease import Lease
from unitbench.wire.dhcp.message import NOWHERE


class Addressed(Protocol):
    """The state of a unit that can lease its address: on ``dhcp_interface``, as the station ``mac``. ``network``
    says how that stands."""

    ip_address: str
    mac: str
    dhcp_interface: str
    netmask: str
    gateway: str
    dns_server: str
    network: str


class Automatic:
    """``name`` is what the unit calls itself to the server. ``place`` asks for a connection (True), or gives it
    back (False); ``moved`` is called when the address has come, or has gone: it is then 0.0.0.0.
    """

    def __init__(
        self,
        unit: SimUnit,
        state: Addressed,
        name: str,
        *,
        pump: Callable[[], None],
        place: Callable[[bool], bool],
        moved: Callable[[], None],
    ) -> None:
        self._unit, self._state = unit, state
        self._moved = moved
        self._own_dns = state.dns_server
        self.dhcp = Dhcp(
            DhcpClient(state.mac, random.Random(f"{unit.seed}/dhcp").random, name=name),
            state.dhcp_interface,
            unit.core,
            clock=unit.clock.now,
            pump=pump,
            place=place,
            moved=self._leased,
            stands=self._stands,
        )

    @property
    def broadcasts(self) -> tuple[str, ...]:
        """The broadcast addresses of the network that the unit is in, that network's own first."""
        lease = self.dhcp.client.lease
        return (str(lease.network.broadcast_address), EVERYBODY) if lease else ()

    def bind(self) -> None:
        """Take the interface; raises ``OpenFailed``."""
        self._unit.host = self._state.ip_address = NOWHERE
        self.dhcp.bind()

    def _stands(self, phase: Phase) -> None:
        self._state.network = f"automatic: {phase.value}"

    def _leased(self, lease: Lease | None) -> None:
        state = self._state
        state.gateway = lease.gateway if lease else ""
        state.netmask = lease.netmask if lease else ""
        state.dns_server = (lease and lease.dns_server) or self._own_dns
        address = lease.address if lease else NOWHERE
        if address != state.ip_address:
            self._unit.host = state.ip_address = address
            self._moved()
