"""The settings of a view as words of a line: ``NAME``, or ``NAME VALUE``, where a unit could stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench.line.matching import Offer
from unitbench.line.words import Word
from unitbench.schema import settings
from unitbench.schema.settings import Setting
from unitbench.schema.verbs import Verb

DEFAULT = "default"
"""Stands for the value that holds where nothing is set."""


def preference(verb: Verb, name: str) -> Setting | None:
    """The setting of that name; letter case does not matter."""
    return next((item for item in verb.preferences if item.name == name.casefold()), None)


def preferences(verb: Verb) -> Iterator[Offer]:
    """The names of all settings."""
    return (Offer(item.name, f"setting: {item.about}") for item in verb.preferences)


def values_behind(verb: Verb, before: Sequence[Word]) -> list[Offer] | None:
    """What fits behind the name of a setting and what else stands there; None where no setting is named."""
    named = [word for word in before if word.text.partition("=")[0] not in verb.options]
    found = preference(verb, named[0].text) if named else None
    if found is None:
        return None
    return list(_values(found)) if len(named) == 1 else []


def _values(setting: Setting) -> Iterator[Offer]:
    yield from (Offer(word.text, word.meaning) for word in settings.words(setting))
    default = "nothing special" if setting.default is None else settings.shown(setting, setting.default)
    yield Offer(DEFAULT, f"{default}, as without this setting")
