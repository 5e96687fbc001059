"""Units, what a discovery found, and the services of one, as text."""

from __future__ import annotations

from unitbench.schema.address import SERIAL, split_address
from unitbench.session.items import Places, Units
from unitbench.session.model import Unit
from unitbench.session.rendering.base import WIDTH, milliseconds, render, shown, table
from unitbench.session.results import Discovery
from unitbench.session.spans import clock, left_s, time_of


@render.register(Units)
def _(item: Units, width: int = WIDTH) -> str:
    if not item.units:
        return "no units are known; discover looks for some"
    kept = any(u.reserved_by for u in item.units)
    rows = [
        (
            u.name,
            u.address,
            u.maker,
            u.mac or "-",
            f"{u.score:.2f}" if u.score else "-",
            *([reserved(u) or "-"] if kept else []),
            unit_state(u),
        )
        for u in item.units
    ]
    head = ("unit", "address", "what", "MAC", "score", *(["reserved by"] if kept else []), "state")
    lines = [table(head, rows, width, ("score", "MAC", "what"))]
    lines += [shown([f"{u.name} is simulated and has faults: {u.faults}"]) for u in item.units if u.faults]
    lines += [shown([away]) for u in item.units if (away := holder_away(u))]
    lines += [shown([f"{u.name}: exclusive, {u.exclusive}"]) for u in item.units if u.exclusive]
    lines += [shown([f"{u.name} is in doubt, link and login: {u.doubt}"]) for u in item.units if u.doubt]
    if item.speed != 1:
        lines.append(f"the clocks of the simulated units run {item.speed:g} times faster than real ones")
    return "\n".join(lines)


def unit_state(unit: Unit) -> str:
    """How a unit stands: whether it is real, its link, its login."""
    link = f"link {unit.link}" + (" (exclusive)" if unit.exclusive else "")
    parts = ["simulated" if unit.simulated else "real", link]
    parts += ["in doubt"] if unit.doubt else []
    if unit.login:
        # A unit on a serial line does not learn that the line was closed.
        kept = unit.link == "closed" and split_address(unit.address).carrier == SERIAL
        parts.append(f"login {unit.login}{' kept until its time-out' if kept else ''}")
    if unit.keepalive_s:
        parts.append(f"kept alive every {unit.keepalive_s:g} s")
    return ", ".join([*parts, unit.about] if unit.about else parts)


def reserved(unit: Unit) -> str:
    """Who keeps writes to a unit for itself, and for how long still; nothing where nobody does."""
    return f"{unit.reserved_by}, {clock(left_s(unit.reserved_until_ns))}" if unit.reserved_by else ""


def holder_away(unit: Unit) -> str:
    """That who has reserved a unit is not there to release it; nothing where it is."""
    if not (unit.reserved_by and unit.holder_left_ns):
        return ""
    since = time_of(unit.holder_left_ns)
    take = f"reserve {unit.name} 10m take=yes takes it over"
    return f"{unit.name}: {unit.reserved_by} is not connected (since {since}); {take}"


@render.register(Discovery)
def _(item: Discovery, width: int = WIDTH) -> str:
    from unitbench.lab.identification.model import word
    from unitbench.session.searching.sightings import undecided

    after = {sighting.unit.name: sighting.rtt_s for sighting in item.sightings}
    rows = [
        (
            u.name,
            u.address.partition("://")[2],
            f"{u.maker} {u.about}".rstrip(),
            f"{u.score:.2f} {word(u.score)}",
            milliseconds(after.get(u.name)),
            u.evidence[-1] if u.evidence else "",
        )
        for u in item.units
    ]
    told = [
        *(f"sent {text}" for text in item.sent),
        *(f"listened {text}" for text in item.listened),
        *(f"skipped {text}" for text in item.skipped),
    ]
    lines = [shown(told)]
    if rows:
        lines += [
            "",
            table(("unit", "address", "what", "score", "after", "why"), rows, width, ("after", "score")),
        ]
    else:
        lines += [
            "nothing answered",
            *(f"  {shown([text])}" for text in item.doubts),
            "  try: the units' addresses and this machine's network; discover NAME or ADDRESS",
        ]
    lines += [shown([text]) for unit in item.units if (text := undecided(unit))]
    lines += [shown([f"finding: {text}"]) for text in item.findings]
    return "\n".join(lines)


@render.register(Places)
def _(item: Places, width: int = WIDTH) -> str:
    rows = [
        (
            f"{p.port}/{p.carrier}",
            p.name,
            p.touch,
            p.about + ("" if p.port == p.usual else f" (port {p.usual})"),
        )
        for p in item.places
    ]
    return table((f"{item.unit} at", "service", "here", "what for"), rows, width)
