"""AEh 0Eh, 0Fh and 10h declared in construct, as its manual has it: RawCopy and Checksum."""

from __future__ import annotations

from typing import Any

from construct import (
    Byte,
    Bytes,
    Checksum,
    Const,
    Enum,
    Flag,
    Int8ub,
    Int16ub,
    Padding,
    PascalString,
    Prefixed,
    RawCopy,
    Struct,
    Switch,
    Terminated,
    this,
)

ASK = Struct("virtual_port" / Int8ub)
PORT = Struct(
    "virtual_port" / Int8ub,
    "active" / Flag,
    "ip_port" / Int16ub,
    "mode" / Enum(Int8ub, TCP=0, UDP=1),
    "udp_timeout" / Int8ub,
    "output_only" / Flag,
    Padding(1),
    "initiate_connection" / Flag,
    "remote_ip_port" / Int16ub,
    Padding(7),
    "remote_ip_address" / PascalString(Int8ub, "ascii"),
)
PACKET = Struct(
    Const(b"\x02"),
    "body"
    / RawCopy(
        Struct(
            "status" / Byte,
            Const(b"\xae"),
            "data"
            / Prefixed(
                Int8ub,
                Struct(
                    "subtype" / Int8ub,
                    "fields" / Switch(this.subtype, {0x0E: ASK, 0x0F: PORT, 0x10: PORT}),
                ),
            ),
        )
    ),
    "checksum" / Checksum(Bytes(1), lambda data: bytes([sum(data) & 255]), this.body.data),
    Const(b"\x03"),
    Terminated,
)
COMPILED = PACKET.compile()


def read_port(packet: Any, frame: bytes) -> Any:
    """AEh 0Fh by ``PACKET`` or ``COMPILED``."""
    return packet.parse(frame).body.value.data.fields


def build(packet: Any, subtype: int, values: dict[str, Any]) -> bytes:
    """A whole packet."""
    data = {"subtype": subtype, "fields": values}
    built: bytes = packet.build({"body": {"value": {"status": 0, "data": data}}})
    return built
