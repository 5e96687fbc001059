"""How a conversation goes: sans-IO cores for both roles. Bytes and the time come in, bytes and events go out."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from unitbench.schema.records import Request
from unitbench.wire.codec import Codec


@cache
def codec_of(protocol: str) -> Codec:
    """The codec of a protocol of the catalogue, by its name."""
    from unitbench import catalogue

    catalogue.protocol(protocol)
    if protocol in catalogue.NAMES:
        found: Codec = import_module(f"unitbench.wire.{protocol}.codec").CODEC
        return found
    from unitbench.wire.lines.codec import LinesCodec

    given: Any = catalogue.added()[protocol].codec
    return given if given is not None else LinesCodec(protocol)


def encode(request: Request) -> bytes:
    """The bytes that a request becomes; raises ``UsageError`` where a field is missing or out of range."""
    return codec_of(request.protocol).encode(request)
