"""Several frames in one paste: cut by the protocol's own framing, both directions mixed."""

from __future__ import annotations

import re

from unitbench import catalogue
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec

SHARE = 0.5
"""How much of a paste must be good frames (0..1) before it is cut."""
FITS = 0.5
"""How much a piece must look like a frame of the protocol (0..1) to count as a good one."""
LONGEST = 65_536
"""Bytes of the longest paste that is cut."""
MOST = 1000
"""Pieces of a paste at most."""
_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)+|[^\r\n]+")
_END = b"\r\n\0"


def cut(data: bytes, protocol: str = "") -> tuple[str, tuple[bytes, ...]]:
    """The frames of a paste with what stands between them, and their protocol; together they are the paste.

    One piece where it is no more than one frame, or where most of it is none. Raises ``InvalidValue`` for a
    protocol that is not in the catalogue.
    """
    if protocol:
        catalogue.protocol(protocol)
    owner, most = protocol, SHARE * len(data)
    best: tuple[bytes, ...] = (data,)
    for name in (protocol,) if protocol else catalogue.names():
        codec = codec_of(name)
        if len(data) > LONGEST or _good(codec, data):
            return protocol, (data,)
        for pieces in (_framed(codec, data), tuple(_LINES.findall(data))):
            if len(pieces) > MOST:
                continue
            good = [len(piece) for piece in pieces if _good(codec, piece)]
            if len(good) > 1 and sum(good) > most:
                owner, best, most = name, pieces, sum(good)
    return owner, best


def _good(codec: Codec, piece: bytes) -> bool:
    found = codec.dissect(piece)
    return found.ok and found.likeness >= FITS


def _framed(codec: Codec, data: bytes) -> tuple[bytes, ...]:
    """The pieces that the framer cuts; what it drops stays as a piece, a line's end with its line."""
    framer = codec.framer(Role.UNIT, datagrams=False)
    out: list[bytes] = []
    at = 0
    for piece in [*framer.feed(data), *framer.flush()]:
        start = data.find(piece.data, at)
        if start < 0:
            continue
        between = data[at:start]
        lead = len(between) - len(between.lstrip(_END)) if out else 0
        if lead:
            out[-1] += between[:lead]
        if between[lead:]:
            out.append(between[lead:])
        out.append(piece.data)
        at = start + len(piece.data)
    if data[at:] and out and not data[at:].strip(_END):
        out[-1] += data[at:]
    elif data[at:]:
        out.append(data[at:])
    return tuple(out)
