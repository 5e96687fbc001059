"""What a simulated unit says to an example: its core is asked in memory, without a socket."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Command, Protocol, Role
from unitbench.wire import codec_of, encode

if TYPE_CHECKING:
    from unitbench.wire.unit import UnitCore

BLOCK = IPv4Network("127.77.0.0/24")
PEER = ("127.0.0.1", 1)
SEED = 1
STEPS = 100
"""So many things may happen in a unit until its answer is given up."""


@lru_cache(maxsize=64)
def answer(protocol: str, command: str) -> tuple[Dissection, ...]:
    """The frames with which the first simulated unit of a protocol answers the last example of a command."""
    record = catalogue.protocol(protocol)
    found = record.command(command)
    core = _unit(protocol)
    if found is None or not found.examples or core is None:
        return ()
    codec = codec_of(protocol)
    datagrams = _datagrams(record)
    if not datagrams:
        core.connected(PEER, 0.0)
    now = 0.0
    said = b""
    for line in (*found.first, found.examples[-1]):
        request = parse(line).statements[0].request
        if request is None:
            return ()
        core.receive(encode(request), PEER, now, datagram=datagrams)
        now, said = _heard(core, now, found)
    if found.multiline:
        return (codec.dissect(said, Role.UNIT),)
    framer = codec.framer(Role.UNIT, datagrams=datagrams)
    pieces = [*framer.feed(said), *framer.flush()] if said else []
    return tuple(codec.dissect(piece.data, Role.UNIT) for piece in pieces)


def _unit(protocol: str) -> UnitCore | None:
    """The core of the first simulated unit, as the usual set has it."""
    from unitbench.sim.units import build

    counts = {name: int(name == protocol) for name in catalogue.names()}
    return next((unit.core for unit in build(counts, BLOCK, SEED)), None)


def _datagrams(protocol: Protocol) -> bool:
    main = next((service for service in protocol.services if service.main), protocol.services[0])
    return main.carrier == "udp"


def _heard(core: UnitCore, now: float, command: Command) -> tuple[float, bytes]:
    """What the unit sends until it has no more to say, or its answer window is over; and when that was."""
    end = now + command.answer_s
    said = b""
    for _ in range(STEPS):
        said += b"".join(out.data for out in core.outgoing(now) if out.peer == PEER)
        due = core.deadline()
        if due is None or due > end or said:
            break
        now = max(now, due)
        core.tick(now)
    return now, said
