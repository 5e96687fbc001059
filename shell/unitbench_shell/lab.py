"""``unitbench lab``: JupyterLab whose notebooks join a session."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys

from unitbench.errors import UsageError


def run(options: argparse.Namespace, more: list[str]) -> int:
    """Become JupyterLab, so that no process is left behind when it ends."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError(
            "JupyterLab is not installed beside unitbench",
            hint="pip install 'unitbench[notebook]' in this environment",
        )
    os.environ["UNITBENCH_SESSION"] = options.session
    command = [sys.executable, "-m", "jupyterlab", *more]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if options.notebook:
        command.append(options.notebook)
    sys.stdout.flush()
    os.execv(sys.executable, command)
