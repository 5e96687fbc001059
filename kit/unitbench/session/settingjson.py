"""The settings of a view, as JSON-ready dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from unitbench.session.preferences import Preferred

if TYPE_CHECKING:
    from unitbench.session.jsontypes import SettingJson


def setting_json(item: Preferred, kept: str = "") -> SettingJson:
    """A setting; ``kept`` is the file that it was written to for the next start."""
    return {
        "type": "event",
        "kind": "setting",
        "name": item.setting.name,
        "value": cast("int | float | str | bool | None", item.value),
        "shown": item.shown,
        "default": item.default,
        "about": item.setting.about,
        "origin": item.origin or None,
        "kept": kept or None,
    }
