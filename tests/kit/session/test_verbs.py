"""Every verb of the catalogue is performed, and nothing else is."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.session import verbs
from unitbench.session.verbs import HANDLERS


def test_each_verb_of_the_catalogue_has_its_handler() -> None:
    assert set(HANDLERS) == {verb.name for verb in catalogue.own_verbs()}


def test_no_verb_is_performed_by_two_modules() -> None:
    rooms = [room.HANDLERS for room in vars(verbs).values() if hasattr(room, "HANDLERS")]
    assert sum(map(len, rooms)) == len(HANDLERS)
