"""A simulated unit from the rules in its record: the example as its manual has it, and one that keeps a state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.added import EXAMPLE, LAMP, taken
from tests.support.playbook import HOST, OTHER
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.host import Peer
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.lines.unit import LinesUnit

FACTS = {"unit": "d7", "number": "7", "address": "192.168.111.24", "mac": "02:00:00:00:00:67"}
SERIAL, NAME, ADDRESS = b"serial = 12V7\r\n", b"host = d7\r\n", b"ip = 192.168.111.24\r\n"


@pytest.fixture(autouse=True, scope="module")
def _protocols(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("protocols") / "lamp.toml"
    path.write_text(LAMP)
    with taken(EXAMPLE, path):
        yield path


def unit(name: str) -> LinesUnit:
    codec = codec_of(name)
    assert isinstance(codec, LinesCodec)
    return LinesUnit(codec, FACTS)


def said(core: LinesUnit, data: bytes, *, peer: Peer = HOST, datagram: bool = True) -> bytes:
    core.receive(data, peer, 0.0, datagram=datagram)
    outs = core.outgoing(0.0)
    assert all(out.peer == peer for out in outs)
    return b"".join(out.data for out in outs)


@pytest.mark.parametrize(
    ("asked", "items"),
    [
        (b"ip host", ADDRESS + NAME),
        (b"ip HoSt", ADDRESS + NAME),
        (b"host ip host ip host", NAME + ADDRESS),
        (b" ", b""),
        (b"serial\thost\r\nip\r\n", SERIAL + NAME + ADDRESS),
        (b"colour ip", ADDRESS),
        (b"all model", b""),
        (b"x " * 31 + b"ip", ADDRESS),
        (b"x " * 32 + b"ip", b""),
        (b"\xff\x00 serial", SERIAL),
    ],
)
def test_the_example_answers_as_its_manual_says(asked: bytes, items: bytes) -> None:
    assert said(unit("dx"), asked) == b"EA\r\n" + items + b"EN\r\n"


@pytest.mark.parametrize("asked", [b"", b"ip " + b"x" * 126])
def test_it_is_silent_where_nothing_is_asked_or_too_much(asked: bytes) -> None:
    assert said(unit("dx"), asked) == b""


def test_a_state_that_commands_change() -> None:
    core = unit("lamp")
    assert said(core, b"LEVEL?\n", datagram=False) == b"LEVEL 10\n"
    assert said(core, b"level 40\nLEVEL?\n", datagram=False) == b"LEVEL 40\nLEVEL 40\n"
    assert said(core, b"LEVEL?\n", peer=OTHER, datagram=False) == b"LEVEL 40\n"
    assert core.state == {"level": "40"}
    assert [decision.text for decision in core.log] == ["level"] * 4


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (b"LEVEL 13\n", b"ERR 2\n"),
        (b"LEVEL 101\n", b"ERR 1\n"),
        (b"LEVEL\n", b"ERR 1\n"),
        (b"LEVEL 4 pin more\n", b"ERR 1\n"),
        (b"LIGHT\n", b"ERR 1\n"),
        (b"\xff\x00\n", b"ERR 1\n"),
        (b"\n", b""),
    ],
)
def test_what_no_rule_fits_changes_nothing(asked: bytes, answer: bytes) -> None:
    core = unit("lamp")
    assert said(core, asked, datagram=False) == answer
    assert core.state == {"level": "10"}


def test_its_refusal_is_one_to_us() -> None:
    found = codec_of("lamp").dissect(b"ERR 2\n")
    assert (found.result, found.code) == ("refused", "ERR 2")


def test_what_a_client_leaves_half_said_goes_with_it() -> None:
    core = unit("lamp")
    core.connected(HOST, 0.0)
    assert said(core, b"LEV", datagram=False) == b""
    core.disconnected(HOST, 0.0)
    assert said(core, b"LEVEL?\n", datagram=False) == b"LEVEL 10\n"


@pytest.mark.fuzz
@given(
    st.sampled_from(["dx", "lamp"]),
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([b"LEVEL 7\n", b"ip host", b"LEV", b"\r", b"all"]))
    ),
    st.booleans(),
)
def test_whatever_comes_it_answers_in_its_protocol_or_not_at_all(
    name: str, parts: list[bytes], datagram: bool
) -> None:
    core = unit(name)
    for part in parts:
        answer = said(core, part, datagram=datagram)
        framer = core.lines.framer(Role.UNIT, datagrams=False)
        for piece in (*framer.feed(answer), *framer.flush()):
            assert core.lines.dissect(piece.data, Role.UNIT).ok
    assert core.state.get("level", "0").isdigit()
