"""The pages of help and how they are shown; imported when help is asked for, so that nothing else waits for it."""

from __future__ import annotations

from unitbench.session.help.ahead import ahead
from unitbench.session.help.finding import about, expected
from unitbench.session.help.model import HelpPage
from unitbench.session.help.overview import overview
from unitbench.session.help.showing import render

__all__ = ["HelpPage", "about", "ahead", "expected", "overview", "render"]
