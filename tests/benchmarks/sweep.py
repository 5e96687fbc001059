"""Clients of a fleet: many sockets that ask one unit after another, and one that asks all at once. Every reply is
counted, and what the kernel dropped for want of room is read from its own counter."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PORT = 5565
REQUEST = b"DEVICEIDENT?\r"
CLIENTS, WINDOW = 32, 8
"""So many sockets, each with so many requests on their way: less than a default buffer holds."""
PATIENCE_S = 2.0
"""A reply that has not come after so long a silence is lost."""
ROOM = 4 << 20


@dataclass(frozen=True)
class Swept:
    """What came of some requests; ``dropped`` is the kernel's count on either side."""

    seconds: float
    answered: int
    lost: int
    dropped: int


def drops() -> int:
    """Datagrams that this machine's UDP sockets of the fleet's port, and those of this process, had no room for."""
    total = 0
    own = {f":{sock:04X}" for sock in _ports}
    for line in Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[1][-5:] == f":{PORT:04X}" or words[1][-5:] in own:
            total += int(words[-1])
    return total


_ports: set[int] = set()


def _client(room: int = 0) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if room:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    _ports.add(sock.getsockname()[1])
    return sock


def one_by_one(hosts: Sequence[str], rounds: int) -> Swept:
    """Ask every unit so many times, ``CLIENTS`` times ``WINDOW`` at once."""
    before = drops()
    wanted = [(host, PORT) for host in hosts] * rounds
    socks = {sock.fileno(): sock for sock in (_client() for _ in range(CLIENTS))}
    poll = select.epoll()
    asked = answered = 0
    began = last = time.perf_counter()
    for number, sock in socks.items():
        poll.register(number, select.EPOLLIN)
        for _ in range(WINDOW):
            sock.sendto(REQUEST, wanted[asked])
            asked += 1
    while answered < len(wanted):
        ready = poll.poll(PATIENCE_S)
        if not ready:
            break
        for number, _ in ready:
            sock = socks[number]
            try:
                while True:
                    sock.recvfrom(2048)
                    answered += 1
                    if asked < len(wanted):
                        sock.sendto(REQUEST, wanted[asked])
                        asked += 1
            except BlockingIOError:
                pass
        last = time.perf_counter()
    dropped = drops() - before
    poll.close()
    for sock in socks.values():
        _ports.discard(sock.getsockname()[1])
        sock.close()
    return Swept(last - began, answered, len(wanted) - answered, dropped)


def all_at_once(hosts: Sequence[str], broadcast: str, room: int = ROOM) -> Swept:
    """One broadcast, and the answers of all units."""
    before = drops()
    with _client(room) as sock:
        heard: set[str] = set()
        began = last = time.perf_counter()
        sock.sendto(REQUEST, (broadcast, PORT))
        while len(heard) < len(hosts) and select.select([sock], [], [], PATIENCE_S)[0]:
            try:
                while True:
                    heard.add(sock.recvfrom(2048)[1][0])
            except BlockingIOError:
                last = time.perf_counter()
        dropped = drops() - before
        _ports.discard(sock.getsockname()[1])
    return Swept(last - began, len(heard), len(hosts) - len(heard), dropped)
