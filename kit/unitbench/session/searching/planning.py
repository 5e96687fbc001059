"""A scope made into what is sent where: the same for a dry run and for the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.catalogue.evidence import CONTROL_PORT
from unitbench.errors import UsageError, Withheld
from unitbench.lab.identification.steps import (
    Probe,
    Rank,
    Step,
    announced_at,
    left_alone,
    probe_for,
    steps,
    steps_of,
)
from unitbench.schema.records import Touch
from unitbench.session.scope import ASKS_FROM, Scope, Sweep
from unitbench.session.searching.model import PlanLine, SearchPlan
from unitbench.session.searching.pacing import CONNECTIONS, DATAGRAMS, PER_UNIT
from unitbench.session.vs1.announces import LOOK_S
from unitbench.transport.interfaces import local_address

TRIES = 2
"""How often a datagram is sent to who does not answer."""
MOST_HEARD = 4096
"""Hosts of a sweep whose announces are waited for."""
NAMED = 5
"""So many of a list are named."""
TEST_PORT = 9
"""Any port will do to ask the system for the way; nothing is sent."""


@dataclass
class Plan:
    """What a discovery does. ``probes`` are asked at addresses that were named; ``heard`` are hosts and broadcast
    addresses whose announces are waited for; ``sweeps`` are gone through host by host, in ``steps``."""

    scope: Scope
    probes: list[Probe] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    sweeps: list[tuple[Sweep, list[Step]]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Steps of its job."""
        return len(self.probes) + bool(self.heard) + sum(sweep.size for sweep, _ in self.sweeps)

    def shown(self) -> SearchPlan:
        """As people and views see it."""
        lines = [_of_probe(probe) for probe in self.probes]
        for sweep, todo in self.sweeps:
            lines += [
                _of_step(sweep, step, self.scope.ports) for step in todo if step.rank is not Rank.LISTEN
            ]
            if any(step.carrier == "tcp" for step in todo):
                lines.append(_control(sweep))
        datagrams = sum(line.packets for line in lines if line.carrier == "udp")
        connections = sum(line.packets for line in lines if line.carrier == "tcp")
        lasts_s = max(datagrams / DATAGRAMS + connections / CONNECTIONS, LOOK_S if self.heard else 0.0)
        rates = (
            f"at most {PER_UNIT:g} a second to one unit, {DATAGRAMS:g} datagrams and {CONNECTIONS:g} connections a "
            "second in all; simulated units have no limit"
        )
        wide = self.scope.hosts > ASKS_FROM
        return SearchPlan(
            tuple(lines),
            tuple(sorted(self.heard)),
            tuple(self.skipped),
            rates,
            lasts_s,
            str(self.scope.hosts) if wide else "",
        )

    def check(self, allow: str) -> None:
        """Raise ``Withheld`` where more hosts are asked than anybody has said that they want."""
        hosts = self.scope.hosts
        if hosts > ASKS_FROM and allow != str(hosts):
            raise Withheld(
                f"{hosts} hosts would be asked one by one, for up to {self.shown().lasts_s / 60:.0f} minutes",
                effect="wide",
                allow_with=str(hosts),
                hint=f"nothing was sent; --yes={hosts} on the command line, or allow={hosts} in Python, lets it "
                "begin; dry=yes shows what would be sent; a broadcast reaches a subnet at once",
            )


def plan_of(scope: Scope) -> Plan:
    """The plan of a scope; raises ``UsageError`` where a place cannot be asked, or there is no way to it."""
    plan = Plan(scope, skipped=list(scope.skipped))
    for where in scope.places:
        if announced_at(catalogue.protocol(where.protocol)) is not None:
            plan.heard.add(where.host)
        else:
            plan.probes.append(probe_for(where))
    plan.probes = list(dict.fromkeys(plan.probes))
    for sweep in scope.sweeps:
        first = str(sweep.network.network_address + (sweep.network.prefixlen < 31))
        if not local_address((first, TEST_PORT)):
            raise UsageError(
                f"there is no way from here to {sweep.text}: no interface is on that network, and no route leads there",
                hint="ip route shows the routes; discover INTERFACE looks at a network of this machine",
            )
        todo = steps((sweep.protocol,) if sweep.protocol else ())
        if sweep.port:
            todo = [step for step in todo if step.command is not None][:1]
        plan.sweeps.append((sweep, todo))
        if any(step.rank is Rank.LISTEN for step in todo):
            if sweep.size <= MOST_HEARD:
                plan.heard |= set(sweep.hosts)
            else:
                plan.skipped.append(f"announces of {sweep.text}: heard for {MOST_HEARD} hosts at most")
    plan.skipped += _alone([sweep for sweep, _ in plan.sweeps])
    return plan


def _alone(sweeps: list[Sweep]) -> list[str]:
    """What is not touched at the hosts of sweeps, and why."""
    told: dict[str, list[str]] = {}
    for sweep in sweeps:
        records = [catalogue.protocol(sweep.protocol)] if sweep.protocol else list(catalogue.protocols())
        done = {s.port for record in records for step in steps_of(record) for s in step.services}
        left = {
            s.port
            for record in records
            for s in record.services
            if s.touch is Touch.LEAVES and s.carrier == "tcp" and s.port not in done
        }
        for service in (service for record in records for service in left_alone(record)):
            why = "has room for one client, which may be at work"
            told.setdefault(f"port {service.port}/{service.carrier} {why}", []).append(sweep.text)
        if left:
            why = "never opened by us"
            told.setdefault(f"ports {', '.join(map(str, sorted(left)))}/tcp: {why}", []).append(sweep.text)
    return [f"{what}: {listing(where)}" for what, where in told.items()]


def listing(names: Sequence[str]) -> str:
    """Names with commas between; of very many the first ones."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def port_of(sweep: Sweep, step: Step, usual: int, ports: dict[str, int]) -> int:
    """The port at which a protocol is looked for: the one that was named, or the usual one."""
    named = sweep.port or ports.get(step.protocol, 0)
    return named if named and step.command is not None else usual


def _of_probe(probe: Probe) -> PlanLine:
    where = probe.where
    host = f"{where.host}, everyone there" if probe.broadcast else where.host
    name = probe.command.name
    return PlanLine(name, where.protocol, host, 1, where.carrier, where.port, probe.data, 1)


def _of_step(sweep: Sweep, step: Step, ports: dict[str, int]) -> PlanLine:
    port = port_of(sweep, step, step.services[0].port, ports)
    if step.command is None:
        count = sweep.size * len(step.services)
        named = " and ".join(str(service.port) for service in step.services)
        return PlanLine(f"connect to {named}", step.protocol, sweep.text, sweep.size, "tcp", port, b"", count)
    tries = TRIES if step.carrier == "udp" else len(step.services)
    packets = sweep.size * tries
    return PlanLine(
        step.command.name, step.protocol, sweep.text, sweep.size, step.carrier, port, step.data, packets
    )


def _control(sweep: Sweep) -> PlanLine:
    what = f"connect to {CONTROL_PORT}, which must be closed"
    return PlanLine(what, "", sweep.text, sweep.size, "tcp", CONTROL_PORT, b"", sweep.size)
