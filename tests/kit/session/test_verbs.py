"""Every verb of the catalogue is performed, and nothing else is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from unitbench import catalogue
from unitbench.session import verbs
from unitbench.session.verbs import ROOMS, handler


def performed() -> list[str]:
    """The verbs that have a handler, one by one."""
    return [name for room in ROOMS for name in import_module(f"{verbs.__name__}.{room}").HANDLERS]


def test_each_verb_of_the_catalogue_has_its_handler_and_only_one() -> None:
    assert sorted(performed()) == sorted(verb.name for verb in catalogue.own_verbs())
    assert all(callable(handler(name)) for name in performed())


def test_what_is_no_verb_is_performed_by_nothing() -> None:
    with pytest.raises(KeyError):
        handler("no such verb")


def test_no_room_is_left_out() -> None:
    folder = Path(str(verbs.__file__)).parent
    with_handlers = {path.stem for path in folder.glob("*.py") if "\nHANDLERS" in path.read_text("utf-8")}
    assert with_handlers == set(ROOMS)
