"""A recorder on real sockets: the ledger step by step, who is turned away and how, the network restart."""

from __future__ import annotations

import errno
import ftplib
import socket
import struct
from contextlib import ExitStack, suppress

import pytest

from tests.support.foreign import RawTcp, RawUdp
from tests.support.logger import IDN, MAC, Recorder, line, until
from unitbench.sim import ports
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import FEATURES

FIND, RESTART = b"SIMFIND?\r\n", f"SIMNETRESTART {MAC}\r\n".encode()


def connects(host: str, port: int, wait: float = 0.3) -> int:
    """What connecting comes to: 0 or the error's number."""
    with socket.socket() as sock:
        sock.settimeout(wait)
        return sock.connect_ex((host, port))


def found(unit: Recorder, wait: float = 5.0) -> bytes:
    """The answer to a search by UDP."""
    with RawUdp(unit.host, unit.state.command_port) as client:
        came = client.ask(FIND, lambda all_: len(all_) == 1, wait)
    return came[0][0] if came else b""


def big(unit: Recorder) -> None:
    """A file too large for the sockets' buffers: its transfer waits for the reader."""
    (unit.server.files.root / "BIG.BIN").write_bytes(bytes(32 * 1024 * 1024))


def in_again(unit: Recorder) -> RawTcp:
    """A command client, as soon as there is room."""
    assert until(lambda: unit.state.ledger.room(Use.COMMAND))
    client: list[RawTcp] = []

    def tried() -> bool:
        with suppress(ConnectionRefusedError):
            client.append(unit.command())
        return bool(client)

    assert until(tried)
    return client[0]


def test_the_eight_steps_over_sockets() -> None:
    with Recorder() as unit, ExitStack() as stack:
        big(unit)
        assert unit.used(4)
        first = stack.enter_context(unit.command())
        assert unit.used(4) and unit.open(Use.COMMAND) == 1
        assert connects(unit.host, 8023) == errno.ECONNREFUSED
        assert found(unit) == f"SIMFOUND GL840-SIM {unit.host} 8023 {MAC}\r\n".encode()
        for _ in range(10):
            stack.enter_context(unit.web())
        assert unit.used(14)
        assert until(lambda: connects(unit.host, 80) == errno.ECONNREFUSED)
        assert unit.used(14) and unit.open(Use.HTTP) == 10
        with ftplib.FTP(unit.host, "recorder", "logger") as ftp:
            assert unit.used(14)
            data = ftp.transfercmd("RETR BIG.BIN")
            assert unit.used(15)
            first.close()
            stack.enter_context(in_again(unit))
            assert unit.used(15)
            data.close()
            with pytest.raises(ftplib.error_temp, match="426"):
                ftp.voidresp()
            assert unit.used(14)
            ftp.makepasv()
            assert unit.used(15), "a listener that waits for the data connection is counted"
        assert unit.used(14)
    assert unit.state.ledger.used == 4


def test_a_client_that_dies_without_a_word_keeps_the_place() -> None:
    with Recorder() as unit:
        dead = unit.command()
        for _ in range(3):
            assert connects(unit.host, 8023) == errno.ECONNREFUSED
        dead.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        dead.close()
        with in_again(unit) as client:
            assert client.ask(b"*idn?\n", line) == IDN


def test_a_half_closed_client_is_gone() -> None:
    with Recorder() as unit, unit.command() as half:
        half.sock.shutdown(socket.SHUT_WR)
        assert half.read(lambda _: False) == b"" and half.closed
        in_again(unit).close()


def test_a_client_that_is_silent_for_too_long_is_dropped_where_that_is_set() -> None:
    with Recorder(idle_s=0.1) as unit, unit.command() as client:
        assert client.read(lambda _: False) == b"" and client.closed
        in_again(unit).close()


@pytest.mark.parametrize("reject", ["silent", "accept_close"])
def test_other_ways_to_turn_a_client_away(reject: str) -> None:
    with Recorder(reject=reject) as unit:
        with unit.command() as first:
            if reject == "silent":
                assert connects(unit.host, 8023) == errno.EAGAIN
            else:
                with RawTcp(unit.host, 8023) as second:
                    assert second.read(lambda _: False) == b"" and second.closed
            assert first.ask(b"*IDN?\r\n", line) == IDN
        in_again(unit).close()


def test_the_last_of_twenty_is_refused_as_a_data_connection() -> None:
    with Recorder() as unit, ftplib.FTP(unit.host, "recorder", "logger") as ftp:
        assert unit.state.ledger.take(Use.FTP_CLIENT, 16) and unit.state.ledger.used == 20
        with pytest.raises(ftplib.error_temp, match="425"):
            ftp.makepasv()
        unit.state.ledger.give(Use.FTP_CLIENT, 16)
        assert ftp.nlst("DATA") == [f"REC000{n}.CSV" for n in (1, 2, 3)]
        assert unit.used(4)


def test_the_network_restart_in_the_middle_of_everything() -> None:
    with Recorder(restart_s=0.5) as unit, ExitStack() as stack:
        big(unit)
        client, web = stack.enter_context(unit.command()), stack.enter_context(unit.web())
        ftp = ftplib.FTP(unit.host, "recorder", "logger")
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("RETR BIG.BIN")
        assert unit.used(6)
        with RawUdp(unit.host, 8023) as asker:
            assert asker.ask(RESTART, lambda all_: len(all_) == 1)[0][0] == b"SIMOK\r\n"
        assert until(lambda: unit.state.down)
        assert found(unit, 0.1) == b""
        assert all(connects(unit.host, port) == errno.ECONNREFUSED for port in (8023, 80, 21))
        assert unit.state.ledger.used == 4
        for cut in (client, web):
            assert cut.read(lambda _: False) == b"" and cut.closed
        with pytest.raises((OSError, EOFError)):
            while data.recv(1 << 20):
                pass
            ftp.voidresp()
        data.close()
        ftp.close()
        assert until(lambda: not unit.state.down)
        in_again(unit).close()
        assert found(unit).startswith(b"SIMFOUND ") and unit.used(4)


def test_a_model_without_the_starred_items() -> None:
    with Recorder(features=FEATURES - {"udp"}) as unit:
        assert unit.state.ledger.used == 3
        assert found(unit, 0.1) == b""
        unit.command().close()
    with Recorder(features=frozenset()) as unit:
        assert unit.state.ledger.used == 1
        assert [connects(unit.host, port) for port in (80, 21)] == [errno.ECONNREFUSED] * 2
        unit.command().close()


def test_another_command_port_moves_nothing_else() -> None:
    with Recorder(command_port=9023) as unit:
        assert found(unit) == f"SIMFOUND GL840-SIM {unit.host} 9023 {MAC}\r\n".encode()
        unit.command().close()
        unit.web().close()
        assert connects(unit.host, 8023) == errno.ECONNREFUSED and connects(unit.host, 21) == 0


def test_low_ports_that_the_system_refuses_are_served_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_allowed", lambda *place: False)
    with Recorder() as unit:
        assert {port for _, port in unit.server.served} == {8023, 10080, 10021}
        unit.web().close()
        with ftplib.FTP() as ftp:
            ftp.connect(unit.host, 10021)
            assert ftp.login("recorder", "logger").startswith("230")


def test_strange_http_is_answered_and_given_back() -> None:
    with Recorder() as unit:
        for data in (
            b"\xff\x00\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST / HTTP/1.1\r\n\r\n",
            b"x" * 20_000,
        ):
            with RawTcp(unit.host, 80) as client:
                assert b"Error code: " in client.ask(data, lambda _: False) and client.closed
        with unit.web() as client:
            twice = b"GET /files/README.TXT HTTP/1.1\r\n\r\n" * 2
            assert client.ask(twice, lambda came: came.count(b"HTTP/1.1 200") == 2).count(b"GL840-SIM") == 2
        for name in ("..%2f..%2fetc%2fpasswd", "DATA", "none"):
            with RawTcp(unit.host, 80) as client:
                came = client.ask(f"GET /files/{name} HTTP/1.0\r\n\r\n".encode(), lambda _: False)
                assert b" 404 " in came.splitlines()[0]
        assert unit.used(4)
