"""``--junit``: each statement a test case, for machines that collect tests; valid, safe, without secrets."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tests.support.commands import Ran, inside
from unitbench.errors import UsageError
from unitbench_shell.junit import Report

SECRET = "horse-batt-66"
# The order of Ant's JUnit schema, as most collectors check it: attributes that must be there, and children.
REQUIRED = {
    "testsuites": (set(), ["testsuite"]),
    "testsuite": (
        {"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors", "time"},
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "testcase": ({"name", "classname", "time"}, ["error", "failure"]),
    "failure": ({"type", "message"}, []),
    "error": ({"type", "message"}, []),
    "properties": (set(), []),
    "system-out": (set(), []),
    "system-err": (set(), []),
}


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def valid(node: Element) -> None:
    """Check a node and what is below it by the table."""
    attributes, children = REQUIRED[node.tag]
    assert set(node.attrib) == attributes, node.tag
    order = [children.index(child.tag) for child in node]
    assert order == sorted(order)
    if node.tag == "testcase":
        assert len(node) <= 1 and re.fullmatch(r"\d+\.\d+", node.attrib["time"])
    if node.tag == "testsuite":
        cases = node.findall("testcase")
        assert int(node.attrib["tests"]) == len(cases)
        for counted, tag in (("failures", "failure"), ("errors", "error")):
            assert int(node.attrib[counted]) == len(node.findall(f"testcase/{tag}"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", node.attrib["timestamp"])
    for child in node:
        valid(child)


def cases(file: Path) -> list[tuple[str, str]]:
    """The name of each case and what it is marked with."""
    root = ElementTree.fromstring(file.read_bytes())
    assert root.tag == "testsuites"
    valid(root)
    return [(case.attrib["name"], case[0].tag if len(case) else "") for case in root.iter("testcase")]


def test_each_statement_is_a_case(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    line = "SECUR?; expect secur=ON; expect secur=OFF; 0Eh 99; @nosuch SECUR?; sleep 1ms"
    ran = inside("--sim", "-c", line, "--junit", str(file))
    assert ran.code == 2
    assert cases(file) == [
        ("1: SECUR?", ""),
        ("2: expect secur=ON", ""),
        ("3: expect secur=OFF", "failure"),
        ("4: 0Eh 99", "failure"),
        ("5: @nosuch SECUR?", "error"),
        ("6: sleep 1ms", ""),
    ]
    (failure, _) = ElementTree.fromstring(file.read_bytes()).iter("failure")
    assert failure.attrib["message"] == "expected secur=OFF, seen ON"
    assert "NOT AS EXPECTED: secur=OFF" in (failure.text or "")


def test_what_never_answered_is_an_error_and_a_wanted_refusal_is_none(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    line = f"@k1 LOGIN USER,{SECRET}; expect outcome=refused; @kramer://127.0.0.1:1 SECUR?"
    ran = inside("--sim", "-c", line, "--junit", str(file))
    assert ran.code == 4
    assert cases(file) == [
        ("1: @k1 LOGIN USER,***", ""),
        ("2: expect outcome=refused", ""),
        ("3: @kramer://127.0.0.1:1 SECUR?", "error"),
    ]
    assert SECRET not in file.read_text()


def both(tmp_path: Path, text: str) -> list[tuple[Ran, Path]]:
    """A file performed by ``unitbench run`` and by the verb."""
    script = tmp_path / "checks.ub"
    script.write_text(text)
    found = []
    for name, words in (("a", ("run", str(script))), ("b", ("-c", f"run {script}"))):
        file = tmp_path / f"{name}.xml"
        found.append((inside(*words, "--sim", "--junit", str(file)), file))
    return found


def test_a_file_s_statements_are_named_by_their_lines(tmp_path: Path) -> None:
    for ran, file in both(tmp_path, "# checks\nalias s = SECUR?\ns; expect secur=OFF\n\nuse nosuch\n"):
        assert ran.code == 2
        assert cases(file) == [
            ("line 2: alias s = SECUR?", ""),
            ("line 3: s", ""),
            ("line 3: expect secur=OFF", "failure"),
            ("line 5: use nosuch", "error"),
        ]
        assert 'classname="unitbench.checks.ub"' in file.read_text()


def test_a_fault_before_anything_is_sent_is_reported_too(tmp_path: Path) -> None:
    for ran, file in both(tmp_path, f"SECUR?\nLOGIM USER,{SECRET}\n"):
        assert ran.code == 2 and ran.out == ""
        assert [mark for _, mark in cases(file)] == ["error"]
        assert SECRET not in file.read_text()


def test_a_report_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    ran = inside("--sim", "-c", "SECUR?", "--junit", str(tmp_path / "no" / "report.xml"))
    assert ran.code == 2 and ran.out == "" and "cannot be written" in ran.err


def test_hostile_text_is_xml_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    report = Report("a\x00<b>\ud800", str(file))
    report.begin("x ]]> & <y> \x1b[31m \uffff\ud800 \x00", "f\x07.ub, line 1")
    report.failed(UsageError("<![CDATA[ \x0b\x00\ud800 \"quoted\" 'so'", hint="\uffff"))
    report.close()
    ((name, mark),) = cases(file)
    assert "<y>" in name and mark == "error"
