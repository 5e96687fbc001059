"""Each protocol's page runs top to bottom on simulated units and shows every refusal of its unit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from unitbench import catalogue

pytestmark = [pytest.mark.needs("nbclient", "widgets"), pytest.mark.timeout(120)]

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PAGES = {path.stem.partition("_")[2]: path for path in sorted(FOLDER.glob("*.ipynb")) if path.stem[0] == "0"}
for other in ("tour", "frames_and_forms"):
    PAGES.pop(other)
SHOWN = {
    "kramer": ("ERR001", "ERR002", "ERR003", "ERR004", "~01@LOGIN USER OK", "~01@NAME lobby", "silent"),
    "dcol": ("LENGTH", "virtual_port", "5021", "NAK", "silent", "checksum"),
    "qstation": ("q1", "q2", "q3", "MAA:", "ACK", "INFO:50", "silent"),
    "recorder": ("GRAPHTEC", "SIMERR 1", "SIMERR 2", "busy", "530", "the eleventh", "deaf: True"),
    "vs1": ("SIMBUSY", "undefined symbol", "530", "silence", "open, and silent", "end with b"),
}


@cache
def executed(name: str) -> Any:
    """A page with its outputs."""
    import nbclient
    import nbformat

    notebook = nbformat.read(PAGES[name], as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    return notebook


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def shown(notebook: Any) -> str:
    """All that a reader sees of the outputs."""
    texts = []
    for output in outputs(notebook):
        data = output.get("data", {})
        texts += [output.get("text", ""), data.get("text/html", ""), data.get("text/plain", "")]
        texts.append(data.get("text/markdown", ""))
    return "\n".join(texts)


def test_there_is_a_page_for_every_protocol() -> None:
    assert sorted(PAGES) == sorted(catalogue.NAMES)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_stored_clean_and_names_units_never_addresses(name: str) -> None:
    import nbformat

    notebook = nbformat.read(PAGES[name], as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert outputs(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    text = PAGES[name].read_text(encoding="utf-8")
    assert "127." not in text and "192.168." not in text and "://" not in text


@pytest.mark.parametrize("name", PAGES)
def test_it_runs_and_shows_every_refusal(name: str) -> None:
    notebook = executed(name)
    assert [output for output in outputs(notebook) if output.output_type == "error"] == []
    assert [output for output in outputs(notebook) if output.get("name") == "stderr"] == []
    text = shown(notebook)
    assert [wanted for wanted in SHOWN[name] if wanted not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_frames_and_traffic_stay_in_the_saved_page(name: str) -> None:
    kinds = [
        kind for kind in ("frames", "traffic") if f'class="ub ub-static ub-{kind}"' in shown(executed(name))
    ]
    assert kinds == ["frames", "traffic"]


@pytest.mark.parametrize("name", PAGES)
def test_what_the_manual_leaves_open_is_told_by_the_catalogue(name: str) -> None:
    text = shown(executed(name))
    notes = catalogue.protocol(name).notes
    told = text.replace("\\", "")
    assert notes and [note for note in notes if note not in told] == []


def test_no_password_that_was_sent_is_kept() -> None:
    text = shown(executed("kramer")).replace("for example: LOGIN USER,1234", "")
    assert "1234" not in text and "4321" not in text and "LOGIN ADMIN,***" in text
