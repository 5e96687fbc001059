"""The catalogue is data: no behaviour in it but the loader, and nothing imported but the schema and other records."""

from __future__ import annotations

import ast

import pytest

from tests.support.imports import imports, modules, tree

LOADERS = ("__init__.py", "files.py", "loading.py", "packages.py")
RECORDS = {
    module: path
    for module, path in modules().items()
    if module.startswith("unitbench.catalogue.") and path.name not in LOADERS
}
DATA = ("unitbench.schema.", "unitbench.catalogue.")
BEHAVIOUR = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def test_there_are_records() -> None:
    assert RECORDS


@pytest.mark.parametrize("module", RECORDS)
def test_no_behaviour(module: str) -> None:
    assert [node.lineno for node in ast.walk(tree(RECORDS[module])) if isinstance(node, BEHAVIOUR)] == []


@pytest.mark.parametrize("module", RECORDS)
def test_only_the_schema_and_other_records_are_imported(module: str) -> None:
    targets = {found.target for found in imports() if found.module == module} - {"__future__"}
    assert {target for target in targets if not f"{target}.".startswith(DATA)} == set()
