"""The simulated camera on real sockets, met by foreign clients."""

from __future__ import annotations

import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import golden
from tests.support.camera import Camera
from tests.support.commands import free_block
from tests.support.foreign import RawTcp, RawUdp
from tests.support.need import need
from unitbench.errors import OpenFailed
from unitbench.sim import ports
from unitbench.wire.vs1 import announce
from unitbench.wire.vs1.job import Job

FRAMES = {frame.id: frame.data for frame in golden.frames("vs1")}
HELD = (49049, 49050, 49059, 49200, 49201, 49202)
SERIAL = (49211, 49212, 49213, 49214)


@pytest.fixture
def camera() -> Iterator[Camera]:
    with Camera() as found:
        yield found


def lines(count: int):  # type: ignore[no-untyped-def]
    return lambda came: came.count(b"\n") >= count


def listener() -> RawUdp:
    """Who hears announces: shared, as more than one may listen."""
    client = RawUdp("127.0.0.1", 9)
    client.close()
    client.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.sock.bind(("127.255.255.255", 49495))
    return client


def heard_of(client: RawUdp, camera: Camera, count: int) -> list[announce.Announce]:
    """The next announces of this camera; those of others are passed over."""

    def mine(came: list[tuple[bytes, tuple[str, int]]]) -> list[bytes]:
        return [data for data, sender in came if sender == (camera.host, camera.port(49493))]

    came = client.read(lambda came: len(mine(came)) >= count)
    return [found for data in mine(came) if (found := announce.decode(data))]


def test_every_row_of_the_table_is_there(camera: Camera) -> None:
    for service, port in camera.server.served:
        if service.carrier == "tcp":
            with RawTcp(camera.host, port) as client:
                assert client.local
    assert camera.server.udp_ports == {camera.port(520), 49493}
    assert 68 not in {service.port for service, _ in camera.server.served}
    with pytest.raises(ConnectionRefusedError):
        RawTcp(camera.host, 49199)


def test_the_announce_is_heard_once_a_second_and_by_more_than_one() -> None:
    with listener() as one, listener() as other, Camera() as camera:
        for client in (one, other):
            (first,) = heard_of(client, camera, 1)
            assert (first.name, first.ip_address, first.controlled_by) == ("cam-07", camera.host, "")
        camera.advance(0.9)
        camera.advance(0.1)
        camera.advance(1.0)
        assert len(heard_of(one, camera, 2)) == 2
        assert heard_of(other, camera, 2)
        one.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            while one.sock.recvfrom(2048)[1][0] != camera.host:
                pass


def test_the_announces_come_once_a_second_by_the_clock() -> None:
    with listener() as client, Camera(real_time=True) as camera:
        heard_of(client, camera, 1)
        began = time.monotonic()
        heard_of(client, camera, 2)
        assert 1.5 < time.monotonic() - began < 4.0


def test_control_is_for_one_host_and_is_announced(camera: Camera) -> None:
    def ask(client: RawUdp, line: bytes) -> bytes:
        return client.ask(line, lambda came: len(came) == 1)[0][0]

    with (
        RawUdp(camera.host, 49493) as one,
        RawUdp(camera.host, 49493, ("127.0.0.2", 0)) as other,
        listener() as hearing,
    ):
        for client in (one, other):
            assert ask(client, b"SIMLOGIN bench\r\n") == b"SIMOK\r\n"
        assert ask(one, b"SIMCONTROL TAKE\r\n") == b"SIMOK\r\n"
        assert ask(other, b"SIMCONTROL TAKE\r\n") == b"SIMBUSY 127.0.0.1\r\n"
        camera.advance(9.0)
        assert ask(one, b"SIMCONTROL KEEP\r\n") == b"SIMOK\r\n"
        camera.advance(9.0)
        assert heard_of(hearing, camera, 2)[-1].controlled_by == "127.0.0.1"
        assert ask(other, b"SIMCONTROL TAKE\r\n") == b"SIMBUSY 127.0.0.1\r\n"
        camera.advance(1.0)
        assert ask(other, b"SIMCONTROL TAKE\r\n") == b"SIMOK\r\n"
        assert ask(other, b"SIMCONTROL RELEASE\r\n") == b"SIMOK\r\n"
        one.send(b"SIMCONTROL KEEP\r\n")
        one.send(b"nonsense\r\n")
        assert ask(one, b"SIMCONTROL TAKE\r\n") == b"SIMOK\r\n", "the two before were met with silence"


def test_a_client_that_stops_echoing_loses_all_its_connections(camera: Camera) -> None:
    with (
        RawTcp(camera.host, 49079) as heart,
        RawTcp(camera.host, 49211) as serial,
        RawTcp(camera.host, 49059) as rpc,
    ):
        first = heart.read(lines(1))
        assert first == FRAMES["B7"]
        heart.send(first)
        camera.wait(lambda: camera.core.heartbeat.dump() == {"127.0.0.1": 0})
        for count in (2, 3, 4):
            camera.advance(1.0)
            assert heart.read(lines(1)) == f"HB {count:08X}\r\n".encode()
        camera.advance(1.0)
        for client in (heart, serial, rpc):
            assert client.read(lambda _: False) == b"" and client.closed
    with RawTcp(camera.host, 49211) as again:
        assert again.local


def test_a_client_without_echo_stays(camera: Camera) -> None:
    with RawTcp(camera.host, 49079) as heart, RawTcp(camera.host, 49200) as reports:
        heart.read(lines(1))
        reports.send(b"whatever")
        for _ in range(9):
            camera.advance(1.0)
        assert heart.read(lines(9)).count(b"HB ") == 9
        assert reports.read(lambda _: False, 0.05) == b"" and not reports.closed


@pytest.mark.parametrize("port", HELD)
def test_ports_without_published_bytes_hold_and_are_silent(camera: Camera, port: int) -> None:
    with RawTcp(camera.host, port) as client:
        client.send(bytes(range(256)) * 100)
        camera.wait(lambda: "discarded 25600" in str(camera.core.dump()))
        camera.advance(5.0)
        assert client.read(lambda _: False, 0.05) == b"" and not client.closed


def test_serial_ports_print_to_every_client_and_discard_what_comes() -> None:
    jobs = {49211: Job("OK%04d", 1.0, "\\r\\n"), 49213: Job("%d;", 10.0, "")}
    with (
        Camera(jobs) as camera,
        RawTcp(camera.host, 49211) as one,
        RawTcp(camera.host, 49211) as two,
        RawTcp(camera.host, 49213) as third,
        RawTcp(camera.host, 49212) as quiet,
    ):
        one.send(b"trigger\r\n")
        producers = camera.core.producers
        camera.wait(lambda: [len(producers[port].clients) for port in SERIAL] == [2, 1, 1, 0])
        camera.advance(1.0)
        assert one.read(lines(1)) == two.read(lines(1)) == b"OK0001\r\n"
        assert third.read(lambda came: came.count(b";") == 10) == b"1;2;3;4;5;6;7;8;9;10;"
        camera.call(camera.core.set_job, 49212, Job("%%", 1.0, "\\n"), camera.now)
        camera.advance(1.0)
        assert quiet.read(lines(1)) == b"%\n"


def test_a_reader_that_does_not_read_stalls_all_and_is_dropped() -> None:
    with (
        Camera({49211: Job("%d" + "x" * 60_000, 100.0, "\\n")}) as camera,
        RawTcp(camera.host, 49211) as slow,
    ):
        producer = camera.core.producers[49211]
        camera.wait(lambda: len(producer.clients) == 1)
        for _ in range(1000):
            if producer.stalled:
                break
            camera.advance(0.1)
        inspected = camera.core.inspected
        camera.advance(1.0)
        assert (camera.core.inspected, producer.stalls) == (inspected, 1)
        for _ in range(45):
            camera.advance(0.1)
        assert [client.sent > 0 for client in producer.dropped] == [True]
        assert not producer.clients
        slow.read(lambda _: False)
        assert slow.closed


def test_a_reader_that_reads_late_loses_nothing() -> None:
    with (
        Camera({49211: Job("%d" + "x" * 60_000, 100.0, "\\n")}) as camera,
        RawTcp(camera.host, 49211) as slow,
    ):
        producer = camera.core.producers[49211]
        camera.wait(lambda: len(producer.clients) == 1)
        for _ in range(1000):
            if producer.stalled:
                break
            camera.advance(0.1)
        due = camera.core.inspected - 1
        came = slow.read(lines(due), 20.0)
        assert [int(line.rstrip(b"x")) for line in came.split(b"\n")[:due]] == list(range(1, due + 1))
        camera.advance(0.2)
        assert not producer.dropped and slow.read(lines(1))


def test_routes_are_learnt_from_real_datagrams_and_never_answered(camera: Camera) -> None:
    with RawUdp(camera.host, camera.port(520)) as router:
        router.send(struct.pack(">BBHHH4s4s4sI", 2, 2, 0, 2, 0, b"\n\1\2\0", b"\xff\xff\xff\0", b"\0" * 4, 1))
        router.send(struct.pack(">BBHHH4s4s4sI", 1, 2, 0, 0, 0, b"\0" * 4, b"\0" * 4, b"\0" * 4, 16))
        camera.wait(lambda: bool(camera.core.routes.ignored))
        assert camera.core.dump()["routes"] == ["10.1.2.0/24 via 127.0.0.1 metric 2"]
        assert router.read(bool, 0.05) == []


def test_the_console_and_its_sixty_seconds(camera: Camera) -> None:
    with RawTcp(camera.host, camera.port(23)) as client:
        assert client.read(lambda came: came.endswith(b"-> ")).startswith(b"\r\nVS-1 simulated unit")
        asked = client.ask(b"\xff\xfd\x03help\r\n", lambda came: came.endswith(b"-> "))
        assert asked == b"\xff\xfc\x03undefined symbol\r\n-> "
        camera.advance(59.0)
        assert client.ask(b"\r\n", lambda came: came.endswith(b"-> ")) == b"-> "
        camera.advance(60.0)
        assert client.read(lambda _: False) == b"" and client.closed


def test_the_worked_http_probe(camera: Camera) -> None:
    with RawTcp(camera.host, camera.port(80)) as client:
        answer = client.ask(FRAMES["B6"], lambda _: False)
    assert answer.startswith(b"HTTP/1.0 200 OK\r\n") and answer.endswith(b"\r\n\r\n") and client.closed


@pytest.mark.parametrize("request_", [b"nonsense\r\n\r\n", b"\x16\x03\x01" * 50 + b"\r\n\r\n", b"x" * 20_000])
def test_what_is_no_http_is_answered_and_closed(camera: Camera, request_: bytes) -> None:
    with RawTcp(camera.host, camera.port(80)) as client:
        client.ask(request_, lambda _: False)
        assert client.closed


@pytest.mark.needs("curl")
def test_curl_reads_the_page_and_can_change_nothing(camera: Camera) -> None:
    url = f"http://{camera.host}:{camera.port(80)}"

    def curl(*words: str) -> tuple[str, str]:
        ran = subprocess.run(
            [need("curl"), "-s", "--noproxy", "*", "--max-time", "20", "-w", "\n%{http_code}", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        body, _, code = ran.stdout.rpartition("\n")
        return body, code

    body, code = curl(f"{url}/")
    assert code == "200" and "read-only" in body and camera.host in body and "cam-07" in body
    assert curl(f"{url}/nothing")[1] == "404"
    for method in ("POST", "PUT", "DELETE"):
        assert curl("-X", method, "-d", "ip=10.0.0.1", f"{url}/")[1] == "405"
    assert curl("-X", "PATCH", f"{url}/")[1] == "501"
    assert curl("-I", f"{url}/")[1] == "200"


def curl_ftp(camera: Camera, *words: str, user: str = "target:password") -> int:
    given = [need("curl"), "-sS", "--noproxy", "*", "--max-time", "20", "-u", user, *words]
    return subprocess.run(given, capture_output=True, check=False).returncode


@pytest.mark.needs("curl")
@pytest.mark.parametrize(
    "mode", [("--ftp-pasv",), ("--disable-epsv",), ("-P", "-"), ("-P", "-", "--disable-eprt")]
)
def test_curl_puts_and_gets_a_file(camera: Camera, tmp_path: Path, mode: tuple[str, ...]) -> None:
    sent, got = tmp_path / "sent.avp", tmp_path / "got.avp"
    sent.write_bytes(bytes(range(256)) * 2000)
    url = f"ftp://{camera.host}:{camera.port(21)}/job.avp"
    assert curl_ftp(camera, *mode, "-T", str(sent), url) == 0
    assert curl_ftp(camera, *mode, "-o", str(got), url) == 0
    assert got.read_bytes() == sent.read_bytes()
    assert curl_ftp(camera, *mode, "-l", f"ftp://{camera.host}:{camera.port(21)}/") == 0


@pytest.mark.needs("curl")
def test_a_wrong_ftp_password_is_refused(camera: Camera) -> None:
    url = f"ftp://{camera.host}:{camera.port(21)}/"
    assert curl_ftp(camera, url, user="target:not-the-password-of-it") == 67


def test_a_lost_heartbeat_ends_ftp_too_and_only_of_that_client(camera: Camera) -> None:
    other = socket.create_connection((camera.host, camera.port(21)), 5, ("127.0.0.2", 0))
    with (
        other,
        RawTcp(camera.host, camera.port(21)) as mine,
        RawTcp(camera.host, 49079) as heart,
    ):
        assert mine.read(lines(1)).startswith(b"220 ") and other.recv(100).startswith(b"220 ")
        heart.send(heart.read(lines(1)))
        camera.wait(lambda: camera.core.heartbeat.dump() == {"127.0.0.1": 0})
        for _ in range(4):
            camera.advance(1.0)
        assert mine.read(lambda _: False) == b"" and mine.closed
        other.sendall(b"NOOP\r\n")
        assert other.recv(100)
    camera.wait(lambda: "21 from" not in str(camera.core.dump()))


@pytest.mark.needs("telnet", "pexpect")
def test_a_real_telnet_program(camera: Camera) -> None:
    import pexpect

    child = pexpect.spawn(need("telnet"), [camera.host, str(camera.port(23))], timeout=20)
    try:
        child.expect_exact("-> ")
        child.sendline("reboot")
        child.expect_exact("undefined symbol")
        child.expect_exact("-> ")
        camera.advance(60.0)
        child.expect_exact("closed by foreign host")
    finally:
        child.close(force=True)


def test_low_ports_that_the_system_refuses_move_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_allowed", lambda *_: False)
    with Camera() as camera:
        moved = {service.port: port for service, port in camera.server.served if service.port < 1024}
        assert moved == {21: 10021, 23: 10023, 80: 10080, 520: 10520}
        with RawTcp(camera.host, 10080) as client:
            assert client.ask(FRAMES["B6"], lambda _: False).startswith(b"HTTP/1.0 200")


def test_an_offset_moves_every_port() -> None:
    with Camera(port_offset=3000) as camera:
        assert {port - service.port for service, port in camera.server.served} == {3000}
        with RawTcp(camera.host, 52079) as client:
            assert client.read(lines(1)) == FRAMES["B7"]


def test_a_taken_port_is_named_and_everything_is_given_back() -> None:
    camera = Camera()
    with socket.create_server((camera.host, 49201)):
        with pytest.raises(OpenFailed, match=r":49201/tcp"):
            camera.server.bind()
        camera.server.release()
    camera.server.bind()
    camera.server.release()
    assert free_block()
