"""The settings of a view: shown, changed, kept for the next start. Part of the verb that sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unitbench.errors import UsageError
from unitbench.schema.settings import Setting
from unitbench.schema.values import Value
from unitbench.session.arguments import yes_or_no
from unitbench.session.items import Notice
from unitbench.session.preferences import AT_START, SAVE, Changed, Listing, value_of
from unitbench.session.verbs.turn import Turn


def prefer(turn: Turn, setting: Setting | None, wanted: str) -> Iterator[object]:
    """Show all settings or one; or change one; and keep that, or all, if it is wanted."""
    preferences, saves = turn.console.preferences, yes_or_no(turn.options, SAVE)
    if setting is not None and wanted:
        value = value_of(setting, wanted)
        now = preferences.put(setting.name, value)
        yield Changed(now, _saved(turn, {setting.name: value}) if saves else "")
        return
    shown = preferences.all if setting is None else (preferences.of(setting),)
    if saves:
        lasting = [item for item in shown if setting is not None or item.origin not in ("", AT_START)]
        path = _saved(turn, {item.setting.name: item.to_keep for item in lasting})
        yield Notice(f"{'all that is set is' if setting is None else f'{setting.name} is'} kept in {path}")
        return
    yield Listing(shown)


def _saved(turn: Turn, values: Mapping[str, Value | None]) -> str:
    save = turn.console.preferences.save
    if save is None:
        raise UsageError("this view keeps no settings", hint="the shell and unitbench -c do")
    return save(values)
