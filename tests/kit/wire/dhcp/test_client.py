"""The DHCP client against a server played by hand: RFC 2131's conversations and times, on a clock that a test moves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.wire.dhcp import client as dhcp
from unitbench.wire.dhcp.client import DhcpClient, Phase

MAC = "02:00:00:00:00:41"
DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
SERVER, ADDRESS, OTHER = "10.9.0.1", "10.9.0.60", "10.9.0.77"


def packed(address: str) -> bytes:
    return IPv4Address(address).packed


@dataclass
class Asked:
    """A client's message, read by somebody who knows the RFC only."""

    data: bytes
    to: str
    options: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.data[:4] == b"\x01\x01\x06\x00" and self.data[236:240] == b"\x63\x82\x53\x63"
        assert self.data[28:44] == bytes.fromhex("02000000004100000000000000000000")
        assert len(self.data) >= 300
        rest = self.data[240:]
        while rest[0] != 255:
            self.options[rest[0]] = rest[2 : 2 + rest[1]]
            rest = rest[2 + rest[1] :]

    @property
    def kind(self) -> int:
        return self.options[53][0]

    @property
    def xid(self) -> bytes:
        return self.data[4:8]

    @property
    def seconds(self) -> int:
        return int.from_bytes(self.data[8:10], "big")

    @property
    def wants_broadcast(self) -> bool:
        return self.data[10:12] == b"\x80\x00"

    @property
    def has(self) -> str:
        return str(IPv4Address(self.data[12:16]))


def told(
    asked: Asked,
    kind: int,
    yours: str = ADDRESS,
    *,
    server: str = SERVER,
    lease_s: int = 1000,
    mac: str = MAC,
    **more: bytes,
) -> bytes:
    """A server's message; ``more`` are further options by number, ``o58=…``; an empty one is left out."""
    head = b"\x02\x01\x06\x00" + asked.xid + bytes(8) + packed(yours) + packed(server) + bytes(4)
    head += bytes.fromhex(mac.replace(":", "")) + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63"
    options = {53: bytes([kind]), 54: packed(server)}
    if kind != NAK:
        options |= {51: lease_s.to_bytes(4, "big"), 1: packed("255.255.255.0")}
        options |= {3: packed(SERVER), 6: packed("10.9.0.2") + packed("10.9.0.3")}
    options |= {int(name[1:]): data for name, data in more.items()}
    body = b"".join(bytes([n, len(d)]) + d for n, d in options.items() if d)
    return head + body + b"\xff"


class Play:
    """One client; the random numbers are all one half, so that no wait varies."""

    def __init__(self) -> None:
        self.client = DhcpClient(MAC, lambda: 0.5, name="GL840-SIM")
        self.now = 100.0
        self.last: Asked

    def start(self, wish: str = "") -> Self:
        self.client.start(self.now, wish=wish)
        return self

    def asks(self, kind: int, to: str = "") -> Self:
        (sent,) = self.client.outgoing()
        self.last = Asked(sent.data, sent.server)
        assert (self.last.kind, self.last.to) == (kind, to)
        assert self.client.waiting
        return self

    def silent(self) -> Self:
        assert self.client.outgoing() == []
        return self

    def hears(self, kind: int, yours: str = ADDRESS, **more: object) -> Self:
        self.client.receive(told(self.last, kind, yours, **more), self.now)  # type: ignore[arg-type]
        return self

    def wait(self, seconds: float) -> Self:
        """Time passes as a driver lets it: from deadline to deadline."""
        end = self.now + seconds
        while (due := self.client.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.client.tick(self.now)
            if self.client._out:
                break
        else:
            self.now = end
        return self

    def bound(self, address: str = ADDRESS, **more: object) -> Self:
        self.start().asks(DISCOVER).hears(OFFER, address, **more).asks(REQUEST).hears(ACK, address, **more)
        assert self.client.phase is Phase.BOUND and self.client.lease is not None
        return self.silent()


def test_the_four_messages_of_a_lease() -> None:
    play = Play().start().asks(DISCOVER)
    assert play.client.phase is Phase.SELECTING and play.client.lease is None
    found = play.last
    assert (found.has, found.wants_broadcast, found.seconds) == ("0.0.0.0", True, 0)
    assert found.options[61] == b"\x01\x02\x00\x00\x00\x00\x41" and found.options[12] == b"GL840-SIM"
    assert found.options[55] == bytes([1, 3, 6, 58, 59]) and 50 not in found.options
    play.hears(OFFER).asks(REQUEST)
    wanted = play.last
    assert wanted.xid == found.xid and (wanted.has, wanted.wants_broadcast) == ("0.0.0.0", True)
    assert (wanted.options[50], wanted.options[54]) == (packed(ADDRESS), packed(SERVER))
    play.hears(ACK).silent()
    lease = play.client.lease
    assert lease is not None and not play.client.waiting
    assert (lease.address, lease.netmask, str(lease.network)) == (ADDRESS, "255.255.255.0", "10.9.0.0/24")
    assert (lease.gateway, lease.dns_server, lease.server) == (SERVER, "10.9.0.2", SERVER)
    assert (lease.lease_s, lease.renew_s, lease.rebind_s) == (1000, 500, 875)
    assert play.client.told() == [f"gets {ADDRESS} of the DHCP server {SERVER} for 1000 s"]


def test_without_a_server_it_tries_on_and_says_so() -> None:
    play = Play().start().asks(DISCOVER)
    begun = play.now
    gaps = []
    for _ in range(8):
        before = play.now
        play.wait(100).asks(DISCOVER)
        gaps.append(play.now - before)
    assert gaps == [4, 8, 16, 32, 64, 64, 64, 64]
    assert play.last.seconds == play.now - begun
    assert play.client.told() == ["no DHCP server has answered so far; the unit keeps trying"]
    assert play.client.phase.value == "looking for a DHCP server"
    play.hears(OFFER).asks(REQUEST).hears(ACK)
    assert play.client.phase is Phase.BOUND


def test_a_question_counts_as_open_for_a_while_only() -> None:
    play = Play().start().asks(DISCOVER)
    for _ in range(4):
        play.wait(100).asks(DISCOVER)
    play.wait(9)
    assert play.client.waiting
    play.wait(1)
    assert not play.client.waiting
    play.hears(OFFER).asks(REQUEST)


@pytest.mark.parametrize("late_s", [3.0, 5.0])
def test_a_server_that_takes_its_time(late_s: float) -> None:
    play = Play().start().asks(DISCOVER)
    first = play.last
    play.wait(late_s)
    if late_s > 4:
        play.asks(DISCOVER).wait(late_s - 4)
        assert play.last.xid == first.xid
    play.last = first
    play.hears(OFFER).asks(REQUEST).hears(ACK)
    assert play.client.phase is Phase.BOUND


def test_waits_vary() -> None:
    for chance, wait in ((0.0, 3.0), (1.0, 5.0)):
        client = DhcpClient(MAC, lambda given=chance: given)
        client.start(0.0)
        assert client.deadline() == wait


def test_an_offer_that_nobody_stands_by() -> None:
    play = Play().start().asks(DISCOVER).hears(OFFER).asks(REQUEST)
    for _ in range(3):
        play.wait(100).asks(REQUEST)
    play.wait(100).asks(DISCOVER)
    assert "the DHCP server does not answer any more" in play.client.told()


def test_an_offer_that_is_taken_back_is_not_asked_for_at_once() -> None:
    play = Play().start().asks(DISCOVER).hears(OFFER).asks(REQUEST).hears(NAK, "0.0.0.0").silent()
    assert play.client.phase is Phase.SELECTING and play.client.lease is None and not play.client.waiting
    play.hears(OFFER).silent()
    play.wait(9).silent().wait(2).asks(DISCOVER)
    assert play.client.told() == ["the DHCP server refuses the address that it has offered"]


def test_the_first_offer_is_taken_and_others_are_not_heard() -> None:
    play = Play().start().asks(DISCOVER).hears(OFFER).asks(REQUEST)
    play.hears(OFFER, OTHER, server="10.9.0.9").silent()
    play.hears(NAK, "0.0.0.0", server="10.9.0.9").silent()
    play.hears(ACK, OTHER, server="10.9.0.9").silent()
    assert play.client.phase is Phase.REQUESTING
    play.hears(ACK)
    assert play.client.lease is not None and play.client.lease.address == ADDRESS


def test_renewal_by_the_server_that_gave_the_lease() -> None:
    play = Play().bound()
    play.wait(499).silent().wait(1).asks(REQUEST, SERVER)
    assert play.client.phase is Phase.RENEWING
    assert (play.last.has, play.last.wants_broadcast) == (ADDRESS, False)
    assert 50 not in play.last.options and 54 not in play.last.options
    play.hears(ACK, lease_s=2000)
    assert play.client.lease is not None and play.client.lease.lease_s == 2000
    assert play.client.told()[-1] == f"keeps {ADDRESS} of the DHCP server {SERVER} for 2000 s"
    play.wait(999).silent().wait(1).asks(REQUEST, SERVER)


def test_a_lease_counts_from_the_moment_it_was_asked_for() -> None:
    play = Play().start().asks(DISCOVER).hears(OFFER).asks(REQUEST)
    play.now += 3
    play.hears(ACK).wait(496).silent().wait(1).asks(REQUEST, SERVER)


def test_rebinding_by_any_server_and_the_end_of_the_lease() -> None:
    play = Play().bound()
    play.wait(500).asks(REQUEST, SERVER)
    times = []
    for to in (SERVER, SERVER, SERVER, "", "", ""):
        play.wait(1000).asks(REQUEST, to)
        times.append(play.now - 100)
    assert times == [687.5, 781.25, 841.25, 875, 937.5, 997.5]
    assert play.client.lease is not None
    play.wait(1000).asks(DISCOVER)
    assert play.now == 1100 and play.client.lease is None
    assert play.last.options[50] == packed(ADDRESS), "it would like to have the same one again"
    assert play.client.told()[-1] == f"the lease of {ADDRESS} is over"


def test_another_server_prolongs_it() -> None:
    play = Play().bound()
    play.wait(500).asks(REQUEST, SERVER)
    for _ in range(3):
        play.wait(1000).asks(REQUEST, SERVER)
    play.wait(1000).asks(REQUEST).hears(ACK, server="10.9.0.9")
    assert play.client.lease is not None and play.client.lease.server == "10.9.0.9"


def test_a_renewal_that_is_refused_begins_anew_at_once() -> None:
    play = Play().bound().wait(500).asks(REQUEST, SERVER).hears(NAK, "0.0.0.0")
    assert play.client.lease is None
    play.asks(DISCOVER)
    assert 50 not in play.last.options
    play.hears(OFFER, OTHER).asks(REQUEST).hears(ACK, OTHER)
    assert play.client.lease is not None and play.client.lease.address == OTHER


def test_another_address_at_renewal_is_taken() -> None:
    play = Play().bound().wait(500).asks(REQUEST, SERVER).hears(ACK, OTHER)
    assert play.client.lease is not None and play.client.lease.address == OTHER
    assert play.client.told()[-1].startswith(f"gets {OTHER} ")


def test_a_lease_for_ever_and_times_of_the_server() -> None:
    play = Play().bound(lease_s=0xFFFFFFFF)
    assert play.client.deadline() is None and play.client.lease is not None
    assert play.client.lease.lease_s == math.inf
    play = Play().bound(o58=(2).to_bytes(4, "big"), o59=(5).to_bytes(4, "big"))
    play.wait(2).asks(REQUEST, SERVER).wait(3).asks(REQUEST)
    assert play.client.phase is Phase.REBINDING
    wrong = Play().bound(o58=(900).to_bytes(4, "big"), o59=(5).to_bytes(4, "big"))
    assert wrong.client.lease is not None and wrong.client.lease.renew_s == 500


def test_the_network_goes_down_and_comes_back() -> None:
    play = Play().bound()
    play.client.stop()
    assert play.client.lease is None and play.client.deadline() is None
    assert play.client.phase is Phase.OFF and not play.client.waiting
    play.hears(ACK).silent()
    play.start(ADDRESS).asks(DISCOVER)
    assert play.last.options[50] == packed(ADDRESS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"o1": b""},
        {"o54": b""},
        {"o51": b""},
        {"o1": packed("255.0.255.0")},
        {"o1": packed("0.0.0.0")},
        {"o1": packed("0.0.0.255")},
        {"lease_s": 0},
        {"yours": "0.0.0.0"},
        {"yours": "224.0.0.5"},
        {"yours": "127.0.0.5"},
        {"yours": "10.9.0.255"},
        {"yours": "10.9.0.0"},
    ],
    ids=str,
)
def test_an_offer_that_is_no_use_is_not_taken(wrong: dict[str, object]) -> None:
    play = Play().start().asks(DISCOVER).hears(OFFER, **{"yours": ADDRESS, **wrong}).silent()  # type: ignore[arg-type]
    assert play.client.phase is Phase.SELECTING
    play.hears(OFFER).asks(REQUEST)


def test_what_is_for_others_is_not_heard() -> None:
    play = Play().start().asks(DISCOVER)
    good = told(play.last, OFFER)
    strange = told(play.last, OFFER, mac="02:00:00:00:00:42")
    for data in (strange, good[:4] + b"\0\0\0\0" + good[8:], b"\x01" + good[1:], good[:239], good[:-3], b""):
        play.client.receive(data, play.now)
    play.silent()
    play.hears(ACK).silent().hears(NAK).silent()
    assert play.client.phase is Phase.SELECTING


def test_options_in_the_overloaded_fields_and_in_parts() -> None:
    play = Play().start().asks(DISCOVER)
    whole = told(play.last, OFFER, o1=b"", o3=b"")
    mask = b"\x01\x02\xff\xff\x01\x02\xff\x00\xff"
    name = b"\x00\x03\x04" + packed(SERVER) + b"\xff"
    data = whole[:44] + name.ljust(64, b"\0") + mask.ljust(128, b"\0") + whole[236:-1] + b"\x34\x01\x03\xff"
    play.client.receive(data, play.now)
    play.asks(REQUEST)
    play.client.receive(data.replace(b"\x35\x01\x02", b"\x35\x01\x05"), play.now)
    assert play.client.lease is not None
    assert (play.client.lease.netmask, play.client.lease.gateway) == ("255.255.255.0", SERVER)


ANSWERS = st.sampled_from([OFFER, ACK, NAK, DISCOVER, 0, 99])


@pytest.mark.fuzz
@given(st.lists(st.one_of(st.binary(max_size=600), ANSWERS, st.floats(0, 2000)), max_size=30), st.data())
def test_any_bytes_at_any_time(steps: list[bytes | int | float], data: st.DataObject) -> None:
    play = Play().start().asks(DISCOVER)
    for step in steps:
        if isinstance(step, bytes):
            head = told(play.last, OFFER)[:240] if step[:1] > b"\x80" else b""
            play.client.receive(head + step, play.now)
        elif isinstance(step, float):
            play.now += step
            play.client.tick(play.now)
        else:
            message = bytearray(told(play.last, step))
            at = data.draw(st.integers(0, len(message) - 1))
            message[at] ^= data.draw(st.sampled_from([0, 1, 0xFF]))
            play.client.receive(bytes(message), play.now)
        for sent in play.client.outgoing():
            play.last = Asked(sent.data, sent.server)
        assert (play.client.lease is not None) is (
            play.client.phase in (Phase.BOUND, Phase.RENEWING, Phase.REBINDING)
        )
        due = play.client.deadline()
        assert due is not None or play.client.phase is Phase.BOUND
    assert play.client._tries <= len(steps) + dhcp.REQUESTS
