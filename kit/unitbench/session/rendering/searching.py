"""What a discovery would send, as text."""

from __future__ import annotations

from unitbench.schema.report import bytes_text
from unitbench.session.rendering.base import WIDTH, render, shown, table
from unitbench.session.searching.model import SearchPlan

NAMED = 4
"""Hosts that are named among those whose announces are heard."""


@render.register(SearchPlan)
def _(item: SearchPlan, width: int = WIDTH) -> str:
    rows = [
        (
            line.what,
            line.protocol,
            line.where,
            f"{line.port}/{line.carrier}",
            bytes_text(line.data) if line.data else "no byte",
            str(line.packets),
            str(line.size),
        )
        for line in item.lines
    ]
    lines = ["nothing was sent; this is what discover would send"]
    if rows:
        heads = ("what", "protocol", "where", "port", "bytes", "packets", "bytes in all")
        lines += ["", table(heads, rows, width, ("bytes in all", "protocol", "packets"))]
    heard = [
        *item.listens[:NAMED],
        *([f"{len(item.listens) - NAMED} more"] if len(item.listens) > NAMED else []),
    ]
    told = [f"listens to announces of {', '.join(heard)}; nothing is sent for that"] if heard else []
    told += [f"skips {text}" for text in item.skipped]
    told += [f"at most {item.packets} packets and connections, {item.size} bytes, {item.lasts_s:.0f} s"]
    told += [f"rates: {item.rates}"]
    if item.allow_with:
        told.append(
            f"so many hosts are asked for first: --yes={item.allow_with}, or allow={item.allow_with} in Python"
        )
    return "\n".join([*lines, "", shown(told)])
