"""DCOL packet AEh: the bytes of requests and reports, and any bytes taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from unitbench import catalogue
from unitbench.catalogue.dcol import LONG_TYPES
from unitbench.schema import binary
from unitbench.schema import text as notation
from unitbench.schema.dissection import Builder, Dissection, Edit, Leaf
from unitbench.schema.packed import RowReader, RowWriters, row_reader
from unitbench.schema.reading import Reading
from unitbench.schema.records import Command, Report, Request, Role
from unitbench.schema.values import Value
from unitbench.wire.codec import Codec, Framer
from unitbench.wire.dcol.frames import (
    ACK,
    ETX,
    HEAD,
    NAK,
    STX,
    TAIL,
    PacketFramer,
    build,
    checksum,
    long_size,
    whole,
)

BARE = {ACK: ("ACK", "the unit accepts"), NAK: ("NAK", "the unit refuses")}
STATUS_BITS = {1: "low battery", 3: "roving"}
BEFORE_DATA = ("STX", "STATUS", "PACKET TYPE", "LENGTH")


class DcolCodec(Codec):
    """Stateless; both directions share the frame."""

    @cached_property
    def type_code(self) -> int:
        """The packet type, AEh."""
        code = self.protocol.type_code
        assert code is not None
        return code

    @cached_property
    def _readers(self) -> dict[int, RowReader]:
        """The readers of the records that consist of plain values, by SUBTYPE."""
        commands = [(item.code, row_reader(item.name, item.args)) for item in self.protocol.commands]
        reports = [(item.code, row_reader(item.name, item.fields)) for item in self.protocol.reports]
        return {code: reader for code, reader in (*commands, *reports) if code is not None and reader}

    @cached_property
    def _writers(self) -> dict[str, tuple[bytes, RowWriters]]:
        """The commands by name: SUBTYPE, and what writes the rest."""
        return {
            item.name: (bytes([item.code]), RowWriters(item.args, item.rules))
            for item in self.protocol.commands
            if item.code is not None
        }

    def encode(self, request: Request) -> bytes:
        known = self._writers.get(request.command)
        row = known[1].put(request.values) if known and request.to is None and not request.then else None
        if known and row is not None:
            return build(self.type_code, known[0] + row)
        command = self.command(request)
        return self._packet(command, binary.put_fields(command.args, self.checked(request)), 0)

    def encode_report(self, name: str, values: dict[str, Value], status: int = 0) -> bytes:
        """What a unit sends: a report packet, or a bare ACK or NAK."""
        for byte, (bare, _) in BARE.items():
            if name == bare:
                return bytes([byte])
        report = catalogue.report(self.name, name)
        return self._packet(report, binary.put_fields(report.fields, values), status)

    def _packet(self, record: Command | Report, data: bytes, status: int) -> bytes:
        """The packet of a record: of the protocol's type and its subtype, or of a type of its own."""
        if record.packet_type is not None:
            return build(record.packet_type, data, status)
        assert record.code is not None
        return build(self.type_code, bytes([record.code]) + data, status)

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
        name = found.name or f"packet {data[2]:02X}h"
        shown = [f"{name}={notation.format_value(value) or repr('')}" for name, value in found.values.items()]
        return " ".join([name, *shown])

    def read(self, data: bytes, speaker: Role | None = None) -> Reading | None:
        if whole(data) and data[2] == self.type_code:
            reader = self._readers.get(data[HEAD])
            found = reader.read(data, HEAD + 1, len(data) - TAIL) if reader else None
            if found is not None:
                return found
        return super().read(data, speaker)

    def mends(self, data: bytes) -> Iterator[Edit]:
        from unitbench.wire.dcol.mends import packet_mends

        return packet_mends(data)

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
        own = self.protocol.by_packet_type(data[2]) if len(data) > 2 else None
        if len(data) > 2:
            title = "a packet type that is not in this catalogue"
            title = "Ethernet configuration" if ours else own.title if own else title
            out.add("packet_type", 1, data[2], meaning=f"{data[2]:02X}h {title}", frame_part=True)
        if len(data) < HEAD:
            out.lacks += [*BEFORE_DATA[len(data) :], "data", "CHECKSUM", "ETX"]
            out.fault(len(data), f"the packet ends early: {', '.join(out.lacks)} are missing")
            return None
        stop = self._length(out)
        if own:
            self._own(own, out, stop)
            return own
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

    @staticmethod
    def _own(record: Command | Report, out: Builder, stop: int) -> None:
        """The data of a packet of its own. A report may have fewer or more than its public table."""
        sent = isinstance(record, Command)
        for field in record.args if isinstance(record, Command) else record.fields:
            if out.at < stop or sent:
                binary.take(field.type, field, out, stop)
        if out.at < stop:
            data = out.raw[out.at : stop]
            odd = f"{len(data)} bytes more than the table has"
            fault, note = (odd, None) if sent else (None, odd)
            out.add("extra", len(data), data.hex(), fault=fault, note=note, frame_part=True)

    def _length(self, out: Builder) -> int:
        """LENGTH; returns where the data end by what is really there."""
        data = out.raw
        if data[2] in LONG_TYPES and len(data) == long_size(data[3:5]):
            length = int.from_bytes(data[3:5], "big")
            out.add("length", 2, length, meaning=f"{length} data bytes, in two bytes", frame_part=True)
            return len(data) - TAIL
        there = len(data) - HEAD - TAIL
        length = data[3]
        fault = hint = None
        stop = HEAD + length
        if there < length:
            have = len(data) - HEAD
            whole_tail = data[-1] == ETX and there > 0
            stop = len(data) - TAIL if whole_tail else min(len(data), HEAD + length)
            if whole_tail or have < length:
                lost = length - (there if whole_tail else have)
                seen = there if whole_tail else have
                fault = f"LENGTH says {length} data bytes, the packet ends after {seen}"
                bytes_lost = f"{lost} more data byte{'s' * (lost > 1)}"
                hint = f"{bytes_lost} would be needed"
                out.lacks += [] if whole_tail else [bytes_lost]
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
            out.lack("CHECKSUM")
        if out.at < len(data):
            seen = data[out.at]
            fault = None if seen == ETX else f"ETX (03h) expected, {seen:02X}h seen"
            out.add("etx", 1, seen, meaning="end" if seen == ETX else "", fault=fault, frame_part=True)
        elif len(data) >= HEAD:
            out.lack("ETX")
        out.rest("tail", "bytes behind ETX", "one packet at a time, or raw for a stream")
        name = record.name if record else ""
        title = f"Trimble DCOL {name}, {record.title}" if record else "Trimble DCOL packet"
        direction = "" if record is None else "host" if isinstance(record, Command) else "unit"
        likeness += 0.3 + (0.3 if record else 0.0)
        leaves, faults = _noted(out, direction), tuple(out.faults)
        return Dissection(
            self.name, data, name, title, direction, leaves, faults, "", likeness, tuple(out.lacks)
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
            leaves[index] = leaf._replace(note=note)
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
