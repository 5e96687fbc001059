"""The announce on UDP 49495: that of the simulated unit taken apart, a foreign one only counted."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.schema.records import Role
from unitbench.wire.vs1.codec import CODEC

INTERVAL_S = 1.0
"""How often a unit announces itself (a reading)."""
NOBODY = "0.0.0.0"


@dataclass(frozen=True, slots=True)
class Announce:
    """What a unit says about itself: the items of the manual, in a layout of our own."""

    name: str
    ip_address: str
    ip_in_control: str = NOBODY
    status: str = "RUN"
    software: str = "4.0.0"
    counters: tuple[int, ...] = (0, 0, 0)

    def encode(self) -> bytes:
        """The datagram of a simulated unit."""
        return CODEC.encode_report(
            "announce",
            {
                "name": self.name,
                "ip_address": self.ip_address,
                "ip_in_control": self.ip_in_control,
                "status": self.status,
                "software": self.software,
                "counters": ",".join(str(count) for count in self.counters),
            },
        )

    @property
    def controlled_by(self) -> str:
        """The host in control, empty for nobody."""
        return "" if self.ip_in_control == NOBODY else self.ip_in_control


def decode(data: bytes) -> Announce | None:
    """The announce of a simulated unit; None for a datagram of any other layout. Items that are not known are
    passed over."""
    seen = CODEC.dissect(data, Role.UNIT)
    if seen.name != "announce" or seen.faults:
        return None
    values = {name: str(value) for name, value in seen.values.items()}
    counters = values["counters"].split(",")
    if not all(count.isascii() and count.isdigit() and len(count) <= 20 for count in counters):
        return None
    return Announce(
        values["name"],
        values["ip_address"],
        values["ip_in_control"],
        values["status"],
        values["software"],
        tuple(int(count) for count in counters),
    )


def shown(data: bytes) -> str:
    """The datagram as a line for people."""
    found = decode(data)
    if found is None:
        return f"announce, undecoded, {len(data)} bytes"
    held = f"in control {found.controlled_by}" if found.controlled_by else "nobody in control"
    counts = ",".join(str(count) for count in found.counters)
    return (
        f"announce of a simulator: {found.name} at {found.ip_address}, {held}, {found.status}, "
        f"software {found.software}, counters {counts}"
    )
