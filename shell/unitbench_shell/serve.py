"""``unitbench sim``: simulated units in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
import tomllib
from pathlib import Path
from typing import Any

from unitbench.errors import InvalidValue, UsageError
from unitbench.sim import Sim

BLOCK = "127.77.0.0/24"
KEYS = {"units": dict, "address": str, "port_offset": int, "seed": int}


def sim(options: argparse.Namespace) -> int:
    """Serve until a signal comes; prints a line for each endpoint, then ``ready``."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    told = _from_file(options.file) if options.file else {}
    units = {**told.get("units", {}), **dict(_count(item) for item in options.unit)}
    rack = Sim(
        units,
        address=options.address or told.get("address", BLOCK),
        port_offset=told.get("port_offset", 0) if options.port_offset is None else options.port_offset,
        seed=told.get("seed", 0) if options.seed is None else options.seed,
    )
    with rack:
        for endpoint in rack.endpoints:
            name = endpoint.unit or "all"
            mac = f" {endpoint.mac}" if endpoint.mac else ""
            print(f"{name} {endpoint.protocol} {endpoint.carrier} {endpoint.host}:{endpoint.port}{mac}")
        for host, port in rack.shared:
            print(f"all shared udp {host}:{port}")
        print("ready", flush=True)
        over.wait()
    return 0


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


def _from_file(name: str) -> dict[str, Any]:
    path = Path(name)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} is no TOML: {error}") from None
    for key, value in told.items():
        if key not in KEYS:
            raise UsageError(f"{name}: '{key}' is not known", hint=f"known: {', '.join(KEYS)}")
        if not isinstance(value, KEYS[key]):
            raise UsageError(f"{name}: {key} must be a {KEYS[key].__name__}")
    if not all(type(count) is int for count in told.get("units", {}).values()):
        raise UsageError(f"{name}: the counts in [units] must be whole numbers")
    return told
