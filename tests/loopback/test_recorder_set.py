"""A recorder in a set: asked for by name, found by broadcast, and gone without a trace."""

from __future__ import annotations

import ftplib
import os
import tempfile
import threading
from pathlib import Path

from tests.support.commands import free_block
from tests.support.foreign import RawTcp, RawUdp
from tests.support.logger import line, until
from unitbench import Session, Sim
from unitbench.session.operations import Find
from unitbench.sim import book
from unitbench.wire.recorder.unit import RecorderUnit

FIND = b"SIMFIND?\r\n"


def test_a_set_has_as_many_recorders_as_are_asked_for() -> None:
    with Sim({"recorder": 0}) as sim:
        assert all(unit.protocol != "recorder" for unit in sim.units)
    block = free_block()
    with Sim({"recorder": 2}, address=block) as sim:
        places = {(e.carrier, e.host.rpartition(".")[2], e.port) for e in sim.endpoints if e.unit == "r1"}
        assert places == {("tcp", "41", 8023), ("udp", "41", 8023), ("tcp", "41", 80), ("tcp", "41", 21)}
        assert [unit.mac for unit in sim.units if unit.protocol == "recorder"] == [
            "02:00:00:00:00:41",
            "02:00:00:00:00:42",
        ]
        with RawUdp(block.replace(".0/24", ".255"), 8023) as client:
            came = client.ask(FIND, lambda all_: len(all_) == 2)
        assert sorted(sender[0].rpartition(".")[2] for _, sender in came) == ["41", "42"]
        assert all(data.startswith(b"SIMFOUND GL840-SIM 127.") for data, _ in came)


def test_a_session_that_looks_round_leaves_its_only_command_place_alone() -> None:
    with Sim() as sim, Session.local(sim=sim) as session:
        found = {unit.name: unit for unit in session.discover().units}
        assert (found["r1"].score, found["r1"].link) == (0.8, "closed")
        assert session.perform(Find("r1")).maker == "8023 recorder"
        with RawTcp(sim.unit("r1").host, 8023) as client:
            assert b"GL840-SIM" in client.ask(b"*IDN?\n", line)


def test_threads_files_and_folders_are_given_back() -> None:
    def there() -> tuple[int, int, int]:
        folders = len(list(Path(tempfile.gettempdir()).glob("unitbench-recorder-*")))
        return threading.active_count(), len(os.listdir("/proc/self/fd")), folders

    before = there()
    for _ in range(2):
        with Sim({"recorder": 1}) as sim:
            host = sim.unit("r1").host
            with RawTcp(host, 8023) as client:
                assert client.ask(b"*IDN?\n", line)
                ftp = ftplib.FTP(host, "recorder", "logger")
                assert len(ftp.nlst()) == 2
                ftp.makepasv()
                web = RawTcp(host, 80)
                assert b"200" in web.ask(b"GET / HTTP/1.0\r\n\r\n", lambda _: False)
        ftp.close()
        web.close()
    assert there() == before


def test_a_set_follows_a_recorder_to_its_new_command_port() -> None:
    with Sim({"recorder": 1}, options={"r1": {"restart_s": 0.05}}) as sim:
        unit = sim.unit("r1")
        last = str(sim.block.broadcast_address) if sim.block else ""
        assert isinstance(unit.core, RecorderUnit)
        unit.core.state.command_port = 9023
        with RawTcp(unit.host, 8023) as client:
            client.send(f"SIMNETRESTART {unit.mac}\r\n".encode())
            assert until(lambda: book.has(("tcp", unit.host, 9023)))
        assert not book.has(("tcp", unit.host, 8023)) and book.has(("tcp", unit.host, 80))
        with RawUdp(last, 8023) as asker:
            assert asker.ask(FIND, lambda came: len(came) == 1, 0.2) == [], "the old port"
        with RawUdp(unit.host, 9023) as asker:
            assert len(asker.ask(FIND, lambda came: len(came) == 1)) == 1
