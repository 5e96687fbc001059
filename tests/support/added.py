"""Protocols that people add: the example, small files written for a test, and a package that announces one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.imports import ROOT
from unitbench import catalogue
from unitbench.line import guard, heads
from unitbench.line import parse as reading
from unitbench.line.parse import parse
from unitbench.line.suggest import suggestions
from unitbench.wire import codec_of

FOLDER = ROOT / "notebooks" / "protocols"
EXAMPLE = FOLDER / "yokogawa_dx.toml"
VARIABLE = "UNITBENCH_PROTOCOLS"

LAMP = """\
name = "lamp"
letter = "l"
maker = "Lamp"
title = "a lamp that was made up for tests"
reply_end = "LF"

[source]
document = "tests"
section = "support"
status = "public"

[lines]
request_end = "\\n"
reply_end = "\\n"

[[services]]
name = "control"
carrier = "tcp"
port = 7001
about = "four clients"
main = true

[[commands]]
name = "LEVEL?"
title = "how bright it is"
reply = ["level", "error"]
probe = 0.5
examples = ["LEVEL?"]

[[commands]]
name = "LEVEL"
title = "make it brighter or darker"
reply = ["level", "error"]
effect = "reconfigures"
examples = ["LEVEL 40", "LEVEL 40 sunny-afternoon"]

[[commands.args]]
name = "level"
about = "brightness"
type = { kind = "uint", size = 1, high = 100, unit = "%" }

[[commands.args]]
name = "pin"
about = "the owner's secret"
optional = true
type = { kind = "text", high = 40, forbid = " ", secret = true }

[[reports]]
name = "level"
title = "brightness"
tag = "LEVEL"

[[reports.fields]]
name = "level"
about = "brightness"
type = { kind = "uint", size = 1, high = 100, unit = "%" }

[[reports]]
name = "error"
title = "the lamp refuses"
tag = "ERR"
refuses = true

[[reports.fields]]
name = "number"
about = "1 not understood, 2 locked"
type = { kind = "uint", size = 1 }

[simulated]
answers = [
  { command = "LEVEL", when = { level = "13" }, reply = "error", values = { number = "2" } },
  { command = "LEVEL", sets = { level = "{level}" }, reply = "level" },
  { command = "LEVEL?", reply = "level" },
]
otherwise = { reply = "error", values = { number = "1" } }

[simulated.state]
level = "10"
"""


def _forget() -> None:
    """Whatever was derived from the protocols that are there."""
    catalogue._looked.cache_clear()
    line = (parse, reading._names, suggestions, guard._signs, guard._is_sign, heads._heads)
    for cached in (catalogue.protocol, codec_of, *line):
        cached.cache_clear()


@contextmanager
def taken(*places: Path) -> Iterator[None]:
    """With the protocols of these folders and files, in this process and those that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, os.pathsep.join(map(str, places)))
        _forget()
        try:
            yield
        finally:
            patch.undo()
            _forget()


def package(folder: Path, code: str) -> Path:
    """An installed distribution in ``folder``: its metadata, and a module ``dummy_protocol`` with ``code``."""
    info = folder / "dummy_protocol-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: dummy-protocol\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[unitbench.protocols]\ndummy = dummy_protocol:GIVEN\n")
    (folder / "dummy_protocol.py").write_text(code)
    return folder


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """With the packages of ``folder``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.delitem(sys.modules, "dummy_protocol", raising=False)
        _forget()
        try:
            yield
        finally:
            sys.modules.pop("dummy_protocol", None)
            patch.undo()
            _forget()
