"""A DHCP client (RFC 2131, section 4.4): asks for a lease, keeps it, and says when it is lost.

The time and the random numbers are passed in. A unit that is switched off gives nothing back, so no RELEASE.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from unitbench.wire.dhcp.lease import Lease, lease_of
from unitbench.wire.dhcp.message import NOWHERE, Kind, Message, Option, decode, encode

FIRST_WAIT_S, LONGEST_WAIT_S, SPREAD_S = 4.0, 64.0, 1.0
"""Waits before a message is sent again: each doubles, up to the longest, and varies so much (RFC 2131, 4.1)."""
REQUESTS = 4
"""So many times an offered address is asked for before all begins anew."""
LEAST_RENEWAL_WAIT_S = 60.0
"""Between two requests to prolong a lease (RFC 2131, 4.4.5)."""
REFUSED_WAIT_S = 10.0
"""After a refusal of an address just offered; otherwise two that disagree would flood the network."""
ANSWER_S = 10.0
"""How long an answer is waited for, as far as counting connections goes; a later one is still taken."""
LARGEST = 1500
WISHES = bytes([Option.NETMASK, Option.ROUTER, Option.DNS_SERVER, Option.RENEW_S, Option.REBIND_S])


class Phase(Enum):
    """Where the client stands; the value is for people."""

    OFF = "off"
    SELECTING = "looking for a DHCP server"
    REQUESTING = "asking for the address offered"
    BOUND = "has a lease"
    RENEWING = "asking its server to prolong the lease"
    REBINDING = "asking any server to prolong the lease"


ASKING = (Phase.REQUESTING, Phase.RENEWING, Phase.REBINDING)
"""An acknowledgement or a refusal is awaited."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to send from port 68 to port 67; ``server`` is empty for a broadcast."""

    data: bytes
    server: str


class DhcpClient:
    """``chance`` gives numbers in 0..1. After each call look at ``lease``, ``outgoing``, ``told`` and ``deadline``."""

    def __init__(self, mac: str, chance: Callable[[], float], *, name: str = "") -> None:
        self.phase = Phase.OFF
        self.lease: Lease | None = None
        self._mac, self._chance, self._name = mac.lower(), chance, name
        self._out: list[Sent] = []
        self._told: list[str] = []
        self._offer: Lease | None = None
        self._wish = ""
        self._xid = 0
        self._since = self._asked = 0.0
        self._tries = 0
        self._again_at = self._answer_until = math.inf
        self._renew_at = self._rebind_at = self._over_at = math.inf

    def start(self, now: float, *, wish: str = "") -> None:
        """The network comes up; ``wish`` is the address that the unit had before, if any."""
        self.stop()
        self._wish = wish
        self._begin(now)

    def stop(self) -> None:
        """The network goes down: nothing of the lease stays."""
        self.phase, self.lease, self._offer = Phase.OFF, None, None
        self._out.clear()
        self._again_at = self._answer_until = math.inf
        self._renew_at = self._rebind_at = self._over_at = math.inf

    @property
    def waiting(self) -> bool:
        """Whether a question is open: sent not long ago, and not answered."""
        return self._answer_until < math.inf

    def deadline(self) -> float | None:
        """When ``tick`` wants to be called next."""
        soonest = min(self._again_at, self._answer_until, self._renew_at, self._rebind_at, self._over_at)
        return soonest if soonest < math.inf else None

    def outgoing(self) -> list[Sent]:
        """What is to be sent now."""
        out, self._out = self._out, []
        return out

    def told(self) -> list[str]:
        """What has happened since last time, for a log."""
        told, self._told = self._told, []
        return told

    def tick(self, now: float) -> None:
        """The clock has moved."""
        if now >= self._answer_until:
            self._answer_until = math.inf
        if now >= self._over_at:
            self._lose(now, "is over")
        elif now >= self._rebind_at:
            self._renew_at = self._rebind_at = math.inf
            self._prolong(Phase.REBINDING, now)
        elif now >= self._renew_at:
            self._renew_at = math.inf
            self._prolong(Phase.RENEWING, now)
        elif now >= self._again_at:
            self._repeat(now)

    def _repeat(self, now: float) -> None:
        if self.phase is Phase.SELECTING and self._tries:
            self._discover(now)
        elif self.phase is Phase.SELECTING:
            self._begin(now)
        elif self.phase is Phase.REQUESTING and self._tries >= REQUESTS:
            self._told.append("the DHCP server does not answer any more")
            self._begin(now)
        else:
            self._request(now)

    def receive(self, data: bytes, now: float) -> None:
        """A datagram on port 68; what is not an answer to this unit is not heard."""
        self.tick(now)
        message = decode(data)
        if message is None or (message.xid, message.mac) != (self._xid, self._mac):
            return
        if message.kind is Kind.OFFER and self.phase is Phase.SELECTING and self._tries:
            offer = lease_of(message)
            if offer is None:
                self._told.append("a DHCP server offers what is no address in a network; not taken")
                return
            self._offer = offer
            self.phase, self._tries = Phase.REQUESTING, 0
            self._request(now)
        elif message.kind in (Kind.ACK, Kind.NAK) and self.phase in ASKING and self._from_chosen(message):
            self._answered(message, now)

    def _from_chosen(self, message: Message) -> bool:
        return self._offer is None or message.address(Option.SERVER) == self._offer.server

    def _answered(self, message: Message, now: float) -> None:
        if message.kind is Kind.ACK:
            lease = lease_of(message)
            if lease is not None:
                self._bind(lease, now)
            return
        self._answer_until = math.inf
        self._wish = ""
        if self.lease is None:
            self._told.append("the DHCP server refuses the address that it has offered")
            self.phase, self._tries, self._offer = Phase.SELECTING, 0, None
            self._again_at = now + REFUSED_WAIT_S
        else:
            self._lose(now, "is refused by the DHCP server")

    def _bind(self, lease: Lease, now: float) -> None:
        begun = self._asked
        former, self.lease, self.phase = self.lease, lease, Phase.BOUND
        self._wish, self._offer = lease.address, None
        self._again_at = self._answer_until = math.inf
        # A lease counts from the moment of the request, so that server and unit never disagree to the unit's gain.
        self._renew_at, self._rebind_at = begun + lease.renew_s, begun + lease.rebind_s
        self._over_at = begun + lease.lease_s
        for_s = "for ever" if lease.lease_s == math.inf else f"for {lease.lease_s:.0f} s"
        how = "keeps" if former and former.address == lease.address else "gets"
        self._told.append(f"{how} {lease.address} of the DHCP server {lease.server} {for_s}")
        self.tick(now)

    def _lose(self, now: float, why: str) -> None:
        assert self.lease is not None
        self._told.append(f"the lease of {self.lease.address} {why}")
        self.lease = None
        self._renew_at = self._rebind_at = self._over_at = math.inf
        self._begin(now)

    def _begin(self, now: float) -> None:
        """Look for a server from the beginning."""
        self.phase, self._offer, self._tries = Phase.SELECTING, None, 0
        self._since = now
        self._xid = self._number()
        self._discover(now)

    def _number(self) -> int:
        return int(self._chance() * 0xFFFFFFFF)

    def _discover(self, now: float) -> None:
        wish: dict[int, bytes] = {}
        if self._wish:
            wish[Option.WANTED_ADDRESS] = IPv4Address(self._wish).packed
        self._send(Kind.DISCOVER, wish, now)
        self._wait(now)
        if self._tries == 2:
            self._told.append("no DHCP server has answered so far; the unit keeps trying")

    def _request(self, now: float) -> None:
        if self._offer is not None:
            self._asked = now
            chosen: dict[int, bytes] = {
                Option.WANTED_ADDRESS: IPv4Address(self._offer.address).packed,
                Option.SERVER: IPv4Address(self._offer.server).packed,
            }
            self._send(Kind.REQUEST, chosen, now)
            self._wait(now)
        elif self.lease is not None:
            self._asked = now
            server = self.lease.server if self.phase is Phase.RENEWING else ""
            self._send(Kind.REQUEST, {}, now, client=self.lease.address, server=server)
            left = (self._rebind_at if self.phase is Phase.RENEWING else self._over_at) - now
            self._again_at = now + max(LEAST_RENEWAL_WAIT_S, left / 2)

    def _prolong(self, phase: Phase, now: float) -> None:
        self.phase, self._xid, self._tries, self._since = phase, self._number(), 0, now
        self._request(now)

    def _wait(self, now: float) -> None:
        wait = min(FIRST_WAIT_S * 2 ** (self._tries - 1), LONGEST_WAIT_S)
        self._again_at = now + wait + (2 * self._chance() - 1) * SPREAD_S

    def _send(
        self,
        kind: Kind,
        options: dict[int, bytes],
        now: float,
        *,
        client: str = NOWHERE,
        server: str = "",
    ) -> None:
        name: dict[int, bytes] = {}
        if self._name:
            name[Option.HOST_NAME] = self._name.encode("ascii", "replace")[:63]
        message = Message(
            kind,
            self._xid,
            self._mac,
            client,
            seconds=int(max(0.0, now - self._since)),
            broadcast=client == NOWHERE,
            options={
                **options,
                Option.LARGEST: LARGEST.to_bytes(2, "big"),
                Option.CLIENT_ID: b"\x01" + bytes.fromhex(self._mac.replace(":", "")),
                **name,
                Option.WISHES: WISHES,
            },
        )
        self._tries += 1
        self._answer_until = now + ANSWER_S
        self._out.append(Sent(encode(message), server))
