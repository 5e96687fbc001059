"""A session and a camera: announces heard, output read, a heartbeat beside it, control kept and given back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.camera import Camera
from tests.support.commands import unitbench
from tests.support.foreign import RawTcp, RawUdp
from tests.support.logger import until
from unitbench import InvalidValue, Session, Sim, UsageError, Withheld
from unitbench.session.operations import Connect, Disconnect, Find, Services
from unitbench.session.rendering import render
from unitbench.session.stream import Event
from unitbench.sim import ports
from unitbench.wire.vs1.job import Job
from unitbench.wire.vs1.unit import Vs1Unit

NOBODY = "0.0.0.0"
EVERYBODY = ("127.255.255.255", 49495)
CRLF, NONE = "\\r\\n", ""


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({"vs1": 1, "recorder": 0, "kramer": 0, "dcol": 0, "qstation": 0}) as sim:
        yield sim


def core(sim: Sim) -> Vs1Unit:
    found = sim.unit("v1").core
    assert isinstance(found, Vs1Unit)
    return found


class Heard:
    """The stream of a session as it comes."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._new = threading.Condition()
        session.subscribe(self._take, since=0)

    def _take(self, event: Event) -> None:
        with self._new:
            self.events.append(event)
            self._new.notify_all()

    def texts(self, kind: str) -> list[str]:
        return [event.text for event in self.events if event.kind == kind]

    def until(self, kind: str, text: str, deadline: float = 15.0) -> str:
        with self._new:
            assert self._new.wait_for(lambda: any(text in t for t in self.texts(kind)), deadline), self.events
        return next(t for t in self.texts(kind) if text in t)


class Announcing:
    """Somebody at ``host`` who sends ``data`` to everybody, again and again until the block ends."""

    def __init__(self, host: str, data: bytes) -> None:
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._sock.bind((host, 0))
        self._data = data
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._end.wait(0.05):
            self._sock.sendto(self._data, EVERYBODY)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        self._thread.join()
        self._sock.close()


# -- announces


def test_discovery_hears_the_units_of_its_own_set_and_sends_nothing(sim: Sim) -> None:
    with Sim({"vs1": 1, "recorder": 0}) as other, Session.local(sim=sim) as session:
        heard = Heard(session)
        found = session.discover()
        host = sim.unit("v1").host
        assert found.sent == () and found.listened == (f"to announces of {host}",)
        (unit,) = found.units
        assert (unit.name, unit.address, unit.score) == ("v1", f"vs1://{host}", 0.8)
        assert unit.about == 'simulator "cam-01"'
        assert unit.evidence[-1] == 'announce heard of a simulator: "cam-01", software 4.0.0'
        heard.until("unasked", f"announce of a simulator: cam-01 at {host}, nobody in control, RUN")
        assert not any(other.unit("v1").host in text for text in heard.texts("unasked"))
        assert len(heard.texts("unasked")) == 1, "told once, though it comes every second"


def test_what_changes_is_told_again(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        heard = Heard(session)
        heard.until("unasked", "nobody in control")
        assert session.ask("@v1 SIMLOGIN bench").ok and session.ask("@v1 SIMCONTROL TAKE").ok
        heard.until("unasked", "in control 127.0.0.1")


def test_a_foreign_announce_is_counted_and_no_more() -> None:
    data = b"\x01\x02\xff\x00\x1b" + bytes(range(200, 220))
    with Announcing("127.9.8.7", data), Session.local() as session:
        heard = Heard(session)
        found = session.discover("vs1://127.9.8.7")
        (unit,) = found.units
        assert (unit.address, unit.score, unit.simulated) == ("vs1://127.9.8.7", 0.8, False)
        assert unit.about == "or HE1600T"
        assert unit.evidence == (
            "named by you",
            "announce heard, undecoded, 25 bytes: Microscan VS-1 or HE1600T",
        )
        heard.until("unasked", "announce, undecoded, 25 bytes")
        assert session.discover("vs1://127.9.8.255").units[0].name == unit.name


# -- formatted output


def test_every_serial_port_is_read_and_told_as_it_comes(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        heard = Heard(session)
        job = session.start_listening("v1", 60.0)
        heard.until("unasked", "v1 Serial TCP 1: PASS | ")
        heard.until("unasked", "v1 Serial TCP 4: L1 ")
        job.stop()
        result = job.result()
        assert result.services == tuple(f"Serial TCP {n}" for n in (1, 2, 3, 4))
        first = next(line for line in result.lines if line.port == 49211)
        assert first.columns[0] == "PASS" and first.data.endswith(b"\r\n") and first.ended == "line end"
        assert result.count == len(result.lines) > 1
        assert session.perform(Find("v1")).link == "closed"
        streams = [log for log in core(sim).log if "discarded" in log.text and "49079" not in log.text]
        assert streams and all("0 bytes discarded" in log.text for log in streams), "nothing was sent there"


@pytest.mark.parametrize(
    ("pattern", "end", "framing", "columns", "ended"),
    [
        ("%s;%d", CRLF, "line", ("PASS", "1"), "line end"),
        ("ABCD", NONE, "fixed:4", ("ABCD",), "length"),
        ("OK%04d", NONE, "idle:50", ("OK0001",), "silence"),
    ],
)
def test_reports_are_cut_as_it_is_said(
    pattern: str, end: str, framing: str, columns: tuple[str, ...], ended: str
) -> None:
    with Camera({49211: Job(pattern, 2.0, end)}, real_time=True) as camera, Session.local() as session:
        heard = Heard(session)
        job = session.start_listening(f"vs1+tcp://{camera.host}:49211", 60.0, framing)
        heard.until("unasked", f"Serial TCP 1: {' | '.join(columns)}")
        job.stop()
        (line, *_) = job.result().lines
        assert (line.columns, line.ended) == (columns, ended)


def test_of_a_report_with_an_image_only_the_beginning_is_kept() -> None:
    image = "x," * 20_000
    with Camera({49211: Job(image, 2.0, CRLF)}, real_time=True) as camera, Session.local() as session:
        heard = Heard(session)
        job = session.start_listening(f"vs1+tcp://{camera.host}", 60.0)
        heard.until("unasked", "Serial TCP 1: x | x")
        job.stop()
        (line, *_) = job.result().lines
        assert (line.size, len(line.data), line.columns[0]) == (40_002, 2048, "x")
        assert "(40002 bytes in all)" in render(line)


def test_what_cannot_be_listened_to(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        for unit, seconds, framing, kind in (
            ("v1", 1.0, "lines", InvalidValue),
            ("v1", 0.0, "line", UsageError),
            (f"vs1+tcp://{sim.unit('v1').host}:23", 1.0, "line", UsageError),
            ("nobody", 1.0, "line", UsageError),
        ):
            with pytest.raises(kind):
                session.start_listening(unit, seconds, framing)
    with (
        Sim({"vs1": 0}) as others,
        Session.local(sim=others) as session,
        pytest.raises(UsageError, match="no port that is only read"),
    ):
        session.start_listening("r1")


# -- the heartbeat beside it


def test_a_simulated_unit_gets_its_echo(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        job = session.start_listening("v1", 60.0)
        assert until(lambda: core(sim).heartbeat.dump().get("127.0.0.1") is not None)
        job.stop()


def test_to_any_other_camera_nothing_is_sent() -> None:
    with Camera({49211: Job("%s", 5.0, CRLF)}, real_time=True) as camera, Session.local() as session:
        heard = Heard(session)
        job = session.start_listening(f"vs1+tcp://{camera.host}", 60.0)
        heard.until("unasked", "Serial TCP 1: PASS")
        camera.wait(lambda: camera.core.heartbeat.count >= 2)
        assert camera.core.heartbeat.dump() == {}, "it never echoes"
        job.stop()


def test_a_camera_that_is_gone_is_told_within_seconds() -> None:
    with Session.local() as session:
        heard = Heard(session)
        with Camera() as camera:
            job = session.start_listening(f"vs1+tcp://{camera.host}", 60.0)
            camera.wait(lambda: camera.core.heartbeat.count >= 1)
        text = heard.until("notice", "is gone: heartbeat closed by the unit", 5.0)
        assert text.endswith("its other connections are closed")
        result = job.result()
        assert result.count == 0 and result.took_s < 50


# -- control


def test_control_is_kept_up_and_given_back_at_the_end(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        silent = session.ask("@v1 SIMCONTROL TAKE", timeout_s=0.2)
        assert silent.outcome == "silent", "control needs a login first"
        assert session.ask("@v1 SIMLOGIN bench").ok
        assert session.ask("@v1 SIMCONTROL TAKE").ok
        assert session.perform(Find("v1")).login == "control"
        assert core(sim).control.holder == "127.0.0.1"
        assert until(lambda: any(b"KEEP" in entry.data for entry in core(sim).log), 10.0)
    assert core(sim).control.holder == NOBODY
    assert any(b"RELEASE" in entry.data for entry in core(sim).log)


def test_control_ends_with_the_link(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        assert session.ask("SIMLOGIN bench").ok and session.ask("SIMCONTROL TAKE").ok
        session.perform(Disconnect("v1"))
        assert core(sim).control.holder == NOBODY
        assert session.perform(Find("v1")).login == ""


def test_one_host_at_a_time(sim: Sim) -> None:
    host = sim.unit("v1").host
    with RawUdp(host, 49493, bind=("127.0.0.2", 0)) as other, Session.local(sim=sim) as session:
        for line in (b"SIMLOGIN other\r\n", b"SIMCONTROL TAKE\r\n"):
            assert [data for data, _ in other.ask(line, lambda all_: len(all_) == 1)] == [b"SIMOK\r\n"]
        assert session.ask("@v1 SIMLOGIN bench").ok
        busy = session.ask("@v1 SIMCONTROL TAKE")
        assert busy.outcome == "refused" and busy.fields == {"controller": "127.0.0.2"}
        assert busy.error is not None and busy.error.code == "SIMBUSY"
        assert session.perform(Find("v1")).login == ""


def test_control_that_is_released_is_not_kept(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        for line in ("SIMLOGIN bench", "SIMCONTROL TAKE", "SIMCONTROL RELEASE"):
            assert session.ask(line).ok
        assert session.perform(Find("v1")).login == ""
        assert core(sim).control.holder == NOBODY


def test_invented_bytes_go_to_no_other_camera() -> None:
    with Camera() as camera, Session.local() as session:
        held = session.ask("SIMLOGIN bench", f"vs1://{camera.host}", allow=f"vs1://{camera.host}")
        assert held.outcome == "withheld"
        assert camera.core.control.logins == {}


# -- what is left alone


@pytest.mark.parametrize("port", [21, 23, 80, 49049, 49050, 49059, 49079, 49200, 49211])
def test_ports_that_are_not_spoken_are_never_written_to(sim: Sim, port: int) -> None:
    host = sim.unit("v1").host
    place = next(
        e.port
        for e in sim.endpoints
        if e.unit == "v1" and e.carrier == "tcp" and e.port % 10000 == port % 10000
    )
    address = f"vs1+tcp://{host}:{place}"
    with Session.local(sim=sim) as session:
        for done in (
            session.ask("SIMLOGIN bench", address, allow=address),
            session.ask(b"\x00", address, allow="v1"),
        ):
            assert done.outcome == "withheld" and done.error is not None
            assert "nothing is sent there" in done.error.meaning
        with pytest.raises(Withheld):
            session.perform(Connect(address))
    assert not any(entry.text.startswith(f"{port}: connected") for entry in core(sim).log)


def test_services_tell_the_real_ports(sim: Sim) -> None:
    with Session.local(sim=sim) as session:
        places = session.perform(Services("v1"))
        assert [place.usual for place in places][:5] == [21, 23, 68, 80, 520]
        web = next(place for place in places if place.name == "Web Server")
        assert web.touch == "never opened by us"
        with RawTcp(sim.unit("v1").host, web.port) as browser:
            assert browser.ask(b"HEAD / HTTP/1.0\r\n\r\n", lambda came: b"\r\n" in came).startswith(b"HTTP/1")
        control = next(place for place in places if place.usual == 49493)
        assert control.touch == "spoken"
        (real,) = [p for p in session.perform(Services("vs1://192.0.2.1")) if p.usual == 49493]
        assert real.touch == "not spoken: no bytes are published"


def test_shifted_ports_are_known() -> None:
    with Sim({"vs1": 1, "recorder": 1}, port_offset=11) as sim, Session.local(sim=sim) as session:
        assert {unit.name for unit in session.discover().units} >= {"v1", "r1"}
        shifted = {place.usual: place.port for place in session.perform(Services("v1"))}
        assert shifted[49211] == 49222 and shifted[49495] == 49506
        assert session.ask("@r1 *IDN?").ok and session.ask("@v1 SIMLOGIN bench").ok
        heard = Heard(session)
        job = session.start_listening("v1", 60.0)
        heard.until("unasked", "v1 Serial TCP 1: ")
        job.stop()


def test_ports_that_the_system_keeps_for_itself_are_known_where_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "_allowed", lambda *place: False)
    with Sim({"vs1": 1, "recorder": 1}) as sim, Session.local(sim=sim) as session:
        camera = {place.usual: place.port for place in session.perform(Services("v1"))}
        assert (camera[21], camera[23], camera[80], camera[49211]) == (10021, 10023, 10080, 49211)
        recorder = [place.port for place in session.perform(Services("r1"))]
        assert recorder == [8023, 8023, 10080, 10021]
        telnet = f"vs1+tcp://{sim.unit('v1').host}:10023"
        assert session.ask(b"\r", telnet, allow="v1").outcome == "withheld"


# -- the command line


def test_the_command_line() -> None:
    ran = unitbench("--sim", "-c", "@v1 SIMLOGIN bench; listen v1 1.2s framing=line", "--json")
    login, *lines, end = ran.objects
    assert ran.code == 0 and login["replies"][0]["hex"] == b"SIMOK\r\n".hex()
    assert lines and all(line["kind"] == "unasked" and line["unit"] == "v1" for line in lines)
    assert (end["kind"], end["count"]) == ("listening", len(lines))
    text = unitbench("--sim", "-c", "listen v1 1.2s; services v1").out
    assert "v1 Serial TCP 2: 1 | PASS" in text and "Connection Monitor" in text
    assert unitbench("--sim", "-c", "listen v1 soon").code == 2
    assert unitbench("--sim", "-c", "listen v1 1s framing=words").code == 2


def test_bytes_of_both_are_explained_and_made() -> None:
    assert unitbench("encode", "SIMCONTROL TAKE", "--json").one["hex"] == b"SIMCONTROL TAKE\r\n".hex()
    assert unitbench("encode", "*IDN?", "--json").one["hex"] == "2a49444e3f0d0a"
    beat = unitbench("decode", "48 42 20 30 30 30 30 30 30 30 31 0D 0A", "--json").one
    assert (beat["protocol"], beat["ok"]) == ("vs1", True)
    idn = unitbench("decode", "2A 49 44 4E 3F 0A", "--json").one
    assert (idn["protocol"], idn["ok"]) == ("recorder", True)
    for name in ("recorder", "vs1"):
        (record,) = unitbench("catalogue", name, "--json").objects
        assert record["name"] == name and record["services"] and record["commands"]
