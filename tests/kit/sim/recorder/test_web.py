"""The recorder's files and pages, without a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unitbench.sim.recorder.files import ROWS, Files
from unitbench.sim.recorder.web import Site


@pytest.fixture
def files() -> Iterator[Files]:
    made = Files("GL840 <&>", "7")
    yield made
    made.close()


def test_the_folder_is_made_when_somebody_looks_and_goes_with_the_unit() -> None:
    files = Files("GL840", "7")
    files.close()
    root = files.root
    assert files.listed() == [*sorted(ROWS), "README.TXT"] and files.root == root
    for name, rows in ROWS.items():
        data = (root / name).read_bytes()
        assert data.count(b"\r\n") == rows + 1 == data.count(b"\n")
    files.close()
    assert not root.exists()


def test_two_units_have_two_folders(files: Files) -> None:
    other = Files("GL840", "8")
    assert other.root != files.root
    other.close()
    assert files.root.exists()


def test_what_is_shown_is_escaped(files: Files) -> None:
    (files.root / "<b>.TXT").write_text("x")
    site = Site(files, lambda: {"model": "GL840 <&>"}, lambda: 0.0)
    found = site.find("/index.html?x=1")
    assert found is not None
    assert b"GL840 &lt;&amp;&gt;" in found[1] and b"<b>" not in found[1]
    assert b'href="/files/%3Cb%3E.TXT"' in found[1]
    assert site.find("/files/%3Cb%3E.TXT") == ("application/octet-stream", b"x")


@pytest.mark.parametrize(
    "path", ["/files/../x", "/files/%2e%2e/x", "/files//etc/passwd", "", "/files/DATA", "*"]
)
def test_nothing_else_is_reached(files: Files, path: str) -> None:
    assert Site(files, lambda: {"model": ""}, lambda: 0.0).find(path) is None
