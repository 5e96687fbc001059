"""Whose bytes are these? Every protocol and both directions are tried, ranked by how well they fit, with reasons."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.schema.dissection import Candidate, Dissection
from unitbench.schema.records import Role
from unitbench.wire import codec_of

WEAK = 0.1
"""A score below this says that nothing tells these bytes apart from any others."""
SURE = 0.7
"""How much a mended frame must look like its protocol (0..1) to say whose bytes these were."""
NEAR = 1.7
"""How costly the repair may be that says so: about one edit."""
FAULT = 0.05
"""What a fault takes from the score."""


def candidates(data: bytes, protocol: str = "") -> list[Candidate]:
    """The readings of some bytes, the likeliest first: one per protocol, or only that of ``protocol``.

    Bytes that no protocol recognises are given to the one that needs the least repair. Raises ``InvalidValue`` for
    a protocol that is not in the catalogue.
    """
    if protocol:
        catalogue.protocol(protocol)
    names = (protocol,) if protocol else catalogue.names()
    found = [_candidate(_best(data, name)) for name in names]
    found.sort(key=lambda each: (-each.score, each.reading.ok))
    if found[0].score < WEAK and len(found) > 1:
        return _by_repair(data, found)
    return found


def dissections(data: bytes, protocol: str = "") -> list[Dissection]:
    """The readings alone, the likeliest first; raises ``InvalidValue``."""
    return [each.reading for each in candidates(data, protocol)]


def _best(data: bytes, name: str) -> Dissection:
    codec = codec_of(name)
    return max((codec.dissect(data, role) for role in (None, *Role)), key=_score)


def _score(reading: Dissection) -> float:
    """How well a reading fits, 0..1; what any bytes would be is worth the share of it that is text."""
    score = max(0.0, reading.likeness - FAULT * len(reading.faults))
    if reading.likeness < WEAK:
        text = sum(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in reading.raw)
        score *= text / len(reading.raw) if 2 * text > len(reading.raw) else 0.0
    return round(score, 4)


def _candidate(reading: Dissection) -> Candidate:
    return Candidate(reading, _score(reading), reasons(reading))


def _by_repair(data: bytes, found: list[Candidate]) -> list[Candidate]:
    """The same with the protocol first that one likely repair leads to, if there is one."""
    from unitbench.wire.repair import repairs

    best, cost = None, NEAR
    for each in found:
        name = each.reading.protocol
        for repair in repairs(data, name):
            if repair.cost < cost and repair.found.likeness >= SURE:
                reading = _faulty(data, name) or each.reading
                why = f"{repair.found.name}, were it not that {repair.why}"
                best, cost = Candidate(reading, WEAK, (why,)), repair.cost
    if best is None:
        return found
    return [best, *(each for each in found if each.reading.protocol != best.reading.protocol)]


def _faulty(data: bytes, name: str) -> Dissection | None:
    """The best reading that has a fault: what needs a repair is no frame as it stands."""
    readings = [codec_of(name).dissect(data, role) for role in (None, *Role)]
    return max((reading for reading in readings if not reading.ok), key=_score, default=None)


def reasons(reading: Dissection) -> tuple[str, ...]:
    """What speaks for and against a reading."""
    if reading.likeness < WEAK:
        return (reading.faults[0].text if reading.faults else "any text can be this: nothing tells it apart",)
    record = catalogue.protocol(reading.protocol)
    names = reading.name.split("|")
    known = bool(reading.name) and all(record.command(name) or record.report(name) for name in names)
    checksum = reading.leaf("checksum")
    values = [leaf for leaf in reading.fields if not leaf.frame_part]
    wrong = sum(leaf.fault is not None for leaf in values)
    framing = [
        leaf.name for leaf in reading.fields if leaf.frame_part and leaf.fault and leaf is not checksum
    ]
    out = [f"{reading.name} is in the catalogue" if known else "no command or report of the catalogue"]
    if checksum is not None:
        out.append("checksum wrong" if checksum.fault else "checksum right")
    if reading.lacks:
        out.append(f"missing: {', '.join(reading.lacks)}")
    elif framing:
        out.append(f"framing wrong: {', '.join(framing)}")
    elif not reading.faults or wrong:
        out.append("framing whole")
    if values:
        out.append(
            f"{wrong} of {len(values)} fields wrong"
            if wrong
            else f"{len(values)} of {len(values)} fields right"
        )
    return tuple(out)
