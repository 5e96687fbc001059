"""A password is in no output, no file, no event: right or wrong, in whatever spelling, echoed by whatever unit."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.commands import Ran, inside, unitbench
from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer
from unitbench import BenchError, Request, Session
from unitbench.session.operations import Disconnect
from unitbench.session.stream import Event

SECRET = "Zq7-Vx3.Kw9+Yt1"
LONGER = "Zq7-Vx3.Kw9+Yt1!"
"""One character more than a password may have."""
SPELLINGS = (
    "LOGIN ADMIN,{}",
    "LOGIN USER {}",
    "login admin, {}",
    "#LOGIN ADMIN,{}",
    "LOGIN password={} auth=ADMIN",
    "LOGIN auth=USER password='{}'",
    'LOGIN ADMIN,"{}"',
    "@k1 LOGIN ADMIN,{}",
    "@UNIT LOGIN ADMIN,{}",
    "@UNIT raw '#LOGIN ADMIN,{}\\r'",
    "@UNIT raw '#LOGIN ADMIN {}'",
    "@UNIT raw '#LOGIN {}\\r'",
    "@UNIT raw '#LOGN ADMIN,{}\\r'",
    "@UNIT raw '#login admin,{} x\\r'",
    "@UNIT raw HEX",
    "encode LOGIN ADMIN,{}",
    "encode 'LOGIN ADMIN,{}'",
    "decode '#LOGIN ADMIN,{}\\r'",
    "decode '#LOGN ADMIN,{}\\r'",
    "decode 'LOGIN ADMIN,{}'",
    "decode '~01@LOGIN ADMIN,{} OK\\r\\n'",
    "decode HEX",
)
FAULTY = (
    "LOGN ADMIN,{}",
    "LOGIN ROOT,{}",
    "LOGIN {}",
    "LOGIN {},ADMIN",
    "LOGIN ADMIN,{},more",
    "LOGIN ADMIN {} more",
    "LOGIN ADMIN,'{}",
    "LOGIN ADMIN,{}@home",
    "LOGIN? ADMIN,{}",
    "LOGIN pasword={} auth=ADMIN",
    "login:{}",
    "@UNIT LGIN ADMIN,{}",
    "@k9 LOGIN ADMIN,{}",
    "encode LOGN ADMIN,{}",
    "raw '#LOGIN ADMIN,{}\\r",
    "@UNIT raw HEX0",
    "decode HEX0",
    "LOGIN ADMIN,{}; NOPE",
    "LOGIN USER,{} # as told",
    "password {}",
)


def spelt(template: str, secret: str, unit: str = "k1") -> str:
    """A line with the secret in it."""
    digits = f"#LOGIN ADMIN,{secret}\r".encode().hex(" ")
    return template.replace("{}", secret).replace("HEX", digits).replace("UNIT", unit)


def leaks(data: bytes, secret: str) -> list[str]:
    """How a secret shows in some bytes: as text, in hex of any spelling, in base64."""
    word = secret.encode()
    forms = {
        "text": word,
        "hex": word.hex().encode(),
        "spaced hex": word.hex(" ").encode(),
    }
    return [name for name, form in forms.items() if form.lower() in data.lower()]


def assert_silent(ran: Ran, secret: str) -> None:
    for text in (ran.out, ran.err):
        assert not leaks(text.encode(), secret), text


def assert_in_no_file(secret: str) -> None:
    """Of all that this user's programs may have written."""
    roots = {os.environ[name] for name in os.environ if name.startswith("XDG_") or name == "HOME"}
    for root in roots:
        for path in Path(root).rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert not leaks(path.read_bytes(), secret), path


@pytest.fixture
def echo() -> Iterator[TcpCounterpart]:
    """A unit that gives back whatever it is sent, as a terminal would."""
    with TcpCounterpart(lambda data: data + b"login: " + data.swapcase() + b"~01@" + data[1:]) as unit:
        yield unit


@pytest.mark.parametrize("secret", [SECRET, LONGER])
def test_in_no_output_of_a_one_shot(
    secret: str, echo: TcpCounterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitbench.session.linking.FAREWELL_S", 0.02)
    where = f"kramer://127.0.0.1:{echo.port}"
    for template in SPELLINGS + FAULTY:
        line = spelt(template, secret, where)
        for more in ((), ("--json",)):
            ran = inside("--sim", "-c", f"{line}; why", where, "--yes=k2", "--timeout", "0.02", *more)
            assert_silent(ran, secret)
            assert "fault of ours" not in ran.err


def test_in_no_output_of_a_shell_on_a_pipe_and_in_no_file(runtime: Path) -> None:
    with FakeKramer() as unit:
        lines = [spelt(template, SECRET, unit.address) for template in SPELLINGS + FAULTY]
        ran = unitbench("--session", "scan", "--sim", "--yes=k2", stdin="\n".join([*lines, "units", "jobs"]))
        assert_silent(ran, SECRET)
        assert any(SECRET.encode() in data for data in unit.heard), "it was really sent"
    assert_in_no_file(SECRET)


def test_in_no_output_of_encode() -> None:
    for text in (
        f"LOGIN ADMIN,{SECRET}",
        f"LOGN ADMIN,{SECRET}",
        f"LOGIN ADMIN,'{SECRET}",
        f"LOGIN {SECRET}",
    ):
        for more in ((), ("--json",)):
            assert_silent(inside("encode", text, *more), SECRET)


@pytest.mark.parametrize("words", [(), ("--protocol", "dcol"), ("--protocol", "qstation")])
def test_in_no_output_of_decode(words: tuple[str, ...]) -> None:
    for text in (
        f"LOGIN ADMIN,{SECRET}",
        f"'#LOGIN ADMIN,{SECRET}\\r'",
        f"'#LOGIN ADMIN,{SECRET}\\q'",
        f"'#LOGIN ADMIN,{SECRET}",
        f"#LOGIN ADMIN,{SECRET}\r".encode().hex(),
        f"#LOGIN ADMIN,{SECRET}\r".encode().hex() + "0",
        f"#LOGIN ADMIN,{SECRET}\r".encode().hex() + "zz",
        f"'~01@LOGIN ADMIN,{SECRET} OK\\r\\n'",
        f"'LOGIN\tADMIN,{SECRET}\\r'",
    ):
        for more in ((), ("--json",)):
            assert_silent(inside("decode", *words, text, *more), SECRET)
            assert_silent(inside("decode", *words, *more, "-", stdin=f"{text}\n"), SECRET)


def test_in_no_file_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "f"
    for template in SPELLINGS + FAULTY:
        file.write_text(spelt(template, SECRET) + "\n")
        assert_silent(inside("run", str(file), "--sim", "--timeout", "0.02"), SECRET)


def test_in_no_event_no_error_and_no_record(echo: TcpCounterpart, runtime: Path) -> None:
    events: list[Event] = []
    with Session.attach("scan", sim=True) as session:
        session.subscribe(events.append, since=0)
        where = f"kramer://127.0.0.1:{echo.port}"
        told = []
        for template in SPELLINGS + FAULTY:
            for ask in (
                lambda line: session.ask(line, timeout_s=0.02),
                lambda line: session.ask(line, where, timeout_s=0.02),
            ):
                try:
                    exchange = ask(spelt(template, SECRET, where))
                    told.append(repr(exchange) + exchange._repr_html_())
                    exchange.value()
                except BenchError as error:
                    told.append(f"{error!r} {error} {error.hint} {vars(error)}")
        session.ask(
            Request("kramer", "LOGIN", (("auth", "ADMIN"), ("password", SECRET))), where, timeout_s=0.05
        )
        told += [repr(exchange) for exchange in session.journal]
        told.append(repr(session.state))
        assert any(SECRET.encode() in data for data in echo.heard)
    for text in told:
        assert not leaks(text.encode(), SECRET), text
    assert any(event.kind == "unasked" for event in events)
    for event in events:
        data = msgspec.msgpack.encode(event)
        assert not leaks(data, SECRET) and not leaks(repr(event).encode(), SECRET), event
    assert_in_no_file(SECRET)


@pytest.mark.parametrize("cut", [20, 24, 28, 31])
def test_in_no_echo_that_comes_in_parts(cut: int) -> None:
    """A part comes, the wait ends, and the rest comes before the next answer."""
    echo = f"echo LOGIN ADMIN,{SECRET}\r\n".encode()
    parts = iter([echo[:cut], echo[cut:] + b"~01@SECUR ON\r\n"])
    with TcpCounterpart(lambda data: next(parts)) as unit, Session.local() as session:
        events: list[Event] = []
        session.subscribe(events.append, since=0)
        where = f"@kramer://127.0.0.1:{unit.port}"
        assert session.ask(f"{where} LOGIN ADMIN,{SECRET}", timeout_s=0.05).outcome == "silent"
        assert session.ask(f"{where} SECUR?").text == "~01@SECUR ON"
        told = msgspec.msgpack.encode(events) + repr(events).encode()
    for part in (SECRET[: cut - len("echo LOGIN ADMIN,")], SECRET[cut - len("echo LOGIN ADMIN,") :]):
        assert len(part) < 4 or not leaks(told, part)


OURS = (
    "discover LOGIN USER,{}",
    "discover kramer://u:{}@10.0.0.1",
    "connect kramer://u:{}@h",
    "use USER,{}",
    "stop USER,{}",
    "@kramer://u:{}@h SECUR?",
    "timing rounds=USER,{}",
    "unlock k1 USER,{}",
    "listen USER,{}",
    "sim fault k1 loss=USER,{}",
    "sim speed USER,{}",
    "sim log k1 USER,{}",
    "help USER,{}",
    "decode protocol=USER,{} 00",
    "identify 'LOGIN USER,{}'",
    "services kramer://admin:{}@10.0.0.1",
)


def test_in_no_output_of_our_own_verbs() -> None:
    for template in OURS:
        ran = inside("--sim", "-c", spelt(template, SECRET))
        assert_silent(ran, SECRET)
        assert ran.code == 2 and "fault of ours" not in ran.err, template


@pytest.mark.parametrize(
    "words",
    [
        ("LOGIN USER,{}",),
        ("LOGIN", "USER,{}"),
        ("LOGIN=USER,{}",),
        ("kramer://u:{}@h",),
        ("k1", "LOGIN USER,{}", "-c", "SECUR?"),
        ("stop", "USER,{}"),
        ("stop", "x", "LOGIN USER,{}"),
        ("--session", "USER,{}", "-c", "units"),
        ("--session=USER,{}", "-c", "units"),
        ("--timeout", "USER,{}"),
        ("catalogue", "USER,{}"),
        ("decode", "--protocol", "USER,{}", "00"),
        ("run", "LOGIN USER,{}"),
        ("sim", "LOGIN USER,{}"),
        ("sim", "--unit=USER,{}"),
        ("sim", "--address", "USER,{}"),
        ("encode", "discover", "USER,{}"),
        ("sessions", "LOGIN USER,{}"),
    ],
)
def test_in_no_error_about_the_command_line(words: tuple[str, ...], runtime: Path) -> None:
    ran = inside(*(word.replace("{}", SECRET) for word in words))
    assert_silent(ran, SECRET)
    assert ran.code == 2 and ran.err.startswith("unitbench: "), ran.err


def test_an_error_still_names_what_is_no_secret() -> None:
    for words, named in (
        (("run", "login.txt"), "login.txt"),
        (("no-such-login-box",), "no-such-login-box"),
        (("-c", "discover LOGIN USER,x"), "discover LOGIN ***"),
        (("-c", "unlock k1 USER,x"), "unlock k1 USER,***"),
        (("-c", "listen v1 5s extra"), "listen v1 5s extra"),
    ):
        assert named in inside(*words).err, words


@pytest.fixture
def echo_whole() -> Iterator[TcpCounterpart]:
    """The same, in whole lines or parts of lines as they came."""
    with TcpCounterpart(lambda data: data + b"login: " + data.swapcase()) as unit:
        yield unit


@pytest.mark.parametrize("cuts", [(5,), (12,), (16,), (16, 20), (3, 19), (13, 24), (16, 24)])
@pytest.mark.parametrize("gone", [False, True], ids=["one link", "the link ends between"])
def test_a_login_sent_in_pieces(
    cuts: tuple[int, ...], gone: bool, echo_whole: TcpCounterpart, tmp_path: Path
) -> None:
    """Split within the password, before it, within the word LOGIN; the rest is as secret as the whole."""
    data, where = f"#LOGIN USER,{SECRET}\r".encode(), f"kramer://127.0.0.1:{echo_whole.port}"
    parts = [data[start:end] for start, end in itertools.pairwise((0, *cuts, len(data)))]
    path, told = tmp_path / "run.ubj", list[Event]()
    with Session.local(journal=path) as session:
        session.subscribe(told.append)
        for part in parts:
            session.ask(part, where, allow="k1", timeout_s=0.05)
            if gone:
                session.perform(Disconnect("k1"))
        assert session.ask(b"#SECUR?\r", where, allow="k1", timeout_s=0.05).request == b"#SECUR?\r"
        kept = msgspec.json.encode([(e.command, e.text, e.replies, e.error) for e in session.journal])
    assert b"".join(echo_whole.heard).startswith(data), "it was sent as it is"
    for at in range(len(SECRET) - 3):
        piece = SECRET[at : at + 4]
        for shown in (path.read_bytes(), msgspec.msgpack.encode(told), kept):
            assert not leaks(shown, piece), (piece, cuts)
