"""What is asked for when rounds are begun, and whether it can be had."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.lab.timing.rounds import Observed
from unitbench.lab.timing.stopping import GO_ON, GUARD, Repeated, check, check_floors
from unitbench.line.guard import brief
from unitbench.schema.records import Command
from unitbench.session.operations import Time
from unitbench.session.results import Timing

COUNT_AT_ONCE = 100_000
GAP_S = 0.05
"""The usual pause between two rounds."""


def timed(name: str) -> tuple[str, Command]:
    """The protocol and command of a timing experiment: one that may go to all units at once and says the same
    to each. Without a name it is the first that changes nothing, the rehearsal."""
    able = [
        (protocol.name, command)
        for protocol in catalogue.protocols()
        for command in protocol.commands
        if command.broadcast and all(field.optional for field in command.args)
    ]
    for protocol_name, command in able:
        if command.name.casefold() == name.casefold() or (not name and command.probe):
            return protocol_name, command
    names = [command.name for _, command in able]
    raise UsageError(
        f"'{brief(name)}' cannot be timed in rounds", expected=names, hint=f"one of {', '.join(names)}"
    )


def gap_of(wanted: Time) -> float:
    """The pause between two rounds, in seconds; raises ``InvalidValue`` for numbers that cannot be."""
    if not 1 <= wanted.rounds <= COUNT_AT_ONCE:
        rule = f"1..{COUNT_AT_ONCE}"
        raise InvalidValue(f"rounds={wanted.rounds} is outside {rule}", field="rounds", rule=rule)
    if not (isfinite(wanted.window_s) and wanted.window_s > 0):
        raise InvalidValue(
            f"window_s={wanted.window_s:g} must be more than 0 (seconds)",
            field="window_s",
            rule="more than 0",
        )
    guarded = wanted.accept_s is not None
    gap_s = wanted.gap_s
    if gap_s is None:
        gap_s = GUARD * wanted.window_s if guarded else GAP_S
    if not (isfinite(gap_s) and gap_s >= 0):
        raise InvalidValue(f"gap_s={gap_s:g} must be 0 or more (seconds)", field="gap_s", rule="0 or more")
    if wanted.accept_s is not None:
        check(wanted.accept_s, gap_s, wanted.window_s)
    return gap_s


def check_reach(wanted: Time, command: str, expected: list[str], before: Iterable[Timing]) -> None:
    """Whether the threshold is within reach, by earlier rounds with that command; raises ``InvalidValue``."""
    if wanted.accept_s is None:
        return
    for timing in before:
        if timing.command == command:
            known = [unit for unit in timing.units if unit in expected]
            check_floors(wanted.accept_s, Observed.of(timing), known)


def complete(timing: Timing) -> bool:
    """Whether rounds came to their end: all that were asked for, or what repeated them was content or gave up."""
    if len(timing.rounds) >= timing.asked_rounds:
        return True
    if timing.accept_s is None or not timing.rounds:
        return False
    repeated = Repeated(timing.units, timing.accept_s)
    for found in timing.rounds:
        repeated.add(found)
    return repeated.judged(timing.asked_rounds - len(timing.rounds), 0.0).state != GO_ON
