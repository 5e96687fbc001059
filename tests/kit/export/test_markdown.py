"""The reference: every field of every command with its range and source, and tables that a reader understands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import mistune
import pytest

from tests.support.added import EXAMPLE, taken
from tests.support.golden import frame
from unitbench import catalogue
from unitbench.export.markdown import markdown
from unitbench.schema import text
from unitbench.schema.printable import printable
from unitbench.schema.records import Field, Protocol
from unitbench.schema.values import Tagged
from unitbench.wire import codec_of

READ = mistune.create_markdown(renderer="ast", plugins=["table"])
PROTOCOLS = [pytest.param(catalogue.protocol(name), id=name) for name in catalogue.NAMES]


def plain(node: Any) -> str:
    """The text of a node as a reader sees it."""
    if isinstance(node, list):
        return "".join(map(plain, node))
    return html.unescape(node["raw"]) if "raw" in node else plain(node.get("children", []))


def chapters(protocol: Protocol) -> dict[str, list[Any]]:
    """The nodes below each heading."""
    found: dict[str, list[Any]] = {}
    below: list[Any] = []
    for node in READ(markdown([protocol])):
        if node["type"] == "heading":
            below = found[plain(node)] = []
        below.append(node)
    return found


def tables(nodes: list[Any]) -> Iterator[list[list[str]]]:
    for node in nodes:
        if node["type"] == "table":
            head, body = node["children"]
            rows = [head, *body["children"]]
            yield [[plain(cell) for cell in row["children"]] for row in rows]


def rows(nodes: list[Any]) -> dict[str, list[str]]:
    """The rows of all tables, by their first cell."""
    return {row[0]: row for table in tables(nodes) for row in table[1:]}


def of_field(found: dict[str, list[str]], field: Field) -> None:
    name, meaning, spelling, rule, default, when = found[field.name]
    assert (name, meaning) == (field.name, printable(field.about, 10_000))
    assert spelling
    assert rule.startswith(printable(text.rule(field.type), 10_000))
    assert (field.default is None) == (default == "")
    for condition in (field.used_when, field.present_when):
        assert condition is None or str(condition) in when
    assert field.optional == ("optional" in when) and field.secret == ("secret" in when)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_each_field_of_each_command_with_its_range_and_the_source(protocol: Protocol) -> None:
    found = chapters(protocol)
    for record in protocol.commands:
        below = found[f"{record.name} {printable(record.title, 10_000)}"]
        shown = plain(below)
        assert f"{record.source.document}, {record.source.section} ({record.source.status.value})" in shown
        assert f"Effect: {record.effect.value}" in shown
        assert not record.note or printable(record.note, 10_000) in shown
        for field in record.args:
            of_field(rows(below), field)
            for row in field.type.rows if isinstance(field.type, Tagged) else ():
                told = rows(below)[str(row.number)]
                assert told[1:4] == [row.name, row.about, text.rule(row.type)]
        for code in record.refusals:
            assert rows(below)[code.text] == [code.text, code.meaning, code.hint]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_replies_services_codes_and_remarks(protocol: Protocol) -> None:
    found = chapters(protocol)
    for report in protocol.reports:
        below = found[f"Reply {report.name}: {report.title}"]
        assert f"({report.source.status.value})" in plain(below)
        for field in report.fields:
            of_field(rows(below), field)
    whole = plain([node for nodes in found.values() for node in nodes])
    for service in protocol.services:
        assert (f"{service.port}/{service.carrier}" if service.port else f"{service.baud} bit/s") in whole
    for code in protocol.codes:
        assert rows(found["Result codes"])[code.text] == [code.text, code.meaning, code.hint]
    assert all(printable(note, 10_000) in whole for note in protocol.notes)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_table_is_even_and_no_line_holds_a_control_character(protocol: Protocol) -> None:
    told = markdown([protocol])
    assert all(line.isprintable() for line in told.split("\n"))
    count = len(re.findall(r"(?m)^\| --- ", told))
    found = [table for nodes in chapters(protocol).values() for table in tables(nodes)]
    assert count == len(found) > 0
    for table in found:
        assert {len(row) for row in table} == {len(table[0])}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_worked_frame_for_every_example(protocol: Protocol) -> None:
    found = chapters(protocol)
    for record in protocol.commands:
        (examples,) = (
            t for t in tables(found[f"{record.name} {record.title}"]) if t[0] == ["example", "bytes"]
        )
        assert len(examples) == 1 + len(record.examples)
        for row, typed in zip(examples[1:], record.examples, strict=True):
            data = bytes.fromhex(row[1])
            assert codec_of(protocol.name).dissect(data).name == record.name
            assert record.secret is not None or row[0] == typed


def test_frames_of_the_manuals_are_among_them() -> None:
    told = markdown([catalogue.protocol("dcol"), catalogue.protocol("qstation")])
    assert f"`{frame('C10').data.hex(' ')}`" in told


def test_secrets_are_masked_and_what_is_invented_is_said() -> None:
    told = markdown([catalogue.protocol("kramer")])
    assert "LOGIN USER,***" in told and "2c 2a 2a 2a 0d" in told
    assert not re.search("LOGIN USER,1234|31 32 33 34", told)
    invented = chapters(catalogue.protocol("recorder"))
    below = next(nodes for head, nodes in invented.items() if head.startswith("SIMFIND? "))
    assert "Invented for simulated units; refused towards any other." in plain(below)


def test_pipes_of_an_added_protocol_stay_in_their_cells() -> None:
    from dataclasses import replace

    with taken(EXAMPLE):
        record = catalogue.protocol("dx")
        first, *rest = record.commands
        odd = replace(first, title="a|b `c` *d* <e>", note="x | y\r\nz", examples=("serial",))
        found = chapters(replace(record, commands=(odd, *rest)))
    below = found["serial a|b `c` *d* <e>"]
    assert "Remark: x | y<CR><LF>z" in plain(below)
    assert {len(row) for table in tables(below) for row in table} == {6, 2}
