"""A Q.station: ident record, LEDs, time stamp. Whatever is not exactly right is met with silence."""

from __future__ import annotations

from dataclasses import dataclass, field

from unitbench.schema.records import Role
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.host import Peer
from unitbench.wire.qstation.codec import CODEC
from unitbench.wire.unit import UnitCore

LED_S = 2.0
"""How long RUN and ERR flash before the ACK (seed: about two seconds)."""


@dataclass
class QstationState:
    """What the unit keeps: its ident record by field name, and when its time stamp was reset (unit clock)."""

    ident: dict[str, Value] = field(default_factory=dict)
    resets: list[float] = field(default_factory=list)
    flashing_until: float = 0.0


class QstationUnit(UnitCore):
    """The time stamp is reset on receipt, the ACK follows (a reading)."""

    def __init__(self, state: QstationState, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state

    @property
    def mac(self) -> str:
        """The unit's MAC address in lower case, to compare with: letter case does not matter in a request."""
        return str(self.state.ident["maa"]).lower()

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        seen = CODEC.dissect(piece.data, Role.HOST)
        meant = seen.values.get("mac")
        if seen.faults or not seen.name or len(piece.data) > CODEC.protocol.max_request:
            self.note(now, peer, piece.data, "not a request of this protocol: silence")
            return
        if meant is not None and str(meant).lower() != self.mac:
            self.note(now, peer, piece.data, "another unit is meant: silence")
            return
        self.note(now, peer, piece.data, seen.name)
        if seen.name == "DEVICEIDENT?":
            self.reply(CODEC.encode_report("ident", self.state.ident), peer, now)
            return
        wait = 0.0
        if seen.name == "DEVICESYNC":
            self.state.resets.append(now)
        elif seen.name == "GETLIFESIGNAL":
            self.state.flashing_until = now + LED_S
            wait = LED_S
        self.reply(CODEC.encode_report("ACK", {"maa": self.state.ident["maa"]}), peer, now, after_s=wait)
