"""The first minute: where to look is asked once, with what each answer would send; the choice is remembered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path
from textwrap import wrap

from unitbench import catalogue, runtime
from unitbench.errors import BenchError
from unitbench.lab.identification.steps import announced_at, probe_for
from unitbench.schema.address import UnitAddress, address_of
from unitbench.schema.printable import printable
from unitbench.schema.records import Protocol, Request
from unitbench.session.face import Session
from unitbench.session.model import Job
from unitbench.session.operations import StartSim
from unitbench.transport.interfaces_list import Interface, interfaces
from unitbench.wire import encode
from unitbench_shell.asking import Asking
from unitbench_shell.greeting import NO_UNITS
from unitbench_shell.plain import PlainScreen
from unitbench_shell.progress import LEAVES
from unitbench_shell.screen import Screen

FILE = "first"
EVERYWHERE = "255.255.255.255"
QUESTION = "where to look? 1-4, or Enter to decide later: "
HEAD = "Where shall unitbench look for units? Nothing is sent before you have chosen."


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the word that is remembered, what it is called, and what it sends."""

    word: str
    name: str
    about: str


SIM, LISTEN, NETWORKS, EXPLAIN = CHOICES = (
    Choice("sim", "simulated units", "one of each kind in this computer; nothing leaves it"),
    Choice("listen", "listen only", "hear what announces itself; sends nothing"),
    Choice("networks", "ask my networks", "a harmless broadcast; shown first, then y/N"),
    Choice("explain", "explain bytes", "you paste what was captured; sends nothing"),
)


def remembered() -> Choice | None:
    """What was chosen before; None where nothing was, or it cannot be read."""
    try:
        word = (runtime.kept() / FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return next((choice for choice in CHOICES if choice.word == word), None)


def remember(choice: Choice) -> str:
    """Keep a choice for the next start; gives why that failed, or nothing."""
    try:
        place = runtime.kept_folder() / FILE
        with open(
            os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(f"{choice.word}\n")
    except (OSError, BenchError) as error:
        reason = error.message if isinstance(error, BenchError) else f"{Path(place)}: {error.strerror}"
        return f"the choice is not remembered: {reason}"
    return ""


class First:
    """Asks on the screen, and begins."""

    def __init__(self, session: Session, screen: Screen | PlainScreen, asking: Asking) -> None:
        self._session = session
        self._screen = screen
        self._say = screen.say
        self._line = asking.line
        self._yes = asking.question

    def begin(self, *, again: bool) -> Job | None:
        """Take what was chosen before, or ask; gives the discovery that has begun. ``again``: ask in any case."""
        choice = None if again else remembered()
        if choice is not None:
            self._say(f"as last time: {choice.name} ({choice.about}); unitbench --ask asks again")
        else:
            choice = self._asked()
            if choice is None:
                self._say("\n".join(wrap(NO_UNITS, self._screen.columns)))
                return None
            if failed := remember(choice):
                self._say(printable(failed))
        return self._begun(choice)

    def _asked(self) -> Choice | None:
        """The choice; None where the person wants none."""
        self._say("\n".join(offered(self._screen.columns)))
        while True:
            try:
                answer = self._line(QUESTION).strip().casefold()
            except (KeyboardInterrupt, EOFError):
                return None
            if not answer:
                return None
            for at, choice in enumerate(CHOICES, 1):
                if answer in (str(at), choice.word, choice.name):
                    return choice
            self._say(f"'{printable(answer, 40)}' is none of 1, 2, 3, 4")

    def _begun(self, choice: Choice) -> Job | None:
        if choice is SIM:
            with self._screen.working(lambda: ("starting simulated units", LEAVES)):
                self._session.perform(StartSim())
            return self._session.start_discovery().job
        if choice is LISTEN:
            return self._session.start_discovery(*announced()).job
        if choice is NETWORKS:
            return self._networks()
        self._say("\n".join(explained()))
        return None

    def _networks(self) -> Job | None:
        """Show what would be sent where, and send it if the person says so."""
        asked = plan(interfaces())
        self._say("\n".join(asked.lines))
        if not asked.targets:
            return None
        try:
            if not self._yes("send this?"):
                self._say("nothing was sent")
                return None
        except (KeyboardInterrupt, EOFError):
            self._say("nothing was sent")
            return None
        return self._session.start_discovery(*asked.targets, *announced()).job


def offered(width: int) -> list[str]:
    """The choices, a line each; where the screen is narrow, more."""
    rows = [f"  {at}  {choice.name:<18}{choice.about}" for at, choice in enumerate(CHOICES, 1)]
    if any(len(row) > width for row in rows):
        rows = [
            line
            for at, choice in enumerate(CHOICES, 1)
            for line in wrap(f"{at}  {choice.name}: {choice.about}", width, subsequent_indent="   ")
        ]
    return [*wrap(HEAD, width), *rows]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent where, for people, and the targets of a discovery that does it."""

    lines: tuple[str, ...]
    targets: tuple[str, ...]


def plan(found: tuple[Interface, ...]) -> Plan:
    """What asking these networks would send."""
    lines: list[str] = []
    targets: list[str] = []
    for name, address in _networks(found):
        where, broadcast = f"{name} ({address.ip})", str(address.network.broadcast_address)
        if not broadcast.endswith(".255"):
            lines.append(
                f"{where}: left alone, its broadcast address {broadcast} is not one that ends in .255"
            )
            continue
        lines.append(f"{where}, to {broadcast}:")
        for protocol in catalogue.protocols():
            if (probe := _probe(protocol, broadcast)) is not None:
                text, target = probe
                lines.append(f"  {text}")
                targets.append(target)
    if not targets:
        lines.append(
            "no network with a broadcast address is up here. Try: discover ADDRESS of a unit, or doctor"
        )
        return Plan(tuple(lines), ())
    silent = [p for p in catalogue.protocols() if not p.hears_broadcast and not announced_at(p)]
    lines += [
        f"not asked: {p.maker}, it hears no broadcast; discover {p.name}://ADDRESS asks one" for p in silent
    ]
    lines.append("listened for meanwhile, without sending: what units announce by themselves")
    return Plan(tuple(lines), tuple(targets))


def _networks(found: tuple[Interface, ...]) -> Iterator[tuple[str, IPv4Interface]]:
    """The networks that can be asked by broadcast: the interface, and this machine's address there."""
    for item in found:
        if item.up and item.running and item.broadcasts and not item.loopback:
            yield from ((item.name, each) for each in item.addresses if each.network.prefixlen < 31)


def _probe(protocol: Protocol, broadcast: str) -> tuple[str, str] | None:
    """What is asked of all units of a protocol on a network, and the target of that; None where nothing is."""
    if not protocol.hears_broadcast:
        return None
    target = f"{protocol.name}://{broadcast}"
    where: UnitAddress = address_of(target, protocol)
    try:
        probe = probe_for(where)
    except BenchError:
        return None
    size = len(encode(Request(protocol.name, probe.command.name)))
    port = f"{probe.where.carrier} {probe.where.port}"
    return f"{protocol.maker}: {probe.command.name}, 1 datagram of {size} bytes to {port}", target


def announced() -> tuple[str, ...]:
    """The targets at which units are heard that announce themselves: nothing is sent there."""
    return tuple(f"{item.name}://{EVERYWHERE}" for item in catalogue.protocols() if announced_at(item))


def explained() -> list[str]:
    """How bytes are explained: lines that work, and send nothing."""
    return [
        "Paste bytes behind decode, as hex or as text; the protocol is found out. To try it:",
        "  decode 02 00 AE 02 0E 13 D1 03",
        "  decode ~01@LOGIN ERR004",
        "  encode SECUR?",
    ]
