"""What must start quickly loads nothing that it does not need. Each in a fresh process.

Time is not looked at here, but what costs it: foreign libraries, the slow ones of Python's own, and our modules.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.imports import ROOT

HEAVY = ("IPython", "asyncio", "ipywidgets", "msgspec", "prompt_toolkit", "serial", "tabulate")
ADDED = ("importlib.metadata", "platformdirs", "tomllib", "unitbench.catalogue.files")
"""What only the protocols that people add need."""
SLOW = ("dataclasses", "difflib", "inspect", "json", "pathlib", "shutil", "string", "tempfile")
"""Python's own: each costs as much as several of our modules."""
RARE = (
    "unitbench.line.guard",
    "unitbench.line.literals",
    "unitbench.schema.jsonform",
    "unitbench.schema.settings",
    "unitbench.wire.dcol.mends",
    "unitbench.wire.kramer.mends",
    "unitbench.wire.lines.mends",
    "unitbench.wire.qstation.mends",
    "unitbench.wire.repair",
)
"""Ours that only faulty bytes, bytes in a rare notation, or other commands need."""
RUN = """
import sys
sys.argv[0] = "unitbench"
from unitbench_shell.cli import main
try:
    code = main()
except SystemExit as end:
    code = end.code
assert not code, code
"""
FRAME = "0200AE0100AF03"
OF_DCOL = ("decode", "--protocol", "dcol", FRAME)


def modules(code: str, *arguments: str) -> set[str]:
    """All modules that a fresh process has loaded after running ``code``, beyond those that it starts with."""
    told = "import sys; had = set(sys.modules)"
    tell = "import json; print(json.dumps(sorted(now)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{told}\n{code}\nnow = set(sys.modules) - had\n{tell}", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def loaded(code: str, *arguments: str) -> list[str]:
    """The heavy modules among them."""
    return sorted(modules(code, *arguments) & {*HEAVY, *ADDED})


def ours(found: set[str], *packages: str) -> list[str]:
    """Those of our modules that are inside ``packages``."""
    return sorted(name for name in found if name.startswith(tuple(f"{package}." for package in packages)))


def test_the_kit() -> None:
    assert loaded("import unitbench") == []


def test_a_session_without_serial_lines() -> None:
    assert "serial" not in loaded("import unitbench.session.bench, unitbench.link, unitbench.sim")


@pytest.mark.parametrize("part", ["errors", "schema", "catalogue", "wire", "line"])
def test_the_pure_parts_alone(part: str) -> None:
    assert loaded(f"import unitbench.{part}") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("encode", "SECUR?"),
        ("decode", FRAME),
        OF_DCOL,
        ("decode", "--protocol", "kramer", "23534543 55523f0d"),
    ],
    ids=" ".join,
)
def test_quick_commands(arguments: tuple[str, ...]) -> None:
    found = modules(RUN, *arguments)
    assert sorted(found & {*HEAVY, *ADDED, *SLOW}) == []
    rare = {*RARE} - (
        {"unitbench.line.guard", "unitbench.schema.settings"} if "encode" in arguments else set()
    )
    assert sorted(found & rare) == []


def test_the_version_needs_no_protocol() -> None:
    found = modules(RUN, "--version")
    assert ours(found, "unitbench") == [
        "unitbench._version",
        "unitbench.errors",
        "unitbench.schema",
        "unitbench.schema.printable",
    ]


def test_bytes_of_a_protocol_need_that_protocol_alone() -> None:
    found = modules(RUN, *OF_DCOL)
    assert ours(found, "unitbench.catalogue") == ["unitbench.catalogue.dcol"]
    wire = ours(found, "unitbench.wire")
    assert [name for name in wire if name.count(".") > 2] == [
        "unitbench.wire.dcol.codec",
        "unitbench.wire.dcol.frames",
    ]


def test_a_command_needs_its_own_codec_alone() -> None:
    wire = ours(modules(RUN, "encode", "SECUR?"), "unitbench.wire")
    assert {name.split(".")[2] for name in wire if name.count(".") > 2} == {"kramer"}


def test_commands_to_a_keeper_need_no_units_of_their_own() -> None:
    found = modules("import unitbench_shell.oneshot, unitbench.session.remote")
    assert (
        sorted(found & {"IPython", "prompt_toolkit", "serial", "tabulate", "difflib", "tempfile", *ADDED})
        == []
    )
    heavy = ("unitbench.sim", "unitbench.lab", "unitbench.transport", "unitbench.widgets", "unitbench.export")
    assert ours(found, *heavy) == []
    assert sorted(found & {"unitbench.session.bench", "unitbench.session.proof", "unitbench.wire.host"}) == []


def test_the_prompt_needs_no_units_of_its_own() -> None:
    found = modules("import unitbench_shell.oneshot, unitbench_shell.app, unitbench.session.remote")
    assert sorted(found & {"IPython", "serial", "tabulate", *ADDED}) == []
    assert ours(found, "unitbench.sim", "unitbench.lab", "unitbench.transport", "unitbench.widgets") == []
