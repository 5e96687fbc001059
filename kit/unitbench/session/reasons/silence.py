"""Why there was no answer, as far as the bytes tell: what came, which end was expected, what else could be tried."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.offline import dissected
from unitbench.schema.printable import MASK, printable_bytes, spaced_hex
from unitbench.schema.records import Protocol
from unitbench.session.model import Exchange
from unitbench.session.reasons.model import Likely

ENDS = ((b"\r\n", "CR LF"), (b"\r", "CR"), (b"\n", "LF"))
"""What lines end in, the longest first."""
SHOWN = 60
LISTEN = "5s"


def spoken_otherwise(done: Exchange, protocol: Protocol) -> Iterator[Likely]:
    """What is likeliest of all, where the bytes show it: other bytes than an answer came, or none to a line that
    could end otherwise."""
    if done.partial:
        yield _other_bytes(done, protocol)
    elif other := other_end(done):
        data, ours, theirs = other
        text = f"it waits for another end of line: {ours} was sent, some units want {theirs}"
        yield Likely(text, f"@{done.unit} raw {spaced_hex(data)}")


def late(done: Exchange, protocol: Protocol) -> Iterator[Likely]:
    """What is always possible, where the unit can be listened to."""
    if not any(service.exclusive for service in protocol.services):
        yield Likely(
            "it answers later, or speaks only by itself", f"listen {done.unit} {LISTEN} sends nothing"
        )


def _other_bytes(done: Exchange, protocol: Protocol) -> Likely:
    """Bytes came: how they end says whether it is the end of line, or the whole protocol."""
    shown = printable_bytes(done.partial, SHOWN)
    expected = protocol.reply_end
    ended = end_of(done.partial)
    if dissected(done.partial, protocol.name).best.ok:
        return Likely(
            "what came is whole, and may answer an earlier request that was given up",
            "the same again",
            f"{len(done.partial)} bytes came",
        )
    if ended != expected and expected in dict((name, end) for end, name in ENDS):
        text = f"the answer does not end as expected: {shown} ends in {ended or 'no line end'}, not in {expected}"
    else:
        text = f"what came is no answer of this protocol: {shown}"
    return Likely(text, "why takes it apart; decode tries every protocol", f"{len(done.partial)} bytes came")


def end_of(data: bytes) -> str:
    """The name of the end of line that bytes end in; empty where they end in none."""
    return next((name for end, name in ENDS if data.endswith(end)), "")


def other_end(done: Exchange) -> tuple[bytes, str, str] | None:
    """The same request with the other usual end of line, and the names of both; None where it has none, would change
    the unit, or holds what is not shown."""
    ours = end_of(done.request)
    if not ours or done.effect != "read" or MASK.encode() in done.request:
        return None
    ends = {name: end for end, name in ENDS}
    theirs = "CR" if ours == "CR LF" else "CR LF"
    return done.request.removesuffix(ends[ours]) + ends[theirs], ours, theirs
