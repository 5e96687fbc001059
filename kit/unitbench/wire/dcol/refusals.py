"""Why a DCOL receiver refuses a good packet. The protocol's NAK gives no reason; the private channel does."""

from __future__ import annotations

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Command, Report
from unitbench.schema.values import IPv4, Value
from unitbench.wire.dcol.state import DcolState


def dotted(address: str) -> bool:
    """Whether it is four numbers 0..255 with dots between them."""
    try:
        text.parse(IPv4(), address)
    except InvalidValue:
        return False
    return True


def why_refused(
    record: Command | Report | None, seen: Dissection, values: dict[str, Value], state: DcolState
) -> str:
    """The reason for a NAK; empty where the packet is taken. What is no rule of the manual is a reading."""
    if seen.faults:
        return seen.faults[0].text
    if record is None:
        return f"packet type {seen.raw[2]:02X}h is not supported"
    if not isinstance(record, Command):
        return f"{record.name} is a report: only a receiver sends it"
    number = values.get("virtual_port")
    if number is not None and number not in state.ports:
        return f"there is no virtual port {number!s}: {min(state.ports)}..{max(state.ports)}"
    for rule in record.rules:
        if rule.broken_by(values):
            return f"{rule.one} and {rule.other}: {rule.because}"
    return _port(seen, values, state) if "ip_port" in values else ""


def _port(seen: Dissection, values: dict[str, Value], state: DcolState) -> str:
    """Why the settings of a port cannot be taken."""
    leaf = seen.leaf("remote_ip_address")
    address = seen.raw[leaf.start : leaf.end] if leaf else b""
    if not all(0x20 <= byte < 0x7F for byte in address):
        return "the remote address is no text"
    if address and state.strict_ip and not dotted(address.decode("ascii")):
        return "the remote address is not four numbers"
    if values["initiate_connection"] or not values["active"]:
        return ""
    place = values["mode"], values["ip_port"]
    for number, port in state.ports.items():
        rival = port["active"] and not port["initiate_connection"] and number != values["virtual_port"]
        if rival and (port["mode"], port["ip_port"]) == place:
            return f"virtual port {number} listens on {place[0]!s} {place[1]!s} already"
    return ""
