"""Protocols that people add: found, linted, refused with line and reason, and never in the way of the rest."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.support.added import EXAMPLE, FOLDER, LAMP, VARIABLE, installed, package, taken
from tests.support.commands import unitbench
from unitbench import catalogue
from unitbench.catalogue.files import LARGEST
from unitbench.catalogue.loading import ProtocolWarning
from unitbench.errors import InvalidValue
from unitbench.line.parse import parse
from unitbench.wire import codec_of

PACKAGE = """
from dataclasses import replace
from unitbench import catalogue
from unitbench.schema.records import Source, Status
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.recorder.unit import RecorderState, RecorderUnit

PUBLIC = Source("a maker's page", "commands", Status.PUBLIC)
record = catalogue.protocol("recorder")
keep = record.command("*IDN?")

class GIVEN:
    protocol = replace(
        record, name="dummy", letter="y", maker="Dummy", source=PUBLIC, codes=(),
        commands=(replace(keep, name="WHO?", source=PUBLIC, examples=("WHO?",)),), reports=record.reports[:1],
    )
    codec = LinesCodec("dummy")
    unit = staticmethod(lambda facts: RecorderUnit(RecorderState(serial=facts["number"])))
"""


def write(folder: Path, text: str, name: str = "lamp.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refusals(*places: Path) -> list[str]:
    """What is refused there, told as warnings once each."""
    with taken(*places), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = [error.message for error in catalogue.refused()]
        catalogue.names()
        assert [str(each.message) for each in told if each.category is ProtocolWarning] == found
    return found


def test_the_example_and_the_lamp_are_whole(tmp_path: Path) -> None:
    write(tmp_path, LAMP)
    assert refusals(FOLDER, tmp_path) == []
    with taken(FOLDER, tmp_path):
        assert catalogue.names() == (*catalogue.NAMES, "dx", "lamp")
        assert [protocol.name for protocol in catalogue.protocols()] == list(catalogue.names())
        assert catalogue.added()["dx"].origin == str(EXAMPLE)
    assert catalogue.names() == catalogue.NAMES


@pytest.mark.parametrize("command", ["serial", "host", "ip", "model", "all"])
def test_every_example_of_the_example_parses_and_encodes(command: str) -> None:
    with taken(EXAMPLE):
        record = catalogue.command("dx", command)
        for example in record.examples:
            (statement,) = parse(example).statements
            assert statement.error is None and statement.request is not None
            assert codec_of("dx").encode(statement.request) == example.encode()


def test_a_file_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "unitbench" / "protocols"
    folder.mkdir(parents=True)
    write(folder, LAMP)
    write(folder, "this is not read", "notes.txt")
    with taken():
        assert list(catalogue.added()) == ["lamp"] and catalogue.refused() == ()


def test_the_same_file_named_twice_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, LAMP)
    assert refusals(tmp_path, path, tmp_path / ".") == []


FAULTS = [
    ("x = \n", "", "this is no TOML: Invalid value (at line 1, column 5)"),
    ("[" * 5000, "", "this is no TOML"),
    ("", "", "line 1: name is missing"),
    (LAMP, "name = 'lamp'\n", "this is no TOML: Cannot overwrite a value (at line 2, column 14)"),
    (("port = 7001", "port = 70010"), "", "line 19: port 70010 is outside 1..65535"),
    (("port = 7001", "port = '7001'"), "", "line 19: port must be a whole number"),
    (("port = 7001", "port = true"), "", "line 19: port must be a whole number"),
    (
        ("port = 7001", "harbour = 7001"),
        "",
        "line 19: 'harbour' is not known here; known are name, carrier, port",
    ),
    (("main = true\n", ""), "", "line 16: exactly one service must be the main one"),
    (('carrier = "tcp"', 'carrier = "smoke"'), "", "line 18: carrier 'smoke' is none of tcp, udp, serial"),
    (('letter = "l"', 'letter = "L"'), "", "line 2: 'L' is not one small letter"),
    (('name = "lamp"', 'name = "a lamp"'), "", "line 1: 'a lamp' is no name"),
    (('status = "public"', ""), "", "line 7: status is missing: public, reading, learned or simulated"),
    (('status = "public"', 'status = "sure"'), "", "line 10: status is none of documented, public"),
    (('status = "public"', 'status = "documented"'), "", "line 10: 'documented' is kept for the manuals"),
    (('[lines]\nrequest_end = "\\n"\n', ""), "", "line 12: 'reply_end' is not known here"),
    (('request_end = "\\n"', 'request_end = ""'), "", "line 13: request_end must be CR LF, LF or CR"),
    (('name = "LEVEL?"', 'name = "units"'), "", "line 24: 'units' cannot be a command"),
    (('name = "LEVEL?"', 'name = "LEVEL ?"'), "", "line 24: 'LEVEL ?' cannot be typed as one word"),
    (
        ('name = "LEVEL?"', 'name = "level"'),
        "",
        "line 31: 'level' is there twice in commands",
    ),
    (("probe = 0.5", "probe = 1.5"), "", "line 27: probe 1.5 is outside 0..1"),
    (("probe = 0.5", "probe = nan"), "", "line 27: probe nan is outside 0..1"),
    (("probe = 0.5", "answer_s = inf"), "", "line 27: answer_s must be above 0 and at most 600"),
    (('effect = "reconfigures"', "probe = 0.5\neffect = 'visible'"), "", "line 34: LEVEL changes something"),
    (('effect = "reconfigures"', "multiline = true"), "", "line 34: 'multiline' is not known here"),
    (
        ('reply = ["level", "error"]\nprobe', 'reply = ["lvl"]\nprobe'),
        "",
        "line 26: 'lvl' is none of the protocol's",
    ),
    (('examples = ["LEVEL?"]', "examples = []"), "", "line 23: LEVEL? has no example"),
    (
        ('"LEVEL 40",', '"LEVEL 400",'),
        "",
        "line 35: the example 'LEVEL 400' does not fit: level: '400' is not",
    ),
    (('"LEVEL 40",', '"LEVEL",'), "", "line 35: the example 'LEVEL' does not fit: level is missing"),
    (
        ('"LEVEL 40",', '"LEVEL 4 x y",'),
        "",
        "line 35: the example 'LEVEL 4 x y' does not fit: 'y' is one too many",
    ),
    (('kind = "uint"', 'kind = "tagged"'), "", "line 40: kind is none of uint, flag"),
    (("{ kind", "[ kind"), "", "this is no TOML"),
    (
        ('type = { kind = "uint", size = 1, high = 100, unit = "%" }', 'type = "level"'),
        "",
        "line 40: 'level' is",
    ),
    (("size = 1, high", "size = 99, high"), "", "line 40: level: size is 1..8 bytes"),
    (
        ('forbid = " "', 'forbid = "x"'),
        "",
        "line 46: pin may hold a blank, which separates the items: forbid it",
    ),
    (('about = "brightness"', 'about = ""'), "", "line 39: level: about is missing"),
    (('name = "pin"', 'name = "level"'), "", "line 43: 'level' is there twice"),
    (('name = "pin"', 'name = "Pin"'), "", "line 43: 'Pin' is no name of a field"),
    (
        ('values = { number = "2" }', 'values = { number = "two" }'),
        "",
        "line 71: number: 'two' is not allowed",
    ),
    (
        ('values = { number = "2" }', 'values = { no = "2" }'),
        "",
        "line 71: 'no' is no item of error: it has number",
    ),
    (('values = { number = "2" }', 'values = { number = "{n}" }'), "", "line 71: {n} is not known here"),
    (
        ('sets = { level = "{level}" }', 'sets = { colour = "red" }'),
        "",
        "line 72: 'colour' is no part of the state",
    ),
    (
        ('command = "LEVEL?", reply', 'command = "LVL?", reply'),
        "",
        "line 73: 'LVL?' is none of the protocol's commands",
    ),
    (('level = "10"\n', ""), "", "line 72: 'level' is no part of the state"),
    (('level = "10"', 'level = "1000"'), "", "line 72: level: '1000' is not allowed"),
    (('level = "10"', 'level = "10"\nunit = "10"'), "", "line 79: 'unit' is a fact of every unit"),
    (("[simulated.state]", "[simulated.sate]"), "", "line 77: 'sate' is not known here"),
]


@pytest.mark.parametrize(
    ("change", "more", "reason"), FAULTS, ids=lambda value: str(value)[:40].split("\n")[0]
)
def test_a_broken_file_is_refused_with_line_and_reason(
    tmp_path: Path, change: str | tuple[str, str], more: str, reason: str
) -> None:
    text = change if isinstance(change, str) else LAMP.replace(*change, 1)
    assert isinstance(change, str) or change[0] in LAMP
    if more:
        text = text.replace('name = "lamp"\n', f'name = "lamp"\n{more}')
    path = write(tmp_path, text)
    (told,) = refusals(tmp_path)
    assert told.startswith(f"{os.path.realpath(path)}{',' if reason.startswith('line') else ':'} {reason}"), (
        told
    )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"name = '\xff'"), "byte 8 is no UTF-8"),
        (lambda path: path.write_text("#" * (LARGEST + 1)), f"{LARGEST + 1} bytes, {LARGEST} are allowed"),
        (os.mkfifo, "this is no file"),
        (lambda path: path.symlink_to("nowhere"), "this cannot be read: No such file or directory"),
    ],
    ids=["latin-1", "large", "fifo", "dangling"],
)
def test_what_is_no_text_is_refused(tmp_path: Path, make: object, reason: str) -> None:
    make(tmp_path / "lamp.toml")  # type: ignore[operator]
    (told,) = refusals(tmp_path)
    assert reason in told


def test_a_place_that_was_named_and_is_not_there_is_told(tmp_path: Path) -> None:
    (told,) = refusals(tmp_path / "nowhere")
    assert told == f"{os.path.realpath(tmp_path / 'nowhere')}: this cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('name = "lamp"', 'name = "kramer"'), "the name 'kramer' is taken by kramer (Kramer Protocol 3000)"),
        (('letter = "l"', 'letter = "k"'), "the letter 'k' is taken by kramer (Kramer Protocol 3000)"),
        (('letter = "l"', 'letter = "d"'), "the letter 'd' is taken by dx (Yokogawa DX)"),
    ],
)
def test_a_name_that_is_taken_is_refused(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    write(tmp_path, LAMP.replace(*change))
    (told,) = refusals(EXAMPLE, tmp_path)
    assert told.endswith(reason)


def test_the_rest_goes_on_and_the_fault_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, LAMP)
    write(tmp_path, "x = \n", "broken.toml")
    for place in ({"env": {VARIABLE: str(tmp_path)}}, {}):
        words = () if place else ("--protocols", str(tmp_path))
        ran = unitbench("encode", *words, "LEVEL 40; LEVEL?", **place)
        assert (ran.code, ran.out) == (0, "4c 45 56 45 4c 20 34 30 0a\n4c 45 56 45 4c 3f 0a\n")
        assert ran.err.count("broken.toml: this is no TOML") == 1
    ours = unitbench("encode", "SECUR?", env={VARIABLE: str(tmp_path)})
    assert ours.code == 0 and ours.err.count("broken.toml: this is no TOML") == 1
    doctor = unitbench("doctor", "--protocols", str(tmp_path))
    row = next(line for line in doctor.out.splitlines() if "added protocols" in line)
    assert row.startswith("NO ") and "broken.toml" in row and "lamp (" in row
    assert doctor.err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("encode", "SECUR?"),
        ("decode", "--protocol", "dcol", "02 00 AE 01 0C BB 03"),
        ("catalogue", "vs1"),
        ("sessions",),
        ("-c", "units"),
        ("run", "-"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("how", ["option", "environment"])
def test_what_was_named_and_cannot_be_used_is_always_told_once(
    tmp_path: Path, words: tuple[str, ...], how: str
) -> None:
    named = (str(tmp_path / "nowhere"), str(write(tmp_path, "x = \n", "broken.toml")))
    if how == "option":
        options = [word for place in named for word in ("--protocols", place)]
        first, *rest = words
        ran = unitbench(*([*options, *words] if first == "-c" else [first, *options, *rest]))
    else:
        ran = unitbench(*words, env={VARIABLE: os.pathsep.join(named)})
    assert ran.err.count("nowhere: this cannot be read: No such file or directory") == 1
    assert ran.err.count("broken.toml: this is no TOML") == 1
    assert ran.code == 0


def test_nothing_is_looked_at_where_nothing_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "unitbench" / "protocols"
    folder.mkdir(parents=True)
    write(folder, "x = \n", "broken.toml")
    assert unitbench("encode", "SECUR?", env={"XDG_CONFIG_HOME": str(tmp_path)}).err == ""
    assert "broken.toml" in unitbench("encode", "nothing-of-ours", env={"XDG_CONFIG_HOME": str(tmp_path)}).err
    relative = os.path.relpath(tmp_path)
    assert "broken.toml" not in unitbench("encode", "nothing-of-ours", env={"XDG_CONFIG_HOME": relative}).err


def test_secrets_of_an_added_protocol_are_masked(tmp_path: Path) -> None:
    write(tmp_path, LAMP)
    for words in (("encode", "LEVEL 40 sunny-afternoon"), ("catalogue", "lamp", "--markdown")):
        ran = unitbench(*words[:1], "--protocols", str(tmp_path), *words[1:])
        assert ran.code == 0 and "2a 2a 2a" in ran.out
        assert "sunny" not in ran.out and b"sunny".hex(" ") not in ran.out


def test_a_package_announces_a_protocol(tmp_path: Path) -> None:
    with taken(), installed(package(tmp_path, PACKAGE)):
        assert [error.message for error in catalogue.refused()] == []
        assert catalogue.names() == (*catalogue.NAMES, "dummy")
        added = catalogue.added()["dummy"]
        assert added.origin == "package dummy-protocol, entry point dummy"
        assert codec_of("dummy") is added.codec
        (statement,) = parse("WHO?").statements
        assert statement.request is not None
        assert codec_of("dummy").encode(statement.request) == b"WHO?\r\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise ImportError('no such engine')", "cannot be loaded: ImportError: no such engine"),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        ("GIVEN = 3", "cannot be loaded: AttributeError: 'int' object has no attribute 'protocol'"),
        ("class GIVEN: protocol = 3", "protocol is no unitbench.schema.records.Protocol"),
        (f"{PACKAGE}\nGIVEN.codec = 3", "codec is no unitbench.wire.codec.Codec: it needs encode, framer"),
        (f"{PACKAGE}\nGIVEN.unit = 3", "unit cannot be called"),
        (
            f"{PACKAGE}\nGIVEN.protocol = replace(GIVEN.protocol, letter='yy')",
            "letter: 'yy' is not one small",
        ),
        (
            f"{PACKAGE}\nGIVEN.codec = None\nGIVEN.protocol = replace(GIVEN.protocol, lines=None)",
            "[lines] is missing",
        ),
        (f"{PACKAGE}\nGIVEN.protocol = replace(GIVEN.protocol, name='dcol')", "the name 'dcol' is taken"),
    ],
)
@pytest.mark.filterwarnings("ignore::unitbench.catalogue.loading.ProtocolWarning")
def test_a_package_that_cannot_be_used_is_told(tmp_path: Path, code: str, reason: str) -> None:
    with taken(EXAMPLE), installed(package(tmp_path, code)):
        assert catalogue.names() == (*catalogue.NAMES, "dx")
        (error,) = catalogue.refused()
        assert error.message.startswith("package dummy-protocol, entry point dummy: ")
        assert reason in error.message


def test_an_unknown_protocol_names_those_that_were_added() -> None:
    with taken(EXAMPLE), pytest.raises(InvalidValue, match="no protocol 'dy'") as caught:
        catalogue.protocol("dy")
    assert caught.value.hint.endswith("vs1, dx")


@pytest.mark.filterwarnings("ignore::unitbench.catalogue.loading.ProtocolWarning")
def test_no_prefix_of_a_good_file_raises(tmp_path: Path) -> None:
    for size in range(0, len(LAMP), 7):
        write(tmp_path, LAMP[:size])
        with taken(tmp_path):
            assert set(catalogue.names()) >= set(catalogue.NAMES)
            assert len(catalogue.refused()) + len(catalogue.added()) == 1
