"""What a simulated unit tells on its private channel: its state and its log, fit to be shown and without secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unitbench.schema.printable import masked, printable
from unitbench.schema.records import Role
from unitbench.sim.truth import Effect
from unitbench.wire.host import Peer
from unitbench.wire.unit import Decision, UnitCore

LONGEST = 400
"""Characters of a text that are told."""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of a unit's log: ``ago_s`` seconds ago by the unit's clock, about ``data`` of ``peer``, in which
    secrets are masked; ``text`` is what the unit made of it."""

    ago_s: float
    peer: str
    data: bytes
    text: str


def state_of(core: UnitCore, effects: Sequence[Effect] = ()) -> dict[str, Any]:
    """The unit's state: printable texts, numbers, flags, lists and tables of such by name; with the true instant of
    the newest of some effects."""
    state = {name: _plain(value) for name, value in core.dump().items()}
    if effects:
        last = effects[-1]
        state["true effects"] = {
            "kept": len(effects),
            "newest, wall clock": last.wall_ns / 1e9,
            "newest, own clock": last.unit_s,
            "behind its answer": last.answered_first,
        }
    return state


def log_of(core: UnitCore, now: float, count: int) -> list[Said]:
    """The last entries of its log, the oldest first; it keeps ``UnitCore.log_size``."""
    return [_said(core, entry, now) for entry in list(core.log)[-count:]] if count > 0 else []


def _said(core: UnitCore, entry: Decision, now: float) -> Said:
    data = masked(entry.data, core.codec.dissect(entry.data, Role.HOST).secret_spans) if entry.data else b""
    return Said(round(now - entry.now, 6), spelt(entry.peer), data, printable(entry.text, LONGEST))


def spelt(peer: Peer) -> str:
    """Who a unit spoke with, as text; empty for nobody."""
    parts = peer if isinstance(peer, tuple) else () if peer is None else (peer,)
    return printable(" ".join(map(str, parts)), LONGEST)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {_name(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return spelt(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, (bool, int, float)) else printable(str(value), LONGEST)


def _name(name: object) -> str:
    return spelt(name) if isinstance(name, tuple) else printable(str(name), LONGEST)
