"""A thousand simulated units in one process: start, and answers to one broadcast."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from tests.benchmarks.measure import Ratio, compare
from unitbench import Sim

UNITS = 1000
BLOCK = "127.79.0.0/16"
REQUEST = b"DEVICEIDENT?\r"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""

    def start() -> None:
        with Sim({"qstation": UNITS, "kramer": 0, "dcol": 0}, address=BLOCK):
            pass

    def bare() -> None:
        socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(UNITS)]
        for number, sock in enumerate(socks):
            sock.bind((f"127.79.{1 + number // 200}.{1 + number % 200}", 5565))
        for sock in socks:
            sock.close()

    yield compare(f"start and end {UNITS} simulated units", start, bare, "binding as many sockets", turns=5)
