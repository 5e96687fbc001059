"""Sets written down, and options and faults on the command line; what is broken is refused with line and reason."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from tests.support.commands import SimProcess, free_block, inside, unitbench
from tests.support.foreign import RawTcp, RawUdp, kramer_line
from tests.support.logger import until
from unitbench import InvalidValue, Sim, UsageError
from unitbench.catalogue.unit_options import UNIT_OPTIONS
from unitbench.schema.values import Token
from unitbench.sim.options import fitted
from unitbench.sim.units import build

OF_THE_SET = {"address"}
"""Options that a set sees to, when it places its units."""
WHOLE = """# a bench
speed = 60
seed = 3

[[units]]
protocol = "kramer"
count = 2
secur = false
id = 7

[[units]]
protocol = "recorder"
reject = "silent"
features = ["udp"]
command_port = 9023

[[units]]
protocol = "vs1"
pattern = "%d"
rate = 100
end = "\\\\n"
end_49212 = ""

[faults.k2]
loss = "20%"
delay = 0.05

[faults.all]
jitter = "1ms"
"""
READINGS = """
[[units]]
protocol = "kramer"
max_tries = 2
echoes = true
user_password = "correct-horse-4"
"""


def line(came: bytes) -> bool:
    return came.endswith(b"\r\n")


def silent(host: str, port: int) -> bool:
    """Whether an attempt to connect is left without an answer."""
    try:
        RawTcp(host, port, 0.2).close()
    except TimeoutError:
        return True
    except ConnectionError:
        pass
    return False


def test_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text(WHOLE)
    with Sim.from_file(file) as sim:
        assert [unit.name for unit in sim.units] == ["k1", "k2", "r1", "v1"] and sim.speed == 60
        assert sim.faults["k2"] == "jitter 1 ms, loss 20 %, delay 50 ms" and sim.faults["k1"] == "jitter 1 ms"
        with RawTcp(sim.unit("k1").host, 5000) as client:
            assert client.ask(kramer_line("SECUR?"), line) == b"~07@SECUR OFF\r\n"
        recorder = sim.server("r1")
        assert [(s.name, s.carrier, port) for s, port in recorder.served] == [
            ("command", "tcp", 9023),
            ("command", "udp", 9023),
        ]
        with RawTcp(sim.unit("r1").host, 9023):
            assert until(lambda: silent(sim.unit("r1").host, 9023))
        with RawTcp(sim.unit("v1").host, 49211) as reports:
            assert reports.read(lambda came: came.count(b"\n") > 2).split(b"\n")[0].isdigit()
        with RawTcp(sim.unit("v1").host, 49212) as reports:
            assert reports.read(lambda came: len(came) > 5).isdigit()


def test_options_from_python() -> None:
    options: dict[str, dict[str, object]] = {
        "k1": {"user_password": "correct-horse-4", "clients": 1, "reply_delay": "60ms"},
        "r1": {"restart_s": 1, "idle_s": 30, "features": "none"},
        "all": {"name": "same"},
    }
    with Sim({"qstation": 1, "recorder": 1}, options=options) as sim:
        unit = sim.unit("k1")
        assert unit.clients == 1 and unit.core.reply_delay_s == 0.06
        with RawTcp(unit.host, 5000) as client:
            login = client.ask(kramer_line("LOGIN USER,correct-horse-4"), line)
            assert login == b"~01@LOGIN USER OK\r\n"
            assert client.ask(kramer_line("NAME?"), line) == b"~01@NAME same\r\n"
        state = sim.unit("r1").core.state  # type: ignore[attr-defined]
        assert (state.restart_s, state.idle_s, state.features) == (1, 30, frozenset())
        assert [service.carrier for service, _ in sim.server("r1").served] == ["tcp"]


@pytest.mark.parametrize("way", ["file", "words", "python"])
def test_readings_of_a_login_are_options(way: str, tmp_path: Path) -> None:
    chosen: dict[str, object] = {"max_tries": 2, "echoes": True, "user_password": "correct-horse-4"}
    none = {name: 0 for name in ("dcol", "qstation", "recorder", "vs1")}
    right, wrong = kramer_line("LOGIN USER,correct-horse-4"), kramer_line("LOGIN USER,wrong")
    with ExitStack() as stack:
        if way == "words":
            words = [f"--set=k1.{name}={str(value).lower()}" for name, value in chosen.items()]
            host = stack.enter_context(SimProcess(*words)).host("k1")
        else:
            file = tmp_path / "set.toml"
            file.write_text(READINGS)
            sim = Sim.from_file(file) if way == "file" else Sim(none, options={"k1": chosen})
            host = stack.enter_context(sim).unit("k1").host
        client = stack.enter_context(RawTcp(host, 5000))
        assert client.ask(right, line) == b"~01@LOGIN USER,correct-horse-4 OK\r\n"
        for _ in range(2):
            assert client.ask(wrong, line) == b"~01@LOGIN ERR004\r\n"
        assert client.ask(right, line) == b"~01@LOGIN ERR004\r\n", "too many tries"
        with RawTcp(host, 5000) as other:
            assert other.ask(right, line) == b"~01@LOGIN USER,correct-horse-4 OK\r\n"


def test_options_and_faults_of_the_command_line() -> None:
    words = "--set k1.secur=off --set q1.reply_delay=0 --fault k1:delay=60ms,dup=1 --fault all:jitter=1ms --speed 10"
    with SimProcess(*words.split()) as process, RawUdp(process.host("k1"), 50000) as client:
        came = client.ask(kramer_line("SECUR?"), lambda came: len(came) == 2)
        assert [data for data, _ in came] == 2 * [b"~01@SECUR OFF\r\n"]
        ran = unitbench("-c", "units", f"kramer://{process.host('k1')}", "--json")
        assert ran.objects[0]["faults"] == "jitter 1 ms, delay 60 ms, dup 100 %"
        ran = process.end(signal.SIGTERM)
        assert "k1 has faults: jitter 1 ms, delay 60 ms, dup 100 %" in ran.err
        assert "the units' clocks run 10 times faster" in ran.err and ran.code == 0


def test_the_command_line_counts_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text("speed = 5\n[faults.k1]\nloss = 1\n[units]\nqstation = 0\n")
    words = ("--fault", "k1:loss=0,delay=5ms", "--speed", "1")
    with SimProcess(str(file), *words) as process:
        ran = process.end(signal.SIGTERM)
    assert "k1 has faults: delay 5 ms" in ran.err and "clocks" not in ran.err


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("seed = 1\nspeed = 0", 2, "speed: '0' is not a number 1..3600"),
        ("colour = 'red'", 1, "'colour' is not known"),
        ("seed = 1\n\nunits = 3", 3, "units must be a table of counts"),
        ("[units]\nkramer = true", 2, "whole numbers"),
        ("[units]\nkramer = 1\ntelnet = 1", 3, "no protocol 'telnet'"),
        ("[[units]]\ncount = 2", 1, "no protocol ''"),
        ("[[units]]\nprotocol = 'kramer'\n[[units]]\nprotocol = 'dcol'\ncount = 'x'", 5, "whole number"),
        ("[[units]]\nprotocol = 'kramer'\nreject = 'rst'", 3, "a kramer unit has no option 'reject'"),
        (
            "[[units]]\nprotocol = 'recorder'\n\nreject = 'maybe'",
            4,
            "reject: 'maybe' is not one of rst, silent",
        ),
        (
            "[[units]]\nprotocol = 'recorder'\nfeatures = ['tea']",
            3,
            "features: 'tea' is not none, or some of udp",
        ),
        ("seed = 1\n[faults.k1]\ndelay = 1\nlos = 1", 4, "no fault 'los'"),
        ("[[units]]\nprotocol = 'vs1'\npattern = '%q'", 3, "pattern: '%' has no meaning here"),
        ("[[units]]\nprotocol = 'recorder'\ncommand_port = 80", 3, "cannot have this command_port"),
        ("[faults.t1]\nno_end = 1", 2, "a dcol unit has no fault 'no_end'"),
        ("[faults.k2]\nloss = 1", 1, "no unit 'k2' in this set"),
        ("[faults]\nloss = 1", 1, "no unit 'loss' in this set"),
        ("faults = { k1 = { loss = 7 } }", 1, "loss: '7' is not a share"),
        ("serial = [1]", 1, "serial must be a list of units"),
        ("port_offset = '7'", 1, "port_offset must be a int"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(
    tmp_path: Path, text: str, number: int, said: str
) -> None:
    file = tmp_path / "set.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        Sim.from_file(file)
    assert f"set.toml, line {number}: " in error.value.message and said in error.value.message
    ran = inside("sim", str(file), "--address", free_block())
    assert ran.code == 2 and f"line {number}" in ran.err and "Traceback" not in ran.err


@pytest.mark.parametrize(("text", "number"), [("units = [", 1), ("a = 1\nb =\n", 2), ("a = 1\na = 2", 2)])
def test_what_is_no_toml_has_its_line_too(tmp_path: Path, text: str, number: int) -> None:
    file = tmp_path / "set.toml"
    file.write_text(text)
    ran = inside("sim", str(file))
    assert ran.code == 2 and "is no TOML" in ran.err and f"at line {number}" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "k1"), "names no unit"),
        (("--fault", "k1:loss"), "gives no value"),
        (("--fault", "k1:loss=2"), "k1: loss: '2'"),
        (("--fault", "k9:loss=1"), "no simulated unit 'k9'"),
        (("--set", "reject=silent"), "names no unit"),
        (("--set", "r1.reject"), "gives no value"),
        (("--set", "r1.reject=maybe"), "reject: 'maybe' is not one of"),
        (("--set", "k1.user_password=much-too-long-a-secret"), "k1: user_password: that is not"),
        (("--speed", "0"), "speed: '0' is not a number 1..3600"),
    ],
)
def test_bad_words_are_usage(words: tuple[str, ...], said: str) -> None:
    ran = inside("sim", "--address", free_block(), "--unit", "recorder=1", *words)
    assert (ran.code, ran.out) == (2, "") and said in ran.err and "too-long" not in ran.err


def test_options_that_cannot_work_together() -> None:
    with pytest.raises(InvalidValue, match="v1: pattern: '%' has no meaning here"):
        Sim({"vs1": 1}, options={"v1": {"pattern": "%q"}}).start()


def test_help_lists_every_fault_and_option() -> None:
    ran = unitbench("sim", "--help")
    assert ran.code == 0 and "a share 0..1, or 0..100%\n" in ran.out
    assert "loss" in ran.out and "command_port" in ran.out


def test_every_option_reaches_its_unit() -> None:
    tried = {"UInt": 2, "Flag": True, "IPv4": "127.0.0.9", "Several": "udp"}
    for option in (option for option in UNIT_OPTIONS if option.name not in OF_THE_SET):
        for protocol in option.protocols or ("kramer", "dcol", "qstation", "recorder", "vs1"):
            (unit,) = build({protocol: 1}, IPv4Network("127.77.0.0/24"), 0)
            kind = option.type
            value: object = tried.get(type(kind).__name__, "7")
            if isinstance(kind, Token):
                value = kind.words[-1].text
            before = repr((vars(unit), vars(unit.core), getattr(unit.core, "state", None)))
            after = fitted(unit, {option.name: value})
            changed = repr((vars(after), vars(after.core), getattr(after.core, "state", None)))
            assert changed != before, option.name
            assert after.clients == (2 if option.name == "clients" else unit.clients)
