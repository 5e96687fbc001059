"""A journal in its file: torn at any byte, damaged anywhere, what is whole is found and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unitbench.session.journal.frames import (
    END,
    EVENT,
    HEAD,
    MAGIC,
    START,
    Damage,
    Found,
    mark_of,
    opening,
    packed,
    scan,
)

MARK = b"\x01markmrk"
BODIES = st.lists(
    st.binary(max_size=40) | st.just(MARK) | st.just(packed(MARK, EVENT, b"x")[:-1]), max_size=6
)


def written(bodies: list[bytes], mark: bytes = MARK) -> bytes:
    return opening(mark) + b"".join(packed(mark, EVENT, body) for body in bodies)


def bodies_in(data: bytes) -> list[bytes]:
    return [entry.body for entry in scan(data) if isinstance(entry, Found)]


def test_a_record_byte_by_byte() -> None:
    assert opening(MARK) == b"UBJ1\x01markmrk" and mark_of(opening(MARK)) == MARK
    record = MARK + b"1" + bytes.fromhex("00000008 cbf43926") + b"23456789"
    assert packed(MARK, b"1", b"23456789") == record, "the check value that CRC-32 is published with"


def test_what_is_no_journal_has_nothing() -> None:
    for data in (b"", b"UBJ", MAGIC, MAGIC + MARK[:-1], b"PK\x03\x04" + written([b"a"])):
        assert list(scan(data)) == []


def test_kinds_and_places() -> None:
    data = opening(MARK) + packed(MARK, HEAD, b"h") + packed(MARK, EVENT, b"") + packed(MARK, END, b"")
    found = list(scan(data))
    assert [(entry.kind, entry.body) for entry in found if isinstance(entry, Found)] == [
        (b"H", b"h"),
        (b"E", b""),
        (b"Z", b""),
    ]
    assert [entry.at for entry in found] == [START, START + 18, START + 35]
    assert found[-1].end == len(data)


@given(BODIES, st.data())
def test_torn_at_any_byte(bodies: list[bytes], data: st.DataObject) -> None:
    whole = written([*bodies, b"the last one"])
    cut = data.draw(st.integers(START, len(whole)))
    ends = [START]
    for body in [*bodies, b"the last one"]:
        ends.append(ends[-1] + len(packed(MARK, EVENT, body)))
    count = sum(end <= cut for end in ends) - 1
    found = list(scan(whole[:cut]))
    assert bodies_in(whole[:cut]) == [*bodies, b"the last one"][:count]
    torn = [entry for entry in found if isinstance(entry, Damage)]
    assert torn == ([] if cut in ends else [Damage(ends[count], cut, True)])


@given(st.lists(st.binary(max_size=30), min_size=3, max_size=6), st.data())
def test_a_damaged_byte_costs_its_record_only(bodies: list[bytes], data: st.DataObject) -> None:
    hit = data.draw(st.integers(0, len(bodies) - 2), label="record")
    before, record = written(bodies[:hit]), packed(MARK, EVENT, bodies[hit])
    at = data.draw(st.integers(0, len(record) - 1), label="byte")
    flip = data.draw(st.integers(1, 255), label="flip")
    spoilt = bytearray(record)
    spoilt[at] ^= flip
    rest = b"".join(packed(MARK, EVENT, body) for body in bodies[hit + 1 :])
    whole = before + bytes(spoilt) + rest
    assert bodies_in(whole) == bodies[:hit] + bodies[hit + 1 :]
    assert [entry for entry in scan(whole) if isinstance(entry, Damage)] == [
        Damage(len(before), len(before) + len(record), False)
    ]


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_tiled(junk: bytes) -> None:
    data = written([b"one"]) + junk + packed(MARK, EVENT, b"two")
    at = START
    for entry in scan(data):
        assert entry.at == at
        at = entry.end
    assert at == len(data)
    assert bodies_in(data)[0] == b"one"


def test_a_record_of_another_file_inside_a_body_is_not_found() -> None:
    """A unit that knows the format, but not the mark of this file, forges nothing."""
    forged = packed(b"\x02another", EVENT, b"forged")
    record = bytearray(packed(MARK, EVENT, b"reply " + forged))
    record[len(MARK) + 5] ^= 1
    assert bodies_in(opening(MARK) + bytes(record) + packed(MARK, EVENT, b"next")) == [b"next"]
