"""Simulated units met by a foreign client: who answers, from where, after how long, and how sets keep apart."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import SimProcess, free_block, free_wide_block
from tests.support.foreign import RawTcp, RawUdp, dcol_complete, kramer_line, qstation_ident
from unitbench import OpenFailed, Session, Sim
from unitbench.sim import book

MACS = {f"02:00:00:00:00:{number}" for number in (31, 32, 33)}


@pytest.fixture
def units() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


def prefix_of(sim: Sim) -> str:
    return str(sim.block).removesuffix("0/24")


def idents(client: RawUdp, count: int) -> dict[str, tuple[str, int]]:
    """Senders by MAC."""
    came = client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) >= count)
    return {str(qstation_ident(data)["maa"]): sender for data, sender in came}


@pytest.mark.parametrize("last", ["block", "everybody"])
def test_a_broadcast_reaches_all_and_each_answers_from_its_own_socket(units: Sim, last: str) -> None:
    prefix = prefix_of(units)
    host = f"{prefix}255" if last == "block" else "127.255.255.255"
    with RawUdp(host, 5565) as client:
        client.send(b"DEVICEIDENT?\r")
        mine: dict[str, tuple[str, int]] = {}

        def all_mine(came: list[tuple[bytes, tuple[str, int]]]) -> bool:
            for data, sender in came:
                if sender[0].startswith(prefix):
                    mine[str(qstation_ident(data)["maa"])] = sender
            return len(mine) == 3

        client.read(all_mine)
    assert mine == {f"02:00:00:00:00:{n}": (f"{prefix}{n}", 5565) for n in (31, 32, 33)}


def test_unicast_is_answered_by_the_one(units: Sim) -> None:
    with RawUdp(f"{prefix_of(units)}32", 5565) as client:
        assert idents(client, 1) == {"02:00:00:00:00:32": (f"{prefix_of(units)}32", 5565)}
        came = client.ask(b"DEVICESYNC\t02:00:00:00:00:33\r", lambda all_: len(all_) > 0, 0.1)
        assert came == []


def test_delays_are_those_of_the_manual_of_the_set(units: Sim) -> None:
    for number, least in ((31, 0.002), (32, 0.005), (33, 0.009)):
        with RawUdp(f"{prefix_of(units)}{number}", 5565) as client:
            took = []
            for _ in range(5):
                began = time.monotonic()
                client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) == 1)
                took.append(time.monotonic() - began)
        assert least <= min(took) < least + 0.02


def test_same_seed_same_delays() -> None:
    def delays(seed: int) -> list[float]:
        block = free_wide_block()
        with Sim({"qstation": 40}, seed=seed, address=block) as sim:
            return [unit.core.reply_delay_s for unit in sim.units if unit.protocol == "qstation"]

    first = delays(5)
    assert first[:3] == [0.002, 0.005, 0.009] and len(set(first)) == 40
    assert first == delays(5) and first[3:] != delays(6)[3:]


def test_two_sets_at_once_have_two_blocks() -> None:
    with Sim() as one, Sim() as two:
        assert one.block != two.block
        for sim in (one, two):
            assert str(sim.block).startswith("127.77.") and str(sim.block).endswith(".0/24")
            with RawUdp(f"{prefix_of(sim)}255", 5565) as client:
                found = idents(client, 3)
            assert set(found) == MACS
            assert all(sender[0].startswith(prefix_of(sim)) for sender in found.values())


def test_a_set_that_insists_names_what_is_taken(units: Sim) -> None:
    with pytest.raises(OpenFailed, match=r"\.11:5000/tcp"):
        Sim(address=str(units.block)).start()
    with Sim(address=str(units.block), port_offset=1000) as other:
        assert other.block == units.block
        with RawTcp(f"{prefix_of(other)}11", 6000) as client:
            assert client.ask(kramer_line(""), lambda came: b"\n" in came) == b"~01@ OK\r\n"


def test_a_set_can_start_again_at_once_on_its_addresses() -> None:
    block = free_block()
    sim = Sim(address=block)
    for _ in range(3):
        with sim, RawTcp(block.replace(".0/24", ".11"), 5000) as client:
            assert client.ask(kramer_line("SECUR?"), lambda came: b"\n" in came) == b"~01@SECUR ON\r\n"
    sim.stop()


def test_threads_and_files_are_given_back() -> None:
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    for _ in range(5):
        with Sim():
            pass
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before


def test_the_book_lists_every_endpoint_while_the_set_runs(runtime: Path) -> None:
    with Sim() as sim:
        assert {(e.carrier, e.host, e.port) for e in sim.endpoints} == book.endpoints()
        with SimProcess():
            assert len(book.endpoints()) == 2 * len(sim.endpoints)
    assert book.endpoints() == set() and not list((runtime / "unitbench" / "sims").glob("*"))


def test_many_sets_starting_at_once_keep_their_pages(runtime: Path) -> None:
    looking = threading.Event()

    def look() -> None:
        while not looking.is_set():
            book.endpoints()

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    sets = [Sim({"kramer": 0, "qstation": 0}) for _ in range(12)]
    try:
        for sim in sets:
            sim.start()
        assert len(book.endpoints()) == sum(len(sim.endpoints) for sim in sets)
    finally:
        looking.set()
        for sim in sets:
            sim.stop()
        for reader in readers:
            reader.join()


def test_a_set_of_ones_own_is_started_and_ended_by_its_session() -> None:
    sim = Sim({"qstation": 2, "dcol": 0})
    with Session.local(sim=sim) as session:
        assert [unit.name for unit in session.units] == ["k1", "q1", "q2", "r1", "v1"]
        assert sim.running and session.ask("SECUR?").ok
    assert not sim.running
    with Sim({"dcol": 0}) as sim:
        with Session.local(sim=sim) as session:
            assert len(session.units) == 6
        assert sim.running


def test_a_receiver_takes_one_client_and_a_second_when_that_has_left(units: Sim) -> None:
    get = bytes.fromhex("02 00 AE 01 0C BB 03")
    host = f"{prefix_of(units)}21"
    with RawTcp(host, 5017) as first:
        assert first.ask(get, dcol_complete)[4] == 0x0D
        with RawTcp(host, 5017) as second:
            assert second.ask(get, dcol_complete) == b"" and second.closed
    with RawTcp(host, 5017) as third:
        assert third.ask(get, dcol_complete)[4] == 0x0D
