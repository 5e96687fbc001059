"""The ledger of a recorder's connections: 20 over all protocols, four of them taken from the restart on.

Seed 000_c74756eb2c5bf187.txt, Specifications and 3.2; what counts as one is a reading, chosen so that the
most that the manual allows comes to exactly 20.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

TOTAL = 20
"""Connections over all protocols (seed, Specifications)."""


class Use(Enum):
    """What a connection is for."""

    HTTP_LISTENER = "HTTP standby"
    FTP_LISTENER = "FTP standby"
    COMMAND_LISTENER = "command standby, TCP"
    COMMAND_UDP = "command standby, UDP"
    HTTP = "HTTP session"
    FTP = "FTP control"
    FTP_DATA = "FTP data"
    COMMAND = "command client"
    FTP_CLIENT = "FTP client"
    NTP_CLIENT = "NTP client"
    DNS_CLIENT = "DNS client"
    DHCP_CLIENT = "DHCP client"


STANDING = (Use.HTTP_LISTENER, Use.FTP_LISTENER, Use.COMMAND_LISTENER, Use.COMMAND_UDP)
LIMITS = {Use.HTTP: 10, Use.COMMAND: 1}
"""At most so many of a kind (seed, 3.2)."""
TAKES_OVER = {Use.COMMAND: Use.COMMAND_LISTENER, Use.FTP: Use.FTP_LISTENER}
"""The first of these takes the place of its listener, and costs nothing."""


@dataclass
class Ledger:
    """Counts what is open. ``standing`` are the listeners that this model has."""

    standing: tuple[Use, ...] = STANDING
    open: Counter[Use] = field(default_factory=Counter)
    refused: Counter[Use] = field(default_factory=Counter)

    @property
    def used(self) -> int:
        """How many of the 20 are taken."""
        return len(self.standing) + sum(self._cost(use, count) for use, count in self.open.items())

    def _cost(self, use: Use, count: int) -> int:
        free = 1 if TAKES_OVER.get(use) in self.standing and count else 0
        return count - free

    def room(self, use: Use, count: int = 1) -> bool:
        """Whether ``count`` more could be opened now."""
        has = self.open[use]
        more = self._cost(use, has + count) - self._cost(use, has)
        return has + count <= LIMITS.get(use, TOTAL) and self.used + more <= TOTAL

    def take(self, use: Use, count: int = 1) -> bool:
        """Open ``count``, all or none; False, and counted as refused, where there is no room."""
        if not self.room(use, count):
            self.refused[use] += 1
            return False
        self.open[use] += count
        return True

    def give(self, use: Use, count: int = 1) -> None:
        """Close ``count``."""
        self.open[use] = max(0, self.open[use] - count)

    def restart(self) -> None:
        """The network function starts anew: only the listeners are left."""
        self.open.clear()
