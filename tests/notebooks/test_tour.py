"""The tour runs top to bottom on simulated units, and what it shows survives in the saved notebook."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs("nbclient", "widgets")

TOUR = Path(__file__).resolve().parents[2] / "notebooks" / "00_tour.ipynb"
LIMIT_S = 20
UNITS = ("q1", "q2", "q3")


@cache
def executed() -> tuple[Any, float]:
    """The notebook with its outputs, and how long it took."""
    import nbclient
    import nbformat

    notebook = nbformat.read(TOUR, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3")
    began = time.monotonic()
    client.execute()
    return notebook, time.monotonic() - began


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def static_forms(notebook: Any) -> list[str]:
    texts = [output.get("data", {}).get("text/html", "") for output in outputs(notebook)]
    return [text for text in texts if "ub-static" in text]


def test_it_is_stored_clean() -> None:
    import nbformat

    notebook = nbformat.read(TOUR, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert outputs(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_it_names_units_never_addresses() -> None:
    text = TOUR.read_text(encoding="utf-8")
    assert "127." not in text and "192.168." not in text and "://" not in text


def test_it_runs_in_time_and_without_an_error() -> None:
    notebook, took_s = executed()
    assert [output for output in outputs(notebook) if output.output_type == "error"] == []
    assert [output for output in outputs(notebook) if output.get("name") == "stderr"] == []
    assert took_s < LIMIT_S


def test_each_view_leaves_a_static_form_as_new_as_the_end() -> None:
    discovery, timing, traffic = static_forms(executed()[0])
    for name in UNITS:
        assert f">{name}<" in discovery and f">{name}<" in timing
    assert "7 units answered" in discovery
    assert "done after 30 rounds" in timing
    for command in ("SECUR?", "LOGIN USER,***", "0Eh", "GETLIFESIGNAL"):
        assert command in traffic


def test_the_password_is_nowhere_in_what_is_saved() -> None:
    for output in outputs(executed()[0]):
        assert "USER,1234" not in str(output)


def test_a_page_exported_without_a_kernel_shows_the_same() -> None:
    import nbconvert

    page, _ = nbconvert.HTMLExporter().from_notebook_node(executed()[0])
    assert page.count('class="ub ub-static') == 3
    for name in UNITS:
        assert f">{name}<" in page
