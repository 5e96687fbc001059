"""``unitbench lab``: JupyterLab whose notebooks join a session."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from unitbench.errors import UsageError
from unitbench.runtime import NoFolder
from unitbench.schema.printable import printable
from unitbench.session.endpoint import endpoint
from unitbench.session.origin import SESSION

LOOK_S = 0.1
START_S = 120.0
"""How long JupyterLab may take until its address is known."""


def run(options: argparse.Namespace, more: list[str]) -> int:
    """Be JupyterLab until it ends: by Ctrl-C, by its menu, or with the terminal. Its kernels end with it; the session
    is the keeper's and goes on."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError(
            "JupyterLab is not installed beside unitbench",
            hint="pip install 'unitbench[notebook]' in this environment",
        )
    if options.notebook and not Path(options.notebook).exists():
        raise UsageError(
            f"there is no notebook {printable(options.notebook, 200)}",
            hint="unitbench lab without a name opens JupyterLab in this folder",
        )
    with contextlib.suppress(NoFolder):  # a session without one is in its kernel alone, and says so there
        endpoint(options.session)
    os.environ[SESSION] = options.session
    command = ["--ServerApp.answer_yes=True", *more]  # Ctrl-C is meant: nothing of the session is lost by it
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if options.notebook:
        command.append(options.notebook)
    if hasattr(signal, "SIGHUP"):  # upon which Python would just end, and leave the kernels
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    gc.set_threshold(700, 10, 10)  # it is no quick command
    threading.Thread(target=_announce, args=(options.session,), name="unitbench lab", daemon=True).start()
    app: Any = importlib.import_module("jupyterlab.labapp").LabApp
    app.launch_instance(command)
    return 0


def _announce(session: str) -> None:
    """Print where it is, as soon as that is known."""
    folder = Path(importlib.import_module("jupyter_core.paths").jupyter_runtime_dir())
    file = folder / f"jpserver-{os.getpid()}.json"
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(LOOK_S)
            continue
        token = f"?token={told['token']}" if told["token"] else ""
        print(f"JupyterLab on session {session}: {told['url']}lab{token}", flush=True)
        print("Ctrl-C ends it and its kernels; the session goes on", file=sys.stderr, flush=True)
        return
