"""Which service of the catalogue an address means, and at which port a unit has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Service, Status, Touch
from unitbench.session.model import Place

if TYPE_CHECKING:
    from unitbench.sim.book import Endpoint

Site = tuple[str, str]
"""Protocol and host."""


class Places:
    """The ports of the catalogue, but for the units of our own sets, which may have them elsewhere."""

    def __init__(self) -> None:
        self._ports: dict[tuple[Site, str, str], int] = {}
        self._services: dict[tuple[Site, str, int], Service] = {}
        self._offsets: dict[Site, int] = {}

    def learn(self, endpoint: Endpoint) -> None:
        """Take over where a simulated unit has a service."""
        record = catalogue.protocol(endpoint.protocol)
        site, carrier = (endpoint.protocol, endpoint.host), endpoint.carrier
        service = next(
            (s for s in record.services if (s.name, s.carrier) == (endpoint.service, carrier)), None
        )
        if service is None:
            return
        self._ports[site, carrier, service.name] = endpoint.port
        self._services[site, carrier, endpoint.port] = service
        if service.main:
            self._offsets[site] = endpoint.port - service.port

    def of(self, where: UnitAddress, service: Service) -> UnitAddress:
        """Where the unit at ``where`` has ``service``."""
        site = (where.protocol, where.host)
        usual = service.port + self._offsets.get(site, 0)
        port = self._ports.get((site, service.carrier, service.name), usual)
        return replace(where, carrier=service.carrier, port=port)

    def all(self, where: UnitAddress, *, simulated: bool) -> tuple[Place, ...]:
        """Every service of the unit at ``where``."""
        record = catalogue.protocol(where.protocol)
        spoken = simulated or any(c.source.status is not Status.SIMULATED for c in record.commands)
        return tuple(
            Place(s.name, s.carrier, self.of(where, s).port, s.port, s.about, _touch(s, spoken))
            for s in record.services
            if s.port
        )

    def service(self, where: UnitAddress) -> Service | None:
        """The service that is at an address; None for a port that the catalogue does not name."""
        known = self._services.get(((where.protocol, where.host), where.carrier, where.port))
        services = catalogue.protocol(where.protocol).services
        return known or next(
            (s for s in services if (s.carrier, s.port) == (where.carrier, where.port)), None
        )


def _touch(service: Service, spoken: bool) -> str:
    """``spoken``: the unit takes some command of the catalogue; else no bytes that it takes are published."""
    if service.touch is Touch.SPEAKS and not spoken:
        return "not spoken: no bytes are published"
    return service.touch.value + (", one client at a time" if service.exclusive else "")
