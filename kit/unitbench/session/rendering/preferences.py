"""The settings of a view, as text."""

from __future__ import annotations

from textwrap import wrap

from unitbench.schema import settings
from unitbench.session.preferences import Changed, Listing
from unitbench.session.rendering.base import WIDTH, render, table

LEAST = 20


@render.register(Listing)
def _(item: Listing, width: int = WIDTH) -> str:
    if len(item.settings) != 1:
        rows = [(each.setting.name, each.shown, each.default, each.setting.about) for each in item.settings]
        return table(("setting", "value", "default", "meaning"), rows, width, ("default",))
    only = item.settings[0]
    wide = max(min(width, WIDTH), LEAST)
    lines = [
        f"{only.setting.name} {only.shown}{f', {only.origin}' if only.origin else ''}; default {only.default}",
        *wrap(only.setting.about, wide),
        *wrap(f"takes: {settings.rule(only.setting)}; default goes back", wide),
    ]
    return "\n".join(lines + _words(only.setting))


@render.register(Changed)
def _(item: Changed, width: int = WIDTH) -> str:
    now = item.setting
    return f"{now.setting.name} is {now.shown}: {f'kept in {item.kept}' if item.kept else now.setting.about}"


def _words(setting: settings.Setting) -> list[str]:
    """What each word means, where that is more than the word."""
    words = (word for word in settings.words(setting) if word.meaning not in ("", settings.rule(setting)))
    return [f"  {word.text:<8}{word.meaning}" for word in words]
