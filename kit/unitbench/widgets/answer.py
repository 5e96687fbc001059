"""The answer to a command: each reply taken apart, with what it means; or why there is none. Pure."""

from __future__ import annotations

from dataclasses import replace

from unitbench.session.model import Exchange
from unitbench.widgets.frame_model import COLUMNS, FrameModel
from unitbench.widgets.sheet import Sheet, milliseconds, shown


def answer_sheet(exchange: Exchange) -> Sheet:
    """What came back, as a sheet of its own."""
    notes = []
    if exchange.error is not None:
        hint = f"; {exchange.error.hint}" if exchange.error.hint else ""
        notes.append(shown(f"{exchange.error.code}: {exchange.error.meaning}{hint}", 400))
    notes += [shown(f"{reply.unit}: {reply.meaning}", 400) for reply in exchange.replies if reply.meaning]
    if exchange.replies:
        sheet = FrameModel(replace(exchange, request=b""), editable=False).sheet()
    else:
        sheet = Sheet("frames", "", COLUMNS, empty="nothing came back")
    return replace(
        sheet,
        title=f"Answer to {shown(exchange.command, 80)}",
        state=_state(exchange),
        notes=(*notes, *sheet.notes),
    )


def told(exchange: Exchange) -> str:
    """The answer in a sentence."""
    reply = f": {shown(exchange.text, 160)}" if exchange.replies else ""
    why = f" ({shown(exchange.error.meaning)})" if exchange.error else ""
    return f"{shown(exchange.unit)} answered {exchange.command}, {exchange.outcome}{reply}{why}"


def _state(exchange: Exchange) -> str:
    parts = [f"{exchange.outcome}", f"from {exchange.unit}", f"exchange {exchange.id}"]
    if exchange.rtt_s is not None:
        parts.append(f"after {milliseconds(exchange.rtt_s)} ms by the {exchange.stamp} stamp")
    if len(exchange.replies) > 1:
        parts.append(f"{len(exchange.replies)} replies")
    return shown(", ".join(parts))
