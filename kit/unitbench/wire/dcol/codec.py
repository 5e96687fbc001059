"""DCOL packet AEh: the bytes of requests and reports, and any bytes taken apart."""

from __future__ import annotations

from dataclasses import replace

from unitbench import catalogue
from unitbench.schema import binary
from unitbench.schema import text as notation
from unitbench.schema.dissection import Builder, Dissection, Leaf
from unitbench.schema.records import Command, Report, Request, Role
from unitbench.schema.values import Value
from unitbench.wire.codec import Codec, Framer
from unitbench.wire.dcol.frames import ACK, ETX, HEAD, NAK, STX, TAIL, PacketFramer, build, checksum

BARE = {ACK: ("ACK", "the unit accepts"), NAK: ("NAK", "the unit refuses")}
STATUS_BITS = {1: "low battery", 3: "roving"}


class DcolCodec(Codec):
    """Stateless; both directions share the frame."""

    @property
    def type_code(self) -> int:
        """The packet type, AEh."""
        code = self.protocol.type_code
        assert code is not None
        return code

    def encode(self, request: Request) -> bytes:
        command = self.command(request)
        assert command.code is not None
        values = self.checked(request)
        return build(self.type_code, bytes([command.code]) + binary.put_fields(command.args, values))

    def encode_report(self, name: str, values: dict[str, Value], status: int = 0) -> bytes:
        """What a unit sends: a report packet, or a bare ACK or NAK."""
        for byte, (bare, _) in BARE.items():
            if name == bare:
                return bytes([byte])
        report = catalogue.report(self.name, name)
        assert report.code is not None
        return build(self.type_code, bytes([report.code]) + binary.put_fields(report.fields, values), status)

    def framer(self, speaker: Role, *, datagrams: bool) -> Framer:
        return PacketFramer(speaker)

    def answers(self, request: Request, heard: Dissection) -> bool:
        if heard.name == "NAK":
            return True
        said, asked = heard.values, request.fields
        echoed = all(said[name] == asked[name] for name in said.keys() & asked.keys())
        return heard.name in self.command(request).reply and echoed

    def spelling(self, request: Request) -> str:
        command = self.command(request)
        given = request.fields
        parts = [
            f"{field.name}={notation.format_value(given[field.name]) or repr('')}"
            for field in command.args
            if field.name in given and field.typed
        ]
        return " ".join([command.name, *parts])

    def text(self, data: bytes) -> str:
        if len(data) == 1 and data[0] in BARE:
            return BARE[data[0]][0]
        found = self.dissect(data)
        if found.faults:
            return data.hex(" ")
        shown = [f"{name}={notation.format_value(value) or repr('')}" for name, value in found.values.items()]
        return " ".join([found.name, *shown])

    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        out = Builder(data)
        if len(data) == 1 and data[0] in BARE:
            name, title = BARE[data[0]]
            out.add(name.lower(), 1, data[0], meaning=title, frame_part=True)
            refused = name == "NAK"
            return Dissection(
                self.name, data, name, title, "unit", tuple(out.leaves), (), name if refused else "", 0.6
            )
        if not data or data[0] != STX:
            out.rest(
                "bytes", "no STX (02h) at the start", "a packet is 02 STATUS TYPE LENGTH data CHECKSUM 03"
            )
            if not data:
                out.fault(0, "no bytes")
            return Dissection(self.name, data, faults=tuple(out.faults), fields=tuple(out.leaves))
        record = self._head(out)
        return self._finish(out, record, speaker)

    def _head(self, out: Builder) -> Command | Report | None:
        """STX, STATUS, TYPE, LENGTH, SUBTYPE and the data, up to CHECKSUM."""
        data = out.raw
        out.add("stx", 1, STX, meaning="start", frame_part=True)
        if len(data) > 1:
            bits = [name for bit, name in STATUS_BITS.items() if data[1] >> bit & 1]
            out.add("status", 1, data[1], meaning=", ".join(bits), frame_part=True)
        ours = len(data) > 2 and data[2] == self.type_code
        if len(data) > 2:
            title = "Ethernet configuration" if ours else "a packet type that is not in this catalogue"
            out.add("packet_type", 1, data[2], meaning=f"{data[2]:02X}h {title}", frame_part=True)
        if len(data) < HEAD:
            out.fault(len(data), f"the packet ends early: {len(data)} of at least 7 bytes")
            return None
        stop = self._length(out)
        if not ours:
            if stop > out.at:
                out.add("data", stop - out.at, data[out.at : stop].hex())
            return None
        if stop <= out.at:
            out.fault(
                out.at, "no SUBTYPE: LENGTH is 0" if data[3] == 0 else "no SUBTYPE: the packet ends early"
            )
            return None
        record = self.protocol.by_code(data[out.at])
        title = record.title if record else "not in the manual's table"
        fault = None if record else f"subtype {data[out.at]:02X}h is not in the manual's table"
        out.add("subtype", 1, data[out.at], meaning=title, fault=fault, frame_part=True)
        if record:
            fields = record.args if isinstance(record, Command) else record.fields
            binary.take_fields(fields, out, stop)
        if out.at < stop:
            extra = data[out.at : stop]
            fault = f"{len(extra)} bytes more than the table has" if record else None
            out.add("extra", len(extra), extra.hex(), fault=fault, frame_part=True)
        return record

    def _length(self, out: Builder) -> int:
        """LENGTH; returns where the data end by what is really there."""
        data = out.raw
        there = len(data) - HEAD - TAIL
        length = data[3]
        fault = hint = None
        stop = HEAD + length
        if there < length:
            have = max(0, len(data) - HEAD)
            fault = f"LENGTH says {length} data bytes, the packet ends after {min(have, max(there, 0))}"
            hint = f"{length - there} bytes are missing"
            whole_tail = data[-1] == ETX and there > 0
            stop = len(data) - TAIL if whole_tail else min(len(data), HEAD + length)
        elif there > length and data[-1] == ETX and data[-TAIL] == checksum(data):
            fault = f"LENGTH says {length} data bytes, {there} are there"
            hint = f"LENGTH would have to be {there:02X}h"
            stop = len(data) - TAIL
        out.add(
            "length", 1, length, meaning=f"{length} data bytes", fault=fault, hint=hint or "", frame_part=True
        )
        return stop

    def _finish(self, out: Builder, record: Command | Report | None, speaker: Role | None) -> Dissection:
        data = out.raw
        likeness = 0.0
        if out.at < len(data):
            total = sum(data[1 : out.at]) % 256
            seen = data[out.at]
            good = seen == total
            xor = seen ^ total
            hint = f"sum of bytes 1..{out.at - 1} modulo 256 is {total:02X}h"
            if not good and xor & (xor - 1) == 0:
                hint += f"; {seen:02X}h xor {total:02X}h = {xor:02X}h, a single bit"
            fault = None if good else f"checksum {seen:02X}h, expected {total:02X}h"
            likeness = 0.4 if good else 0.2
            out.add(
                "checksum", 1, seen, meaning="ok" if good else "", fault=fault, hint=hint, frame_part=True
            )
        elif len(data) >= HEAD:
            out.fault(len(data), "CHECKSUM is missing: the packet ends early")
        if out.at < len(data):
            seen = data[out.at]
            fault = None if seen == ETX else f"ETX (03h) expected, {seen:02X}h seen"
            out.add("etx", 1, seen, meaning="end" if seen == ETX else "", fault=fault, frame_part=True)
        elif len(data) >= HEAD:
            out.fault(len(data), "ETX is missing: the packet ends early")
        out.rest("tail", "bytes behind ETX", "one packet at a time, or raw for a stream")
        name = record.name if record else ""
        title = f"Trimble DCOL {name}, {record.title}" if record else "Trimble DCOL packet"
        direction = "" if record is None else "host" if isinstance(record, Command) else "unit"
        likeness += 0.3 + (0.3 if record else 0.0)
        return Dissection(
            self.name, data, name, title, direction, _noted(out, direction), tuple(out.faults), "", likeness
        )


def _noted(out: Builder, direction: str) -> tuple[Leaf, ...]:
    """The leaves, with notes on what is odd but no fault."""
    leaves = list(out.leaves)
    values = {leaf.name: leaf.value for leaf in leaves}
    for index, leaf in enumerate(leaves):
        note = None
        if leaf.name == "status" and leaf.value and direction == "host":
            note = "a host sends 00h; a receiver ignores it"
        elif leaf.name == "gateway" and _outside(leaf.value, values):
            note = "outside the subnet of address and mask"
        elif leaf.name == "broadcast_address" and _odd_broadcast(leaf.value, values):
            note = "does not agree with address and mask"
        if note:
            leaves[index] = replace(leaf, note=note)
    return tuple(leaves)


def _number(value: object) -> int:
    return int.from_bytes(bytes(int(part) for part in str(value).split(".")), "big")


def _outside(gateway: object, values: dict[str, Value | None]) -> bool:
    address, mask = values.get("ip_address"), values.get("netmask")
    if not isinstance(gateway, str) or not isinstance(address, str) or not isinstance(mask, str):
        return False
    if "0.0.0.0" in (gateway, address, mask):
        return False
    return _number(gateway) & _number(mask) != _number(address) & _number(mask)


def _odd_broadcast(broadcast: object, values: dict[str, Value | None]) -> bool:
    address, mask = values.get("ip_address"), values.get("netmask")
    if not isinstance(broadcast, str) or not isinstance(address, str) or not isinstance(mask, str):
        return False
    if "0.0.0.0" in (broadcast, address, mask):
        return False
    return _number(broadcast) != _number(address) | (~_number(mask) & 0xFFFFFFFF)


CODEC = DcolCodec("dcol")
