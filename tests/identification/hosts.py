"""Hosts in memory: what sits at their ports, and what a discovery sees of them, step by step."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench.catalogue.evidence import CONTROL_PORT
from unitbench.lab.identification.model import Look, State, Way
from unitbench.lab.identification.scoring import identified
from unitbench.lab.identification.steps import Rank, Step, steps
from unitbench.wire.unit import UnitCore

Answer = Callable[[bytes], bytes]
TRIES = 2
ENOUGH = 0.95


@dataclass
class Speaker:
    """What sits at a port: what it says to who connects, and what it answers."""

    answer: Answer = lambda data: b""
    greeting: bytes = b""


@dataclass
class Host:
    """``open_all``: a firewall in front of it takes every connection. ``own``: it is this machine itself."""

    tcp: dict[int, Speaker] = field(default_factory=dict)
    udp: dict[int, Speaker] = field(default_factory=dict)
    announces: bytes = b""
    mac: str = ""
    open_all: Speaker | None = None
    own: bool = False

    def at(self, carrier: str, port: int) -> Speaker | None:
        """Who sits there, if anybody does."""
        here = self.tcp if carrier == "tcp" else self.udp
        return here.get(port) or (self.open_all if carrier == "tcp" else None)


def core_speaker(core: UnitCore, *, datagram: bool, damage: Callable[[bytes], bytes] = bytes) -> Speaker:
    """A simulated unit behind a line that does something to its replies."""

    def answer(data: bytes) -> bytes:
        core.receive(data, "peer", 0.0, datagram=datagram)
        said = [damage(out.data) for out in core.outgoing(30.0)]
        return said[0] if datagram and said else b"".join(said)

    core.connected("peer", 0.0)
    return Speaker(answer)


def survey(host: Host) -> list[Look]:
    """What a discovery sees of a host that nothing is known of: each step, until enough is known."""
    looks = [Look(Way.MAC, mac=host.mac)] if host.mac else []
    controlled = False
    for step in steps():
        found = identified(looks)
        if found and found[0].score >= ENOUGH:
            break
        new = list(_looks(host, step))
        if step.carrier == "tcp" and not controlled and any(look.state is State.OPEN for look in new):
            controlled = True
            state = State.OPEN if host.at("tcp", CONTROL_PORT) else State.REFUSED
            looks.append(Look(Way.CONTROL, carrier="tcp", port=CONTROL_PORT, state=state))
        looks += new
    return looks


def _looks(host: Host, step: Step) -> list[Look]:
    if step.rank is Rank.LISTEN:
        port = step.services[0].port
        heard = Look(Way.HEARD, step.protocol, "udp", port, data=host.announces)
        return [heard] if host.announces else []
    if step.command is None:
        states = [host.at("tcp", service.port) is not None for service in step.services]
        state = State.OPEN if all(states) else State.REFUSED
        return [Look(Way.KNOCKED, step.protocol, "tcp", step.services[0].port, state)]
    looks = []
    for service in step.services:
        speaker = host.at(step.carrier, service.port)
        if speaker is None:
            looks.append(_asked(step, service.port, State.REFUSED if step.carrier == "tcp" else State.SILENT))
            continue
        if step.carrier == "tcp":
            looks.append(Look(Way.KNOCKED, step.protocol, "tcp", service.port, State.OPEN))
        if speaker.greeting:
            looks.append(Look(Way.HEARD, step.protocol, step.carrier, service.port, data=speaker.greeting))
        data = next(filter(None, (speaker.answer(step.data) for _ in range(TRIES))), b"")
        looks.append(_asked(step, service.port, State.OPEN, data, own=host.own))
        break
    return looks


def _asked(step: Step, port: int, state: State, data: bytes = b"", *, own: bool = False) -> Look:
    name = step.command.name if step.command else ""
    return Look(Way.ASKED, step.protocol, step.carrier, port, state, name, sent=step.data, data=data, own=own)


def noise(chance: random.Random, low: int, high: int) -> bytes:
    """Random bytes."""
    return chance.randbytes(chance.randint(low, high))
