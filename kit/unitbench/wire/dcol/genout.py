"""The report that a simulated receiver sends unasked: packet 40h (GENOUT) with the one record that is true of it.

Sources: Trimble GSOF messages, report packet 40h; its record 15, receiver serial number, as public decoders have it.
"""

from __future__ import annotations

from unitbench.wire.dcol.frames import build

GENOUT = 0x40
SERIAL_NUMBER = 15


def genout(count: int, serial: int, status: int = 0) -> bytes:
    """The packet: transmission number ``count`` modulo 256, the only page of one, and the serial number."""
    page = bytes([count % 256, 0, 0])
    return build(GENOUT, page + bytes([SERIAL_NUMBER, 4]) + (serial & 0xFFFFFFFF).to_bytes(4, "big"), status)
