"""The automatic network setting of a recorder: what its lease gives goes into its state."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from unitbench.errors import InvalidValue
from unitbench.sim.dhcp import EVERYBODY, Dhcp
from unitbench.sim.units import SimUnit
from unitbench.wire.dhcp.client import DhcpClient, Phase
from unitbench.wire.dhcp.lease import Lease
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import NOWHERE, RecorderState


class Automatic:
    """``moved`` is called when the address has come, or has gone: it is then 0.0.0.0. ``settle`` is called when
    the ledger has changed. Raises ``InvalidValue`` for a model that has no DHCP client.
    """

    def __init__(
        self,
        unit: SimUnit,
        state: RecorderState,
        *,
        pump: Callable[[], None],
        settle: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        if "dhcp" not in state.features:
            rule = "a model with the feature dhcp"
            raise InvalidValue("this model has no DHCP client", field="dhcp_interface", rule=rule)
        self._unit, self._state = unit, state
        self._settle, self._moved = settle, moved
        self._own_dns = state.dns_server
        self.dhcp = Dhcp(
            DhcpClient(state.mac, random.Random(f"{unit.seed}/dhcp").random, name=state.model),
            state.dhcp_interface,
            unit.core,
            clock=unit.clock.now,
            pump=pump,
            place=self._place,
            moved=self._leased,
            stands=self._stands,
        )

    @property
    def broadcasts(self) -> tuple[str, ...]:
        """The broadcast addresses of the network that the unit is in."""
        lease = self.dhcp.client.lease
        return (str(lease.network.broadcast_address), EVERYBODY) if lease else ()

    def bind(self) -> None:
        """Take the interface; raises ``OpenFailed``."""
        self._unit.host = self._state.ip_address = NOWHERE
        self.dhcp.bind()

    def _place(self, wanted: bool) -> bool:
        if not wanted:
            self._state.ledger.give(Use.DHCP_CLIENT)
        elif not self._state.ledger.take(Use.DHCP_CLIENT):
            return False
        # Later: the ports cannot be opened and shut while they are being moved.
        asyncio.get_running_loop().call_soon(self._settle)
        return True

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
