"""Dissections as plain text: a line a field, offset and bytes first, faults marked in words."""

from __future__ import annotations

from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.printable import MASK, masked, printable, spaced_hex
from unitbench.schema.text import format_value

BYTES_SHOWN = 7
NAMES = 28


def dissection_text(found: Dissection, *, show_secrets: bool = False) -> str:
    """The frame taken apart, one line a field."""
    state = "ok" if found.ok else "BAD"
    title = found.title or f"{found.protocol}: not recognised"
    lines = [f"{title}    {len(found.raw)} bytes  {state}"]
    lines += [_line(leaf, found.raw, show_secrets) for leaf in found.fields]
    for fault in found.faults:
        hint = f"; {fault.hint}" if fault.hint else ""
        lines.append(f"fault at byte {fault.offset}: {fault.text}{hint}")
    return "\n".join(lines)


def _line(leaf: Leaf, raw: bytes, show_secrets: bool) -> str:
    hidden = leaf.secret and not show_secrets
    data = raw[leaf.start : leaf.end]
    if hidden:
        data = masked(data, [(0, len(data))])
    shown = data[:BYTES_SHOWN].hex(" ") + (" ..." if len(data) > BYTES_SHOWN else "")
    value = MASK if hidden else "" if leaf.value is None else printable(format_value(leaf.value), 80)
    marks = [
        leaf.meaning if leaf.meaning != value else "",
        f"BAD: {leaf.fault}" if leaf.fault else "",
        leaf.note or "",
    ]
    name = leaf.name.replace("_", " ").upper()
    return f" {leaf.start:02x}  {shown:<24} {name:<{NAMES}} {value:<16} {'  '.join(m for m in marks if m)}".rstrip()


def bytes_text(data: bytes) -> str:
    """Bytes for a line: as text where they are text, else as hex."""
    if data and all(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in data):
        return printable(data.decode("ascii"), 300)
    return spaced_hex(data[:64]) + (f" ... {len(data)} bytes" if len(data) > 64 else "")
