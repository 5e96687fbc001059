"""A wire command that is only shown: its bytes, and to whom they would go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unitbench import catalogue
from unitbench.offline import encoded_request
from unitbench.schema.records import Request
from unitbench.schema.values import Mac
from unitbench.session.items import Notice
from unitbench.session.model import Unit
from unitbench.session.operations import Ask


def only_shown(units: Iterable[Unit], ask: Ask) -> Iterator[object]:
    """The bytes of a request that is not sent; a required MAC left out is that of the unit, if it is known."""
    unit = next(
        (u for u in units if u.name == ask.unit or (not ask.unit and u.protocol == ask.protocol)), None
    )
    values = dict(ask.values)
    command = catalogue.protocol(ask.protocol).command(ask.command)
    mac = (
        next((f.name for f in command.args if isinstance(f.type, Mac) and not f.optional), "")
        if command
        else ""
    )
    if mac and mac not in values and unit is not None and unit.mac:
        values = {mac: unit.mac} | values
    then = tuple(Request(ask.protocol, name, tuple(more.items())) for name, more in ask.then)
    yield encoded_request(
        Request(ask.protocol, ask.command, tuple(values.items()), learned=command is None, then=then)
    )
    to = (
        "every unit, by broadcast"
        if ask.everyone
        else ask.unit or (unit.name if unit else "no unit that is known")
    )
    yield Notice(f"dry run: nothing was sent to {to}")
