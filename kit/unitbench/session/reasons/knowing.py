"""What a session knows of its units that makes one cause of a refusal likelier than another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from unitbench import catalogue
from unitbench.schema import text
from unitbench.schema.causes import Cause, Sign
from unitbench.schema.records import Command, Effect, Protocol
from unitbench.schema.values import Mac
from unitbench.session.bus import Bus
from unitbench.session.model import Exchange, Problem, Unit
from unitbench.session.reasons.model import Likely
from unitbench.session.reasons.silence import late, spoken_otherwise
from unitbench.session.stream import Event

MOST = 4
"""So many causes are told: the first ones are what helps."""
_WORDS = re.compile(r"[\s,]+")
_PLACES = re.compile(r"\b(UNIT|COMMAND|LEVEL)\b")
Holds = tuple[bool, str]
"""Whether a sign holds, and what was seen of it."""


class Knowing:
    """Follows the stream of a session. ``find`` gives a unit by its name, as it is now."""

    def __init__(self, bus: Bus, find: Callable[[str], Unit | None]) -> None:
        self._find = find
        self._levels: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        self._untold: set[str] = set()
        self._refused: dict[str, int] = {}
        bus.listen(self._heard, bus.seq)

    def _heard(self, event: Event) -> None:
        if event.unit is not None and event.kind == "unit":
            self._login(event.unit.name, event.unit.login)
        elif event.exchange is not None:
            self._exchange(event.exchange)
        elif event.kind == "notice" and event.origin in self._untold:
            self._untold.discard(event.origin)
            self._ended[event.origin] = event.text

    def _login(self, unit: str, level: str) -> None:
        before = self._levels.get(unit, "")
        self._levels[unit] = level
        if level:
            self._ended.pop(unit, None)
            self._untold.discard(unit)
        elif before:
            self._ended[unit] = f"the {before} login ended"
            self._untold.add(unit)

    def _exchange(self, done: Exchange) -> None:
        if done.unit in self._untold:
            self._untold.discard(done.unit)
            self._ended[done.unit] += f" with #{done.id} {done.command} ({done.origin})"
        command = commands_of(done)[0]
        if command is not None and command.secret is not None:
            refused = done.outcome == "refused"
            self._refused[done.unit] = self._refused.get(done.unit, 0) + 1 if refused else 0

    # -- causes

    def explained(self, done: Exchange, outcome: str, problem: Problem | None) -> Problem | None:
        """The problem with its likely causes, the likeliest first; as it was where none is known."""
        if problem is None or outcome not in ("refused", "silent") or problem.code == "Cancelled":
            return problem
        protocol = catalogue.protocol(done.protocol)
        command = blamed(done)
        if outcome == "silent":
            if problem.code != "NoReply" or not done.request:
                return problem
            usual = [*self._ranked(protocol.silences, done, command), *late(done, protocol)]
            ranked = [*spoken_otherwise(done, protocol), *usual]
        else:
            special = (
                next((item for item in command.refusals if item.text == problem.code), None)
                if command
                else None
            )
            code = special if special and special.causes else protocol.result(problem.code)
            ranked = self._ranked(code.causes if code else (), done, command)
        return replace(problem, causes=tuple(ranked[:MOST]))

    def _ranked(self, causes: Iterable[Cause], done: Exchange, command: Command | None) -> list[Likely]:
        words = {
            "UNIT": done.unit,
            "COMMAND": command.name if command else "it",
            "LEVEL": _level(done, command),
        }

        def spelt(text: str) -> str:
            return _PLACES.sub(lambda match: words[match[1]], text)

        shown: list[Likely] = []
        usual: list[Likely] = []
        for cause in causes:
            holds, seen = self._sign(cause.sign, done, command) if cause.sign else (True, "")
            if holds:
                likely = Likely(spelt(cause.text), spelt(cause.hint), seen)
                (shown if cause.sign else usual).append(likely)
        return [*shown, *usual]

    def _sign(self, sign: Sign, done: Exchange, command: Command | None) -> Holds:
        if command is None:
            return False, ""
        unit = self._find(done.unit)
        level = unit.login if unit else ""
        ended = self._ended.get(done.unit, "")
        match sign:
            case Sign.NO_LOGIN:
                return not level and not ended, f"no login is held on {done.unit}"
            case Sign.LOGIN_ENDED:
                return bool(ended) and not level, ended
            case Sign.OTHER_LEVEL:
                needs = command.needs
                return bool(level and needs) and level != needs, f"{level} is logged in, it needs {needs}"
            case Sign.SECRET:
                times = self._refused.get(done.unit, 0) + 1
                seen = f"refused {times} times in a row" if times > 1 else "a password was given with it"
                return command.secret is not None, seen
            case Sign.WROTE:
                return command.effect in (Effect.RECONFIGURES, Effect.DISRUPTS), ""
            case Sign.NAMED_ITEM:
                own = bool(unit and unit.mac and unit.mac in done.command)
                macs = any(isinstance(field.type, Mac) for field in command.args)
                named = len(done.command.split()) > len(command.name.split())
                return named and not (macs and own), ""


def _level(done: Exchange, command: Command | None) -> str:
    """The access level that a login asks for, as its request spells it; or the one that a command needs, the lowest
    where the catalogue does not say which."""
    if command is None or command.grants is None:
        return (command.needs if command else "") or _lowest(catalogue.protocol(done.protocol))
    names = [field.name for field in command.args]
    words = [word for word in _WORDS.split(done.command) if word][1:]
    at = names.index(command.grants[0]) if command.grants[0] in names else len(words)
    return words[at].rpartition("=")[2] if at < len(words) else "that level"


def _lowest(protocol: Protocol) -> str:
    """The first access level that a login of a protocol can ask for."""
    fields = (f for c in protocol.commands if c.grants for f in c.args if f.name == c.grants[0])
    levels = (word.text for field in fields for word in text.words(field.type))
    return next(levels, "that level")


def commands_of(done: Exchange) -> list[Command | None]:
    """The commands in the message of an exchange, in their order; None for one that the catalogue does not have."""
    protocol = catalogue.protocol(done.protocol)
    members = done.command.split(protocol.chain) if protocol.chain else [done.command]
    return [_command(protocol, member.split()) for member in members]


def _command(protocol: Protocol, words: list[str]) -> Command | None:
    """The command that words begin with; a name may have several."""
    return next((found for size in (2, 1) if (found := protocol.command(" ".join(words[:size])))), None)


def blamed(done: Exchange) -> Command | None:
    """The command of an exchange that was refused first, or its first one."""
    members = commands_of(done)
    at = next((number for number, reply in enumerate(done.replies) if reply.status == "refused"), 0)
    return members[min(at, len(members) - 1)]
