"""The first and the last words of the shell."""

from __future__ import annotations

from textwrap import wrap

from unitbench import __version__
from unitbench.runtime import from_home
from unitbench.schema.printable import printable
from unitbench.session.model import Unit
from unitbench.session.rendering.folding import fold
from unitbench.session.stream import State

FIRST = "help lists the commands; the lines at the bottom show what Enter would send"
FIRST_PLAIN = "help lists the commands; encode COMMAND shows its bytes, and Tab lists what can stand there"
NO_UNITS = (
    "no unit is known yet. Try: discover qstation://192.168.1.255, use ADDRESS, or leave and start with --sim "
    "or --ask"
)
UNITS_SHOWN = 12


def hello(state: State, width: int, *, plain: bool = False, asks: bool = False) -> str:
    """Session, simulated block, units, and what to do first; ``plain``: where nothing is drawn; ``asks``: where to look
    is told or asked below that."""
    parts = [f"unitbench {__version__}", f'session "{state.session}"']
    if state.journal:
        parts.append(f"journal {from_home(state.journal)}")
    if state.sim:
        parts.append(f"simulated units in {state.sim}")
    lines = _joined(parts, width)
    for text in state.found.splitlines():
        lines += wrap(printable(text), width)
    lines += _rows(state.units, width) or ([] if asks else wrap(NO_UNITS, width))
    if any(not unit.simulated for unit in state.units) or not state.sim:
        lines.append("writes to real units ask first")
    return "\n".join([*lines, *wrap(FIRST_PLAIN if plain else FIRST, width)])


def _joined(parts: list[str], width: int) -> list[str]:
    """The parts in one line where they fit, else one a line."""
    line = " | ".join(parts)
    return [line] if len(line) <= width else [row for part in parts for row in fold(part, width)]


def _rows(units: tuple[Unit, ...], width: int) -> list[str]:
    """A line a unit, the columns aligned; those that do not fit are left out."""
    shown = units[:UNITS_SHOWN]
    cells = [
        (
            unit.name,
            unit.maker,
            printable(unit.address.partition("://")[2], 40),
            "simulated" if unit.simulated else "real",
        )
        for unit in shown
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    while sum(widths) + 2 * len(widths) > width and len(widths) > 1:
        widths.pop()
    padded = [[cell.ljust(size) for cell, size in zip(row, widths, strict=False)] for row in cells]
    rows = [" " + "  ".join(row).rstrip() for row in padded]
    if len(units) > len(shown):
        rows.append(f"and {len(units) - len(shown)} more; units lists them")
    return rows


def goodbye(state: State, width: int) -> str:
    """What stays when this view has left, and how to end it. ``state`` is the newest from the session."""
    if state.linger_s == 0:
        return f'session "{state.session}" ends'
    others = [name for name in state.clients if name != state.who]
    if others:
        stays = f"goes on: {', '.join(printable(name, 40) for name in others)} still there"
    elif state.linger_s < 0:
        stays = "goes on until it is stopped"
    else:
        stays = f"goes on for {_span(state.linger_s)}"
    logins = [f"{unit.login} login on {unit.name}" for unit in state.units if unit.login]
    kept = f", with {' and '.join(logins)}" if logins else ""
    stop = "unitbench stop" if state.session == "default" else f"unitbench stop {state.session}"
    return "\n".join(
        wrap(f'session "{state.session}" {stays}{kept}; "{stop}" ends it{_reserved(state)}', width)
    )


def _reserved(state: State) -> str:
    """What becomes of the units that this view has reserved: a number is no name to come back under."""
    mine = [unit.name for unit in state.units if unit.reserved_by == state.who]
    if not mine:
        return ""
    several = len(mine) > 1
    if state.who.rpartition("-")[2].isdigit():
        ends = f"{'are' if several else 'is'} free for others again"
    else:
        ends = f"{'stay' if several else 'stays'} reserved for {printable(state.who, 40)}"
    return f". {', '.join(mine)} {ends}"


def _span(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 120:
        return f"{seconds:g} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
