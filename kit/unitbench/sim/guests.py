"""Units that claim the address of another one of their set, as two on one network may by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.sim.serve import UnitServer
from unitbench.sim.serving import Server
from unitbench.sim.units import SimUnit
from unitbench.wire.qstation.unit import QstationUnit


def moved(units: Iterable[SimUnit]) -> list[SimUnit]:
    """The units of a set, each at the address that it claims; raises ``InvalidValue``."""
    known = {unit.name: unit for unit in units}
    return [_at(unit, known) if unit.claims else unit for unit in known.values()]


def _at(unit: SimUnit, known: dict[str, SimUnit]) -> SimUnit:
    check(
        unit.name,
        unit.claims,
        [u.name for u in known.values() if u.protocol == unit.protocol and not u.claims],
    )
    owner = known[unit.claims]
    if isinstance(unit.core, QstationUnit):
        unit.core.state.ident["ipa"] = owner.host
    return replace(unit, host=owner.host)


def check(name: str, claims: str, able: Sequence[str]) -> None:
    """Raise ``InvalidValue`` where a unit cannot claim another's address; ``able`` are those with one of their own."""
    if claims in able:
        return
    listed = printable(", ".join(able), 200) or "none: every one claims another's"
    raise InvalidValue(
        f"{name}: address={printable(claims, 40)} is no unit of its kind in this set that has an address of its own",
        field="address",
        rule=f"one of {listed}",
        expected=tuple(able),
        hint=f"units with an address of their own: {listed}",
    )


def lodge(servers: Iterable[Server]) -> None:
    """Have those that claim another's address answer from its sockets, which are that one's alone."""
    known = {server.unit.name: server for server in servers}
    for server in known.values():
        owner = known.get(server.unit.claims)
        if isinstance(owner, UnitServer) and isinstance(server, UnitServer):
            owner.lodge(server)
