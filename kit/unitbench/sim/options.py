"""The options of a simulated unit at work: its core, its services and its clients as they were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from ipaddress import IPv4Network
from typing import Any

from unitbench import catalogue
from unitbench.catalogue.unit_options import UNIT_OPTIONS
from unitbench.errors import InvalidValue
from unitbench.schema.settings import checked
from unitbench.schema.values import Value
from unitbench.sim.choices import of_unit
from unitbench.sim.units import SimUnit, build
from unitbench.wire.kramer.unit import KramerUnit
from unitbench.wire.qstation.unit import QstationUnit
from unitbench.wire.recorder.unit import Backup, RecorderUnit
from unitbench.wire.vs1.job import Job
from unitbench.wire.vs1.producer import Delivery
from unitbench.wire.vs1.unit import Vs1Unit

JOB = {"pattern": "pattern", "rate": "rate_hz", "end": "terminator"}
"""What options of a serial port are called in its job."""
IDENT = ("sid", "mid")
"""Options that are items of a Q.station's ident record."""
BACKUP = tuple(field.name for field in fields(Backup))


def _checked(protocol: str, values: Mapping[str, object]) -> dict[str, Value]:
    found = checked(UNIT_OPTIONS, values, catalogue.protocol(protocol), what="option")
    for name, value in found.items():
        item = name.partition("_")[0]
        if protocol == "vs1" and item in JOB:
            _check_job(name, {JOB[item]: value})
    return found


def _check_job(name: str, told: dict[str, Any]) -> None:
    """Raise ``InvalidValue`` for what a serial port cannot print."""
    try:
        Job(**told)
    except InvalidValue as error:
        rule = error.rule
        raise InvalidValue(f"{name}: {error.message}", field=name, rule=rule, hint=error.hint) from None


def fitted(unit: SimUnit, values: Mapping[str, object]) -> SimUnit:
    """The unit with its options; raises ``InvalidValue`` that names the unit."""
    try:
        return _fitted(unit, values) if values else unit
    except InvalidValue as error:
        raise of_unit(unit, error) from None


def check_options(protocol: str, values: Mapping[str, object]) -> dict[str, Value]:
    """Options of units of a protocol, tried on one; raises ``InvalidValue``."""
    (sample,) = build({protocol: 1}, IPv4Network("127.77.0.0/24"), 0)
    _fitted(sample, values)
    return _checked(protocol, values)


def _fitted(unit: SimUnit, values: Mapping[str, object]) -> SimUnit:
    chosen: dict[str, Any] = dict(_checked(unit.protocol, values))
    clients = int(chosen.pop("clients", unit.clients))
    delay_s = float(chosen.pop("reply_delay", unit.core.reply_delay_s))
    core = unit.core
    if isinstance(core, KramerUnit):
        core.state = replace(core.state, **_kramer(core, chosen))
        core = KramerUnit(core.state, reply_delay_s=delay_s)
    elif isinstance(core, RecorderUnit):
        core = RecorderUnit(replace(core.state, **_recorder(chosen)), reply_delay_s=delay_s)
    elif isinstance(core, Vs1Unit):
        core = Vs1Unit(replace(core.state, **_vs1(core, chosen)), reply_delay_s=delay_s)
    elif isinstance(core, QstationUnit):
        unit = replace(unit, claims=str(chosen.pop("address", "")))
        core = QstationUnit(replace(core.state, **_qstation(core, chosen)), reply_delay_s=delay_s)
    else:
        for name, value in chosen.items():
            setattr(core.state, name, value)  # type: ignore[attr-defined]
        core.reply_delay_s = delay_s
    return replace(unit, core=core, clients=clients)


def _kramer(core: KramerUnit, chosen: dict[str, Any]) -> dict[str, Any]:
    passwords = {
        level: str(chosen.pop(f"{level.lower()}_password", password))
        for level, password in core.state.passwords.items()
    }
    if "id" in chosen:
        chosen["dev_id"] = chosen.pop("id")
    return {**chosen, "passwords": passwords}


def _qstation(core: QstationUnit, chosen: dict[str, Any]) -> dict[str, Any]:
    own = {name: chosen.pop(name) for name in IDENT if name in chosen}
    if "sid" in own:
        own["sid"] = int(own["sid"])
    return {**chosen, "ident": {**core.state.ident, **own}}


def _recorder(chosen: dict[str, Any]) -> dict[str, Any]:
    if "features" in chosen:
        chosen["features"] = frozenset(filter(None, str(chosen["features"]).split(",")))
    to = {name: chosen.pop(f"backup_{name}") for name in BACKUP if f"backup_{name}" in chosen}
    return {**chosen, "backup": Backup(**{"server": "", **to})} if to else chosen


def _vs1(core: Vs1Unit, chosen: dict[str, Any]) -> dict[str, Any]:
    jobs: dict[int, Job] = dict(core.state.jobs)
    for port, job in jobs.items():
        told = {JOB[name]: chosen[key] for name in JOB for key in (name, f"{name}_{port}") if key in chosen}
        jobs[port] = replace(job, **told)
    kept = {name: value for name, value in chosen.items() if name.partition("_")[0] not in JOB}
    if "delivery" in kept:
        kept["delivery"] = Delivery(kept["delivery"])
    if "per_s" in kept:
        kept["per_s"] = kept["per_s"] or None
    return {**kept, "jobs": jobs}
