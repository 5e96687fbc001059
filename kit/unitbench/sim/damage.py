"""What a fault makes of the bytes of one reply. Each gives the bytes as they were where it does not apply."""

from __future__ import annotations

import random
import re

from unitbench.schema.records import Role
from unitbench.wire.codec import Codec

_MAC = re.compile(rb"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")
"""Six pairs, the last of which ends there: 'MAA:' before one looks like a pair itself."""


def wrong_checksum(data: bytes, codec: Codec) -> bytes:
    """The same with another byte where its checksum stands."""
    leaf = codec.dissect(data, Role.UNIT).leaf("checksum")
    if leaf is None or leaf.end == leaf.start:
        return data
    return data[: leaf.start] + bytes([data[leaf.start] ^ 0x55]) + data[leaf.start + 1 :]


def wrong_mac(data: bytes) -> bytes:
    """The same with another MAC in place of the first one in it."""
    found = _MAC.search(data)
    if found is None:
        return data
    last = int(found[0][-2:], 16) ^ 0x80
    return data[: found.end() - 2] + b"%02x" % last + data[found.end() :]


def without_end(data: bytes) -> bytes:
    """The same without CR and LF at its end."""
    return data.rstrip(b"\r\n") or data


def broken_off(data: bytes, chance: random.Random) -> bytes:
    """Its first bytes, at least one; not all where it has two."""
    return data[: chance.randrange(1, len(data))] if len(data) > 1 else data
