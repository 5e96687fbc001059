"""A set of simulated units written down in a TOML file: which, with what options and faults, how fast.

    speed = 60
    [[units]]
    protocol = "recorder"
    count = 2
    reject = "silent"
    [faults.r1]
    loss = "20%"

``units`` may also be a table of counts (``[units]`` and ``qstation = 10``): the default set, changed by these.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from unitbench import catalogue
from unitbench.catalogue.faults import FAULTS, SPEED
from unitbench.errors import InvalidValue, UsageError
from unitbench.schema import settings
from unitbench.schema.printable import printable
from unitbench.schema.values import Value
from unitbench.sim import guests
from unitbench.sim.choices import ALL
from unitbench.sim.options import check_options
from unitbench.sim.units import counts_of

PLAIN = {"address": str, "port_offset": int, "seed": int, "serial": list}
KEYS = ("units", "faults", SPEED.name, *PLAIN)
_HEADER = re.compile(r"\s*\[(\[?)\s*([^\]]+?)\s*\]")


def told_in(name: str) -> dict[str, Any]:
    """What a file says, as arguments of ``Sim``; raises ``UsageError`` with the line and the reason."""
    try:
        text = Path(name).read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{printable(name)} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        end = (
            f"at line {text.count(chr(10)) + 1}, the end"
            if isinstance(error, tomllib.TOMLDecodeError)
            else ""
        )
        why = str(error).replace("at end of document", end)
        raise UsageError(f"{printable(name)} is no TOML: {printable(why, 200)}") from None
    return _Reader(printable(name), text).read(told)


class _Reader:
    """Reads one file. ``_at`` is where in it: the table, which of several, and the key."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = text.splitlines()
        self._at: tuple[str, int, str] = ("", 0, "")

    def read(self, told: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._read(told)
        except UsageError as error:
            where = f"{self._name}, line {self._line(*self._at)}"
            raise UsageError(f"{where}: {error.message}", hint=error.hint) from None

    def _read(self, told: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in told.items():
            self._at = ("", 0, key)
            if key not in KEYS:
                raise UsageError(f"'{printable(key, 40)}' is not known", hint=f"known: {', '.join(KEYS)}")
            if key in PLAIN:
                self._kind(key, value, PLAIN[key])
                found[key] = value
        if not all(isinstance(unit, str) for unit in found.get("serial", [])):
            self._at = ("", 0, "serial")
            raise UsageError("serial must be a list of units, such as ['k1']")
        if SPEED.name in told:
            self._at = ("", 0, SPEED.name)
            found["speed"] = settings.check(SPEED, told[SPEED.name])
        found["units"], found["options"] = self._units(told.get("units", {}))
        found["faults"] = self._faults(told.get("faults", {}), found["units"])
        return found

    @staticmethod
    def _kind(key: str, value: object, kind: type) -> None:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise UsageError(f"{key} must be a {kind.__name__}")

    def _units(self, told: object) -> tuple[dict[str, int], dict[str, dict[str, object]]]:
        """How many of each protocol, and the options of those that have some."""
        if isinstance(told, dict):
            for protocol, count in told.items():
                self._at = ("units", 0, protocol)
                catalogue.protocol(protocol)
                if type(count) is not int:
                    raise UsageError("the counts in [units] must be whole numbers")
                counts_of({protocol: count})
            return told, {}
        self._at = ("", 0, "units")
        if not isinstance(told, list) or not all(isinstance(entry, dict) for entry in told):
            raise UsageError("units must be a table of counts, or tables [[units]] with a protocol each")
        counts = dict.fromkeys(catalogue.names(), 0)
        options: dict[str, dict[str, object]] = {}
        entries: dict[str, int] = {}
        for number, entry in enumerate(told):
            self._at = ("units", number, "protocol")
            protocol = catalogue.protocol(str(entry.get("protocol", "")))
            self._at = ("units", number, "count")
            count = entry.get("count", 1)
            if type(count) is not int:
                raise UsageError("count must be a whole number")
            counts_of({protocol.name: count})
            chosen: dict[str, Value] = {}
            for key, value in entry.items():
                if key not in ("protocol", "count"):
                    self._at = ("units", number, key)
                    chosen |= check_options(protocol.name, {key: value})
            first = counts.get(protocol.name, 0) + 1
            counts[protocol.name] = first + count - 1
            names = [f"{protocol.letter}{n}" for n in range(first, first + count)]
            entries |= dict.fromkeys(names, number)
            if chosen:
                options |= {name: dict(chosen) for name in names}
        for name, chosen_of in options.items():
            if "address" in chosen_of:
                self._at = ("units", entries[name], "address")
                kin = [other for other in entries if other[0] == name[0]]
                able = [other for other in kin if "address" not in options.get(other, {})]
                guests.check(name, str(chosen_of["address"]), able)
        return counts, options

    def _faults(self, told: object, units: dict[str, int]) -> dict[str, dict[str, object]]:
        self._at = ("", 0, "faults")
        if not isinstance(told, dict):
            raise UsageError("faults must be tables such as [faults.k1]")
        protocols = {
            f"{record.letter}{number}": record
            for record, count in ((catalogue.protocol(name), n) for name, n in counts_of(units).items())
            for number in range(1, count + 1)
        }
        for unit, values in told.items():
            self._at = (f"faults.{unit}", 0, "")
            if unit != ALL and unit not in protocols:
                raise UsageError(f"no unit '{printable(unit, 40)}' in this set")
            if not isinstance(values, dict):
                raise UsageError(f"what faults {unit} has is a table: [faults.{unit}]")
            for key, value in values.items():
                self._at = (f"faults.{unit}", 0, key)
                settings.checked(FAULTS, {key: value}, protocols.get(unit), what="fault")
        return told

    def _line(self, table: str, number: int, key: str) -> int:
        """The line of a key in the n-th table of that name; that of the table, or the first, where it is not
        spelt out."""
        here, seen, near = "", -1, 0
        top = (table or key).partition(".")[0]
        begins, assigns = (re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]") for name in (top, key))
        for at, line in enumerate(self._lines, 1):
            header = _HEADER.match(line)
            if header:
                here = header[2].replace(" ", "")
                seen += here == table
                if here == table and (seen == number or not header[1]):
                    near = at
            elif key and here == table and (not table or seen == number) and assigns.match(line):
                return at
            if not near and (begins.match(line) if not header else here.partition(".")[0] == top):
                near = at
        return near or 1


def assigned(text: str, hint: str) -> tuple[str, str]:
    """Name and value of ``NAME=VALUE``; raises ``InvalidValue``."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise InvalidValue(f"'{printable(text, 60)}' gives no value", field=name, rule=hint, hint=hint)
    return name.strip(), value
