"""AEh 0Eh, 0Fh and 10h as scapy packets: LENGTH by a length field, CHECKSUM in ``post_build``."""

from __future__ import annotations

import logging
from typing import Any

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.fields import (  # noqa: E402
    ByteEnumField,
    ByteField,
    FieldLenField,
    ShortField,
    StrLenField,
    XByteField,
    XStrFixedLenField,
)
from scapy.packet import Packet, bind_layers  # noqa: E402


class Ask(Packet):  # type: ignore[misc]
    """What follows SUBTYPE in 0Eh."""

    fields_desc = [ByteField("virtual_port", 0)]  # noqa: RUF012


class Port(Packet):  # type: ignore[misc]
    """What follows SUBTYPE in 0Fh and 10h."""

    fields_desc = [  # noqa: RUF012
        ByteField("virtual_port", 0),
        ByteField("active", 0),
        ShortField("ip_port", 0),
        ByteEnumField("mode", 0, {0: "TCP", 1: "UDP"}),
        ByteField("udp_timeout", 0),
        ByteField("output_only", 0),
        ByteField("reserved_12", 0),
        ByteField("initiate_connection", 0),
        ShortField("remote_ip_port", 0),
        XStrFixedLenField("reserved_16", b"\x00" * 7, 7),
        FieldLenField("remote_ip_addr_length", None, fmt="B", length_of="remote_ip_address"),
        StrLenField("remote_ip_address", b"", length_from=lambda packet: packet.remote_ip_addr_length),
    ]


class Dcol(Packet):  # type: ignore[misc]
    """STX to SUBTYPE; CHECKSUM and ETX are put behind the payload and checked before it is read."""

    fields_desc = [  # noqa: RUF012
        XByteField("stx", 2),
        XByteField("status", 0),
        XByteField("packet_type", 0xAE),
        ByteField("length", None),
        XByteField("subtype", 0),
    ]

    def pre_dissect(self, s: bytes) -> bytes:
        if s[3] != len(s) - 6 or s[-1] != 3 or sum(s[1:-2]) & 255 != s[-2]:
            raise ValueError("not a packet")
        return s[:-2]

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        whole = pkt + pay
        whole = whole[:3] + bytes([len(whole) - 4]) + whole[4:]
        return whole + bytes([sum(whole[1:]) & 255, 3])


bind_layers(Dcol, Ask, subtype=0x0E)
bind_layers(Dcol, Port, subtype=0x0F)
bind_layers(Dcol, Port, subtype=0x10)


def read_port(frame: bytes) -> Any:
    """AEh 0Fh."""
    return Dcol(frame).payload
