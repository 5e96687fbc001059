"""What Linux tells of interfaces, and what is looked at elsewhere."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

import pytest

from unitbench.transport import interfaces, netlink
from unitbench.transport.interfaces import Change, Interfaces, Table, local_address
from unitbench.transport.netlink import AddressNews, Done, LinkNews

ETH0 = "10.9.0.1"


def message(kind: int, body: bytes) -> bytes:
    """A message as linux/netlink.h has it."""
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body + b"\0" * (-len(body) % 4)


def link(index: int, flags: int, name: bytes) -> bytes:
    attribute = struct.pack("=HH", 4 + len(name) + 1, 3) + name + b"\0"
    return struct.pack("=BxHiII", 0, 1, index, flags, 0) + attribute


def address(index: int, host: str, *, family: int = 2) -> bytes:
    packed = socket.inet_aton(host)
    peer = struct.pack("=HH", 8, 1) + socket.inet_aton("10.255.255.255")
    return struct.pack("=BBBBI", family, 24, 0, 0, index) + peer + struct.pack("=HH", 8, 2) + packed


def test_messages_of_the_system_are_read() -> None:
    data = b"".join(
        (
            message(16, link(2, 0x1 | 0x40, b"eth0")),
            message(16, link(2, 0x1, b"eth0")),
            message(17, link(3, 0x1 | 0x40, b"usb1")),
            message(24, b"\0" * 12),  # a route
            message(20, address(2, ETH0)),
            message(21, address(2, ETH0)),
            message(20, address(2, ETH0, family=10)),
            message(2, struct.pack("=i", -1)),
            message(3, b"\0\0\0\0"),
        )
    )
    expected = [
        LinkNews(2, "eth0", True),
        LinkNews(2, "eth0", False),
        LinkNews(3, "usb1", False, there=False),
        AddressNews(2, ETH0, True),
        AddressNews(2, ETH0, False),
        Done(1),
        Done(),
    ]
    assert list(netlink.news(data)) == expected
    for size in range(len(data)):
        found = list(netlink.news(data[:size]))
        assert found == expected[: len(found)]


def told(*news: LinkNews | AddressNews) -> list[Change]:
    """What a table says to news, behind an interface with an address."""
    table = Table()
    for said in (LinkNews(2, "eth0", True), AddressNews(2, ETH0, True)):
        table.take(said)
    return [change for said in news if (change := table.take(said)) is not None]


def test_a_cable_out_and_in() -> None:
    out, back = told(LinkNews(2, "eth0", False), LinkNews(2, "eth0", False), LinkNews(2, "eth0", True))
    assert out.gone == back.again == {ETH0} and not (out.again or back.gone)
    assert out.text.startswith("eth0 is down") and back.text == "eth0 is up again"


def test_an_address_goes_and_another_comes() -> None:
    gone, now = told(AddressNews(2, ETH0, False), AddressNews(2, "10.9.0.2", True))
    assert gone.gone == {ETH0}
    assert now.again == {ETH0, "10.9.0.2"}, "what used the old one is worth a try now"
    assert now.text == "eth0 has the address 10.9.0.2 now"


def test_an_interface_that_is_gone_takes_its_name_along() -> None:
    changes = told(
        AddressNews(2, ETH0, False), LinkNews(2, "eth0", False, there=False), AddressNews(5, ETH0, True)
    )
    assert [change.gone for change in changes] == [{ETH0}, frozenset(), frozenset()]
    assert changes[-1].again == {ETH0}


def test_what_is_known_is_no_news() -> None:
    assert told(AddressNews(2, ETH0, True), LinkNews(2, "eth0", True), LinkNews(7, "eth7", False)) == []


def test_the_way_to_a_target_is_asked_for_without_a_word() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
        unit.bind(("127.0.0.1", 0))
        unit.setblocking(False)
        assert local_address(unit.getsockname()) == "127.0.0.1"
        with pytest.raises(BlockingIOError):
            unit.recv(1)


@pytest.mark.skipif(sys.platform != "linux", reason="rtnetlink is Linux's")
def test_the_system_tells_what_it_has() -> None:
    async def run() -> Table:
        watched = Interfaces(lambda change: None, set)
        watched.watch()
        try:
            return watched._table
        finally:
            watched.close()

    table = asyncio.run(run())
    assert "127.0.0.1" in table._hosts and "lo" in {link.name for link in table._links.values()}


def test_where_nothing_is_told_addresses_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """192.0.2.1 is nobody's (RFC 5737), so it is an address that has gone."""
    monkeypatch.setattr(sys, "platform", "other")
    monkeypatch.setattr(interfaces, "LOOK_S", 0.001)
    hosts = {"127.0.0.1", "192.0.2.1"}

    async def run() -> list[Change]:
        changes: list[Change] = []
        news = asyncio.Event()

        def take(change: Change) -> None:
            changes.append(change)
            news.set()

        watched = Interfaces(take, lambda: hosts)
        watched.watch()
        await asyncio.wait_for(news.wait(), 20)
        news.clear()
        monkeypatch.setattr(interfaces, "is_ours", lambda host: True)
        await asyncio.wait_for(news.wait(), 20)
        watched.close()
        return changes

    gone, back = asyncio.run(run())
    assert gone.gone == gone.again == back.again == {"192.0.2.1"} and not back.gone
    assert "192.0.2.1 is no address of this machine any longer" in gone.text
