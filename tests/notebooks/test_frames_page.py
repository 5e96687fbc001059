"""The page about frames and forms runs top to bottom, and what its views showed stays in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.needs("nbclient", "widgets"), pytest.mark.timeout(120)]

PAGE = Path(__file__).resolve().parents[2] / "notebooks" / "06_frames_and_forms.ipynb"


@cache
def executed() -> Any:
    """The page with its outputs."""
    import nbclient
    import nbformat

    notebook = nbformat.read(PAGE, as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    return notebook


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def printed() -> str:
    told = [output.get("text", "") for output in outputs(executed())]
    return "\n".join([*told, *(str(o.get("data", {}).get("text/plain", "")) for o in outputs(executed()))])


def pictures() -> list[str]:
    """The static forms, in their order."""
    found = [output.get("data", {}).get("text/html", "") for output in outputs(executed())]
    return [html for html in found if "ub-static" in html]


def test_it_is_stored_clean_and_names_units_never_addresses() -> None:
    import nbformat

    notebook = nbformat.read(PAGE, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert outputs(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    text = PAGE.read_text(encoding="utf-8")
    assert "127." not in text and "192.168." not in text and "://" not in text


def test_it_runs_without_an_error() -> None:
    assert [output for output in outputs(executed()) if output.output_type == "error"] == []
    assert [output for output in outputs(executed()) if output.get("name") == "stderr"] == []


def test_edits_repairs_and_rules_are_as_the_page_says() -> None:
    told = printed()
    assert "'02 00 ae 02 0e 14 d2 03'" in told, "the checksum follows a field"
    assert "checksum D2h, expected D9h" in told, "a byte that is overwritten breaks a rule"
    assert "02 00 ae 02 0e 1b d9 03" in told, "and is mended"
    assert "a whole number 0..255" in told


def test_each_view_leaves_its_picture() -> None:
    kinds = [html.partition("ub-static ub-")[2].partition('"')[0] for html in pictures()]
    assert kinds == ["frames"] * 4 + ["form"] * 2 + ["traffic"]
    _, damaged, mended, compared, form, login, traffic = pictures()
    assert "expected D1h" in damaged and "expected D1h" not in mended and "edited" in mended
    assert "5017" in compared and "5018" in compared
    assert "5021" in form and "ok, from t1" in form
    assert "LOGIN USER,***" in traffic and "logged in" in login


def test_the_password_is_in_no_output() -> None:
    assert "1234" not in str(outputs(executed())).replace("LOGIN USER,1234", "")
