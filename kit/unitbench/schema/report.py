"""Dissections as plain text: a line a field, offset and bytes first, faults marked in words."""

from __future__ import annotations

from collections.abc import Sequence

from unitbench.schema.dissection import Candidate, Dissection, Leaf, Repair
from unitbench.schema.printable import MASK, masked, printable, spaced_hex
from unitbench.schema.text import format_value

BYTES_SHOWN = 7
NAMES = 28
WHY = 90
"""Characters of the reasons that are shown for one protocol."""


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


def reading_text(
    found: Dissection,
    *,
    repairs: Sequence[Repair] = (),
    candidates: Sequence[Candidate] = (),
    parts: Sequence[tuple[Dissection, Sequence[Repair]]] = (),
    show_secrets: bool = False,
) -> str:
    """As ``dissection_text``, with what is missing, the likeliest repair, and why it is this protocol.

    Of several frames each is told for itself; ``candidates`` are all protocols' readings where none was named.
    """
    lines = []
    at = 0
    for number, (part, mended) in enumerate(parts, 1):
        lines += [
            f"frame {number} of {len(parts)}, from byte {at}",
            dissection_text(part, show_secrets=show_secrets),
        ]
        lines += [*_missing(part), *_repairs(part, mended, show_secrets), ""]
        at += len(part.raw)
    if not parts:
        lines = [dissection_text(found, show_secrets=show_secrets)]
        lines += [*_missing(found), *_repairs(found, repairs, show_secrets)]
    lines += [
        f"{'why ' if not number else '  or '}{each.reading.protocol} ({each.score:.2f}): "
        + printable("; ".join(each.reasons), WHY)
        for number, each in enumerate(candidates)
    ]
    return "\n".join(lines)


def _missing(found: Dissection) -> list[str]:
    return [f"missing: {', '.join(found.lacks)}"] if found.lacks else []


def _repairs(found: Dissection, repairs: Sequence[Repair], show_secrets: bool) -> list[str]:
    """The likeliest repair; all of those that are as likely, since the bytes cannot tell between them."""
    if not repairs:
        none = ["no likely repair: no one or two usual changes make a frame of this"]
        return [] if found.ok or found.lacks else none
    best = repairs[0]
    lines = [f"likeliest repair: {printable(best.why, 300)}", _mended(best, show_secrets)]
    if best.alike:
        lines.append(f"  {best.alike} other{'s' * (best.alike > 1)} as likely, the bytes cannot tell:")
    elif repairs[1:]:
        lines.append("  less likely:")
    for other in repairs[1:]:
        lines += [f"    {printable(other.why, 300)}", f"  {_mended(other, show_secrets)}"]
    return lines


def _mended(repair: Repair, show_secrets: bool) -> str:
    found = repair.found
    return f"  {bytes_text(found.raw if show_secrets else masked(found.raw, found.secret_spans))}    {found.name}"


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
