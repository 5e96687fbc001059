"""What other views do, as text: a line for each event."""

from __future__ import annotations

from unitbench.schema.printable import printable
from unitbench.session import jobtext
from unitbench.session.stream import Event


def event_line(event: Event, view: str = "") -> str | None:
    """Another view's doing, in one line with its origin, as ``view`` is told it; None for what deserves no line."""
    who = f"[{printable(event.origin, 40)}]"
    if event.exchange is not None:
        found = event.exchange
        answer = "; ".join(printable(reply.text, 120) for reply in found.replies[:3]) or found.outcome
        told = found.replies or found.outcome == "withheld"
        code = f" ({found.error.code})" if found.error and told else ""
        return f"{who} #{found.id} {found.unit} {printable(found.command)} -> {answer}{code}"
    if event.job is not None:
        return f"{who} job {event.job.id}: {jobtext.line(event.job)}"
    if event.handover is not None:
        return event.handover.text(view)
    if event.kind in ("notice", "unasked") and event.text:
        return f"{who} {printable(event.text, 300)}"
    return None
