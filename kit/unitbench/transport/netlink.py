"""What Linux tells of its network interfaces, by rtnetlink: the messages alone, without a socket.

Numbers and layouts: Linux, include/uapi/linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h and if.h; rtnetlink(7).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

RTMGRP_LINK, RTMGRP_IPV4_IFADDR = 0x1, 0x10
"""The groups that are listened to: interfaces, and their IPv4 addresses."""
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300
IFLA_IFNAME = 3
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFF_UP, IFF_RUNNING = 0x1, 0x40
"""Switched on; and with a carrier, or of a kind that has none."""
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ATTRIBUTE = struct.Struct("=HH")


@dataclass(frozen=True, slots=True)
class LinkNews:
    """An interface is there, and ``usable`` (switched on, with a carrier) or not; or it is there no longer."""

    index: int
    name: str
    usable: bool
    there: bool = True


@dataclass(frozen=True, slots=True)
class AddressNews:
    """An interface has an address of this machine, or has it no longer."""

    index: int
    host: str
    there: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to a request is complete; ``error`` is the system's number where it was refused."""

    error: int = 0


News = LinkNews | AddressNews | Done


def request(kind: int, number: int) -> bytes:
    """The bytes that ask for all interfaces (``RTM_GETLINK``) or all their IPv4 addresses (``RTM_GETADDR``)."""
    body = _LINK.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    if kind == RTM_GETADDR:
        body = _ADDRESS.pack(socket.AF_INET, 0, 0, 0, 0)
    return _HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST | NLM_F_DUMP, number, 0) + body


def news(data: bytes) -> Iterator[News]:
    """What a datagram of the system says; other messages, and what is cut off, are passed over."""
    at = 0
    while at + _HEADER.size <= len(data):
        size, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if size < _HEADER.size or at + size > len(data):
            return
        found = _one(kind, data[at + _HEADER.size : at + size])
        if found is not None:
            yield found
        at += _padded(size)


def _one(kind: int, body: bytes) -> News | None:
    if kind == NLMSG_DONE:
        return Done()
    if kind == NLMSG_ERROR and len(body) >= 4:
        return Done(-struct.unpack_from("=i", body)[0])
    if kind in (RTM_NEWLINK, RTM_DELLINK) and len(body) >= _LINK.size:
        _, _, index, flags, _ = _LINK.unpack_from(body)
        name = dict(attributes(body[_LINK.size :])).get(IFLA_IFNAME, b"").rstrip(b"\0")
        there, both = kind == RTM_NEWLINK, IFF_UP | IFF_RUNNING
        return LinkNews(index, name.decode("utf-8", "replace"), there and flags & both == both, there)
    if kind in (RTM_NEWADDR, RTM_DELADDR) and len(body) >= _ADDRESS.size:
        family, _, _, _, index = _ADDRESS.unpack_from(body)
        said = dict(attributes(body[_ADDRESS.size :]))
        # On a line to a single peer IFA_ADDRESS is the peer's.
        host = said.get(IFA_LOCAL, said.get(IFA_ADDRESS, b""))
        if family == socket.AF_INET and len(host) == 4:
            return AddressNews(index, socket.inet_ntoa(host), kind == RTM_NEWADDR)
    return None


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes of a message: their kinds and values; what is cut off is passed over."""
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        size, kind = _ATTRIBUTE.unpack_from(data, at)
        if size < _ATTRIBUTE.size or at + size > len(data):
            return
        yield kind, data[at + _ATTRIBUTE.size : at + size]
        at += _padded(size)


def _padded(size: int) -> int:
    return (size + 3) & ~3
