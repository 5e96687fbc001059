"""The distributor port of a Q.station: its table of properties, and the stream that they govern. No I/O."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from unitbench.catalogue.qstation import PROPERTIES, TRANSFER
from unitbench.schema.values import Differs, Lasts, Row, Value
from unitbench.wire.unit import Cast

ROWS = {row.number: row for row in PROPERTIES}
THEME, RECEIVE_AT, RECEIVE_SIZE, SEND_AT, SEND_SIZE, HZ, RETRIGGER, ADDRESS, TO_PORT, OWN_PORT, COUNTERS = (
    range(11)
)
RESET_OUTPUTS, RESET_PROPERTIES = 11, 12
ACTIONS = (RESET_OUTPUTS, RESET_PROPERTIES, TRANSFER)
HZ_AT_0 = 250.0
IMAGE = 1024
"""Size of the input and of the output image of a simulated unit, in bytes (a reading)."""
LAYOUTS = {"u32-big": ">II", "u32-little": "<II", "u16-big": ">HH", "u16-little": "<HH"}
"""How the two counters may lie at the start of a frame, by the name of the choice."""
LAG = 64
"""Frames that are made up for when the clock has jumped; earlier ones are left out."""


def network_address(ident: dict[str, Value]) -> str:
    """The default address to send to: the broadcast address of the unit's subnet (a reading)."""
    try:
        network = IPv4Network((str(ident["ipa"]), str(ident["snm"])), strict=False)
    except (KeyError, AddressValueError, NetmaskValueError, ValueError):
        return "255.255.255.255"
    return str(network.broadcast_address)


@dataclass
class Distributor:
    """Properties by number, both process images, and the stream.

    ``inputs`` is what it sends from; byte n of a simulated unit begins as n modulo 256. ``outputs`` is where
    received values go; all zero by default. Both are ``image`` bytes long. ``counters`` is the layout of the two
    counters (a reading).
    """

    network: str
    image: int = IMAGE
    inputs: bytearray = field(init=False)
    outputs: bytearray = field(init=False)
    counters: str = LAYOUTS["u32-big"]
    values: dict[int, Value] = field(default_factory=dict)
    sent: int = 0
    copied: int = 0
    next_at: float = 0.0
    off_at: float | None = None

    def __post_init__(self) -> None:
        self.inputs = bytearray(n & 0xFF for n in range(self.image))
        self.outputs = bytearray(self.image)
        self.values = self._defaults() | self.values

    def _defaults(self) -> dict[int, Value]:
        own: dict[int, Value] = {RECEIVE_SIZE: self.image, ADDRESS: self.network}
        return {
            row.number: own[row.number] if row.default is None else row.default
            for row in PROPERTIES
            if row.number != TRANSFER
        }

    @property
    def on(self) -> bool:
        """Whether it sends and receives (TransferON)."""
        return self.off_at is not None

    def read(self, number: int) -> Value:
        """The present value of a property."""
        return int(self.on) if number == TRANSFER else self.values[number]

    def set(self, number: int, value: Value, now: float) -> bool:
        """Set a property, or act on it; False where the unit refuses, with nothing changed."""
        if number == TRANSFER:
            self._transfer(bool(value), now)
            return True
        if self.on or (number == THEME and value != 0):
            return False
        if number == RESET_OUTPUTS and value:
            self.outputs[:] = bytes(len(self.outputs))
        elif number == RESET_PROPERTIES and value:
            self.values = self._defaults()
        elif number not in ACTIONS:
            table = self.values | {number: value}
            if any(_broken(row, rule, table) for row in PROPERTIES for rule in row.rules):
                return False
            self.values = table
        return True

    def _transfer(self, on: bool, now: float) -> None:
        if not on:
            self.off_at = None
            return
        if not self.on:
            self.sent = self.copied = 0
            self.next_at = now
        limit = self._number(RETRIGGER)
        self.off_at = now + limit if limit else float("inf")

    def _number(self, number: int) -> float:
        value = self.values[number]
        assert isinstance(value, (int, float))
        return value

    @property
    def period(self) -> float:
        """Seconds from one frame to the next."""
        return 1 / (self._number(HZ) or HZ_AT_0)

    @property
    def port(self) -> int:
        """The port that it receives on and sends from (the latter is a reading)."""
        return int(self._number(OWN_PORT))

    def receive(self, data: bytes) -> None:
        """Take a frame: values into the output image, the sender's counter to be sent back. Short ones are ignored."""
        if not self.on:
            return
        if self.values[COUNTERS]:
            size = struct.calcsize(self.counters)
            if len(data) < size:
                return
            self.copied = struct.unpack_from(self.counters, data)[1]
            data = data[size:]
        start = int(self._number(RECEIVE_AT))
        room = max(0, len(self.outputs) - start)
        data = data[: min(room, int(self._number(RECEIVE_SIZE)))]
        self.outputs[start : start + len(data)] = data

    def tick(self, now: float) -> list[Cast]:
        """The clock has moved: the frames that are due; it stops where nobody has retriggered it in time."""
        out: list[Cast] = []
        if self.off_at is None:
            return out
        period = self.period
        end = min(now, self.off_at)
        missed = int((end - self.next_at) / period) - LAG
        if missed > 0:
            self.next_at += missed * period
        while self.next_at <= end and self.next_at < self.off_at:
            out.append(self._frame())
            self.next_at += period
        if self.off_at <= now:
            self.off_at = None
        return out

    def _frame(self) -> Cast:
        start, size = int(self._number(SEND_AT)), int(self._number(SEND_SIZE))
        body = bytes(self.inputs[start : start + size])
        self.sent = (self.sent + 1) % 2 ** (4 * struct.calcsize(self.counters))
        head = struct.pack(self.counters, self.copied, self.sent) if self.values[COUNTERS] else b""
        return Cast(head + body, (str(self.values[ADDRESS]), int(self._number(TO_PORT))), self.port)

    def deadline(self) -> float | None:
        """When ``tick`` wants to be called next."""
        return None if self.off_at is None else min(self.next_at, self.off_at)


def _broken(row: Row, rule: Differs | Lasts, table: dict[int, Value]) -> bool:
    """Whether a table of properties breaks a rule of one of its rows."""
    value, other = table[row.number], table[rule.other]
    if isinstance(rule, Differs):
        return value == other
    assert isinstance(value, (int, float)) and isinstance(other, (int, float))
    return 0 < value < rule.periods / (other or HZ_AT_0)
