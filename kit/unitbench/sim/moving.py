"""Servers whose ports are opened anew while they run: a lease gives the unit another address, or a port was set."""

from __future__ import annotations

from abc import abstractmethod

from unitbench.errors import OpenFailed
from unitbench.schema.records import Service
from unitbench.sim.automatic import Automatic
from unitbench.sim.dhcp import Dhcp
from unitbench.sim.serving import Serving
from unitbench.wire.dhcp.message import NOWHERE

AGAIN_S = 1.0
"""After so long a port that could not be taken is tried again, by the unit's clock."""


class Moving(Serving):
    """``leave`` closes the ports, ``enter`` opens them at the unit's address; without one there are none.
    ``automatic`` keeps the address where the network setting is so.
    """

    served: list[tuple[Service, int]]
    automatic: Automatic | None = None
    ended = False
    """The server was closed: nothing is opened any more."""

    # -- what a server does in its own way

    @abstractmethod
    def listen(self) -> None:
        """Take the ports, and set ``served``; raises ``OpenFailed``, having given back those it had."""

    @abstractmethod
    def hear(self) -> None:
        """Begin to read the UDP ports."""

    @abstractmethod
    def unhear(self) -> None:
        """Close the UDP ports."""

    @abstractmethod
    def drop(self) -> None:
        """End every connection."""

    # -- what all have

    @property
    def dhcp(self) -> Dhcp | None:
        """The client that keeps the address, where it is leased."""
        return self.automatic.dhcp if self.automatic else None

    def bind(self) -> None:
        """Take the addresses, or the interface; raises ``OpenFailed`` naming what is in use."""
        if self.automatic:
            self.automatic.bind()
        else:
            self.listen()

    def relocate(self) -> None:
        """The address has come, or has gone."""
        self.drop()
        self.leave()
        self.enter()

    def leave(self) -> None:
        """Close the ports."""
        for gate in self.gates:
            gate.close()
        self.gates.clear()
        self.unhear()
        self.served = []
        # Somebody else may have the address next: nobody shall take that one for simulated.
        self.on_moved()

    def enter(self, now: float = 0.0) -> None:
        """Open the ports; those that cannot be had now are tried again."""
        if self.dead or self.ended or self.gates or self.unit.host == NOWHERE:
            return
        try:
            self.listen()
        except OpenFailed as error:
            self.served = []
            self.core.note(self.now(), "", b"", error.message)
            self.core.later(self.now() + AGAIN_S, self.enter)
            self.pump()
            return
        self.hear()
        for gate in self.gates:
            gate.start()
        self.on_moved()
