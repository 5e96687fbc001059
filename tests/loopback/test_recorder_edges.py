"""A recorder's edges over sockets: segments and datagrams, a changed command port, models that lack something."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack

import pytest

from tests.support.foreign import RawTcp, RawUdp
from tests.support.logger import IDN, MAC, Recorder, line, until
from unitbench.errors import InvalidValue, LocalProtocolError
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import FEATURES, Backup

FIND, RESTART = b"SIMFIND?\r\n", f"SIMNETRESTART {MAC}\r\n".encode()
UNKNOWN, LONG = b"SIMERR 1\r\n", b"SIMERR 2\r\n"


def lines(count: int):  # type: ignore[no-untyped-def]
    return lambda came: came.count(b"\r\n") >= count


def connects(host: str, port: int) -> int:
    with socket.socket() as sock:
        sock.settimeout(1)
        return sock.connect_ex((host, port))


def found(unit: Recorder, port: int, wait: float = 5.0) -> bytes:
    with RawUdp(unit.host, port) as client:
        came = client.ask(FIND, lambda came: len(came) == 1, wait)
    return came[0][0] if came else b""


def test_lines_are_not_segments() -> None:
    with Recorder() as unit, unit.command() as client:
        client.send(b"*IDN")
        assert found(unit, 8023), "half a line is there, and the search is answered"
        assert client.ask(b"?\r\n", line) == IDN
        assert client.ask(b"*IDN?\r\n*idn?\n*IDN? \t\r", lines(3)) == IDN * 3
        assert client.ask(b"\n\r\n*IDN?\r", line) == IDN
        assert client.ask(b"\n*IDN?\r\n", line) == IDN, "the LF of a CR LF that was cut makes no second line"
        assert client.ask(b"*IDN?\xff\r\n", line) == UNKNOWN
        assert client.ask(b"x" * 1025, line, 0.1) == b""
        assert client.ask(b"\r\n*IDN?\r\n", lines(2)) == LONG + IDN
        assert client.ask(b"y" * 1024 + b"\r\n", line) == UNKNOWN


def test_a_datagram_is_one_line_whatever_it_holds() -> None:
    with Recorder() as unit, unit.command(), RawUdp(unit.host, 8023) as client:
        for data in (
            b"",
            b"\r\n",
            FIND * 2,
            b"x" * 1025 + b"\r\n",
            b"\xff\r\n",
            b"*IDN",
            b"?\r\n",
            b"FOO?\r\n",
        ):
            client.send(data)
        came = client.ask(FIND, lambda came: len(came) >= 1)
        assert [data.split()[0] for data, _ in came] == [b"SIMFOUND"]
        assert client.read(bool, 0.05) == []
        assert client.ask(b"*IDN?", lambda came: len(came) == 1)[0][0] == IDN


def test_the_ledger_at_its_fullest() -> None:
    with Recorder() as unit, ExitStack() as stack:
        stack.enter_context(unit.command())
        for _ in range(10):
            stack.enter_context(unit.web())
        assert unit.used(14)
        assert unit.state.ledger.take(Use.FTP_CLIENT, 2) and unit.state.ledger.take(Use.NTP_CLIENT)
        assert unit.state.ledger.take(Use.DNS_CLIENT) and unit.state.ledger.take(Use.DHCP_CLIENT)
        assert unit.used(19)
        ftp = stack.enter_context(RawTcp(unit.host, 21))
        assert ftp.read(line).startswith(b"220 ")
        assert ftp.ask(b"USER recorder\r\n", line).startswith(b"331 ")
        assert ftp.ask(b"PASS logger\r\n", line).startswith(b"230 ")
        assert ftp.ask(b"PASV\r\n", line).startswith(b"227 ") and unit.used(20)
        assert until(lambda: connects(unit.host, 21) == errno.ECONNREFUSED), "the twenty-first"
        assert found(unit, 8023).startswith(b"SIMFOUND ")


def test_a_new_command_port_comes_with_the_network_restart() -> None:
    moved: list[set[int]] = []
    with Recorder(restart_s=0.05) as unit:
        unit.server.on_moved = lambda: moved.append({port for _, port in unit.server.served})
        unit.state.command_port = 9023
        assert found(unit, 8023).split()[3] == b"8023" and connects(unit.host, 9023) == errno.ECONNREFUSED
        unit.command().close()
        with RawUdp(unit.host, 8023) as asker:
            assert asker.ask(RESTART, lambda came: len(came) == 1)[0][0] == b"SIMOK\r\n"
        assert until(lambda: moved == [set(), {9023, 80, 21}]) and unit.used(4)
        assert found(unit, 9023).split()[3] == b"9023"
        with RawUdp("127.255.255.255", 9023) as asker:
            came = asker.ask(FIND, lambda came: len(came) == 1)
        assert [sender for _, sender in came] == [(unit.host, 9023)], "broadcasts too"
        unit.command().close()
        assert connects(unit.host, 8023) == errno.ECONNREFUSED and found(unit, 8023, 0.1) == b""
        unit.web().close()
        with RawTcp(unit.host, 21) as ftp:
            assert ftp.read(line).startswith(b"220 ")


def test_a_new_command_port_that_another_program_has_is_waited_for() -> None:
    with Recorder(restart_s=0.05) as unit, ExitStack() as stack:
        other = stack.enter_context(socket.create_server((unit.host, 9023)))
        unit.state.command_port = 9023
        with unit.command() as client:
            client.send(RESTART)
        assert until(lambda: any("cannot listen on" in text and "9023" in text for text in unit.said))
        unit.server.clock.speed = 100
        other.close()
        assert until(lambda: bool(unit.server.served), 10)
        unit.command().close()
        assert found(unit, 9023).startswith(b"SIMFOUND ")


@pytest.mark.parametrize("port", [80, 21, 0, -1, 65536])
def test_a_command_port_that_cannot_be(port: int) -> None:
    with pytest.raises(InvalidValue, match="command_port"):
        Recorder(command_port=port)
    with Recorder(restart_s=0.05) as unit:
        unit.state.command_port = port
        with unit.command() as client:
            client.send(RESTART)
        assert until(lambda: "network back" in unit.said)
        assert f"command port {port}: 1..65535, but not 21 or 80; 8023 stays" in unit.said
        assert until(lambda: found(unit, 8023, 0.5).startswith(b"SIMFOUND "))


@pytest.mark.parametrize("wrong", [{"reject": "later"}, {"features": frozenset({"udp", "telnet"})}])
def test_settings_that_no_recorder_has(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValue, match=f"a recorder cannot have this {next(iter(wrong))}"):
        Recorder(**wrong)


@pytest.mark.parametrize(
    ("lacks", "used", "closed"), [("udp", 3, None), ("http", 3, 80), ("ftp", 3, 21), ("ntp", 4, None)]
)
def test_a_model_without_one_of_the_starred_items(lacks: str, used: int, closed: int | None) -> None:
    with Recorder(features=FEATURES - {lacks}) as unit:
        assert unit.used(used)
        assert {port for port in (80, 21) if connects(unit.host, port)} == ({closed} - {None})
        assert (found(unit, 8023, 0.3) == b"") is (lacks == "udp")
        unit.command().close()
        if closed != 80:
            for _ in range(2):
                unit.web().close()
        assert unit.used(used)


def test_a_model_without_any_starred_item_has_one_listener_and_no_client() -> None:
    with Recorder(features=frozenset()) as unit:
        assert unit.state.ledger.used == 1
        assert [connects(unit.host, port) for port in (80, 21)] == [errno.ECONNREFUSED] * 2
        assert found(unit, 8023, 0.1) == b""
        for job in (
            lambda: unit.clients.set_clock("127.0.0.1"),
            lambda: unit.clients.back_up(Backup("127.0.0.1")),
        ):
            with pytest.raises(LocalProtocolError, match="this model has no"):
                job()
        assert unit.said[-1] == "this model has no FTP client"
        with unit.command():
            assert unit.state.ledger.used == 1
        assert unit.used(1)


def test_a_crash_takes_the_new_port_into_use_as_well() -> None:
    with Recorder() as unit:
        unit.state.command_port = 9023
        unit.call(lambda: unit.server.fault({"crash": 0.1}))
        assert until(lambda: {port for _, port in unit.server.served} == {9023, 80, 21})
        unit.command().close()
