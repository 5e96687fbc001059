"""Colours by role. The terminal's own palette, so that light and dark both work; each role also differs in
text, underline or weight, since colour alone says nothing to many people and to NO_COLOR."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from prompt_toolkit.styles import Style

AUTO, DARK, LIGHT, NONE = "auto", "dark", "light", "none"
DARK_GROUNDS = (*range(7), 8)
"""The colours of a terminal's palette that are dark, as COLORFGBG counts them."""

ROLES = {
    "prompt.unit": "bold",
    "prompt.sim": "ansigreen",
    "prompt.safe": "ansiblue",
    "prompt.unlocked": "ansired bold",
    "token.target": "ansimagenta",
    "token.command": "ansicyan bold",
    "token.verb": "ansigreen bold",
    "token.field": "ansiblue",
    "token.value": "",
    "token.secret": "ansimagenta",
    "token.comment": "italic",
    "token.bad": "ansired underline",
    "bottom-toolbar": "noreverse",
    "toolbar.bytes": "ansicyan bold",
    "toolbar.head": "",
    "toolbar.fault": "ansired",
    "toolbar.note": "",
    "toolbar.status": "reverse",
    "effect.read": "ansigreen",
    "effect.session": "ansigreen",
    "effect.visible": "ansiyellow",
    "effect.reconfigures": "ansired",
    "effect.disrupts": "ansired bold",
    "completion-menu": "noinherit",
    "completion-menu.completion": "bg:default fg:default",
    "completion-menu.completion.current": "bg:default fg:default reverse",
    "completion-menu.meta.completion": "bg:default fg:default",
    "completion-menu.meta.completion.current": "bg:default fg:default reverse",
    "scrollbar.background": "bg:default",
    "scrollbar.button": "bg:ansibrightblack",
}
ON_DARK = {"prompt.safe": "ansibrightblue", "token.field": "ansibrightblue", "toolbar.fault": "ansibrightred"}
"""What a dark ground shows better."""
ON_LIGHT = {
    "token.command": "ansiblue bold",
    "token.verb": "#005f00 bold",
    "toolbar.bytes": "ansiblue bold",
    "effect.read": "#005f00",
    "effect.session": "#005f00",
    "effect.visible": "#875f00",
    "prompt.sim": "#005f00",
}
"""What a light ground shows better: cyan, green and yellow are pale there."""


def theme_of(wanted: str, environment: Mapping[str, str] = os.environ) -> str:
    """The theme that a wish comes to: ``NO_COLOR`` and ``CLICOLOR=0`` rule, ``COLORFGBG`` tells the ground."""
    if environment.get("NO_COLOR") or environment.get("CLICOLOR") == "0":
        return NONE
    if wanted != AUTO:
        return wanted
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    if not ground.isdigit():
        return AUTO
    return DARK if int(ground) in DARK_GROUNDS else LIGHT


@cache
def style_of(theme: str) -> Style:
    """The colours of a theme."""
    return Style.from_dict({**ROLES, **({DARK: ON_DARK, LIGHT: ON_LIGHT}.get(theme, {}))})
