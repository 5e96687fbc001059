"""Help that teaches: generated from the catalogue and from what is known of the units; nothing is sent for it."""

from __future__ import annotations

from unitbench.session.help.ahead import ahead
from unitbench.session.help.finding import about
from unitbench.session.help.model import HelpPage, page_json
from unitbench.session.help.overview import overview
from unitbench.session.help.showing import render

__all__ = ["HelpPage", "about", "ahead", "overview", "page_json", "render"]
