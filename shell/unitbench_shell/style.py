"""Colours by role. The terminal's own palette, so that light and dark both work; each role also differs in
text, underline or weight, since colour alone says nothing to many people and to NO_COLOR."""

from __future__ import annotations

from prompt_toolkit.styles import Style

STYLE = Style.from_dict(
    {
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
)
