"""What a DCOL receiver keeps: addressing, virtual ports, what it says of itself, and our readings of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from unitbench.catalogue import dcol
from unitbench.schema.values import Value

FIRST_PORT, LAST_PORT = 19, 28
"""Virtual ports of the Ethernet interface (a reading: a public table has 'IP 1' at 19)."""
FACTORY = dict(zip((19, 20), (s.port for s in dcol.PROTOCOL.services if s.carrier == "tcp"), strict=True))
"""The IP ports of the virtual ports that are active as delivered (public)."""


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


def identity(serial: int) -> dict[str, Value]:
    """What RETSERIAL says: a receiver of the type in the public table, with no antenna and no channel."""
    return {
        "receiver_serial": str(serial)[-8:],
        "receiver_type": "BD9xx",
        "nav_process_version": "00000",
        "sig_process_version": "00000",
        "boot_rom_version": "00000",
        "antenna_serial": "",
        "antenna_type": "E",
        "channels": "00",
        "channels_l1": "00",
        "long_serial_number": str(serial),
        "local_long_ant_serial": "",
        "base_long_ant_serial": "",
        "base_ngs_ant_descriptor": "",
        "usable_channels": 0,
        "physical_channels": 0,
        "simultaneous_channels": 0,
        "antenna_ini_version": "00000",
    }


@dataclass
class DcolState:
    """What the receiver keeps, by the catalogue's field names, and the readings that can be chosen.

    New addressing (02h) is stored and reported, and all IP connections drop as if the unit had moved; the
    simulated unit stays at its address, and that is what DHCP gives it too.

    ``report_s``: every virtual port sends its clients a report unasked at this interval, in seconds; 0: none.
    ``streams`` has the ports for which it is another one.

    ``effect_s``: how long after its ACK a set ends the connection that it came through, in seconds; None: before,
    so that the ACK is lost. ``retry_s``: the least time between two attempts to dial out. ``strict_ip``: a remote
    address must be four numbers. ``udp_takeover``: whoever speaks last has a UDP port; otherwise the first one has
    it until its time-out.
    """

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
            number: port_config(number, active=number in FACTORY, ip_port=FACTORY.get(number, 0))
            for number in range(FIRST_PORT, LAST_PORT + 1)
        }
    )
    status: int = 0x00
    serial: int = 4000000001
    report_s: float = 0.0
    streams: dict[int, float] = field(default_factory=dict)
    effect_s: float | None = 0.1
    retry_s: float = 5.0
    strict_ip: bool = False
    udp_takeover: bool = False

    def interval_s(self, number: int) -> float:
        """How often a virtual port sends a report unasked; 0: never."""
        return self.streams.get(number, self.report_s)
