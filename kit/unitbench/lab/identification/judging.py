"""What one observation says: for and against each protocol, with a weight from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.catalogue import evidence as weights
from unitbench.errors import UsageError
from unitbench.lab.identification.model import Evidence, Look, State, Way
from unitbench.lab.identification.steps import announced_at
from unitbench.lab.identification.strangers import OWN_ECHO, stranger
from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import printable
from unitbench.schema.records import SIMULATOR, Command, Protocol, Request, Role, Status
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec

CLUES = {clue.key: clue for clue in weights.CLUES}
EVERYTHING_OPEN = "everything open"
SURE_FORM = 0.7
"""Likeness of a message without a name from which on it is one of its protocol: marks, length and checksum fit."""
ANNOUNCE = "announce"
"""The key of what units are heard by unasked, and how its text begins: a newer one takes its place."""


def evidence_of(look: Look) -> list[Evidence]:
    """What an observation says; nothing where it is nobody's."""
    return list(_said(look))


def _said(look: Look) -> Iterator[Evidence]:
    match look.way:
        case Way.CONTROL:
            if look.state is State.OPEN:
                clue = CLUES[EVERYTHING_OPEN]
                yield Evidence("", clue.key, clue.weight, f"port {look.port}: {clue.about}", b"", look.t_ns)
        case Way.MAC:
            for prefix in weights.PREFIXES:
                if look.mac.upper().startswith(prefix.prefix):
                    yield _plain(look, "mac", f"MAC {look.mac} is of {prefix.owner}", prefix.protocol)
        case Way.KNOCKED:
            yield from _knocked(look)
        case Way.HEARD:
            yield from _heard(look)
        case Way.ASKED:
            yield from _asked(look)


def _plain(look: Look, clue: str, text: str, protocol: str = "", key: str = "") -> Evidence:
    found = CLUES[clue]
    who = protocol or look.protocol
    return Evidence(who, key or clue, found.weight, text, look.data, look.t_ns, clue=clue)


def _knocked(look: Look) -> Iterator[Evidence]:
    record = catalogue.protocol(look.protocol)
    knock = next((item for item in weights.KNOCKS if item.protocol == look.protocol), None)
    port = f"port {look.port}/{look.carrier}"
    if look.state is State.OPEN and knock is not None:
        names = " and ".join(knock.services)
        yield _plain(look, "ports", f"{names} are open: {record.maker} or {knock.shared}")
    elif look.state is State.OPEN:
        yield _plain(look, "port", f"{port} is open")
    elif look.state is State.REFUSED and any(s.exclusive for s in record.services if s.port == look.port):
        yield _plain(look, "busy", f"{port} refuses: {CLUES['busy'].about}")


# -- heard unasked


def _heard(look: Look) -> Iterator[Evidence]:
    record = catalogue.protocol(look.protocol)
    what = stranger(b"", look.data)
    if what:
        yield _against(look, what)
    elif look.carrier == "udp" and announced_at(record) is not None:
        yield _announced(look, record)
    else:
        yield from _overheard(look)


def _announced(look: Look, record: Protocol) -> Evidence:
    """A datagram at the port of announces. Its layout is the maker's secret, but for those of simulated units."""
    report = next(item for item in record.reports if item.probe)
    found = codec_of(record.name).dissect(look.data, Role.UNIT)
    if found.name == report.name and not found.faults:
        said = found.values
        text = f'{ANNOUNCE} heard of a {SIMULATOR}: "{printable(str(said["name"]), 60)}", software '
        text += printable(str(said["software"]), 60)
        return Evidence(look.protocol, ANNOUNCE, report.probe, text, look.data, look.t_ns, True, ANNOUNCE)
    size = len(look.data)
    knock = next((item for item in weights.KNOCKS if item.protocol == record.name), None)
    likes = f" or {knock.shared}" if knock else ""
    if size < weights.SHORTEST_ANNOUNCE:
        text = f"{ANNOUNCE} heard, undecoded, {size} bytes: {CLUES['short announce'].about}"
        return _plain(look, "short announce", text, key=ANNOUNCE)
    return _plain(look, ANNOUNCE, f"{ANNOUNCE} heard, undecoded, {size} bytes: {record.maker}{likes}")


def _overheard(look: Look) -> Iterator[Evidence]:
    """What a connection brought before anything was sent."""
    codec = codec_of(look.protocol)
    good = [found for found in _messages(codec, look) if _formed(found, codec.protocol)]
    if look.data.lstrip().startswith((b"$GP", b"$GN", b"$GL")):
        yield _plain(look, "nmea", f"{CLUES['nmea'].about}: {printable(look.data[:12].decode('latin-1'))}")
    elif len(good) > 1:
        yield _plain(
            look, "frames", f"{len(good)} messages unasked, the first is {good[0].title}", key="heard"
        )
    elif good:
        yield _plain(look, "frame", f"one message unasked: {good[0].title}", key="heard")
    elif look.data:
        yield _plain(look, "noise", f"{len(look.data)} bytes unasked, of no form of it", key="heard")


def _messages(codec: Codec, look: Look) -> list[Dissection]:
    """What came, cut into messages; where there is no whole one, what is left is tried as one."""
    framer = codec.framer(Role.UNIT, datagrams=look.carrier == "udp")
    pieces = [*framer.feed(look.data), *framer.flush()]
    whole = [codec.dissect(piece.data, Role.UNIT) for piece in pieces if not piece.fault]
    return whole or [codec.dissect(look.data, Role.UNIT)]


def _formed(found: Dissection, protocol: Protocol) -> bool:
    """Whether a message is of its protocol by its form, in the catalogue or not."""
    known = protocol.report(found.name) is not None
    return not found.faults and (known or found.likeness >= SURE_FORM)


def _against(look: Look, what: str) -> Evidence:
    clue = CLUES["stranger"]
    where = f"{look.port}/{look.carrier}"
    text = f"{where} is {what}"
    key = f"{clue.key} {where}"
    return Evidence(look.protocol, key, clue.weight, text, look.data, look.t_ns, clue=clue.key)


# -- asked


def _asked(look: Look) -> Iterator[Evidence]:
    asked = look.command
    if look.state is State.REFUSED:
        yield _plain(
            look, "silent", f"{asked}: port {look.port}/{look.carrier} refuses", key=f"answer {asked}"
        )
        return
    if not look.data:
        text = f"{asked} not answered, which proves nothing"
        yield _plain(look, "silent", text, key=f"answer {asked}")
        return
    what = stranger(look.sent, look.data, own=look.own)
    if what == OWN_ECHO:
        return
    if what:
        yield _against(look, what)
        return
    yield _answer(look)


def _answer(look: Look) -> Evidence:
    """The best of what came back, as an answer to what was asked."""
    codec, protocol = codec_of(look.protocol), catalogue.protocol(look.protocol)
    command = protocol.command(look.command)
    request = Request(look.protocol, look.command, to=look.to)
    messages = _messages(codec, look)
    rows = [
        _row(look, protocol, command, found)
        for found in messages
        if command is not None and _answers(codec, request, found)
    ]
    key = f"answer {look.command}"
    if rows:
        return max(rows, key=lambda row: row.weight)
    form = next((found for found in messages if _formed(found, protocol)), None)
    if form is not None:
        return _plain(look, "form", f"{look.command} not answered, but {form.title}", key=key)
    text = f"{look.command} answered by {len(look.data)} bytes of no form of it"
    return _plain(look, "no form", text, key=key)


def _answers(codec: Codec, request: Request, found: Dissection) -> bool:
    try:
        return codec.answers(request, found)
    except UsageError:
        return False


def _row(look: Look, protocol: Protocol, command: Command, found: Dissection) -> Evidence:
    """What an answer says. A refusal in the protocol's own form still shows the protocol."""
    asked, key = command.name, f"answer {command.name}"
    report = protocol.report(found.name)
    fields = report.fields if report else ()
    wanted = [field.name for field in fields if field.present_when is None and not field.optional]
    have = [name for name in wanted if name in found.values]
    if found.faults:
        clue = "faulty" if len(have) == len(wanted) else "torn"
        return _plain(look, clue, f"{asked} answered by a faulty frame: {found.faults[0].text}", key=key)
    if found.code:
        clue = "bare" if len(look.data) == 1 else "refused"
        return _plain(look, clue, f"{asked} refused with {found.code}, in the protocol's form", key=key)
    count = f", {len(have)} of {len(wanted)} items" if len(wanted) > 1 else ""
    worth = command.probe or next(
        (item.weight for item in weights.NEXT if (item.protocol, item.command) == (protocol.name, asked)), 0.0
    )
    clue = "whole" if len(have) == len(wanted) else "part"
    weight = worth * CLUES[clue].weight
    simulator = report is not None and report.source.status is Status.SIMULATED
    voice = f"a {SIMULATOR}" if simulator else found.title
    text = f"{asked} answered by {voice}{count}"
    for maker in weights.MAKERS:
        said = str(found.values.get(maker.field, ""))
        if maker.protocol == protocol.name and said.upper() not in maker.values:
            clue = "other maker"
            weight = min(weight, CLUES[clue].weight)
            text += f", by {printable(said, 40)}: {CLUES[clue].about}"
    return Evidence(protocol.name, key, weight, text, look.data, look.t_ns, simulator, clue)
