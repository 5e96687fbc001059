"""``unitbench sim``: simulated units in the foreground, until SIGTERM or Ctrl-C.

They are asked for their state and their log on standard input.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterable, Mapping

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.sim import Sim
from unitbench.sim.book import Endpoint
from unitbench.sim.setfile import assigned, told_in
from unitbench_shell import told

BLOCK = "127.77.0.0/24"
SET_HINT, FAULT_HINT = "--set r1.reject=silent", "--fault k1:loss=0.2,delay=50ms"


def sim(options: argparse.Namespace) -> int:
    """Serve until a signal comes; prints a line for each endpoint, then ``ready``."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    wanted = told_in(options.file) if options.file else {}
    wanted["units"] = {**wanted.get("units", {}), **dict(_count(item) for item in options.unit)}
    wanted["serial"] = [*wanted.get("serial", []), *options.serial]
    for name in ("address", "port_offset", "seed", "speed"):
        if getattr(options, name) is not None:
            wanted[name] = getattr(options, name)
    wanted["options"] = _merged(wanted.get("options", {}), map(_option, options.set))
    wanted["faults"] = _merged(wanted.get("faults", {}), map(_faults, options.fault))
    rack = Sim(**{"address": BLOCK, **wanted})
    with rack:
        said = rack.endpoints
        for endpoint in said:
            print(_line(endpoint))
        for host, shared in rack.shared:
            print(f"all shared udp {host}:{shared}")
        for unit, faults in rack.faults.items():
            print(f"{unit} has faults: {faults}", file=sys.stderr)
        for guest in (unit for unit in rack.units if unit.claims):
            print(f"{guest.name} claims the address of {guest.claims}, {guest.host}", file=sys.stderr)
        if rack.speed != 1:
            print(f"the units' clocks run {rack.speed:g} times faster than real ones", file=sys.stderr)
        print("ready", flush=True)
        moves = _Moves(rack, said)
        rack.watch(moves.tell)
        moves.tell()
        told.listen(rack)
        over.wait()
    return 0


def _line(endpoint: Endpoint) -> str:
    name = endpoint.unit or "all"
    mac = f" {endpoint.mac}" if endpoint.mac else ""
    port = f":{endpoint.port}" if endpoint.port else ""
    return f"{name} {endpoint.protocol} {endpoint.carrier} {endpoint.host}{port}{mac}"


class _Moves:
    """Says on stderr where a unit listens that has moved: by a lease, or by a setting that took effect."""

    def __init__(self, rack: Sim, said: tuple[Endpoint, ...]) -> None:
        self._rack, self._said = rack, set(said)
        self._telling = threading.Lock()

    def tell(self) -> None:
        """Say what is new; on any thread."""
        with self._telling:
            now = self._rack.endpoints
            for endpoint in now:
                if endpoint not in self._said:
                    print(_line(endpoint), file=sys.stderr, flush=True)
            self._said = set(now)


def _count(item: str) -> tuple[str, int]:
    name, equals, count = item.partition("=")
    if not equals or not (count.isascii() and count.isdigit()):
        raise InvalidValue(
            f"'{item}' does not say how many of a kind",
            field="unit",
            rule="PROTOCOL=N",
            hint="--unit qstation=10",
        )
    return name, int(count)


def _option(item: str) -> tuple[str, dict[str, str]]:
    """``r1.reject=silent``: a unit's name, and its option."""
    target, value = assigned(item, SET_HINT)
    unit, _, name = target.rpartition(".")
    if not unit:
        raise InvalidValue(
            f"'{printable(item, 60)}' names no unit", field="set", rule="UNIT.OPTION=VALUE", hint=SET_HINT
        )
    return unit, {name: value}


def _faults(item: str) -> tuple[str, dict[str, str]]:
    """``k1:loss=0.2,delay=0.05``: a unit's name, and its faults."""
    unit, colon, rest = item.partition(":")
    if not (unit and colon):
        raise InvalidValue(
            f"'{printable(item, 60)}' names no unit",
            field="fault",
            rule="UNIT:FAULT=VALUE,...",
            hint=FAULT_HINT,
        )
    return unit, dict(assigned(part, FAULT_HINT) for part in rest.split(","))


def _merged(
    told: Mapping[str, Mapping[str, object]], more: Iterable[tuple[str, dict[str, str]]]
) -> dict[str, dict[str, object]]:
    """What a file gives each unit, and the command line over it."""
    merged = {unit: dict(values) for unit, values in told.items()}
    for unit, values in more:
        merged.setdefault(unit, {}).update(values)
    return merged
