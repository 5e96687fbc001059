"""The built wheel, installed in an empty environment, is all that a user needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.imports import PACKAGES, ROOT
from tests.support.need import missing, need

pytestmark = pytest.mark.timeout(600)
PROBE = "tabulate"  # small, without dependencies, needed anyway


def run(*command: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, its output kept."""
    given = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 500, **more}
    return subprocess.run([str(word) for word in command], check=False, **given)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("build")
    folder = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def console_script(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory, original_environment: dict[str, str]
) -> Path:
    """``unitbench`` in an environment that holds the wheel and its runtime dependencies only."""
    folder = tmp_path_factory.mktemp("empty")
    made = run(sys.executable, "-m", "venv", folder / "venv")
    assert made.returncode == 0, made.stderr
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = (programs / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    probe = run(*pip, "download", "--no-deps", "--dest", folder, PROBE, env=original_environment)
    if probe.returncode:
        missing("package index", "let pip reach a package index")
    installed = run(*pip, "install", wheel, env=original_environment)
    assert installed.returncode == 0, installed.stderr
    return programs / "unitbench"


def test_it_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    source = {
        path.relative_to(folder).as_posix()
        for package, folder in PACKAGES.items()
        for path in (folder / package).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".pyo")
    }
    assert set(names) == source
    assert {"unitbench/py.typed", "unitbench_shell/py.typed"} <= source


def test_it_carries_its_license(wheel: Path) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())


def test_version(console_script: Path, tmp_path: Path) -> None:
    done = run(console_script, "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0.1.0" in done.stdout


def test_encode(console_script: Path, tmp_path: Path) -> None:
    done = run(console_script, "encode", "SECUR?", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"#SECUR?\r".hex() in done.stdout.replace(" ", "").lower()


def test_one_shot_on_simulated_units(console_script: Path, tmp_path: Path) -> None:
    done = run(console_script, "--sim", "-c", "SECUR?", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    exchange = json.loads(done.stdout.splitlines()[-1])
    assert exchange["type"] == "exchange"
    assert exchange["outcome"] == "ok"
    assert exchange["simulated"] is True
    assert exchange["replies"][0]["fields"]["secur"] == "ON"
