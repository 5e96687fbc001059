"""The distributor on real sockets, met by a plain one: it streams, stops, hears, and gives its port back."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from tests.support.commands import free_block
from tests.support.foreign import RawUdp
from unitbench import Sim

FRAME = struct.Struct(">II")


@pytest.fixture
def block() -> Iterator[str]:
    block = free_block()
    with Sim({"qstation": 2, "kramer": 0, "dcol": 0}, address=block):
        yield block.removesuffix("0/24")


def put(client: RawUdp, *pairs: tuple[int, object]) -> None:
    """Set properties of every unit that hears, each acknowledged by at least one."""
    for identifier, data in pairs:
        line = f"SETDISTRIBUTORPORTPROPERTIESALL\t{identifier}\t{data}\r".encode()
        came = client.ask(line, lambda all_: len(all_) > 0)
        assert [data for data, _ in came if data.endswith(b"\tACK\r\n")], line


def state(client: RawUdp) -> bytes:
    """What the unit says of TransferON."""
    return client.ask(b"SETDISTRIBUTORPORTPROPERTIESALL\t1000\t-1\r", lambda all_: len(all_) > 0)[0][0][:6]


def test_it_streams_to_whom_it_was_told_until_nobody_retriggers(block: str) -> None:
    unit = f"{block}31"
    with RawUdp(unit, 5565) as client, RawUdp(unit, 5566) as sink:
        host, port = sink.local
        put(client, (4, 4), (5, 100), (6, 0.3), (7, host), (8, port), (1000, 1))
        began = time.monotonic()
        came = sink.read(lambda all_: len(all_) >= 10)
        took = time.monotonic() - began
        assert {sender for _, sender in came} == {(unit, 5566)}
        assert [FRAME.unpack(data[:8]) for data, _ in came] == [(0, n) for n in range(1, 11)]
        assert {data[8:] for data, _ in came} == {bytes([0, 1, 2, 3])}
        assert 0.05 < took < 1.0
        assert state(client) == b"INFO:1"
        rest = sink.read(lambda all_: False, 0.6)
        assert 10 <= len(rest) <= 25, "it ends 0.3 s after the start"
        assert state(client) == b"INFO:0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((unit, 5566))


def test_it_hears_and_sends_the_counter_back(block: str) -> None:
    with RawUdp(f"{block}32", 5565) as client, RawUdp(f"{block}32", 5570) as partner:
        host, port = partner.local
        put(client, (7, host), (8, port), (9, 5570), (1, 8), (1000, 1))
        partner.send(FRAME.pack(0, 4711) + b"hello")
        came = partner.read(lambda all_: bool(all_) and FRAME.unpack(all_[-1][0])[0] == 4711)
        assert FRAME.unpack(came[-1][0])[0] == 4711
        put(client, (1000, 0))
        partner.read(lambda all_: False, 0.05)
        assert partner.read(lambda all_: False, 0.1) == []


def test_the_values_are_in_the_output_image_until_they_are_reset() -> None:
    with Sim({"qstation": 1, "kramer": 0, "dcol": 0}, address=free_block()) as sim:
        unit = sim.unit("q1")
        distributor = unit.core.distributor
        with RawUdp(unit.host, 5565) as client, RawUdp(unit.host, 5566) as partner:
            host, port = partner.local
            put(client, (7, host), (8, port), (1, 8), (1000, 1))
            partner.send(FRAME.pack(0, 1) + b"hello")
            partner.read(lambda all_: bool(all_) and FRAME.unpack(all_[-1][0])[0] == 1)
            assert distributor.outputs[8:13] == b"hello"
            put(client, (1000, 0), (11, 1))
            assert not any(distributor.outputs)


def test_a_port_that_somebody_has_is_noted_and_the_unit_still_answers(block: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as squatter:
        squatter.bind((f"{block}31", 5571))
        with RawUdp(f"{block}31", 5565) as client:
            put(client, (9, 5571), (1000, 1))
            assert state(client) == b"INFO:1"


def test_one_stream_for_each_unit_of_a_broadcast(block: str) -> None:
    with RawUdp(f"{block}255", 5565) as client, RawUdp(f"{block}255", 5566) as sink:
        host, port = sink.local
        for identifier, data in ((7, host), (8, port), (1000, 1)):
            line = f"SETDISTRIBUTORPORTPROPERTIESALL\t{identifier}\t{data}\r".encode()
            assert len(client.ask(line, lambda all_: len(all_) >= 2)) == 2
        came = sink.read(lambda all_: len({sender for _, sender in all_}) == 2)
        assert {sender for _, sender in came} == {(f"{block}31", 5566), (f"{block}32", 5566)}
