"""A run as JUnit's XML, for machines that collect tests: a test case for each statement.

The form is that of Ant's JUnit report, as common schemas have it (testsuites, testsuite, testcase, failure, error).
What was not as expected, refused or malformed is a failure; what did not get that far is an error. Nothing in it is
more than what is shown on a screen: secrets are stars.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from unitbench.errors import BenchError, UsageError
from unitbench.schema.printable import printable
from unitbench.session.items import Notice
from unitbench.session.model import Exchange
from unitbench.session.preferences import Changed
from unitbench.session.rendering import render
from unitbench.session.scripted import Expected, Failed, Step, Turned
from unitbench_shell.codes import OK, REFUSED, code_of
from unitbench_shell.output import code_of_item

LONGEST = 4000
"""Characters of what went wrong in one case."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


class Case:
    """One statement: when it began, how long it took, what went wrong (kind, type, message, text)."""

    def __init__(self, name: str, group: str, now: float) -> None:
        self.name = name
        self.group = group
        self.began = now
        self.took_s = 0.0
        self.wrong: list[tuple[str, str, str, str]] = []
        self.exchanges: dict[int, int] = {}

    def add(self, kind: str, what: str, message: str, text: str, exchange: int | None = None) -> None:
        """Something went wrong; ``exchange`` is the number of the one that it is about."""
        if exchange is not None:
            self.exchanges[exchange] = len(self.wrong)
        self.wrong.append((kind, what, message, text))


class Report:
    """Written to ``file`` at the end, which is opened before anything is sent."""

    def __init__(self, name: str, file: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._began, self._wall = clock(), time.time()
        self._cases: list[Case] = []
        try:
            self._file: TextIO = open(file, "w", encoding="utf-8")  # noqa: SIM115
        except (OSError, ValueError) as error:
            told = getattr(error, "strerror", None) or str(error)
            raise UsageError(
                f"the report {printable(file, 200)} cannot be written: {told}",
                hint="--junit FILE, in a folder of yours",
            ) from None

    def begin(self, text: str, where: str = "") -> None:
        """A statement begins; ``text`` is without secrets."""
        self._end()
        place, _, line = where.rpartition(", ") if where else (self._name, "", str(len(self._cases) + 1))
        self._cases.append(Case(f"{line}: {text}", Path(place).name or self._name, self._clock()))

    def item(self, item: object) -> None:
        """What a statement has brought."""
        if isinstance(item, Step):
            if item.first and self._cases:
                self._cases.pop()  # it runs the file whose statements these are
            self.begin(item.text, item.where)
            return
        case = self._case()
        if isinstance(item, Turned):
            for each in item.items:
                self.item(each)
        elif isinstance(item, Failed):
            self.failed(item.error)
        elif isinstance(item, Expected):
            self._expected(case, item)
        elif not isinstance(item, (Notice, Changed)):
            self._brought(case, item)

    def _brought(self, case: Case, item: object) -> None:
        code = code_of_item(item)
        if code == OK:
            return
        kind = "failure" if code == REFUSED else "error"
        if isinstance(item, Exchange):
            what = item.error.code if item.error else item.outcome
            message = f"{item.unit}: {item.outcome}: {item.error.meaning if item.error else ''}".rstrip(": ")
            case.add(kind, what, message, render(item), item.id)
        else:
            case.add(kind, type(item).__name__, render(item).partition("\n")[0], render(item))

    def _expected(self, case: Case, item: Expected) -> None:
        if item.clears:
            for each in self._cases:
                at = each.exchanges.pop(item.exchange.id, None)
                if at is not None:
                    each.wrong[at] = ("", "", "", "")
        if not item.ok:
            message = "; ".join(
                f"expected {check.wanted}, seen {check.seen or 'no such field'}"
                for check in item.checks
                if not check.holds
            )
            case.add("failure", "expectation", message, render(item))

    def failed(self, error: BenchError) -> None:
        """A statement could not be performed."""
        kind = "failure" if code_of(error) == REFUSED else "error"
        case = self._case()
        case.add(
            kind, type(error).__name__, error.message, "\n".join(filter(None, (error.message, error.hint)))
        )

    def _case(self) -> Case:
        if not self._cases:
            self.begin("start")
        return self._cases[-1]

    def _end(self) -> None:
        if self._cases:
            case = self._cases[-1]
            case.took_s = case.took_s or self._clock() - case.began

    def close(self) -> None:
        """Write the report."""
        self._end()
        with self._file as out:
            out.write(self.text())

    def text(self) -> str:
        """The XML."""
        wrong = [self._worst(case) for case in self._cases]
        counts = {
            kind: sum(each is not None and each[0] == kind for each in wrong) for kind in ("failure", "error")
        }
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self._wall))
        suite = {
            "id": "0",
            "package": "unitbench",
            "name": self._name,
            "timestamp": stamp,
            "hostname": "localhost",
            "tests": str(len(self._cases)),
            "failures": str(counts["failure"]),
            "errors": str(counts["error"]),
            "time": f"{self._clock() - self._began:.6f}",
        }
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<testsuites>",
            f"  <testsuite{_attributes(suite)}>",
        ]
        lines.append("    <properties/>")
        for case, found in zip(self._cases, wrong, strict=True):
            head = {"name": case.name, "classname": f"unitbench.{case.group}", "time": f"{case.took_s:.6f}"}
            if found is None:
                lines.append(f"    <testcase{_attributes(head)}/>")
                continue
            kind, what, message, text = found
            lines += [
                f"    <testcase{_attributes(head)}>",
                f"      <{kind}{_attributes({'type': what, 'message': message})}>{escape(_legal(text))}</{kind}>",
                "    </testcase>",
            ]
        lines += ["    <system-out/>", "    <system-err/>", "  </testsuite>", "</testsuites>"]
        return "\n".join(lines) + "\n"

    def _worst(self, case: Case) -> tuple[str, str, str, str] | None:
        """What a case is marked with: an error before a failure, else what came first; its text has all of them."""
        found = [each for each in case.wrong if each[0]]
        if not found:
            return None
        kind, what, message, _ = next((each for each in found if each[0] == "error"), found[0])
        return kind, what, message, "\n\n".join(each[3] for each in found)[:LONGEST]


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_legal(printable(value, 400)))}" for name, value in values.items())


def _legal(text: str) -> str:
    """A text without what XML cannot hold."""
    return _ILLEGAL.sub("?", text)
