"""The UDP sockets at which a whole set of simulated units hears broadcasts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from ipaddress import IPv4Address, IPv4Network

from unitbench.sim.serving import DATAGRAM_SIZE, Server
from unitbench.sim.sockets import bound

EVERYBODY = "127.255.255.255"
"""The broadcast address of the loopback interface: every set on this machine hears there."""
LIMITED = "255.255.255.255"
"""The broadcast address of whatever network one is on; it does not reach loopback."""
BINDS_LIMITED = sys.platform == "linux"
"""Elsewhere no socket can be bound to it."""


class Broadcasts:
    """The sockets on which a whole set hears, two per UDP port: at the block's last address, which is the
    network's directed broadcast address, and where every set hears. Both hand a request to every unit that
    hears broadcasts on that port. Of limited broadcasts only those from the block's own network are taken: the
    machine may have interfaces that the set is not meant for."""

    def __init__(self, servers: list[Server], block: IPv4Network) -> None:
        self._hearing: dict[int, list[Server]] = {}
        for server in servers:
            if server.hears:
                for port in server.udp_ports:
                    self._hearing.setdefault(port, []).append(server)
        self._block = block
        self._socks: list[tuple[socket.socket, int]] = []
        self.shared: list[tuple[str, int]] = []
        """Where other sets hear as well; that is no place of this set."""

    def ports_of(self, protocol: str) -> list[int]:
        """The UDP ports on which units of a protocol hear."""
        return sorted(
            port
            for port, heard in self._hearing.items()
            if any(server.unit.protocol == protocol for server in heard)
        )

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed``."""
        last = str(self._block.broadcast_address)
        everywhere = EVERYBODY if self._block.is_loopback else LIMITED
        for port in self._hearing:
            self._socks.append((bound(socket.SOCK_DGRAM, last, port, share=False), port))
            if everywhere == EVERYBODY or BINDS_LIMITED:
                self._socks.append((bound(socket.SOCK_DGRAM, everywhere, port, share=True), port))
                self.shared.append((everywhere, port))

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock, _ in self._socks:
            sock.close()

    def start(self) -> None:
        """Begin to hear."""
        loop = asyncio.get_running_loop()
        for sock, port in self._socks:
            loop.add_reader(sock, self._readable, sock, port)

    def _readable(self, sock: socket.socket, port: int) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                if IPv4Address(sender[0]) not in self._block and not self._block.is_loopback:
                    continue
                for server in self._hearing[port]:
                    server.datagram(data, sender)

    def close(self) -> None:
        """Close the sockets."""
        for sock, _ in self._socks:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
