"""The rules for likely causes, and for commands with which a unit shows which one it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench.schema.causes import Cause
from unitbench.schema.records import Effect, Protocol

At = tuple[str | int, ...]
LONGEST_SHOW_S = 60


def cause_flaws(protocol: Protocol) -> Iterator[tuple[At, str]]:
    """Where such a rule is broken, and which."""
    yield from _causes(protocol.silences, ("silences",))
    for number, code in enumerate(protocol.codes):
        yield from _causes(code.causes, ("codes", number, "causes"))
    for at, command in enumerate(protocol.commands):
        for number, code in enumerate(command.refusals):
            yield from _causes(code.causes, ("commands", at, "refusals", number, "causes"))
        if not 0 <= command.shows_s <= LONGEST_SHOW_S:
            yield ("commands", at, "shows_s"), f"shows_s is outside 0..{LONGEST_SHOW_S}"
        elif command.shows_s and command.effect is not Effect.VISIBLE:
            yield (
                ("commands", at, "shows_s"),
                f"{command.name} is {command.effect.value}: it does not only show",
            )


def _causes(causes: Sequence[Cause], at: At) -> Iterator[tuple[At, str]]:
    for number, cause in enumerate(causes):
        for name, given in (("text", cause.text), ("hint", cause.hint)):
            if not given:
                yield (*at, number, name), f"{name} is missing or empty"
