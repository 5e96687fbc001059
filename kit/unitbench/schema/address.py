"""The address of a unit, as a person writes it: ``SCHEME://HOST[:PORT]``, or ``SCHEME+serial://DEVICE``.

Behind a ``?`` stand options, with ``&`` between them: ``baud`` and ``framing`` of a serial line, and ``id``, the
number of the unit that is meant where several share a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from unitbench.errors import InvalidValue
from unitbench.schema.hosts import canonical
from unitbench.schema.printable import printable, without_account
from unitbench.schema.record import record, replace
from unitbench.schema.records import Protocol, Service

_SHAPE = re.compile(
    r"(?P<protocol>[a-z0-9]+)(?:\+(?P<carrier>[a-z]+))?://(?P<place>[^?\s]+)(?:\?(?P<options>[^?\s]+))?"
)
_HOST = re.compile(r"(?P<host>[^:/\s]+)(?::(?P<port>[0-9]{1,5}))?/?")
_DEVICE = re.compile(r"/[^\s?]*[^/\s?]|(?i:com)[0-9]{1,3}", re.ASCII)
_FRAMING = re.compile(r"[5-8][NEOMS](?:1|1\.5|2)")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
SERIAL = "serial"
LOWEST_BAUD, HIGHEST_BAUD = 50, 4_000_000
FORM = "SCHEME://HOST[:PORT], for example kramer://192.168.1.39"
SERIAL_FORM = (
    "SCHEME+serial://DEVICE, for example kramer+serial:///dev/ttyUSB0?baud=9600 or kramer+serial://COM3"
)


class Parts(NamedTuple):
    """An address cut up; what is not said is empty or None. ``host`` is a serial line's device."""

    protocol: str
    carrier: str
    host: str
    port: int | None
    options: tuple[tuple[str, str], ...] = ()


@record
class UnitAddress:
    """Where a unit is: protocol, carrier (``tcp``, ``udp`` or ``serial``), host and port.

    On a serial line ``host`` is the device, ``port`` is 0, and ``baud`` and ``framing`` (``8N1``) are set.
    ``unit_id`` is the unit's own number on a line that several share; None: whoever is there.
    """

    protocol: str
    carrier: str
    host: str
    port: int
    baud: int = 0
    framing: str = ""
    unit_id: int | None = None

    @property
    def broadcast(self) -> bool:
        """Whether it reaches all units of a subnet (a reading: the last byte is 255)."""
        return self.carrier == "udp" and self.host.endswith(".255")

    @property
    def lasting(self) -> bool:
        """Whether a unit may keep a login when our link is closed: there is no connection that ends it."""
        return self.carrier == SERIAL

    @property
    def way(self) -> UnitAddress:
        """The line or connection to it, which units of different ids share."""
        return self if self.unit_id is None else replace(self, unit_id=None)

    @property
    def endpoint(self) -> str:
        """Host, port and carrier, or the device, for errors."""
        return self.host if self.carrier == SERIAL else f"{self.host}:{self.port}/{self.carrier}"

    def spelling(self, protocol: Protocol) -> str:
        """The shortest text that means this address."""
        service = protocol.service(self.carrier)
        plus = "" if self.carrier == _main(protocol).carrier else f"+{self.carrier}"
        port = "" if self.port == service.port else f":{self.port}"
        said = []
        if self.carrier == SERIAL:
            said += [f"baud={self.baud}"] if self.baud != service.baud else []
            said += [f"framing={self.framing}"] if self.framing != service.framing else []
        said += [f"id={self.unit_id}"] if self.unit_id is not None else []
        options = "?" + "&".join(said) if said else ""
        return f"{self.protocol}{plus}://{self.host}{port}{options}"


def _main(protocol: Protocol) -> Service:
    return next((service for service in protocol.services if service.main), protocol.services[0])


def split_address(text: str) -> Parts:
    """The parts of an address; raises ``InvalidValue``."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise _bad(f"'{printable(without_account(text), 60)}' is no unit's address", FORM)
    options = tuple(_option(item) for item in (match["options"] or "").split("&") if match["options"])
    place, carrier = match["place"], match["carrier"] or ""
    if carrier == SERIAL:
        if not _DEVICE.fullmatch(place):
            raise _bad(f"'{printable(place, 60)}' is no serial device", SERIAL_FORM)
        return Parts(match["protocol"], carrier, place, None, options)
    host = _HOST.fullmatch(place)
    if host is None:
        raise _bad(f"'{printable(without_account(text), 60)}' is no unit's address", FORM)
    port = int(host["port"]) if host["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise _bad(f"port {port} is outside 1..65535", FORM)
    return Parts(match["protocol"], carrier, canonical(host["host"]), port, options)


def address_of(text: str, protocol: Protocol) -> UnitAddress:
    """The address that ``text`` means for a unit of ``protocol``; raises ``InvalidValue``."""
    parts = split_address(text)
    everyone = protocol.hears_broadcast and parts.host.endswith(".255")
    carrier = parts.carrier or ("udp" if everyone else _main(protocol).carrier)
    if carrier not in {service.carrier for service in protocol.services}:
        known = ", ".join(sorted({service.carrier for service in protocol.services}))
        raise InvalidValue(
            f"{parts.protocol} is not spoken over {carrier}", field="unit", rule=f"one of {known}"
        )
    service = protocol.service(carrier)
    where = UnitAddress(
        parts.protocol, carrier, parts.host, parts.port or service.port, service.baud, service.framing
    )
    given: set[str] = set()
    for name, value in parts.options:
        if name in given:
            raise _bad(f"{name} is given twice", FORM)
        given.add(name)
        where = _with(where, name, value, protocol)
    return where


def _with(where: UnitAddress, name: str, value: str, protocol: Protocol) -> UnitAddress:
    """The address with an option, if it has such."""
    serial = where.carrier == SERIAL
    low, high = protocol.ids or (0, 0)
    if name == "id" and protocol.ids:
        return replace(where, unit_id=_number(name, value, low, high))
    if name == "baud" and serial:
        return replace(where, baud=_number(name, value, LOWEST_BAUD, HIGHEST_BAUD))
    if name == "framing" and serial:
        if not _FRAMING.fullmatch(value.upper()):
            rule = "data bits, parity (N E O M S) and stop bits, such as 8N1"
            raise _bad(f"framing={printable(value, 20)} is not allowed: {rule}", rule)
        return replace(where, framing=value.upper())
    known = [*(["baud", "framing"] if serial else []), *(["id"] if protocol.ids else [])]
    has = f"has {', '.join(known)}" if known else "has no options"
    raise _bad(f"this address has no option '{printable(name, 20)}'", f"an address of this kind {has}")


def _number(name: str, value: str, low: int, high: int) -> int:
    if not _NUMBER.fullmatch(value) or not low <= int(value) <= high:
        rule = f"a whole number {low}..{high}"
        raise _bad(f"{name}={printable(value, 20)} is not allowed: {rule}", rule)
    return int(value)


def _option(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals or not name:
        raise _bad(
            f"'{printable(item, 40)}' is no option of an address", "options are ?NAME=VALUE, with & between"
        )
    return name.casefold(), value


def _bad(message: str, rule: str) -> InvalidValue:
    return InvalidValue(message, field="unit", rule=rule, hint=f"write {rule}" if "://" in rule else rule)
