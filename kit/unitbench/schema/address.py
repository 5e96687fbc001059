"""The address of a unit, as a person writes it: ``SCHEME://HOST[:PORT]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.schema.records import Protocol

_SHAPE = re.compile(
    r"(?P<protocol>[a-z0-9]+)(?:\+(?P<carrier>[a-z]+))?://(?P<host>[^:/\s]+)(?::(?P<port>[0-9]{1,5}))?/?"
)
FORM = "SCHEME://HOST[:PORT], for example kramer://192.168.1.39"


@dataclass(frozen=True, slots=True)
class UnitAddress:
    """Protocol, carrier (``tcp`` or ``udp``), host and port of a unit."""

    protocol: str
    carrier: str
    host: str
    port: int

    @property
    def broadcast(self) -> bool:
        """Whether it reaches all units of a subnet (a reading: the last byte is 255)."""
        return self.carrier == "udp" and self.host.endswith(".255")

    @property
    def endpoint(self) -> str:
        """Host, port and carrier, for errors."""
        return f"{self.host}:{self.port}/{self.carrier}"

    def spelling(self, protocol: Protocol) -> str:
        """The shortest text that means this address."""
        main = next((service for service in protocol.services if service.main), protocol.services[0])
        plus = "" if self.carrier == main.carrier else f"+{self.carrier}"
        port = "" if self.port == protocol.service(self.carrier).port else f":{self.port}"
        return f"{self.protocol}{plus}://{self.host}{port}"


def split_address(text: str) -> tuple[str, str, str, int | None]:
    """Protocol, carrier (empty: the protocol's own), host and port of ``text``; raises ``InvalidValue``."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        shown = printable(text, 60)
        raise InvalidValue(f"'{shown}' is no unit's address", field="unit", rule=FORM, hint=f"write {FORM}")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise InvalidValue(f"port {port} is outside 1..65535", field="unit", rule=FORM, hint=f"write {FORM}")
    return match["protocol"], match["carrier"] or "", match["host"], port


def address_of(text: str, protocol: Protocol) -> UnitAddress:
    """The address that ``text`` means for a unit of ``protocol``."""
    name, carrier, host, port = split_address(text)
    main = next((service for service in protocol.services if service.main), protocol.services[0])
    carrier = carrier or main.carrier
    if carrier not in {service.carrier for service in protocol.services}:
        known = ", ".join(sorted({service.carrier for service in protocol.services}))
        raise InvalidValue(f"{name} is not spoken over {carrier}", field="unit", rule=f"one of {known}")
    return UnitAddress(name, carrier, host, port or protocol.service(carrier).port)
