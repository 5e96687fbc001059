"""Jupyter views of a session. Each is imported when it is first used, so that the models need no Jupyter."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unitbench.widgets.views import CommandForm, DiscoveryView, FrameView, TimingView, TrafficView

__all__ = ["CommandForm", "DiscoveryView", "FrameView", "TimingView", "TrafficView"]


def __getattr__(name: str) -> Any:
    """The views, and with them ipywidgets, are imported on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'unitbench.widgets' has no attribute {name!r}")
    try:
        views = import_module("unitbench.widgets.views")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in ("anywidget", "ipywidgets", "traitlets", "IPython"):
            raise
        raise ImportError(
            f"{name} needs {missing}: pip install 'unitbench[notebook]'", name=missing
        ) from error
    return getattr(views, name)
