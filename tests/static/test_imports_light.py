"""What must start quickly loads no heavy module. Each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.imports import ROOT

HEAVY = ("IPython", "asyncio", "ipywidgets", "msgspec", "prompt_toolkit", "serial", "tabulate")
ADDED = ("importlib.metadata", "platformdirs", "tomllib", "unitbench.catalogue.files")
"""What only the protocols that people add need."""
REPORT = f"import json, sys; print(json.dumps([m for m in {HEAVY + ADDED!r} if m in sys.modules]), file=sys.stderr)"
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


def loaded(code: str, *arguments: str) -> list[str]:
    """The heavy modules that a fresh process has loaded after running ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stderr.splitlines()[-1])


def test_the_kit() -> None:
    assert loaded("import unitbench") == []


def test_a_session_without_serial_lines() -> None:
    assert "serial" not in loaded("import unitbench.session.bench, unitbench.link, unitbench.sim")


@pytest.mark.parametrize("part", ["errors", "schema", "catalogue", "wire", "line"])
def test_the_pure_parts_alone(part: str) -> None:
    assert loaded(f"import unitbench.{part}") == []


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("encode", "SECUR?"), ("decode", "--protocol", "kramer", "23534543 55523f0d")],
    ids=lambda arguments: arguments[0],
)
def test_quick_commands(arguments: tuple[str, ...]) -> None:
    assert loaded(RUN, *arguments) == []
