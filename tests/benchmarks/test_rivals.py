"""The other sides of the benchmarks read and write what the manual has; else a ratio to them says nothing."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any

import pytest

from tests.benchmarks.measure import Amount, compare, each, flow
from tests.benchmarks.rivals import hand
from unitbench.schema.records import Request
from unitbench.wire import codec_of

PORT = bytes.fromhex("0200AE140F13011399003C00000000000000000000000000CD03")
ASK = bytes.fromhex("0200AE020E13D103")
VALUES: dict[str, Any] = {
    "virtual_port": 19,
    "active": True,
    "ip_port": 5017,
    "mode": "TCP",
    "udp_timeout": 60,
    "output_only": False,
    "initiate_connection": False,
    "remote_ip_port": 0,
    "remote_ip_address": "",
}


def test_by_hand() -> None:
    port = hand.PortConfig(**VALUES)
    assert asdict(hand.read_port(PORT)) == VALUES
    assert hand.set_port(port)[5:-2] == PORT[5:-2]
    assert hand.ask_port(19) == ASK
    with pytest.raises(ValueError, match="not a packet"):
        hand.read_port(PORT[:-2] + b"\xcc\x03")
    for read in (hand.read_line, hand.read_line_by_regex):
        assert read(b"~01@LOGIN USER OK\r\n") == hand.Line("LOGIN", ["USER"], "OK")


@pytest.mark.needs("benchmarks")
def test_construct() -> None:
    from tests.benchmarks.rivals import constructed

    for packet in (constructed.PACKET, constructed.COMPILED):
        found = constructed.read_port(packet, PORT)
        assert {name: str(found[name]) for name in VALUES} == {k: str(v) for k, v in VALUES.items()}
        assert constructed.build(packet, 0x0E, {"virtual_port": 19}) == ASK
        assert constructed.build(packet, 0x0F, VALUES) == PORT
        with pytest.raises(Exception, match="wrong checksum"):
            constructed.read_port(packet, PORT[:-2] + b"\xcc\x03")


@pytest.mark.needs("benchmarks")
def test_scapy() -> None:
    from tests.benchmarks.rivals import scapied

    found = scapied.read_port(PORT)
    assert found.ip_port == 5017
    assert not found.payload
    assert bytes(scapied.Dcol(subtype=0x0E) / scapied.Ask(virtual_port=19)) == ASK
    assert bytes(scapied.Dcol(subtype=0x0F) / scapied.Port(**VALUES)) == PORT
    with pytest.raises(ValueError, match="not a packet"):
        scapied.read_port(PORT[:-2] + b"\xcc\x03")


@pytest.mark.parametrize("cut", [hand.scan, hand.step])
def test_framing(cut: Any) -> None:
    assert list(cut(b"\x00\x15" + PORT + ASK + b"\xff" + PORT)) == [PORT, ASK, PORT]
    assert list(cut(PORT[:-2] + b"\xcc\x03" + ASK)) == [ASK]


def test_what_is_printed() -> None:
    both = each(10, compare("a name", lambda: None, lambda: None, "nothing", turns=3))
    assert both.low <= both.ratio <= both.high
    assert "against nothing" in both.line()
    assert "MB/s" in flow(1000, both).line()
    assert Amount("lost", 0, 0, "", "nothing").line().split() == ["lost", "0", "0", "against", "nothing"]
    assert "x  2.000" in Amount("memory", 4, 2, "KiB", "nothing").line()


@pytest.mark.needs("benchmarks")
def test_what_the_benchmark_draws_by_chance_may_be_sent() -> None:
    from tests.benchmarks import codec

    chance = random.Random(4)
    for _ in range(300):
        port = codec._port(chance)
        request = Request("dcol", "AEh 10h", tuple(asdict(port).items()))
        assert codec_of("dcol").encode(request) == hand.set_port(port)
