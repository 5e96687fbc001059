"""The settings of a view: shown, changed, kept for the next start. Part of the verb that sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unitbench.errors import UsageError
from unitbench.schema.settings import Setting
from unitbench.schema.values import Value
from unitbench.session.arguments import yes_or_no
from unitbench.session.items import Notice
from unitbench.session.preferences import SAVE, Listing, value_of
from unitbench.session.verbs.turn import Turn


def prefer(turn: Turn, setting: Setting | None, wanted: str) -> Iterator[object]:
    """Show all settings or one; or change one; and keep that, or all, if it is wanted."""
    preferences, saves = turn.console.preferences, yes_or_no(turn.options, SAVE)
    if setting is not None and wanted:
        now = preferences.put(setting.name, value_of(setting, wanted))
        kept = f", kept in {_saved(turn, {setting.name: value_of(setting, wanted)})}" if saves else ""
        told = f"{setting.name} is {now.shown}{kept}"
        yield Notice(f"{told}: {setting.about}" if wanted and not saves else told)
        return
    shown = preferences.all if setting is None else (preferences.of(setting),)
    if saves:
        path = _saved(turn, {item.setting.name: item.value if item.origin else None for item in shown})
        yield Notice(f"{'all settings are' if setting is None else f'{setting.name} is'} kept in {path}")
        return
    yield Listing(shown)


def _saved(turn: Turn, values: Mapping[str, Value | None]) -> str:
    save = turn.console.preferences.save
    if save is None:
        raise UsageError("this view keeps no settings", hint="the shell and unitbench -c do")
    return save(values)
