"""What became of a request, as a record: masked, explained, with what to try."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from unitbench.errors import OpenFailed, TransportError, Withheld
from unitbench.link import Result
from unitbench.offline import guarded
from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import MASK, SHORTEST_SECRET, masked, printable, printable_bytes, spaced_hex
from unitbench.schema.records import Command, Protocol, Request, Role
from unitbench.schema.values import Value
from unitbench.session.model import Problem, Reply
from unitbench.transport.base import Stamp
from unitbench.wire.codec import Codec
from unitbench.wire.host import Heard

FEW = 2
"""So many meanings are told one after the other; of more, the title of the frame."""
PARTIAL_KEPT = 2048
"""Bytes of what was no answer that an exchange keeps."""
SHOWN = 200
"""Characters of it that an error shows."""

_LINE = re.compile(rb"[^\r\n]+")


def request_spans(codec: Codec, data: bytes, request: Request | None = None) -> tuple[tuple[int, int], ...]:
    """Where secrets stand, or may stand, in what a host sends; nowhere in a ``request`` that gives no value."""
    if request is not None and not any(member.values or member.learned for member in request.members):
        return ()
    return guarded(codec.dissect(data, Role.HOST)).secret_spans


def hidden(data: bytes, secrets: Iterable[str], spans: Iterable[tuple[int, int]] = ()) -> bytes:
    """Bytes of a unit with secrets masked: at ``spans``, and wherever one that was sent is echoed."""
    return masked(data, echoes(data, secrets, spans))


def echoes(
    data: bytes, secrets: Iterable[str], spans: Iterable[tuple[int, int]] = ()
) -> tuple[tuple[int, int], ...]:
    """``spans``, and wherever a secret that was sent stands in ``data``, in any letter case; at both ends a part
    of it will do, since its rest may have come before or be still to come."""
    secrets = tuple(secrets)
    found, folded = {*spans, *_whole(data, secrets)}, data.lower()
    for secret in secrets:
        word = secret.encode("latin-1", "replace").lower()
        if len(word) < SHORTEST_SECRET:
            continue
        if len(data) >= SHORTEST_SECRET and folded in word:
            found.add((0, len(data)))
        sizes = range(min(len(word), len(data)), SHORTEST_SECRET - 1, -1)
        begun = next((size for size in sizes if folded.endswith(word[:size])), 0)
        ended = next((size for size in sizes if folded.startswith(word[-size:])), 0)
        found |= {(len(data) - begun, len(data))} if begun else set()
        found |= {(0, ended)} if ended else set()
    return _disjoint(found)


def _disjoint(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def without(text: str, secrets: Iterable[str], *, cut: bool) -> str:
    """A text about a unit's bytes, without the secrets that the unit echoed; with ``cut``, where bytes may have
    been cut, without parts of them at its ends too. (Our own words may well begin as a password does.)"""
    data = text.encode("latin-1", "replace")
    spans = echoes(data, secrets) if cut else _whole(data, secrets)
    return masked(data, spans).decode("latin-1")


def _whole(data: bytes, secrets: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Wherever a whole secret stands in ``data``, in any letter case."""
    found, folded = set(), data.lower()
    for secret in secrets:
        word = secret.encode("latin-1", "replace").lower()
        at = folded.find(word) if len(word) >= SHORTEST_SECRET else -1
        while at >= 0:
            found.add((at, at + len(word)))
            at = folded.find(word, at + len(word))
    return _disjoint(found)


def discreet(found: Dissection, codec: Codec, secrets: Iterable[str]) -> Dissection:
    """A frame for the words about it: explained with what the unit echoed masked in its bytes, so that our own words
    stay whole. One of them may well be a password; a mask in it would tell."""
    secrets = tuple(secrets)
    spans = echoes(found.raw, secrets, found.secret_spans)
    if not spans:
        return found
    shown = codec.dissect(masked(found.raw, spans), Role.UNIT)
    if bool(shown.faults) == bool(found.faults):
        return shown
    leaves = [leaf._replace(meaning=without(leaf.meaning, secrets, cut=False)) for leaf in found.fields]
    faults = [replace(fault, text=without(fault.text, secrets, cut=True)) for fault in found.faults]
    title = without(found.title, secrets, cut=False)
    return replace(found, fields=tuple(leaves), faults=tuple(faults), title=title)


def reply_of(heard: Heard, codec: Codec, sent: Stamp | None, unit: str, secrets: Iterable[str]) -> Reply:
    """One frame that came back."""
    found = heard.dissection
    spans = echoes(found.raw, secrets, found.secret_spans)
    data = masked(heard.data, spans)
    stamp = heard.stamp if isinstance(heard.stamp, Stamp) else None
    fields = {
        leaf.name: _shown(leaf.value, any(s < leaf.end and leaf.start < e for s, e in spans))
        for leaf in found.fields
        if not leaf.frame_part and leaf.value is not None
    }
    shown = discreet(found, codec, secrets)
    faults = "; ".join(fault.text for fault in shown.faults)
    meaning = faults or _meaning(shown)
    return Reply(
        sender_of(heard),
        unit,
        data,
        codec.text(data),
        stamp.wall_ns if stamp else 0,
        (stamp.wall_ns - sent.wall_ns) / 1e9 if stamp and sent else 0.0,
        fields,
        found.result,
        meaning,
    )


def sender_of(heard: Heard) -> str:
    """Where a frame came from: host and port, or the device of a serial line."""
    peer = heard.peer
    return ":".join(str(part) for part in peer if part) if isinstance(peer, tuple) else str(peer)


def _shown(value: Value | None, secret: bool) -> object:
    if secret:
        return MASK
    if isinstance(value, str):
        return printable(value)
    return list(value) if isinstance(value, tuple) else value


def _meaning(found: Dissection) -> str:
    """The meanings of what is not framing, in one line."""
    if found.direction == "unit" and all(leaf.frame_part for leaf in found.fields):
        return found.title
    values = [leaf for leaf in found.fields if not leaf.frame_part]
    parts = [leaf.meaning for leaf in values if leaf.meaning]
    few = len(parts) <= FEW and (parts or len(values) <= FEW)
    return "; ".join(parts) if few else found.title


def told(result: Result, codec: Codec, secrets: Iterable[str]) -> Result:
    """A result whose bytes that were no answer, and whose faults, hold no secret; not more of them than are of use."""
    if not result.partial and not any(heard.dissection.faults for heard in result.answers):
        return result
    # Masks make it shorter; what is cut off here is no secret's middle then.
    data = result.partial[: 2 * PARTIAL_KEPT]
    partial = hidden(data, secrets, _said_back(codec, data))[:PARTIAL_KEPT]
    return replace(
        result, partial=partial, answers=[_told(heard, codec, secrets) for heard in result.answers]
    )


def _told(heard: Heard, codec: Codec, secrets: Iterable[str]) -> Heard:
    found = heard.dissection
    faults = discreet(found, codec, secrets).faults if found.faults else ()
    return replace(heard, dissection=replace(found, faults=faults)) if faults else heard


def _said_back(codec: Codec, data: bytes) -> Iterator[tuple[int, int]]:
    """Where secrets stand in lines that came, requests that came back among them: the grammar knows the place of
    those too that are too short to be looked for."""
    for line in _LINE.finditer(data):
        found = codec.dissect(line.group())
        found = guarded(found) if found.direction == Role.HOST.value else found
        yield from ((line.start() + start, line.start() + end) for start, end in found.secret_spans)


def problem_of(
    result: Result, command: Command | None, protocol: Protocol, waited_s: float
) -> Problem | None:
    """Why an outcome is not ok, and what to try; None where it is."""
    if result.outcome == "refused":
        code = next(heard.dissection.code for heard in result.answers if heard.dissection.code)
        special = next((item for item in command.refusals if item.text == code), None) if command else None
        known = special or protocol.result(code)
        if known:
            return Problem(code, known.meaning, known.hint)
        return Problem(
            code, "a code that the manual does not have", "the maker's manual for this model may have it"
        )
    if result.outcome == "malformed":
        return Problem("RemoteProtocolError", _faults(result), "why shows the bytes; the line may be noisy")
    if result.outcome == "closed":
        if result.unreachable:
            return _unreachable(result.lost)
        return Problem(
            "LinkLost",
            f"the connection was closed before the answer came; {_came(result)}",
            "the request may have reached the unit: read its state before sending it again",
        )
    if result.outcome == "silent":
        return _silence(result, protocol, waited_s, command)
    return None


def _faults(result: Result) -> str:
    for heard in result.answers:
        if heard.dissection.faults:
            fault = heard.dissection.faults[0]
            return f"{fault.text} (byte {fault.offset})"
    why = f"{result.fault}; " if result.fault else ""
    return f"{why}{_bytes(result.came)} arrived that were no answer: {spaced_hex(result.partial[:32])}"


def _silence(result: Result, protocol: Protocol, waited_s: float, command: Command | None) -> Problem:
    hint = f"expected an answer ending in {protocol.reply_end}"
    if protocol.hears_broadcast:
        hint += "; this protocol refuses by silence, so it may be a refusal"
    if command is not None and command.effect.value not in ("read", "session"):
        hint += "; read the state before sending it again"
    return Problem("NoReply", f"no reply within {waited_s:g} s; {_came(result)}", hint)


def _came(result: Result) -> str:
    """What arrived instead of an answer."""
    if result.answers:
        return f"{len(result.answers)} of the answers came"
    if not result.came:
        return "no byte arrived"
    return f"{_bytes(result.came)} arrived that were no answer: {printable_bytes(result.partial, SHOWN)}"


def _bytes(count: int) -> str:
    return f"{count} byte{'s' * (count != 1)}"


def _unreachable(error: OSError | None) -> Problem:
    if isinstance(error, ConnectionRefusedError):
        meaning = "nothing listens on that UDP port: the unit's system refused it"
        return Problem("OpenFailed", meaning, "is the port right, is the unit on?")
    reason = (error.strerror if error else None) or "unreachable"
    return Problem(
        "OpenFailed", f"the unit cannot be reached: {reason}", "is this machine on the unit's network?"
    )


def problem_of_error(error: TransportError | Withheld) -> Problem:
    """A request that got no link, or was kept back."""
    code = "OpenFailed" if isinstance(error, OpenFailed) else type(error).__name__
    return Problem(code, error.message, error.hint)


def blamed(
    request: Request | bytes, command: Command | None, protocol: Protocol, result: Result
) -> Command | None:
    """The command that was refused first, where several were sent."""
    if isinstance(request, bytes) or not request.then:
        return command
    pairs = zip(request.members, result.answers, strict=False)
    refused = next((member for member, heard in pairs if heard.dissection.code), request)
    return protocol.of(refused)
