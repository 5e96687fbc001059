"""A Q.station: ident record, LEDs, time stamp, buffer and distributor. What is not exactly right meets silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from unitbench.schema.records import Role
from unitbench.schema.text import format_value
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.host import Peer
from unitbench.wire.qstation.codec import CODEC, READ
from unitbench.wire.qstation.distributor import IMAGE, LAYOUTS, Distributor, network_address
from unitbench.wire.unit import UnitCore

LED_S = 2.0
"""How long RUN and ERR flash before the ACK, where a unit is not told otherwise (seed: about two seconds)."""
VERSION = "V2.14 2024-05-13"
NO_ADDRESS = "0.0.0.0"


class Buffer(Enum):
    """What the first ring buffer does."""

    IDLE = "idle"
    ARMED = "armed"
    TRIGGERED = "triggered"


@dataclass
class QstationState:
    """What the unit keeps: its ident record by field name, and when its time stamp was reset (unit clock).

    ``buffer_modes`` says how many buffers have a mode other than TriggerModeOff; with 0 it neither arms nor
    triggers. ``armed_at`` and ``triggered_at`` bound what the first buffer holds; with ``trigger_unarmed`` a
    trigger is taken by a buffer that nobody has armed. ``led_s`` is how long the LEDs flash. With
    ``reads_refused`` no property is read while the distributor is on. ``counters`` names the layout of the
    distributor's counters, ``image`` is the size of both process images in bytes. All these are readings.
    """

    ident: dict[str, Value] = field(default_factory=dict)
    resets: list[float] = field(default_factory=list)
    flashing_until: float = 0.0
    buffer_modes: int = 1
    buffer: Buffer = Buffer.IDLE
    armed_at: float | None = None
    triggered_at: float | None = None
    trigger_unarmed: bool = False
    led_s: float = LED_S
    reads_refused: bool = False
    counters: str = "u32-big"
    image: int = IMAGE


class QstationUnit(UnitCore):
    """The time stamp is reset on receipt, the ACK follows (a reading)."""

    def __init__(self, state: QstationState, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state
        self.distributor = Distributor(
            network_address(state.ident), image=state.image, counters=LAYOUTS[state.counters]
        )

    @property
    def mac(self) -> str:
        """The unit's MAC address in lower case, to compare with: letter case does not matter in a request."""
        return str(self.state.ident["maa"]).lower()

    @property
    def listens(self) -> frozenset[int]:
        """The distributor's own port, while it is on."""
        return frozenset({self.distributor.port}) if self.distributor.on else frozenset()

    def refusal(self, request: bytes) -> bytes | None:
        """Silence: the protocol has no negative reply."""
        return b""

    def switched_off(self, now: float) -> None:
        """Buffers are idle and the distributor is off; its properties are stored (a reading)."""
        super().switched_off(now)
        state = self.state
        state.buffer, state.armed_at, state.triggered_at = Buffer.IDLE, None, None
        state.flashing_until = 0.0
        self.distributor.off_at = None

    def overhear(self, data: bytes, port: int, now: float) -> None:
        """A frame for the distributor."""
        super().overhear(data, port, now)
        if port in self.listens:
            self.distributor.receive(data)

    def tick(self, now: float) -> None:
        super().tick(now)
        self.casts.extend(self.distributor.tick(now))

    def deadline(self) -> float | None:
        times = [time for time in (super().deadline(), self.distributor.deadline()) if time is not None]
        return min(times) if times else None

    def dump(self) -> dict[str, object]:
        """Ident record, time stamp, buffer and distributor."""
        state, distributor = self.state, self.distributor
        return {
            "ident": state.ident,
            "time stamp resets": len(state.resets),
            "last reset": state.resets[-1] if state.resets else None,
            "flashing until": state.flashing_until,
            "buffer": state.buffer.value,
            "armed at": state.armed_at,
            "triggered at": state.triggered_at,
            "distributor": {
                "on": distributor.on,
                "port": distributor.port,
                "counter sent": distributor.sent,
                "counter received": distributor.copied,
                "properties": distributor.values,
            },
        }

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        seen = CODEC.read(piece.data, Role.HOST)
        if seen is None or not seen.name or len(piece.data) > CODEC.protocol.max_request:
            self.note(now, peer, piece.data, "not a request of this protocol: silence")
            return
        said = seen.values
        meant = said.get("mac")
        if meant is not None and str(meant).lower() != self.mac:
            self.note(now, peer, piece.data, "another unit is meant: silence")
            return
        self.note(now, peer, piece.data, seen.name)
        if seen.name.startswith("DEVICEIDENT"):
            report = "ident" if seen.name == "DEVICEIDENT?" else "identext"
            self.reply(CODEC.encode_report(report, self._ident()), peer, now)
            return
        wait: float | None = 0.0
        report, values = "ACK", {"maa": self.state.ident["maa"]}
        if seen.name == "DEVICESYNC":
            self.state.resets.append(now + self.effect_after_s)
        elif seen.name == "GETLIFESIGNAL":
            wait = self.state.led_s
            self.state.flashing_until = now + wait
        elif "identifier" in said:
            number = said["identifier"]
            assert isinstance(number, int)
            if said["data"] == READ:
                report = "INFO"
                values["info"] = format_value(self.distributor.read(number))
                wait = None if self.state.reads_refused and self.distributor.on else 0.0
            elif not self.distributor.set(number, said["data"], now):
                wait = None
        elif not self._buffer(seen.name, now):
            wait = None
        if wait is None:
            self.note(now, peer, piece.data, "not allowed as things are: silence")
            return
        self.reply(CODEC.encode_report(report, values), peer, now, after_s=wait)

    def _ident(self) -> dict[str, Value]:
        own: dict[str, Value] = {
            "extsid": 0,
            "extappver": VERSION,
            "extethstatipa": self.state.ident.get("ipa", NO_ADDRESS),
            "extrs232pppstatipa": NO_ADDRESS,
            "extrs485pppstatipa": NO_ADDRESS,
        }
        return own | self.state.ident

    def _buffer(self, command: str, now: float) -> bool:
        """Arm or trigger; False where the unit refuses. Armed again it begins anew, triggered again nothing changes."""
        state = self.state
        unarmed = state.buffer is Buffer.IDLE
        if not state.buffer_modes or (command == "TRIGGERBUFFER" and unarmed and not state.trigger_unarmed):
            return False
        at = now + self.effect_after_s
        if command == "ARMBUFFER":
            state.buffer, state.armed_at, state.triggered_at = Buffer.ARMED, at, None
        elif state.buffer is not Buffer.TRIGGERED:
            state.buffer, state.triggered_at = Buffer.TRIGGERED, at
        return True
