"""Whatever bytes come: dissection and both cores never raise, leaves tile, nothing unprintable is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import golden
from tests.support.bench import unit_of
from tests.support.playbook import HOST, OTHER, UNIT, request
from tests.support.strategies import codecs, hostile
from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import masked
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec
from unitbench.wire.host import PARTIAL_CAP, HostCore, Settled
from unitbench.wire.ranking import dissections

CODECS = [pytest.param(codec, id=codec.name) for codec in codecs()]
FRAMES = [frame.data for protocol in golden.PROTOCOLS for frame in golden.frames(protocol)]
ASKED = {
    "kramer": "LOGIN USER,1234",
    "dcol": "0Eh 19",
    "qstation": "DEVICESYNC",
    "recorder": "*IDN?",
    "vs1": "SIMCONTROL TAKE",
}
PROBES = {
    "kramer": "#",
    "dcol": "0Ch",
    "qstation": "DEVICEIDENT?",
    "recorder": "*IDN?",
    "vs1": "SIMLOGIN bench",
}
DATAGRAMS = ("qstation", "vs1")
"""The protocols whose requests go by UDP."""
CORES = [pytest.param(codec_of(name), id=name) for name in ASKED]


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """A frame of the manuals with some bytes changed, taken out or put in."""
    data = bytearray(draw(st.sampled_from(FRAMES)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


def check(found: Dissection, data: bytes) -> None:
    """What holds for every dissection."""
    assert found.raw == data
    at = 0
    for leaf in found.fields:
        assert (leaf.start, leaf.start <= leaf.end) == (at, True)
        at = leaf.end
    assert at == len(data)
    assert all(0 <= fault.offset <= len(data) and fault.text for fault in found.faults)
    assert len([leaf for leaf in found.fields if leaf.fault]) <= len(found.faults)
    assert 0 <= found.likeness <= 1
    assert found.ok is (found.result != "malformed")
    assert not found.ok or found.fields
    shown = [found.name, found.title, found.code, *(fault.text + fault.hint for fault in found.faults)]
    for leaf in found.fields:
        shown += [leaf.name, leaf.meaning, leaf.fault or "", leaf.note or ""]
        shown += [leaf.value] if isinstance(leaf.value, str) else []
    assert all(text.isprintable() for text in shown)
    assert len(masked(data, found.secret_spans)) >= 0


@pytest.mark.fuzz
@pytest.mark.parametrize("codec", CODECS)
@given(data=st.one_of(hostile(), mutilated()), role=st.sampled_from([None, *Role]))
def test_any_bytes_can_be_looked_at(codec: Codec, data: bytes, role: Role | None) -> None:
    check(codec.dissect(data, role), data)
    assert codec.text(data).isprintable()


@pytest.mark.fuzz
@given(data=st.one_of(hostile(), mutilated()))
def test_the_likeliest_protocol_of_any_bytes(data: bytes) -> None:
    for found in dissections(data):
        check(found, data)


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "data",
    [
        b"~" + b"9" * 6000 + b"@ OK\r\n",
        b"#" + b"9" * 6000 + b"@SECUR?\r",
        b"~01@ ERR" + b"0" * 6000 + b"\r\n",
        b"SID:" + b"9" * 6000 + b"\r\n",
        b"MAA:" + b":" * 6000,
        b"\t" * 6000,
        b"|" * 6000,
        b"#" + b"|" * 6000 + b"\r",
        b"#LOGIN" + b"," * 6000 + b"\r",
        b"\xb2\xb3\xb9@",
        b"\x02" * 6000,
        b"\x02\x00\xae\xff" + b"\x00" * 6000,
    ],
    ids=lambda data: repr(data[:12]) if isinstance(data, bytes) else None,
)
def test_long_and_strange_bytes(codec: Codec, role: Role | None, data: bytes) -> None:
    check(codec.dissect(data, role), data)


@pytest.mark.fuzz
@pytest.mark.parametrize("codec", CORES)
@given(data=st.data())
def test_our_end_survives_any_bytes_at_any_time(codec: Codec, data: st.DataObject) -> None:
    core = HostCore(codec, datagrams=codec.name in DATAGRAMS)
    now = 0.0
    for _ in range(data.draw(st.integers(1, 6))):
        if not core.busy and data.draw(st.booleans()):
            core.ask(request(ASKED[codec.name]), now, collect=data.draw(st.sampled_from([None, 0, 2])))
        core.receive(data.draw(hostile()), data.draw(st.sampled_from([UNIT, OTHER])), now)
        now += data.draw(st.floats(0, 3))
        core.tick(now)
        while core.next_event() is not None:
            pass
    core.closed(now)
    assert not core.busy
    assert core.deadline() is None


@pytest.mark.fuzz
@pytest.mark.parametrize("codec", CORES)
@given(data=st.data())
def test_a_unit_survives_any_bytes_and_still_answers(codec: Codec, data: st.DataObject) -> None:
    unit = unit_of(codec.name)
    datagrams = codec.name in DATAGRAMS
    for number in range(data.draw(st.integers(1, 5))):
        unit.receive(
            data.draw(hostile()), data.draw(st.sampled_from([HOST, OTHER])), float(number), datagram=datagrams
        )
    unit.outgoing(100.0)
    unit.disconnected(HOST, 100.0)
    probe = codec.encode(request(PROBES[codec.name]))
    unit.receive(probe, HOST, 100.0, datagram=datagrams)
    assert len(unit.outgoing(100.0)) == 1


def test_what_is_kept_of_a_babbling_unit_is_bounded() -> None:
    core = HostCore(codec_of("kramer"), datagrams=False)
    core.ask(request("SECUR?"), 0.0)
    for _ in range(100):
        core.receive(b"x" * 4096, HOST, 0.1)
    core.tick(9.0)
    events = list(iter(core.next_event, None))
    settled = events[-1]
    assert isinstance(settled, Settled)
    assert (settled.outcome, len(settled.partial)) == ("malformed", PARTIAL_CAP)
