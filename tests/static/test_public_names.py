"""The public names are a promise."""

from __future__ import annotations

import subprocess
import sys

import unitbench

PROMISED = (
    "BenchError",
    "CatalogueError",
    "InvalidValue",
    "LinkLost",
    "LocalProtocolError",
    "MissingField",
    "NoReply",
    "OpenFailed",
    "RemoteProtocolError",
    "Request",
    "Reserved",
    "Session",
    "SessionError",
    "Sim",
    "TransportError",
    "UnitRefused",
    "UnknownCommand",
    "UsageError",
    "Withheld",
    "__version__",
)


def test_the_names_are_those_promised() -> None:
    assert tuple(sorted(unitbench.__all__)) == PROMISED


def test_every_public_name_can_be_had() -> None:
    assert [name for name in unitbench.__all__ if not hasattr(unitbench, name)] == []


def test_a_star_import_gives_them() -> None:
    code = f"from unitbench import *; {'; '.join(PROMISED)}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
