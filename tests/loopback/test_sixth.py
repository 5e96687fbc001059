"""A sixth protocol with nothing but its file: typed, completed, told, simulated, discovered, asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.added import EXAMPLE, FOLDER, LAMP, VARIABLE, installed, package, taken
from tests.support.commands import SimProcess, free_wide_block, inside, unitbench
from tests.support.foreign import RawTcp
from unitbench import InvalidValue, Session, Sim
from unitbench.line.matching import BEGINS
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.sim.units import build, counts_of

NONE = {"kramer": 0, "dcol": 0, "qstation": 0, "recorder": 0, "vs1": 0}
ONLY = [f"--unit={name}={count}" for name, count in {**NONE, "dx": 2}.items()]
KNOWN = Vocabulary((UnitName("d1", "dx", "dx://127.77.0.61", about="Yokogawa DX"),))
PACKAGE = """
from dataclasses import replace
from unitbench import catalogue
from unitbench.schema.records import Source, Status
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.unit import UnitCore

PUBLIC = Source("a maker's page", "commands", Status.PUBLIC)
record = catalogue.protocol("recorder")
WHO = replace(record.command("*IDN?"), name="WHO?", source=PUBLIC, broadcast=False, examples=("WHO?",))
PORT = replace(record.services[1], port=7002, main=True)

class Parrot(UnitCore):
    def handle(self, piece, peer, now):
        self.reply(b"Dummy,parrot,1,2\\r\\n", peer, now)

class GIVEN:
    protocol = replace(
        record, name="dummy", letter="y", maker="Dummy", source=PUBLIC, codes=(), hears_broadcast=False,
        services=(PORT,), commands=(WHO,), reports=record.reports[:1],
    )
    codec = LinesCodec("dummy")
    unit = staticmethod(lambda facts: Parrot(GIVEN.codec))
"""


MAC_TOLD = """
[[commands]]
name = "MAC?"
title = "its MAC"
reply = ["mac"]
examples = ["MAC?"]

[[reports]]
name = "mac"
title = "its MAC"
tag = "MAC"

[[reports.fields]]
name = "mac"
about = "its MAC"
type = { kind = "mac" }

[simulated]
"""
ANSWER = 'answers = [ { command = "MAC?", reply = "mac" },'


@pytest.fixture
def example() -> Iterator[None]:
    with taken(EXAMPLE):
        yield


def ask(host: str, port: int, data: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        sock.sendto(data, (host, port))
        return sock.recv(1000)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("@d1 h", ["host"]),
        ("@d1 ", ["serial", "host", "ip", "model", "all", "raw"]),
        ("ip ", ["serial", "host", "ip", "model", "second=", "third=", "fourth="]),
        ("ip host s", ["serial"]),
        ("discover dx", ["dx://127.77.0.61", "dx://"]),
        ("encode ser", ["serial"]),
        ("decode protocol=d", ["dcol", "dx"]),
    ],
)
def test_completion(typed: str, texts: list[str]) -> None:
    assert [item.text for item in suggest(typed, len(typed), KNOWN) if item.how == BEGINS] == texts


@pytest.mark.usefixtures("example")
def test_completion_says_what_it_means_and_does() -> None:
    (found,) = suggest("@d1 ip mo", 9, KNOWN)
    assert (found.text, found.start, found.meaning) == ("model", 7, "maker, model, firmware version (CX2000)")
    (found,) = suggest("@d1 ser", 7, KNOWN)
    assert (found.meaning, found.effect) == ("serial number", "read")


@pytest.mark.usefixtures("example")
def test_encode_decode_help_and_the_reference() -> None:
    assert inside("encode", "ip host").out == "69 70 20 68 6f 73 74\n"
    reply = b"EA\r\nip = 192.168.111.24\r\nhost = DX1000-1\r\nEN\r\n".hex()
    for words in (("--protocol", "dx"), ()):
        found = inside("decode", *words, "--json", reply).one
        assert (found["protocol"], found["ok"]) == ("dx", True)
        assert {f["name"]: f["value"] for f in found["fields"]}["host"] == "DX1000-1"
    assert inside("decode", "--protocol", "dx", "45 41 0d 0a").code == 1
    assert inside("catalogue", "dx", "--json").one["source"]["source"].startswith("IM 04L41B01-17E")
    assert "| `ip host` | `69 70 20 68 6f 73 74` |" in inside("catalogue", "dx", "--markdown").out
    wrong = inside("encode", "ip hots")
    assert wrong.code == 2 and "one of serial, host, ip, model" in wrong.err


def test_without_the_file_there_is_no_such_protocol() -> None:
    ran = inside("encode", "ip host")
    assert ran.code == 2 and "unknown command 'ip'" in ran.err


def test_simulated_units_in_the_foreground() -> None:
    with SimProcess("--protocols", str(FOLDER), *ONLY) as process:
        prefix = process.block.removesuffix("0/24")
        rows = [row[:4] for row in process.endpoints]
        assert rows == [["d1", "dx", "udp", f"{prefix}61:34264"], ["d2", "dx", "udp", f"{prefix}62:34264"]]
        answer = f"EA\r\nip = {prefix}62\r\nhost = d2\r\nEN\r\n".encode()
        assert ask(process.host("d2"), 34264, b"ip HoSt\r\n") == answer
        assert process.stop().code == 0


@pytest.mark.usefixtures("example")
def test_a_session_knows_discovers_and_asks_it() -> None:
    with Sim({**NONE, "dx": 2}) as sim, Session.local(sim=sim) as session:
        assert [(unit.name, unit.protocol, unit.simulated) for unit in session.units] == [
            ("d1", "dx", True),
            ("d2", "dx", True),
        ]
        exchange = session.ask("ip host", unit="d2")
        assert (exchange.outcome, exchange.fields["host"]) == ("ok", "d2")
        found = session.discover()
        assert [(unit.name, unit.score) for unit in found.units] == [("d1", 0.9), ("d2", 0.9)]
        assert found.units[0].evidence[-1] == "serial answered by Yokogawa DX instrument information"
        assert sim.unit("d1").core.log[-1].text == "information"


@pytest.mark.usefixtures("example")
def test_discovery_of_a_named_address_sends_the_harmless_probe_alone() -> None:
    with Sim({**NONE, "dx": 1}) as sim, Session.local() as session:
        host = sim.unit("d1").host
        found = session.discover(f"dx://{host}")
        assert [unit.address for unit in found.units] == [f"dx://{host}"]
        assert found.sent == (f"dx serial -> {host}:34264/udp",)


@pytest.mark.usefixtures("example")
def test_nothing_answers_at_a_broadcast_address_since_the_manual_does_not_say_so() -> None:
    with Session.local() as session, pytest.raises(Exception, match="no harmless question is known"):
        session.discover("dx://127.255.255.255")


def test_the_shell_with_an_option_and_the_keeper_of_a_session(runtime: Path) -> None:
    words = ("--protocols", str(FOLDER), "--session", "sixth", "--sim", "--json")
    for command, item in (("@d1 ip host", "host"), ("@d1 serial", "serial")):
        ran = unitbench(*words, "-c", command)
        (exchange,) = ran.exchanges
        assert (ran.code, exchange["unit"], exchange["outcome"]) == (0, "d1", "ok")
        assert item in exchange["replies"][0]["fields"]
    alone = unitbench("--protocols", str(EXAMPLE), "--sim", "-c", "@d1 host; help host; units")
    assert alone.code == 0 and "host = d1" in alone.out and "Yokogawa DX" in alone.out


def test_a_line_protocol_over_tcp_with_a_state_and_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text(LAMP)
    with taken(tmp_path), Sim({**NONE, "lamp": 1}) as sim, Session.local(sim=sim) as session:
        assert [session.ask(line).outcome for line in ("LEVEL 40", "LEVEL 13", "LEVEL?")] == [
            "ok",
            "refused",
            "ok",
        ]
        assert session.ask("LEVEL?").fields["level"] == 40
        assert [unit.name for unit in session.discover().units] == ["l1"]
        with RawTcp(sim.unit("l1").host, 7001) as client:
            assert client.ask(b"LEVEL?\n", lambda came: b"\n" in came) == b"LEVEL 40\n"


def test_faults_of_added_units_are_those_that_their_record_has_room_for(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text(LAMP)
    with taken(tmp_path), Sim({**NONE, "lamp": 1}) as sim:
        where = sim.unit("l1").host, 7001
        sim.fault("l1", no_end=1)
        with RawTcp(*where) as client:
            assert client.ask(b"LEVEL?\n", lambda came: came == b"LEVEL 10") == b"LEVEL 10"
            assert client.read(bool, 0.05) == b"" and not client.closed
        sim.fault("l1", no_end=0, busy=True)
        with RawTcp(*where) as client:
            assert client.ask(b"LEVEL?\n", bool) == b"" and client.closed
        with pytest.raises(
            InvalidValue, match=r"l1: a lamp unit has no fault 'wrong_mac': .*a reply with a MAC"
        ):
            sim.fault("l1", wrong_mac=1)
        sim.no_faults()
        with RawTcp(*where) as client:
            assert client.ask(b"LEVEL?\n", lambda came: b"\n" in came) == b"LEVEL 10\n"


def test_an_added_unit_that_tells_its_mac_can_tell_a_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text(
        LAMP.replace("[simulated]", MAC_TOLD, 1).replace("answers = [", ANSWER, 1)
    )
    with taken(tmp_path), Sim({**NONE, "lamp": 1}) as sim:
        mac = sim.unit("l1").mac
        with RawTcp(sim.unit("l1").host, 7001) as client:
            assert client.ask(b"MAC?\n", lambda came: b"\n" in came) == f"MAC {mac}\n".encode()
            sim.fault("l1", wrong_mac=1)
            came = client.ask(b"MAC?\n", lambda came: b"\n" in came)
        assert came.startswith(f"MAC {mac[:15]}".encode()) and mac.encode() not in came


@pytest.mark.usefixtures("example")
def test_an_added_unit_on_udp_has_no_place_to_be_taken() -> None:
    with Sim({**NONE, "dx": 1}) as sim:
        host, port = sim.unit("d1").host, sim.endpoints[0].port
        whole = ask(host, port, b"host\r\n")
        sim.fault("d1", no_end=1)
        assert whole.endswith(b"\r\n") and ask(host, port, b"host\r\n") == whole.removesuffix(b"\r\n")
        with pytest.raises(
            InvalidValue, match=r"d1: a dx unit has no fault 'busy': .*needs commands over TCP"
        ):
            sim.fault("d1", busy=True)


def test_a_secret_of_an_added_protocol_is_nowhere(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text(LAMP)
    ran = unitbench("--sim", "--json", "-c", "LEVEL 40 pin=sunny-afternoon", env={VARIABLE: str(tmp_path)})
    (exchange,) = ran.exchanges
    assert (ran.code, exchange["command"]) == (0, "LEVEL 40 ***")
    assert "sunny" not in ran.out + ran.err and b"sunny".hex() not in ran.out


def test_a_package_brings_codec_and_unit(tmp_path: Path) -> None:
    around = taken(), installed(package(tmp_path, PACKAGE))
    with around[0], around[1], Sim({**NONE, "dummy": 1}) as sim, Session.local(sim=sim) as session:
        assert session.ask("WHO?").fields["model"] == "parrot"
        assert sim.unit("y1").host.endswith(".61")


@pytest.mark.usefixtures("example")
def test_further_units_run_on_behind_ours() -> None:
    from ipaddress import IPv4Network

    units = build(counts_of({**NONE, "qstation": 10, "dx": 10}), IPv4Network(free_wide_block()), 0)
    hosts = {unit.name: (unit.host.partition(".")[2].partition(".")[2], unit.mac) for unit in units}
    assert hosts["q10"][0] == "1.1"
    assert (hosts["d9"], hosts["d10"]) == (("0.69", "02:00:00:00:00:69"), ("1.2", "02:00:00:3d:00:0a"))


def test_a_protocol_without_a_simulated_unit_has_none(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text(LAMP.partition("[simulated]")[0])
    with taken(tmp_path):
        assert "lamp" not in counts_of({})
        with pytest.raises(InvalidValue, match="no place for lamp"):
            Sim({**NONE, "lamp": 1}).start()


def test_a_file_that_is_broken_leaves_the_shell_at_work(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = 3\n")
    ran = unitbench("--sim", "-c", "SECUR?", env={VARIABLE: str(tmp_path)})
    assert (ran.code, ran.err.count("broken.toml, line 1: ")) == (0, 1)
    assert os.linesep in ran.out
