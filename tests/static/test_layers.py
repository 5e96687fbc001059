"""Imports point downwards only: the layout of the folders, as law."""

from __future__ import annotations

import sys

import pytest

from tests.support.imports import Import, imports, modules

BASE = {"errors", "schema", "catalogue"}
CONVERSATION = BASE | {"wire", "transport", "link"}
EVERYTHING = CONVERSATION | {"runtime", "line", "offline", "lab", "sim", "session", "export"}

# What each part of the kit may import of the others. Its own modules and the version are free to all.
MAY_IMPORT = {
    "_version": set(),
    "errors": set(),
    "schema": {"errors"},
    "catalogue": {"errors", "schema"},
    "wire": BASE,
    "transport": {"errors", "schema"},
    "runtime": {"errors"},
    "link": BASE | {"wire", "transport"},
    "line": BASE,
    "lab": BASE | {"wire", "session.model", "session.results"},
    "sim": CONVERSATION | {"runtime"},
    "offline": BASE | {"wire", "line"},
    "session": CONVERSATION | {"runtime", "line", "lab", "offline"},
    "export": BASE
    | {
        "wire",
        "line",
        "lab",
        "session.model",
        "session.results",
        "session.stream",
        "session.jsontypes",
        "session.changing.jsontypes",
        "session.searching.jsontypes",
    },
    "widgets": EVERYTHING,
    "shell": EVERYTHING,
    "": {"errors", "schema", "catalogue"},
}
# What it may import besides where the start does not pay for it: inside a function, or for type checkers only.
MAY_IMPORT_LAZILY = {
    "session": {"sim"},
    "": EVERYTHING | {"widgets"},
}
# Modules that only one part may import, and those that some parts must do without.
ONLY_IN = {
    "prompt_toolkit": "shell",
    "ipywidgets": "widgets",
    "IPython": "widgets",
    "anywidget": "widgets",
    "jupyterlab": "shell",
    "jupyter_core": "shell",
    "pyftpdlib": "sim",
    "dns": "sim",
    "serial": "transport",
}
CLOCKS_AND_SOCKETS = {"asyncio", "selectors", "socket", "threading", "time"}
SLOW_TO_START = {"asyncio", "msgspec", "socket", "tabulate"}
WITHOUT = {
    "errors": SLOW_TO_START,
    "schema": SLOW_TO_START,
    "catalogue": SLOW_TO_START,
    "line": SLOW_TO_START,
    "wire": SLOW_TO_START | CLOCKS_AND_SOCKETS,
}
THIRD_PARTY = {"msgspec", "platformdirs", "tabulate", "traitlets", "wcwidth", *ONLY_IN}


def part(module: str) -> str:
    """The part of the layout that a module belongs to; the public face of the kit is the empty one."""
    package, _, rest = module.partition(".")
    return "shell" if package == "unitbench_shell" else rest.partition(".")[0]


def allowed(found: Import) -> bool:
    """Whether an import of our own packages points downwards."""
    here, there = part(found.module), part(found.target)
    if there in (here, "_version"):
        return True
    may = MAY_IMPORT[here] | (MAY_IMPORT_LAZILY.get(here, set()) if found.lazy else set())
    inner = found.target.partition(".")[2]
    if there == "":
        return here in ("widgets", "shell")
    return there in may or any(f"{inner}.".startswith(f"{name}.") for name in may)


def ours(found: Import) -> bool:
    return found.target.partition(".")[0] in ("unitbench", "unitbench_shell")


def test_every_module_belongs_to_a_part() -> None:
    assert modules(), "no source found"
    assert {module for module in modules() if part(module) not in MAY_IMPORT} == set()


def test_imports_point_downwards() -> None:
    upward = [f"{found.where}: {found.target}" for found in imports() if ours(found) and not allowed(found)]
    assert upward == []


def test_each_front_end_library_has_one_importer() -> None:
    strays = [
        f"{found.where}: {found.target}"
        for found in imports()
        if ONLY_IN.get(found.target.partition(".")[0], part(found.module)) != part(found.module)
    ]
    assert strays == []


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_the_lower_parts_are_pure(name: str) -> None:
    impure = [
        f"{found.where}: {found.target}"
        for found in imports()
        if part(found.module) == name and found.target.partition(".")[0] in WITHOUT[name]
    ]
    assert impure == []


def test_no_other_third_party_module() -> None:
    known = {"unitbench", "unitbench_shell", *sys.stdlib_module_names, *THIRD_PARTY}
    strange = [
        f"{found.where}: {found.target}" for found in imports() if found.target.partition(".")[0] not in known
    ]
    assert strange == []


def example(module: str, target: str, *, lazy: bool = False) -> Import:
    return Import("", module, target, lazy)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (example("unitbench.wire.kramer.codec", "unitbench.schema.text"), True),
        (example("unitbench.schema.text", "unitbench.wire.codec"), False),
        (example("unitbench.session.session", "unitbench.sim.rack"), False),
        (example("unitbench.session.session", "unitbench.sim.rack", lazy=True), True),
        (example("unitbench.sim.rack", "unitbench.session.session", lazy=True), False),
        (example("unitbench.lab.timing", "unitbench.session.model"), True),
        (example("unitbench.lab.timing", "unitbench.session.models"), False),
        (example("unitbench.lab.timing", "unitbench.session"), False),
        (example("unitbench.wire.host", "unitbench"), False),
        (example("unitbench.widgets.discovery", "unitbench_shell.style", lazy=True), False),
        (example("unitbench_shell.app", "unitbench.widgets.discovery", lazy=True), False),
    ],
)
def test_the_law_itself(found: Import, expected: bool) -> None:
    assert allowed(found) is expected
