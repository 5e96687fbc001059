"""A DCOL receiver: its addressing and its virtual ports, and the table of what it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field

from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Command
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.dcol.codec import CODEC
from unitbench.wire.dcol.frames import HEAD
from unitbench.wire.host import Peer
from unitbench.wire.unit import UnitCore

FIRST_PORT, LAST_PORT = 19, 28
"""Virtual ports of the Ethernet interface (a reading: a public table has 'IP 1' at 19)."""


def port_config(number: int, *, active: bool = False, ip_port: int = 0) -> dict[str, Value]:
    """The settings of a virtual port that has not been touched."""
    return {
        "virtual_port": number,
        "active": active,
        "ip_port": ip_port,
        "mode": "TCP",
        "udp_timeout": 60,
        "output_only": False,
        "reserved_12": b"\x00",
        "initiate_connection": False,
        "remote_ip_port": 0,
        "reserved_16": bytes(7),
        "remote_ip_address": "",
    }


@dataclass
class DcolState:
    """What the receiver keeps, by the catalogue's field names."""

    addressing: dict[str, Value] = field(
        default_factory=lambda: {
            "dhcp_active": False,
            "ip_address": "192.168.1.50",
            "netmask": "255.255.255.0",
            "broadcast_address": "192.168.1.255",
            "gateway": "192.168.1.1",
            "dns_server_address": "8.8.8.8",
        }
    )
    ports: dict[int, dict[str, Value]] = field(
        default_factory=lambda: {
            number: port_config(
                number, active=number in (19, 20), ip_port=4998 + number if number < 21 else 0
            )
            for number in range(FIRST_PORT, LAST_PORT + 1)
        }
    )
    status: int = 0x00


class DcolUnit(UnitCore):
    """Answers a get by its report, a set by ACK or NAK, damage by silence."""

    def __init__(self, state: DcolState | None = None, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state or DcolState()

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        if piece.fault:
            self.note(now, peer, piece.data, f"{piece.fault}: silence")
            return
        name, values = self._decide(piece.data)
        self.note(now, peer, piece.data, name)
        self.reply(CODEC.encode_report(name, values, self.state.status), peer, now)

    def _decide(self, frame: bytes) -> tuple[str, dict[str, Value]]:
        """The report that answers a good frame, and its values."""
        seen = CODEC.dissect(frame)
        record = CODEC.protocol.by_code(frame[HEAD]) if frame[2] == CODEC.type_code and frame[3] else None
        if seen.faults or not isinstance(record, Command):
            return "NAK", {}
        values = {**seen.values, **_reserved(frame, seen)}
        if record.name == "AEh 00h":
            return record.reply[0], dict(self.state.addressing)
        if record.name == "AEh 0Ch":
            active = tuple(n for n, port in sorted(self.state.ports.items()) if port["active"])
            summary: dict[str, Value] = {"active_virtual_ports": active}
            summary["first_virtual_port"] = min(self.state.ports)
            summary["last_virtual_port"] = max(self.state.ports)
            return record.reply[0], summary
        if record.name == "AEh 02h":
            if not values["dhcp_active"] and not _contiguous(str(values["netmask"])):
                return "NAK", {}
            self.state.addressing = {key: values[key] for key in self.state.addressing}
            return "ACK", {}
        number = values["virtual_port"]
        assert isinstance(number, int)
        if number not in self.state.ports:
            return "NAK", {}
        if record.name == "AEh 0Eh":
            return record.reply[0], dict(self.state.ports[number])
        if self._refuses(record, values) or not _is_text(frame, seen, "remote_ip_address"):
            return "NAK", {}
        self.state.ports[number] = {key: values[key] for key in self.state.ports[number]}
        return "ACK", {}

    def _refuses(self, record: Command, values: dict[str, Value]) -> bool:
        """Whether settings of a port cannot be taken (readings, but for the manual's own rule)."""
        if any(rule.broken_by(values) for rule in record.rules):
            return True
        dials = values["initiate_connection"]
        if dials and not (values["remote_ip_address"] and values["remote_ip_port"]):
            return True
        if values["active"] and not dials and not values["ip_port"]:
            return True
        rivals = [
            port
            for number, port in self.state.ports.items()
            if number != values["virtual_port"] and port["active"] and not port["initiate_connection"]
        ]
        serves = values["active"] and not dials
        return bool(serves) and any(
            (port["mode"], port["ip_port"]) == (values["mode"], values["ip_port"]) for port in rivals
        )


def _reserved(frame: bytes, seen: Dissection) -> dict[str, Value]:
    """The reserved bytes of a frame as they came: they are stored and echoed."""
    return {
        leaf.name: frame[leaf.start : leaf.end] for leaf in seen.fields if leaf.name.startswith("reserved_")
    }


def _is_text(frame: bytes, seen: Dissection, name: str) -> bool:
    """Whether a field holds printable characters only (a reading: an address is text, not four bytes)."""
    leaf = seen.leaf(name)
    return leaf is None or all(0x20 <= byte < 0x7F for byte in frame[leaf.start : leaf.end])


def _contiguous(mask: str) -> bool:
    bits = "".join(f"{int(part):08b}" for part in mask.split("."))
    return "01" not in bits
