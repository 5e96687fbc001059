"""Bytes to typed values and back, beside the same by hand, in construct and in scapy; then framing with damage.

Every side reads and writes the same packets, all different, and each must give the same values before anything is
timed. Kramer's lines are left out where a tool for binary packets would make no sense.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tests.benchmarks.measure import Ratio, compare, each, flow
from tests.benchmarks.rivals import constructed, hand, scapied
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of

COUNT, PASSES = 500, 5
CHUNK = 4096
HOSTS = ("", "192.168.1.20", "10.0.0.7", "receiver-7.example.org")
LINES = [
    b"~01@LOGIN USER OK\r\n",
    b"~01@SECUR ON\r\n",
    b"~01@ OK\r\n",
    b"~01@MODEL VP-88K\r\n",
    b"~01@LOGOUT OK\r\n",
    b"~02@SECUR OFF\r\n",
    b"~01@VERSION 2.14\r\n",
    b"~01@NAME Hall-1 OK\r\n",
]
BY_HAND, BY_REGEX = "written by hand", "a regular expression"
CONSTRUCT, COMPILED, SCAPY = "construct", "construct, compiled", "scapy"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    chance = random.Random(4)
    ports = [_port(chance) for _ in range(COUNT)]
    yield from _reports(ports)
    yield from _sets(ports)
    yield from _gets()
    yield from _replies()
    yield from _framing(ports, chance)


def _port(chance: random.Random) -> hand.PortConfig:
    dials = chance.random() < 0.5
    return hand.PortConfig(
        virtual_port=chance.randrange(256),
        active=chance.random() < 0.5,
        ip_port=chance.randrange(1, 65536),
        mode=chance.choice(hand.MODES),
        udp_timeout=chance.randrange(256),
        output_only=not dials,
        initiate_connection=dials,
        remote_ip_port=chance.randrange(1, 65536),
        remote_ip_address=chance.choice(HOSTS[1:] if dials else HOSTS),
    )


def _report(port: hand.PortConfig) -> bytes:
    """AEh 0Fh: as 10h but for the subtype."""
    return hand.framed(b"\x0f" + hand.set_port(port)[5:-2])


def _times(work: Callable[[Any], object], items: Sequence[Any]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(PASSES):
            for item in items:
                work(item)

    return run


def _versus(
    name: str, items: Sequence[Any], ours: Callable[[Any], object], rivals: dict[str, Callable[[Any], object]]
) -> Iterator[Ratio]:
    for rival, theirs in rivals.items():
        both = compare(name, _times(ours, items), _times(theirs, items), rival)
        yield each(PASSES * len(items), both)


def _same(name: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        raise AssertionError(f"{name} gives {theirs}, we give {ours}")


def _reports(ports: list[hand.PortConfig]) -> Iterator[Ratio]:
    frames = [_report(port) for port in ports]
    codec = codec_of("dcol")

    def ours(frame: bytes) -> object:
        return codec.read(frame, Role.UNIT)

    rivals: dict[str, Callable[[bytes], Any]] = {
        BY_HAND: hand.read_port,
        CONSTRUCT: lambda frame: constructed.read_port(constructed.PACKET, frame),
        COMPILED: lambda frame: constructed.read_port(constructed.COMPILED, frame),
        SCAPY: scapied.read_port,
    }
    for port, frame in zip(ports, frames, strict=True):
        wanted = asdict(port)
        found = codec.read(frame, Role.UNIT)
        _same("by hand", found and {name: found.values[name] for name in wanted}, wanted)
        for name, read in rivals.items():
            _same(name, wanted, _plain(read(frame), wanted))
    yield from _versus("AEh 0Fh decoded into typed values", frames, ours, rivals)

    def explained(frame: bytes) -> object:
        return codec.dissect(frame, Role.UNIT)

    yield from _versus(
        "AEh 0Fh explained: leaves, meanings, spans", frames, explained, {BY_HAND: hand.read_port}
    )


def _plain(found: Any, names: dict[str, Any]) -> dict[str, Any]:
    """The values of somebody else's object: numbers, flags and text as ours are."""
    values = {name: getattr(found, name) for name in names}
    mode, where = values["mode"], values["remote_ip_address"]
    values["mode"] = hand.MODES[mode] if isinstance(mode, int) and not isinstance(mode, str) else str(mode)
    values["remote_ip_address"] = where.decode() if isinstance(where, bytes) else str(where)
    return values


def _sets(ports: list[hand.PortConfig]) -> Iterator[Ratio]:
    codec = codec_of("dcol")
    rows = [asdict(port) for port in ports]
    requests = [Request("dcol", "AEh 10h", tuple(row.items())) for row in rows]

    def by_construct(packet: Any) -> Callable[[int], bytes]:
        return lambda index: constructed.build(packet, 0x10, rows[index])

    def by_scapy(index: int) -> bytes:
        return bytes(scapied.Dcol(subtype=0x10) / scapied.Port(**rows[index]))

    rivals: dict[str, Callable[[int], bytes]] = {
        BY_HAND: lambda index: hand.set_port(ports[index]),
        CONSTRUCT: by_construct(constructed.PACKET),
        COMPILED: by_construct(constructed.COMPILED),
        SCAPY: by_scapy,
    }
    yield from _encoded(
        "AEh 10h encoded, every value checked", COUNT, lambda index: codec.encode(requests[index]), rivals
    )


def _gets() -> Iterator[Ratio]:
    codec = codec_of("dcol")
    requests = [Request("dcol", "AEh 0Eh", (("virtual_port", number),)) for number in range(256)]

    def by_construct(packet: Any) -> Callable[[int], bytes]:
        return lambda number: constructed.build(packet, 0x0E, {"virtual_port": number})

    rivals: dict[str, Callable[[int], bytes]] = {
        BY_HAND: hand.ask_port,
        CONSTRUCT: by_construct(constructed.PACKET),
        COMPILED: by_construct(constructed.COMPILED),
        SCAPY: lambda number: bytes(scapied.Dcol(subtype=0x0E) / scapied.Ask(virtual_port=number)),
    }
    yield from _encoded(
        "AEh 0Eh encoded, its value checked", 256, lambda number: codec.encode(requests[number]), rivals
    )


def _encoded(
    name: str, count: int, ours: Callable[[int], bytes], rivals: dict[str, Callable[[int], bytes]]
) -> Iterator[Ratio]:
    for index in range(count):
        for rival, theirs in rivals.items():
            _same(rival, ours(index), theirs(index))
    yield from _versus(name, range(count), ours, rivals)


def _replies() -> Iterator[Ratio]:
    codec = codec_of("kramer")
    lines = LINES * (COUNT // len(LINES))

    def ours(line: bytes) -> object:
        return codec.read(line, Role.UNIT)

    rivals = {BY_HAND: hand.read_line, BY_REGEX: hand.read_line_by_regex}
    for line in LINES:
        found = codec.read(line, Role.UNIT)
        words = [*map(str, found.row)] if found else []
        for name, read in rivals.items():
            theirs = read(line)
            _same(name, words, [*theirs.words, *filter(None, [theirs.result])])
            _same(name, found and found.name, theirs.name or "#")
    yield from _versus("Kramer reply decoded into typed values", lines, ours, rivals)

    def explained(line: bytes) -> object:
        return codec.dissect(line, Role.UNIT)

    yield from _versus(
        "Kramer reply explained: leaves, meanings, spans", lines, explained, {BY_HAND: hand.read_line}
    )


def _framing(ports: list[hand.PortConfig], chance: random.Random) -> Iterator[Ratio]:
    frames = [_report(port) for port in ports * 4]
    stream = b"".join(_damaged(frame, chance) for frame in frames)
    found = _cut("dcol", stream)
    _same("by hand", found, list(hand.scan(stream)))
    if not 0.8 * len(frames) < len(found) < len(frames):
        raise AssertionError(f"{len(found)} of {len(frames)} packets are whole: no fair stream")
    name = "packets of a damaged stream, in pieces of 4 KiB"
    for rival, theirs in (("bytes.find on the whole", hand.scan), ("a state machine by octets", hand.step)):
        yield flow(
            len(stream),
            compare(name, lambda: _cut("dcol", stream), lambda theirs=theirs: list(theirs(stream)), rival),
        )
    lines = b"".join(chance.choice(LINES) + (b"\r\n" if chance.random() < 0.1 else b"") for _ in frames)
    _same("by hand", _cut("kramer", lines), hand.lines(lines))
    yield flow(
        len(lines),
        compare(
            "Kramer lines of a stream, in pieces of 4 KiB",
            lambda: _cut("kramer", lines),
            lambda: hand.lines(lines),
            "bytes.splitlines on the whole",
        ),
    )


def _damaged(frame: bytes, chance: random.Random) -> bytes:
    """The frame; one in ten has a wrong byte, one in ten some noise before it."""
    if chance.random() < 0.1:
        at = chance.randrange(len(frame))
        frame = frame[:at] + bytes([frame[at] ^ 1 << chance.randrange(8)]) + frame[at + 1 :]
    return chance.randbytes(chance.randrange(1, 9)) + frame if chance.random() < 0.1 else frame


def _cut(protocol: str, stream: bytes) -> list[bytes]:
    """Our pieces that are frames; a bare ACK is left aside, the other side knows none."""
    framer = codec_of(protocol).framer(Role.UNIT, datagrams=False)
    pieces = []
    for at in range(0, len(stream), CHUNK):
        pieces += framer.feed(stream[at : at + CHUNK])
    pieces += framer.flush()
    return [piece.data for piece in pieces if not piece.fault and len(piece.data) > 1]
