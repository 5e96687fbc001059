"""What a person writes by hand for these few frames and no others: the floor."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

STX, ETX, TYPE = 0x02, 0x03, 0xAE
PORT = struct.Struct("!B?HBB?xBH7xB")
MODES = ("TCP", "UDP")
REPLY = re.compile(r"~[0-9]{1,9}@([A-Z-]*) ?(.*?)(?: ?(OK|ERR[0-9]{3}))?\r\n")


@dataclass(slots=True)
class PortConfig:
    """The values of AEh 0Fh and 10h."""

    virtual_port: int
    active: bool
    ip_port: int
    mode: str
    udp_timeout: int
    output_only: bool
    initiate_connection: bool
    remote_ip_port: int
    remote_ip_address: str


@dataclass(slots=True)
class Line:
    """The values of a Kramer reply."""

    name: str
    words: list[str]
    result: str


def framed(data: bytes) -> bytes:
    """A whole packet around the data."""
    body = bytes((0, TYPE, len(data))) + data
    return b"\x02%b%c\x03" % (body, sum(body) & 255)


def check(frame: bytes) -> None:
    """Raise ValueError unless it is one whole AEh packet."""
    good = frame[0] == STX and frame[2] == TYPE and frame[3] == len(frame) - 6 and frame[-1] == ETX
    if not good or sum(frame[1:-2]) & 255 != frame[-2]:
        raise ValueError("not a packet")


def read_port(frame: bytes) -> PortConfig:
    """AEh 0Fh."""
    check(frame)
    port, active, ip, mode, timeout, shared, dials, remote, size = PORT.unpack_from(frame, 5)
    if dials > 1 or size != len(frame) - 26:
        raise ValueError("not in the manual's table")
    where = frame[24:-2].decode("ascii")
    return PortConfig(port, active, ip, MODES[mode], timeout, shared, dials == 1, remote, where)


def ask_port(number: int) -> bytes:
    """AEh 0Eh."""
    if not 0 <= number <= 255:
        raise ValueError("virtual_port")
    return framed(bytes((0x0E, number)))


def set_port(port: PortConfig) -> bytes:
    """AEh 10h."""
    if port.initiate_connection and port.output_only:
        raise ValueError("in client mode, OUTPUT ONLY must be disabled")
    if port.initiate_connection and not (port.remote_ip_address and port.remote_ip_port):
        raise ValueError("client mode needs a remote address and port")
    if port.active and not (port.ip_port or port.initiate_connection):
        raise ValueError("an active port that listens needs an IP port")
    where = port.remote_ip_address.encode("ascii")
    row = PORT.pack(
        port.virtual_port,
        port.active,
        port.ip_port,
        MODES.index(port.mode),
        port.udp_timeout,
        port.output_only,
        port.initiate_connection,
        port.remote_ip_port,
        len(where),
    )
    return framed(b"\x10" + row + where)


def read_line(data: bytes) -> Line:
    """A reply by ``str.partition``."""
    head, at, rest = data.decode("latin-1").partition("@")
    if not at or head[0] != "~" or rest[-2:] != "\r\n":
        raise ValueError("not a reply")
    name, _, words = rest[:-2].partition(" ")
    said = words.split(" ")
    last = said[-1]
    result = said.pop() if last == "OK" or last[:3] == "ERR" else ""
    return Line(name, said, result)


def read_line_by_regex(data: bytes) -> Line:
    """A reply by a regular expression."""
    found = REPLY.fullmatch(data.decode("latin-1"))
    if not found:
        raise ValueError("not a reply")
    name, words, result = found.groups()
    return Line(name, words.split(" ") if words else [], result or "")


def scan(stream: bytes) -> Iterator[bytes]:
    """The good packets of a whole stream, found with ``bytes.find``; after damage from the next STX on."""
    at = 0
    while True:
        at = stream.find(b"\x02", at)
        if at < 0 or at + 6 > len(stream):
            return
        end = at + stream[at + 3] + 6
        if (
            end <= len(stream)
            and stream[end - 1] == ETX
            and sum(stream[at + 1 : end - 2]) & 255 == stream[end - 2]
        ):
            yield stream[at:end]
            at = end
        else:
            at += 1


def step(stream: bytes) -> Iterator[bytes]:
    """The same, one octet at a time: a state machine that gives a damaged packet up and goes on behind it."""
    frame = bytearray()
    for octet in stream:
        if not frame and octet != STX:
            continue
        frame.append(octet)
        if len(frame) < 4 or len(frame) < frame[3] + 6:
            continue
        if octet == ETX and sum(frame[1:-2]) & 255 == frame[-2]:
            yield bytes(frame)
        frame.clear()


def lines(stream: bytes) -> list[bytes]:
    """The lines of a whole stream."""
    return [line for line in stream.splitlines(keepends=True) if line.strip()]
