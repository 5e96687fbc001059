"""No file of the project names a path of one machine or the host of a package registry."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.imports import ROOT
from tests.support.need import need

# Spelt in pieces, so that this file does not name what it looks for.
FOLDERS = ("work", "farm", "home/[a-z]+", "root", "opt")
HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("deb", "debian", "org"),
    ("security", "debian", "org"),
    ("archive", "ubuntu", "com"),
)
PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(FOLDERS) + ")/")
HOST = re.compile(r"\b(?:" + "|".join(r"\.".join(host) for host in HOSTS) + r")\b")


def tracked(environment: dict[str, str]) -> list[str]:
    """The files that git knows or would take."""
    done = subprocess.run(
        [need("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not in a git repository")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.needs("git")
def test_no_machine_paths(original_environment: dict[str, str]) -> None:
    found = []
    for name in tracked(original_environment):
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if PATH.search(line) or HOST.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (("see ", "work", "main"), True),
        (("'", "opt", "x'"), True),
        (("", "home", "somebody", ".config"), True),
        (("frame", "work", "main"), False),
        (("https:/", ".".join(HOSTS[0]), "simple"), True),
        (("https:/", "www.apache.org", "licenses"), False),
    ],
)
def test_the_patterns(pieces: tuple[str, ...], expected: bool) -> None:
    line = "/".join(pieces)
    assert bool(PATH.search(line) or HOST.search(line)) is expected
