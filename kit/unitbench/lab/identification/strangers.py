"""What is known not to be one of our units, by what it says."""

from __future__ import annotations

from unitbench.catalogue.evidence import STRANGERS

OTHER_MODE = "a Kramer unit in Protocol 2000 mode: switch it to Protocol 3000 at the unit"
ECHO = "an echo of what was asked"
OWN_ECHO = "our own question, which came back"
OTHER_SIZE = 4
"""Bytes of a Protocol 2000 message."""


def stranger(sent: bytes, data: bytes, *, own: bool = False) -> str:
    """What sends such bytes, in words; empty where that is not known."""
    if sent and data and not data.replace(sent, b"").strip(b"\r\n\0"):
        return OWN_ECHO if own else ECHO
    said = data.lstrip(b"\r\n ")
    for item in STRANGERS:
        if said.startswith(item.begins) or any(mark in data for mark in item.holds):
            return item.what
    return OTHER_MODE if in_other_mode(data) else ""


def in_other_mode(data: bytes) -> bool:
    """Whether bytes are messages of Kramer's Protocol 2000: four bytes each, only the first without its top bit."""
    if not data or len(data) % OTHER_SIZE:
        return False
    return all((byte < 0x80) == (at % OTHER_SIZE == 0) for at, byte in enumerate(data))
