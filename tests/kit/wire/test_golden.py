"""Every frame of the manuals: our bytes are theirs, and theirs mean to us what they mean to them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support import golden
from tests.support.known import ALL, cases, dissect
from unitbench import catalogue
from unitbench.errors import InvalidValue, MissingField
from unitbench.schema.records import Request, Role
from unitbench.schema.values import Counted, CountedList
from unitbench.wire import codec_of, encode
from unitbench.wire.ranking import dissections

FAULTS = {"C5": [5], "E14": [0, 10]}
"""At which bytes the frames that are wrong on purpose are wrong."""
NOT_SENT = {"C13": InvalidValue, "D8": MissingField}
"""Requests that a unit would refuse by the manual's own words: we do not even send them."""
OTHERS = {"A3": "A1"}
"""Requests that other programs spell in another way, and how we spell them."""


def typed(protocol: str, frame: golden.Frame) -> Request:
    """The request that a host's frame carries: its fields without those that are computed."""
    command = catalogue.command(protocol, frame.command)
    counts = {f.type.count_name for f in command.args if isinstance(f.type, (Counted, CountedList))}
    values = tuple((name, value) for name, value in frame.fields.items() if name not in counts)
    return Request(protocol, command.name, values)


@pytest.mark.parametrize(("protocol", "frame"), cases(direction="host", valid=True))
def test_a_request_becomes_exactly_the_bytes_of_the_manual(protocol: str, frame: golden.Frame) -> None:
    if "|" in frame.command:
        assert catalogue.protocol(protocol).command(frame.command) is None, "a chain is no single request"
    elif frame.id in NOT_SENT:
        with pytest.raises(NOT_SENT[frame.id]) as caught:
            encode(typed(protocol, frame))
        assert caught.value.hint
    else:
        ours = golden.frame(OTHERS.get(frame.id, frame.id))
        assert encode(typed(protocol, frame)).hex(" ") == ours.data.hex(" ")


@pytest.mark.parametrize(("protocol", "frame"), cases())
def test_the_fields_are_those_of_the_manual(protocol: str, frame: golden.Frame) -> None:
    found = dissect(protocol, frame).values
    assert {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()} == frame.fields


@pytest.mark.parametrize(("protocol", "frame"), cases(valid=True))
def test_name_direction_and_refusal(protocol: str, frame: golden.Frame) -> None:
    found = dissect(protocol, frame)
    assert found.ok, found.faults
    assert found.direction == frame.direction
    result = str(frame.fields.get("result", ""))
    code = result if result.startswith("ERR") else "NAK" if frame.command == "NAK" else ""
    assert found.code == ("SIMERR 1" if frame.id == "A7" else code)
    assert found.result == ("refused" if found.code else "ok")
    assert found.title
    if frame.direction == "host" or protocol == "dcol":
        assert found.name == frame.command
    else:
        asked = "SECUR?" if frame.id == "D10" else frame.command
        assert codec_of(protocol).answers(Request(protocol, asked), found)


@pytest.mark.parametrize(("protocol", "frame"), cases(valid=False))
def test_what_is_wrong_is_said_at_its_place(protocol: str, frame: golden.Frame) -> None:
    found = dissect(protocol, frame)
    assert not found.ok
    assert found.result == "malformed"
    assert sorted(fault.offset for fault in found.faults) == FAULTS[frame.id]


@pytest.mark.parametrize(("protocol", "frame"), [pytest.param(*case, id=case[1].id) for case in ALL])
def test_the_leaves_tile_every_frame(protocol: str, frame: golden.Frame) -> None:
    for role in (None, *Role):
        leaves = codec_of(protocol).dissect(frame.data, role).fields
        assert b"".join(frame.data[leaf.start : leaf.end] for leaf in leaves) == frame.data
        assert all(one.end == other.start for one, other in pairwise(leaves))


@pytest.mark.parametrize(("protocol", "frame"), cases(valid=True))
def test_the_direction_need_not_be_told(protocol: str, frame: golden.Frame) -> None:
    assert codec_of(protocol).dissect(frame.data) == dissect(protocol, frame)


@pytest.mark.parametrize(("protocol", "frame"), cases(valid=True))
def test_the_protocol_need_not_be_told(protocol: str, frame: golden.Frame) -> None:
    assert dissections(frame.data)[0].protocol == protocol


def test_a_protocol_that_there_is_not() -> None:
    with pytest.raises(InvalidValue):
        dissections(b"", "smtp")


def test_c5_says_which_checksum_would_be_right() -> None:
    (fault,) = dissect("dcol", golden.frame("C5")).faults
    assert fault.text == "checksum B0h, expected AFh"
    assert "sum of bytes 1..4" in fault.hint


def test_secrets_are_known_by_their_place() -> None:
    frame = golden.frame("D5")
    (span,) = dissect("kramer", frame).secret_spans
    assert frame.data[slice(*span)] == b"33333"
