"""The imports of the source, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"unitbench": ROOT / "kit", "unitbench_shell": ROOT / "shell"}


class Import(NamedTuple):
    """One imported name: ``where`` it stands, the module that imports, and what.

    ``lazy``: it stands inside a function or is for type checkers only, so that the start does not pay for it.
    """

    where: str
    module: str
    target: str
    lazy: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the source with its file."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted((folder / package).rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the source; ``from a import b`` names ``a.b`` where that is a module, else ``a``."""
    return tuple(found for module, path in modules().items() for found in _of(module, path))


def _of(module: str, path: Path) -> Iterator[Import]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node, lazy in _walk(tree(path), False):
        for target in _targets(node, package):
            yield Import(f"{path.relative_to(ROOT)}:{node.lineno}", module, target, lazy)


def _walk(node: ast.AST, lazy: bool) -> Iterator[tuple[ast.stmt | ast.expr, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom, ast.Call)):
            yield child, lazy
        yield from _walk(child, lazy or _not_run_at_start(child))


def _not_run_at_start(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _targets(node: ast.stmt | ast.expr, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=base, names=names, level=level):
            above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            origin = ".".join([*above, *([base] if base else [])])
            for name in names:
                full = f"{origin}.{name.name}"
                yield full if full in modules() else origin
        case ast.Call(
            func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[first, *_]
        ):
            yield from _spelt(first)


def _spelt(name: ast.expr) -> Iterator[str]:
    """The module that a call of ``import_module`` names, or the fixed part before the first ``{}``."""
    match name:
        case ast.Constant(value=str(text)) | ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text.rstrip(".")
