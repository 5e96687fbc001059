"""A thousand sockets that answer whatever comes, by plain asyncio: ``python -m … COUNT BLOCK_START``."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

PORT = 5565
RECORD = (
    "SID:1\tOAN:Q.station\tOVN:Gantner\tSAN:Bench 3\tSVN:ACME\tLOC:Hall B\tMKC:QST\tSNR:123456\tASK:STATIC\t"
    "IPA:{host}\tSNM:255.255.255.0\tGWA:192.168.1.1\tMAA:02:00:00:01:{high:02x}:{low:02x}\r\n"
)


class Unit(asyncio.DatagramProtocol):
    """One address with one answer."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(self.answer, addr)


class ToAll(asyncio.DatagramProtocol):
    """The broadcast address: every unit hears what comes."""

    def __init__(self, units: list[Unit]) -> None:
        self.units = units

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for unit in self.units:
            unit.datagram_received(data, addr)


async def main(count: int, net: str) -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    units = []
    for number in range(count):
        host = f"{net}.{1 + number // 200}.{1 + number % 200}"
        answer = RECORD.format(host=host, high=number >> 8, low=number & 255).encode()
        _, unit = await loop.create_datagram_endpoint(lambda answer=answer: Unit(answer), (host, PORT))
        units.append(unit)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((f"{net}.255.255", PORT))
    sock.setblocking(False)
    await loop.create_datagram_endpoint(lambda: ToAll(units), sock=sock)
    print("ready", *(f"{net}.{1 + n // 200}.{1 + n % 200}" for n in range(count)), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
