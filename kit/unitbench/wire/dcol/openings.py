"""How a virtual port meets its clients: what a driver is to have open for it."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.schema.values import Value


@dataclass(frozen=True, slots=True)
class Opening:
    """A virtual port as it is now. It listens on ``ip_port``, or dials ``remote`` where that is set.

    ``carrier`` is ``tcp`` or ``udp``. ``many``: it takes any number of clients and hears none of them. ``turn``
    counts the times that all connections had to drop. One that differs from what is open replaces it.
    """

    number: int
    carrier: str
    ip_port: int
    remote: tuple[str, int] | None = None
    many: bool = False
    turn: int = 0

    def __str__(self) -> str:
        way = f"dials {self.remote[0]}:{self.remote[1]}" if self.remote else f"listens on {self.ip_port}"
        return f"virtual port {self.number} {way}/{self.carrier}{', output only' if self.many else ''}"


def opening_of(port: dict[str, Value], turn: int) -> Opening | None:
    """What the settings of a port ask for; None where it is not active."""
    if not port["active"]:
        return None
    number, ip_port, remote_port = port["virtual_port"], port["ip_port"], port["remote_ip_port"]
    assert isinstance(number, int) and isinstance(ip_port, int) and isinstance(remote_port, int)
    carrier = str(port["mode"]).lower()
    if port["initiate_connection"]:
        return Opening(number, carrier, 0, (str(port["remote_ip_address"]), remote_port), turn=turn)
    return Opening(number, carrier, ip_port, many=bool(port["output_only"]), turn=turn)
