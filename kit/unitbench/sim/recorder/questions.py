"""Two questions that a recorder asks by UDP: the time (SNTP, RFC 4330) and an address (DNS)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable

from unitbench.errors import InvalidValue, NoReply, RemoteProtocolError
from unitbench.schema.printable import printable

Place = tuple[str, int]
NTP_PORT, DNS_PORT = 123, 53
WAIT_S = 1.0
TRIES = 3
SINCE_1900_S = 2208988800
"""Seconds from NTP's first day to that of Unix."""


async def time_ahead(host: str, server: Place, now: Callable[[], float]) -> float:
    """By how many seconds the server's clock is ahead of ``now``; raises ``NoReply`` or ``RemoteProtocolError``."""
    stamp = b""
    sent = 0.0

    def query() -> bytes:
        nonlocal stamp, sent
        # The sender's stamp is only ever compared, so that a random one tells nothing and cannot be guessed.
        stamp, sent = os.urandom(8), now()
        return bytes([0x23]) + bytes(39) + stamp

    reply = await _ask(host, server, query, lambda data: len(data) >= 48 and data[24:32] == stamp, "NTP")
    came = now()
    leap, mode, stratum = reply[0] >> 6, reply[0] & 7, reply[1]
    if mode != 4 or leap == 3 or not 1 <= stratum <= 15:
        raise RemoteProtocolError(
            f"the NTP server {server[0]} does not know the time: mode {mode}, leap {leap}, stratum {stratum}"
        )
    heard, answered = (_unix(reply[at : at + 8]) for at in (32, 40))
    return ((heard - sent) + (answered - came)) / 2


def _unix(stamp: bytes) -> float:
    whole, part = struct.unpack("!II", stamp)
    return float(whole - SINCE_1900_S + part / 2**32)


async def address_of(host: str, server: Place, name: str) -> str:
    """The IPv4 address that the server gives for ``name``; raises ``NoReply`` or ``RemoteProtocolError``."""
    from dns import exception, message, rcode, rdatatype

    try:
        query = message.make_query(name, rdatatype.A)
    except exception.DNSException:
        rule = "a domain name"
        raise InvalidValue(f"'{printable(name)}' is no domain name", field="server", rule=rule) from None

    def fits(data: bytes) -> bool:
        try:
            return query.is_response(message.from_wire(data))
        except exception.DNSException:
            return False

    reply = message.from_wire(await _ask(host, server, query.to_wire, fits, "DNS"))
    for answer in reply.answer:
        for item in answer:
            if item.rdtype == rdatatype.A:
                return str(item.to_text())
    code = rcode.to_text(reply.rcode())
    raise RemoteProtocolError(f"the DNS server {server[0]} has no address for {printable(name)}: {code}")


async def _ask(
    host: str, server: Place, query: Callable[[], bytes], fits: Callable[[bytes], bool], what: str
) -> bytes:
    """Ask from the unit's own address, a few times; anything that does not fit is not heard."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind((host, 0))
        for _ in range(TRIES):
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(WAIT_S):
                    await loop.sock_sendto(sock, query(), server)
                    while True:
                        data, sender = await loop.sock_recvfrom(sock, 4096)
                        if sender == server and fits(data):
                            return data
    raise NoReply(f"no answer of the {what} server {server[0]}:{server[1]}", waited_s=TRIES * WAIT_S)
