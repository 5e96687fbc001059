"""The camera's worked frames, and announces of any layout."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import golden
from unitbench.catalogue.vs1 import PROTOCOL
from unitbench.errors import InvalidValue, MissingField
from unitbench.schema.records import Request, Role, Status
from unitbench.wire.vs1 import announce
from unitbench.wire.vs1.announce import Announce
from unitbench.wire.vs1.codec import CODEC

FRAMES = {frame.id: frame for frame in golden.frames("vs1")}
SAID = [pytest.param(FRAMES[name], id=name) for name in ("B1", "B3", "B4", "B5", "B7")]
"""What the unit says in one piece; B2 are two reports, cut apart elsewhere."""
B5 = Announce("cam-07", "192.168.1.70", "0.0.0.0", "RUN", "4.0.0", (1204, 3, 0))
LEAVES = {
    "B3": ["text"],
    "B5": ["tag"]
    + [
        part
        for name in ("name", "ip_address", "ip_in_control", "status", "software", "counters")
        for part in ("separator", "key", name)
    ]
    + ["end"],
    "B7": ["tag", "separator", "count", "end"],
}


def test_the_breakdowns_tile_their_frames() -> None:
    entries = tomllib.loads((golden.GOLDEN / "vs1.toml").read_text(encoding="utf-8"))["frame"]
    assert [entry["id"] for entry in entries] == [f"B{number}" for number in range(1, 8)]
    for entry in entries:
        at = 0
        for start, end, _ in entry["brk"]:
            assert start == at
            at = end + 1
        assert at == len(bytes.fromhex(entry["hex"]))


@pytest.mark.parametrize("frame", SAID)
def test_what_the_unit_says_is_understood(frame: golden.Frame) -> None:
    for speaker in (None, Role.UNIT):
        found = CODEC.dissect(frame.data, speaker)
        assert (found.name, found.direction, found.values) == (frame.command, "unit", frame.fields)
        assert found.ok and found.title and not found.code
    if frame.id in LEAVES:
        assert [leaf.name for leaf in found.fields] == LEAVES[frame.id]


def test_announce_and_heartbeat_become_the_bytes_of_the_text() -> None:
    assert B5.encode() == FRAMES["B5"].data
    assert CODEC.encode_report("heartbeat", {"count": "00000001"}) == FRAMES["B7"].data
    assert CODEC.encode_report("busy", {"controller": "10.0.0.1"}) == b"SIMBUSY 10.0.0.1\r\n"
    assert CODEC.encode_report("done", {}) == b"SIMOK\r\n"


def test_the_announce_is_decoded_and_shown() -> None:
    assert announce.decode(FRAMES["B5"].data) == B5
    assert not B5.controlled_by
    assert announce.shown(FRAMES["B5"].data) == (
        "announce of a simulator: cam-07 at 192.168.1.70, nobody in control, RUN, software 4.0.0, "
        "counters 1204,3,0"
    )
    held = Announce("cam-07", "192.168.1.70", "192.168.1.9")
    assert held.controlled_by == "192.168.1.9" and "in control 192.168.1.9" in announce.shown(held.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02\xff" * 40,
        b"VS1SIM/2\tNAME=x\r\n",
        FRAMES["B5"].data[:-2],
        FRAMES["B5"].data.replace(b"IP=192", b"IP=999"),
        FRAMES["B5"].data.replace(b"1204,3,0", b"many"),
        FRAMES["B5"].data.replace(b"\tSW=4.0.0", b""),
        FRAMES["B5"].data.replace(b"SW=4.0.0", b"SW=4\tSW=5"),
    ],
)
def test_a_foreign_announce_is_only_counted(data: bytes) -> None:
    known = announce.decode(data)
    if known is not None:
        assert known.software == "4", "the first of two counts"
    else:
        assert announce.shown(data) == f"announce, undecoded, {len(data)} bytes"


def test_an_announce_with_more_than_the_known_layout_is_still_read() -> None:
    bigger = FRAMES["B5"].data[:-2] + b"\tTEMP=41\t\r\n"
    assert announce.decode(bigger) == B5
    assert [leaf.note for leaf in CODEC.dissect(bigger).fields if leaf.name == "item"] == (
        ["not in the known layout"] * 2
    )


def test_two_cameras_of_one_name_stay_apart_by_their_address() -> None:
    one, other = Announce("cam", "10.0.0.1"), Announce("cam", "10.0.1.1")
    assert announce.decode(one.encode()) == one != other == announce.decode(other.encode())


def test_requests() -> None:
    assert CODEC.encode(Request("vs1", "SIMLOGIN", (("name", "bench"),))) == b"SIMLOGIN bench\r\n"
    for action in ("TAKE", "KEEP", "RELEASE"):
        data = CODEC.encode(Request("vs1", "SIMCONTROL", (("action", action),)))
        assert data == f"SIMCONTROL {action}\r\n".encode()
        found = CODEC.dissect(data)
        assert (found.name, found.direction, found.values["action"]) == ("SIMCONTROL", "host", action)
    with pytest.raises(InvalidValue):
        CODEC.encode(Request("vs1", "SIMCONTROL", (("action", "STEAL"),)))
    with pytest.raises(MissingField):
        CODEC.encode(Request("vs1", "SIMLOGIN"))


def test_busy_is_a_refusal_that_names_the_controller() -> None:
    asked = Request("vs1", "SIMCONTROL", (("action", "TAKE"),))
    busy = CODEC.dissect(b"SIMBUSY 10.0.0.9\r\n")
    assert (busy.result, busy.code, busy.values) == ("refused", "SIMBUSY", {"controller": "10.0.0.9"})
    assert PROTOCOL.result(busy.code)
    assert CODEC.answers(asked, busy)
    assert CODEC.answers(asked, CODEC.dissect(b"SIMOK\r\n"))
    assert not CODEC.answers(asked, CODEC.dissect(FRAMES["B1"].data))


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=40).map(lambda tail: b"VS1SIM/1\t" + tail)))
def test_any_bytes_are_taken_apart_without_a_gap(data: bytes) -> None:
    for speaker in (None, *Role):
        leaves = CODEC.dissect(data, speaker).fields
        assert b"".join(data[leaf.start : leaf.end] for leaf in leaves) == data
        assert all(one.end == other.start for one, other in pairwise(leaves))
    assert announce.shown(data)


def test_every_row_of_the_table_is_a_service_with_its_source() -> None:
    rows = {(service.carrier, service.port) for service in PROTOCOL.services}
    tcp = (21, 23, 80, 49049, 49050, 49059, 49079, 49200, 49201, 49202, 49211, 49212, 49213, 49214)
    assert rows == {("tcp", port) for port in tcp} | {("udp", port) for port in (68, 520, 49493, 49495)}
    assert all(service.source and service.source.document.startswith("001_") for service in PROTOCOL.services)
    assert [service.port for service in PROTOCOL.services if service.main] == [49493]
    assert all(command.source.status is Status.SIMULATED for command in PROTOCOL.commands)
