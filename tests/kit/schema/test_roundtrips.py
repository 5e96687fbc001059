"""Whatever a type can hold survives every notation: put and take, format and parse, encode and dissect."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.foreign import dcol_build, dcol_sum
from tests.support.kinds import BINARY, TEXTUAL
from tests.support.strategies import any_request, fields_of, filled, requests, values_of
from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema import binary, text
from unitbench.schema.dissection import Builder
from unitbench.schema.records import Command, Field, Report, Request, Role
from unitbench.schema.values import ValueType
from unitbench.wire import codec_of, encode

FEWER = settings(max_examples=40)
"""For what runs once for each type or record."""
DATAGRAMS = ("qstation", "vs1")
"""The protocols whose requests go by UDP."""
RECORDS = [
    pytest.param(protocol.name, record, id=f"{protocol.name} {record.name}")
    for protocol in catalogue.protocols()
    for record in (*protocol.commands, *protocol.reports)
]
COMMANDS = [
    pytest.param(protocol.name, command, id=f"{protocol.name} {command.name}")
    for protocol in catalogue.protocols()
    for command in protocol.commands
]


@pytest.mark.parametrize("kind", BINARY, ids=repr)
@FEWER
@given(data=st.data())
def test_take_gives_back_what_put_wrote(kind: ValueType, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    raw = binary.put(kind, value)
    before, behind = data.draw(st.binary(max_size=4)), data.draw(st.binary(max_size=4))
    out = Builder(before + raw + behind)
    out.at = len(before)
    binary.take(kind, Field("value", kind), out, len(before) + len(raw))
    leaf = out.leaves[-1]
    assert leaf.value == (value.hex() if isinstance(value, bytes) else value)
    assert leaf.end == out.at == len(before) + len(raw)
    assert out.faults == []


@pytest.mark.parametrize("kind", BINARY, ids=repr)
@FEWER
@given(data=st.data())
def test_take_never_raises_and_stays_within_its_bounds(kind: ValueType, data: st.DataObject) -> None:
    raw = data.draw(st.binary(max_size=12))
    stop = data.draw(st.integers(0, len(raw)))
    out = Builder(raw)
    out.at = data.draw(st.integers(0, stop))
    start = out.at
    binary.take(kind, Field("value", kind), out, stop)
    assert start <= out.at <= stop
    assert out.leaves
    assert b"".join(raw[leaf.start : leaf.end] for leaf in out.leaves) == raw[start : out.at]


@pytest.mark.parametrize("kind", TEXTUAL, ids=repr)
@FEWER
@given(data=st.data())
def test_parse_gives_back_what_format_wrote(kind: ValueType, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    assert text.parse(kind, text.format_value(value)) == value
    assert isinstance(text.meaning(kind, value), str)


@pytest.mark.fuzz
@given(request=any_request())
def test_a_request_says_what_was_meant(request: Request) -> None:
    codec = codec_of(request.protocol)
    data = encode(request)
    found = codec.dissect(data, Role.HOST)
    assert found.ok, found.faults
    assert found.name == request.command
    assert (
        found.values.items() >= {k: v for k, v in request.fields.items() if not isinstance(v, bytes)}.items()
    )
    assert len(data) <= codec.protocol.max_request + 1
    assert codec.framer(Role.HOST, datagrams=request.protocol in DATAGRAMS).feed(data)[0].data == data
    if request.protocol == "dcol":
        assert dcol_sum(data) == data[-2]
        assert dcol_build(0, data[2], data[4:-2]) == data


@pytest.mark.parametrize(("protocol", "command"), COMMANDS)
@FEWER
@given(data=st.data())
def test_the_line_that_spells_a_request_is_that_request(
    protocol: str, command: Command, data: st.DataObject
) -> None:
    request = data.draw(requests(command, protocol))
    if command.secret is not None:
        assert codec_of(protocol).spelling(request).endswith("***")
        return
    typed = {f.name: request.fields[f.name] for f in command.args if f.typed and f.name in request.fields}
    assume(not any("'" in text.format_value(value) for value in typed.values()))
    named = [f"{name}='{text.format_value(value)}'" for name, value in typed.items()]
    (statement,) = parse(" ".join([command.name, *named])).statements
    assert statement.error is None
    assert statement.request is not None
    assert statement.request.fields == typed


REPORTS = [case for case in RECORDS if isinstance(case.values[1], Report)]


@pytest.mark.parametrize(
    ("protocol", "report"), [case for case in REPORTS if case.values[0] in ("dcol", "qstation")]
)
@given(data=st.data())
def test_a_report_says_what_was_meant(protocol: str, report: Report, data: st.DataObject) -> None:
    values = data.draw(filled(report.fields)) | (
        {"result": "ACK"} if report.name in ("ACK", "INFO") and report.fields else {}
    )
    if report.packet_type is not None:
        values = {name: v.rstrip(" ") if isinstance(v, str) else v for name, v in values.items()}
    codec = codec_of(protocol)
    raw: bytes = codec.encode_report(report.name, values)  # type: ignore[attr-defined]
    found = codec.dissect(raw, Role.UNIT)
    assert found.ok, found.faults
    assert found.name == report.name
    assert found.direction == "unit"
    assert found.values.items() >= {k: v for k, v in values.items() if not isinstance(v, bytes)}.items()


@pytest.mark.parametrize(("protocol", "record"), RECORDS)
def test_there_is_a_value_for_every_field(protocol: str, record: Command | Report) -> None:
    for field in fields_of(record):
        assert text.rule(field.type)
        values_of(field.type)
