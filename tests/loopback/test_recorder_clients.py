"""What a recorder does by itself, against servers that are not ours: chrony, dnsmasq, Twisted's FTP."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.ftp_store import ACCOUNT, PASSWORD, saved, store
from tests.support.logger import Recorder, until
from tests.support.need import need
from unitbench.errors import (
    InvalidValue,
    LinkLost,
    LocalProtocolError,
    NoReply,
    OpenFailed,
    RemoteProtocolError,
    UnitRefused,
)
from unitbench.sim.recorder import questions
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import FEATURES, Backup

HERE = "127.0.0.1"
CHRONY = """\
port {port}
bindaddress 127.0.0.1
allow 127.0.0.0/8
local stratum 8
cmdport 0
pidfile {folder}/chronyd.pid
driftfile {folder}/drift
"""


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind((HERE, 0))
        port: int = sock.getsockname()[1]
    return port


@contextmanager
def running(*command: str) -> Iterator[None]:
    """A foreign server, for as long as the block lasts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def chrony(folder: Path) -> Iterator[str]:
    port = free_port(socket.SOCK_DGRAM)
    settings = folder / "chrony.conf"
    settings.write_text(CHRONY.format(port=port, folder=folder), encoding="ascii")
    # -x: this machine's clock is never touched; -U: no other account is needed
    with running(need("chronyd"), "-d", "-x", "-U", "-f", str(settings)):
        yield f"{HERE}:{port}"


@contextmanager
def dnsmasq(**names: str) -> Iterator[str]:
    port = free_port(socket.SOCK_DGRAM)
    told = [f"--address=/{name.replace('_', '.')}/{address}" for name, address in names.items()]
    options = (
        "--keep-in-foreground --no-resolv --no-hosts --bind-interfaces --conf-file=/dev/null --pid-file="
    )
    with running(need("dnsmasq"), *options.split(), f"--listen-address={HERE}", f"--port={port}", *told):
        yield f"{HERE}:{port}"


@contextmanager
def clock(ahead: float, *, answers: int = 1000, stratum: int = 1) -> Iterator[str]:
    """An NTP server whose clock is wrong, and that answers so many times."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((HERE, 0))

    def serve() -> None:
        left = answers
        while True:
            data, sender = sock.recvfrom(1000)
            if not data:
                return
            if left and len(data) == 48:
                now = time.time() + ahead + 2208988800
                stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
                head = bytes([0x24, stratum, 6, 0xEC]) + bytes(20)
                sock.sendto(head + data[40:48] + stamp + stamp, sender)
            left -= 1 if left else 0

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"{HERE}:{sock.getsockname()[1]}"
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", sock.getsockname())
        thread.join()
        sock.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "WAIT_S", 0.2)


def recorded(unit: Recorder, below: str = "") -> dict[str, bytes]:
    return {below + name: (unit.server.files.root / name).read_bytes() for name in unit.server.files.listed()}


@pytest.mark.needs("chronyd", "dnsmasq")
def test_the_clock_is_set_by_a_foreign_server_found_by_name(tmp_path: Path) -> None:
    with chrony(tmp_path) as server, dnsmasq(time_bench=HERE) as names:
        port = server.partition(":")[2]
        with Recorder(clock_offset_s=-3600.0, dns_server=names) as unit:

            def corrected() -> bool:
                try:
                    unit.clients.set_clock(f"time.bench:{port}")
                except (NoReply, RemoteProtocolError):
                    return False
                return True

            assert until(corrected)
            assert abs(unit.state.clock_offset_s) < 0.5
            assert unit.used(4) and not any(unit.state.ledger.open.values())
            with pytest.raises(RemoteProtocolError, match=r"NXDOMAIN|REFUSED"):
                unit.clients.set_clock("nowhere.bench")


@pytest.mark.needs("twisted")
@pytest.mark.parametrize("passive", [True, False])
def test_files_are_backed_up_to_a_foreign_server(tmp_path: Path, passive: bool) -> None:
    with store(tmp_path) as server, Recorder() as unit:
        to = Backup(server, ACCOUNT, PASSWORD, "unit/r1", passive)
        assert unit.clients.back_up(to) == unit.server.files.listed()
        assert saved(tmp_path) == recorded(unit, "unit/r1/")
        assert PASSWORD not in repr(to)
        wrong = Backup(server, ACCOUNT, "not-the-secret-2")
        with pytest.raises(UnitRefused, match="530"):
            unit.clients.back_up(wrong)
        assert unit.used(4)
        assert unit.said[-2:] == ["4 files saved", unit.said[-1]] and "refuses: 530" in unit.said[-1]
        assert PASSWORD not in str(unit.said) and "not-the-secret-2" not in str(unit.said)


@pytest.mark.needs("twisted")
def test_backup_and_clock_on_a_schedule(tmp_path: Path) -> None:
    with store(tmp_path) as server, clock(100.0) as time_server:
        to = Backup(server, ACCOUNT, PASSWORD)
        with Recorder(backup=to, backup_every_s=0.05, ntp_server=time_server) as unit:
            assert until(lambda: saved(tmp_path) == recorded(unit))
            unit.clients.schedule(backup_every_s=0, ntp_every_s=0.05)
            assert until(lambda: abs(unit.state.clock_offset_s - 100) < 0.5)
            assert until(lambda: [d.text for d in unit.core.log if "files saved" in d.text] != [])
            unit.clients.schedule(ntp_every_s=0)
            assert unit.used(4)


def test_each_question_is_counted_while_it_runs() -> None:
    with clock(5.0, answers=0) as silent, Recorder() as unit:
        errors: list[Exception] = []

        def ask() -> None:
            try:
                unit.clients.set_clock(silent)
            except NoReply as error:
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        assert unit.used(5) and unit.open(Use.NTP_CLIENT) == 1
        thread.join()
        assert len(errors) == 1 and unit.used(4)
        assert unit.state.ledger.take(Use.FTP_DATA, 15)
        with pytest.raises(LocalProtocolError, match="20 connections"):
            unit.clients.back_up(Backup(silent))
        unit.state.ledger.give(Use.FTP_DATA, 15)


def test_what_the_model_lacks_and_what_is_not_set() -> None:
    with Recorder(features=FEATURES - {"ntp", "ftp-client", "dns"}, dns_server=HERE) as unit:
        for lacking in (lambda: unit.clients.set_clock(HERE), lambda: unit.clients.back_up(Backup(HERE))):
            with pytest.raises(LocalProtocolError, match="this model has no"):
                lacking()
        with pytest.raises(LocalProtocolError, match="DNS"):
            unit.clients.set_clock("time.bench")
    with Recorder() as unit, pytest.raises(LocalProtocolError, match="no NTP server is set"):
        unit.clients.set_clock()
    with pytest.raises(LocalProtocolError, match="does not run"):
        Recorder().clients.set_clock(HERE)


def test_a_server_without_the_time_and_one_that_is_not_there() -> None:
    with Recorder() as unit, clock(9.0, stratum=0) as ignorant:
        with pytest.raises(RemoteProtocolError, match="stratum 0"):
            unit.clients.set_clock(ignorant)
        with pytest.raises(OpenFailed):
            unit.clients.back_up(Backup(f"{HERE}:{free_port(socket.SOCK_STREAM)}"))
        assert unit.state.clock_offset_s == 0 and unit.used(4)


def test_a_network_restart_ends_a_backup() -> None:
    with socket.create_server((HERE, 0)) as mute, Recorder(restart_s=0.1) as unit:
        errors: list[Exception] = []

        def save() -> None:
            try:
                unit.clients.back_up(Backup(f"{HERE}:{mute.getsockname()[1]}"))
            except (LinkLost, OpenFailed) as error:
                errors.append(error)

        thread = threading.Thread(target=save)
        thread.start()
        peer, _ = mute.accept()
        peer.sendall(b"220-welcome\r\n")
        assert unit.open(Use.FTP_CLIENT) == 2
        with unit.command() as client:
            client.send(f"SIMNETRESTART {unit.state.mac}\r\n".encode())
            thread.join(5)
        assert len(errors) == 1
        assert until(lambda: not unit.state.down) and unit.used(4)
        peer.close()


def full(unit: Recorder) -> None:
    """All connections are taken."""
    assert unit.state.ledger.take(Use.FTP_DATA, 16) and unit.state.ledger.used == 20


@pytest.mark.needs("twisted")
def test_a_backup_that_finds_no_place_is_tried_again_before_its_next_turn(tmp_path: Path) -> None:
    with store(tmp_path) as server:
        unit = Recorder(backup=Backup(server, ACCOUNT, PASSWORD), backup_every_s=7200.0)
        unit.server.clock.speed = 3600
        full(unit)
        with unit:
            lacking = "tried again later: no place for the FTP client: all 20 connections are taken"
            assert until(lambda: lacking in unit.said)
            # The next turn is more than a minute away, the next attempt less than a second.
            unit.server.clock.speed = 100
            unit.call(unit.server.pump)
            unit.state.ledger.give(Use.FTP_DATA, 16)
            assert until(lambda: "4 files saved" in unit.said)
            assert saved(tmp_path) == recorded(unit)
            unit.clients.schedule(backup_every_s=0)


def test_a_failed_correction_is_tried_again_after_a_minute_of_the_units_clock() -> None:
    with clock(100.0, stratum=0) as ignorant, clock(100.0) as server:
        unit = Recorder(ntp_server=ignorant, ntp_every_s=7200.0)
        unit.server.clock.speed = 3600
        with unit:
            assert until(lambda: any("does not know the time" in text for text in unit.said), 10)
            unit.state.ntp_server = server
            assert until(lambda: any(text.startswith("clock corrected by +") for text in unit.said))
            log = [(decision.now, decision.text) for decision in unit.core.log]
            failed = next(now for now, text in log if "does not know" in text)
            done = next(now for now, text in log if text.startswith("clock corrected"))
            assert 60 <= done - failed < 7200
            assert abs(unit.state.clock_offset_s - 100) < 0.5
            unit.clients.schedule(ntp_every_s=0)


@pytest.mark.needs("dnsmasq", "twisted")
def test_dns_is_asked_for_names_only_and_counted(tmp_path: Path) -> None:
    with store(tmp_path) as server, dnsmasq(store_bench=HERE) as names, clock(0.0, answers=0) as mute:
        port = server.partition(":")[2]
        with Recorder(dns_server=mute) as unit:
            unit.clients.back_up(Backup(server, ACCOUNT, PASSWORD))
            asking = threading.Thread(target=lambda: fails(unit, f"store.bench:{port}"))
            asking.start()
            assert unit.used(5) and unit.open(Use.DNS_CLIENT) == 1
            asking.join()
            assert unit.used(4)
            unit.state.dns_server = names
            assert until(lambda: not fails(unit, f"store.bench:{port}"))
            full(unit)
            with pytest.raises(LocalProtocolError, match="no place for the DNS client"):
                unit.clients.back_up(Backup(f"store.bench:{port}", ACCOUNT, PASSWORD))
            unit.state.ledger.give(Use.FTP_DATA, 16)


def fails(unit: Recorder, place: str) -> bool:
    """Whether a backup to that place comes to nothing for want of an answer."""
    try:
        unit.clients.back_up(Backup(place, ACCOUNT, PASSWORD))
    except NoReply:
        return True
    return False


def test_one_backup_at_a_time() -> None:
    with socket.create_server((HERE, 0)) as mute, Recorder() as unit:
        to = Backup(f"{HERE}:{mute.getsockname()[1]}")
        ended = threading.Event()

        def save() -> None:
            with pytest.raises(LinkLost):
                unit.clients.back_up(to)
            ended.set()

        threading.Thread(target=save).start()
        peer, _ = mute.accept()
        assert until(lambda: unit.open(Use.FTP_CLIENT) == 2)
        with pytest.raises(LocalProtocolError, match="a backup runs already"):
            unit.clients.back_up(to)
        peer.sendall(b"220 welcome\r\n")
        peer.recv(100)
        peer.close()
        assert ended.wait(10) and unit.used(4)


@pytest.mark.parametrize("place", ["time.bench:", "10.0.0.1:x", "10.0.0.1:0", "10.0.0.1:70000", "a:b:c"])
def test_a_place_that_is_none(place: str) -> None:
    with Recorder(dns_server=HERE) as unit:
        with pytest.raises(InvalidValue, match="is no place of a server"):
            unit.clients.set_clock(place)
        with pytest.raises(InvalidValue, match="is no place of a server"):
            unit.clients.back_up(Backup(place))
        with pytest.raises(InvalidValue, match="no domain name"):
            unit.clients.set_clock("x" * 64 + ".bench")
        assert unit.used(4) and len(unit.said) == 3


def test_a_server_that_repeats_the_password(tmp_path: Path) -> None:
    with socket.create_server((HERE, 0)) as rude, Recorder() as unit:
        to = Backup(f"{HERE}:{rude.getsockname()[1]}", ACCOUNT, PASSWORD)

        def answer() -> None:
            peer, _ = rude.accept()
            with peer:
                peer.sendall(b"220 rude\r\n")
                peer.recv(100)
                peer.sendall(b"331 and\r\n")
                peer.recv(100)
                peer.sendall(f"530 {PASSWORD} is\x1b[31m wrong\r\n".encode())
                peer.recv(100)

        threading.Thread(target=answer).start()
        with pytest.raises(UnitRefused) as error:
            unit.clients.back_up(to)
        assert PASSWORD not in str(error.value) and "\x1b" not in str(error.value)
        with pytest.raises(InvalidValue, match="cannot be sent"):
            unit.clients.back_up(Backup(to.server, "a\r\nDELE x"))
