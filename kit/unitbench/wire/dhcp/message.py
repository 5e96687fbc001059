"""DHCP messages as bytes (RFC 2131, options RFC 2132 and RFC 3396): what a client sends, and what it hears."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import IPv4Address

SERVER_PORT, CLIENT_PORT = 67, 68
COOKIE = b"\x63\x82\x53\x63"
REQUEST, REPLY = 1, 2
ETHERNET, MAC_BYTES = 1, 6
BROADCAST_FLAG = 0x8000
FIXED = struct.Struct(">BBBBIHH4s4s4s4s16s64s128s4s")
LEAST = 300
"""Shorter ones are padded: that is the least of BOOTP, and some relays drop what is shorter."""
NOWHERE = "0.0.0.0"


class Kind(IntEnum):
    """What a message is (option 53)."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


class Option(IntEnum):
    """The options that a unit sends or reads."""

    PAD = 0
    NETMASK = 1
    ROUTER = 3
    DNS_SERVER = 6
    HOST_NAME = 12
    WANTED_ADDRESS = 50
    LEASE_S = 51
    OVERLOAD = 52
    KIND = 53
    SERVER = 54
    WISHES = 55
    TEXT = 56
    LARGEST = 57
    RENEW_S = 58
    REBIND_S = 59
    CLIENT_ID = 61
    END = 255


@dataclass(frozen=True, slots=True)
class Message:
    """``client`` is the address that the client has (ciaddr), ``yours`` the one that it may have (yiaddr);
    ``seconds`` is for how long it has been trying. ``broadcast`` asks for an answer to everybody."""

    kind: Kind
    xid: int
    mac: str
    client: str = NOWHERE
    yours: str = NOWHERE
    seconds: int = 0
    broadcast: bool = False
    options: Mapping[int, bytes] = field(default_factory=dict)

    def address(self, option: Option) -> str:
        """The first address of an option; empty where it has none."""
        data = self.options.get(option, b"")
        return str(IPv4Address(data[:4])) if len(data) >= 4 else ""

    def number(self, option: Option) -> int | None:
        """An option's four bytes as a number."""
        data = self.options.get(option, b"")
        return int.from_bytes(data, "big") if len(data) == 4 else None


def encode(message: Message) -> bytes:
    """A client's message. Each option has at most 255 bytes."""
    head = FIXED.pack(
        REQUEST,
        ETHERNET,
        MAC_BYTES,
        0,
        message.xid,
        min(message.seconds, 0xFFFF),
        BROADCAST_FLAG if message.broadcast else 0,
        IPv4Address(message.client).packed,
        IPv4Address(message.yours).packed,
        bytes(4),
        bytes(4),
        bytes.fromhex(message.mac.replace(":", "")),
        b"",
        b"",
        COOKIE,
    )
    options = {Option.KIND: bytes([message.kind]), **message.options}
    body = b"".join(bytes([number, len(data)]) + data for number, data in options.items())
    return (head + body + bytes([Option.END])).ljust(LEAST, b"\0")


def decode(data: bytes) -> Message | None:
    """A server's message; None for what is none."""
    if len(data) < FIXED.size:
        return None
    op, kind_of, size, _, xid, seconds, flags, client, yours, _, _, mac, name, file, cookie = (
        FIXED.unpack_from(data)
    )
    if (op, kind_of, size, cookie) != (REPLY, ETHERNET, MAC_BYTES, COOKIE):
        return None
    options: dict[int, bytes] = {}
    if not _read(data[FIXED.size :], options):
        return None
    more = options.get(Option.OVERLOAD, b"\0")[-1:]
    if (more in (b"\1", b"\3") and not _read(file, options)) or (
        more in (b"\2", b"\3") and not _read(name, options)
    ):
        return None
    kind = options.get(Option.KIND, b"")
    if len(kind) != 1 or kind[0] not in set(Kind):
        return None
    return Message(
        Kind(kind[0]),
        xid,
        mac[:MAC_BYTES].hex(":"),
        str(IPv4Address(client)),
        str(IPv4Address(yours)),
        seconds,
        bool(flags & BROADCAST_FLAG),
        options,
    )


def _read(data: bytes, into: dict[int, bytes]) -> bool:
    """Options up to their end; one that comes in parts is joined. False where one is cut off."""
    at = 0
    while at < len(data) and data[at] != Option.END:
        if data[at] == Option.PAD:
            at += 1
            continue
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            return False
        end = at + 2 + data[at + 1]
        into[data[at]] = into.get(data[at], b"") + data[at + 2 : end]
        at = end
    return True
