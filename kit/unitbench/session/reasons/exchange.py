"""An exchange explained: bytes, fields, how long it took, what is likely behind a refusal, and what to do next."""

from __future__ import annotations

import time

from unitbench.offline import dissected
from unitbench.schema.report import bytes_text, reading_text
from unitbench.session.items import Page
from unitbench.session.model import Exchange, Problem
from unitbench.session.reasons.knowing import commands_of

AGAIN = "ask again: the line may be noisy"
"""What to try where ``why`` itself was the advice."""


def page(exchange: Exchange) -> Page:
    """Why an exchange went as it did."""
    lines = [_when(exchange), f"sent {bytes_text(exchange.request)}", ""]
    for reply in exchange.replies:
        lines += [f"from {reply.sender}:", taken_apart(reply.data, exchange.protocol), ""]
    if exchange.partial:
        lines += ["bytes that were no answer:", taken_apart(exchange.partial, exchange.protocol), ""]
    lines += _problem(exchange.error, exchange.outcome) if exchange.error else []
    lines.append(f"next: {_next(exchange)}")
    return Page(f"#{exchange.id} {exchange.unit} {exchange.command}: {exchange.outcome}", "\n".join(lines))


def taken_apart(data: bytes, protocol: str) -> str:
    """Bytes taken apart; broken ones with what is missing, and with the likeliest repair."""
    found = dissected(data, protocol)
    parts = [(part.best, part.repairs) for part in found.parts]
    return reading_text(found.best, repairs=found.repairs, parts=parts)


def whole(exchange: Exchange) -> str:
    """Every frame of an exchange taken apart: the request, then what came."""
    blocks = [("sent", exchange.request)] if exchange.request else []
    blocks += [(f"from {reply.sender}", reply.data) for reply in exchange.replies]
    blocks += [("no answer", exchange.partial)] if exchange.partial else []
    return "\n".join(f"{head}: {taken_apart(data, exchange.protocol)}" for head, data in blocks)


def _when(exchange: Exchange) -> str:
    """Who asked, when, and how long the answer took, by which clock."""
    parts = [f"asked by {exchange.origin}"]
    if exchange.t_ns:
        parts.append(f"at {time.strftime('%H:%M:%S', time.localtime(exchange.t_ns / 1e9))}")
    if exchange.rtt_s is not None:
        parts.append(f"answered after {exchange.rtt_s * 1000:.3g} ms by {exchange.stamp} stamps")
    elif exchange.waited_s and exchange.t_ns:
        parts.append(f"waited {exchange.waited_s:g} s")
    return " ".join(parts)


def _problem(error: Problem, outcome: str) -> list[str]:
    lines = [f"{outcome}: {error.code}: {error.meaning}"]
    if error.causes:
        lines.append("likely, the likeliest first:")
    for number, cause in enumerate(error.causes, 1):
        lines.append(f" {number} {cause.text}{f'  (seen: {cause.seen})' if cause.seen else ''}")
        lines.append(f"     {cause.hint}")
    if error.causes and error.hint:
        lines.append(f"try: {error.hint}")
    return lines


def _next(exchange: Exchange) -> str:
    """The step that would tell more."""
    error = exchange.error
    if exchange.outcome == "malformed":
        return AGAIN
    if error is None:
        command = commands_of(exchange)[0]
        return f"help {command.name if command else exchange.command}"
    if error.causes:
        return error.causes[0].hint
    return error.hint or f"services {exchange.unit}"
