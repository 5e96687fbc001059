"""What a Protocol 3000 unit keeps, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Self

from unitbench.schema import text
from unitbench.schema.records import Command, Protocol

NOBODY = "NONE"
ON, OFF = "ON", "OFF"
LEVELS = (NOBODY, "USER", "ADMIN")
"""The access levels; each may do what those before it may."""
SHOWN_S = 10.0
"""How long the unit shows itself after IDV, in seconds (a reading)."""


@dataclass
class KramerState:
    """What the unit keeps: the flag, the passwords by level, its device id, and what it says of itself.

    ``shown_until`` is when it stops to show itself, on its own clock. Two readings are options: ``max_tries``
    wrong passwords in a row, after which a peer's logins are refused until it was away (0: any number), and
    ``echoes``: an accepted password is repeated in the answer, as newer manuals have it.
    """

    secur: bool = True
    passwords: dict[str, str] = field(default_factory=lambda: {"USER": "1234", "ADMIN": "4321"})
    dev_id: int = 1
    name: str = "bench-k1"
    model: str = "UB-3000"
    prot_ver: str = "3000:2.0"
    version: str = "1.0.0"
    sn: str = "30000000000001"
    shown_until: float = 0.0
    max_tries: int = 0
    echoes: bool = False

    def copy(self) -> Self:
        """The same, independent of this one."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return type(self)(**{**values, "passwords": dict(self.passwords)})

    def read(self, name: str) -> list[str] | None:
        """The answer to a command that only reads; None where it is none."""
        answers = {
            "SECUR?": ON if self.secur else OFF,
            "MODEL?": self.model,
            "PROT-VER?": self.prot_ver,
            "VERSION?": self.version,
            "SN?": self.sn,
            "NAME?": self.name,
        }
        return [answers[name]] if name in answers else None

    def accepted(self, level: str, password: str) -> str:
        """What an answer says of a level whose password was accepted or set."""
        return f"{level},{password}" if self.echoes else level

    def write(self, name: str, values: list[str], now: float) -> list[str]:
        """Run a command that changes something; the answer."""
        if name == "NAME":
            (self.name,) = values
            return [self.name, "OK"]
        if name == "SECUR":
            (flag,) = values
            self.secur = flag == ON
            return [flag, "OK"]
        if name == "PASS":
            level, self.passwords[level] = values
            return [self.accepted(*values), "OK"]
        if name == "IDV":
            self.shown_until = now + SHOWN_S
        return ["OK"]


def allowed(held: str, needed: str) -> bool:
    """Whether a peer of level ``held`` may run what needs level ``needed``."""
    return LEVELS.index(held) >= LEVELS.index(needed or NOBODY)


def listed(protocol: Protocol) -> list[str]:
    """The lines that answer HELP: the heading, and the names of all commands."""
    names = sorted(command.name for command in protocol.commands)
    return ["Device available protocol 3000 commands:", ", ".join(names)]


def explained(command: Command) -> list[str]:
    """The lines that answer HELP on one command."""
    args = ",".join(f"[{item.name}]" if item.optional else item.name for item in command.args)
    spelt = [f"{item.name}: {text.rule(item.type)}" for item in command.args]
    return [
        f"HELP {command.name}:",
        "; ".join([command.title, *spelt]),
        f"USAGE:{command.name} {args}".rstrip(),
    ]
