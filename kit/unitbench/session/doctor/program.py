"""What belongs to the program and its user: versions, what was added, folders, sessions, the notebook."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import platform
import shutil
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from unitbench import catalogue, runtime
from unitbench._version import __version__
from unitbench.errors import BenchError
from unitbench.session.doctor.model import Finding
from unitbench.session.endpoint import TCP, TRANSPORT, UNIX, carrier
from unitbench.session.keepers import look_at_all

GROUP, COMPLETION = "the program", "completion in your shell"
WAYS = {
    UNIX: f"a Unix socket ({TRANSPORT}=tcp: loopback TCP)",
    TCP: "loopback TCP, with a token in a private file",
}
NOTEBOOK = ("jupyterlab", "ipykernel", "ipywidgets", "anywidget")
LIBRARIES = ("msgspec", "prompt_toolkit", "pyserial")
LEAST_FREE = 50_000_000
"""Bytes on the disk that journals want to find."""
LOOK_S = 2.0
"""How long sessions may take to answer."""


def program() -> Iterator[Finding]:
    """Everything of this kind."""
    yield _versions()
    yield _protocols()
    yield _runtime()
    yield _state()
    yield _sessions()
    yield _notebook()
    yield _completions()


def _versions() -> Finding:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    others = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES if _installed(name))
    seen = f"unitbench {__version__}, Python {platform.python_version()}, {system}; {others}"
    return Finding(
        GROUP, "versions", sys.version_info >= (3, 11), seen, "Python 3.11 or later is needed", True
    )


def _protocols() -> Finding:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is refused is told here
        added, refused = catalogue.added(), catalogue.refused()
    good = [f"{name} ({item.origin})" for name, item in added.items()]
    bad = [error.message for error in refused]
    return Finding(
        GROUP,
        "added protocols",
        not bad,
        "; ".join([*bad, *good]) or "none",
        "mend what is named, or move it away",
    )


def _runtime() -> Finding:
    try:
        folder, way = runtime.folder(), WAYS[carrier()]
    except BenchError as error:
        return Finding(GROUP, "runtime folder", False, error.message, error.hint, True)
    seen = f"{runtime.from_home(str(folder))} (0700); a session that starts listens at {way}"
    return Finding(GROUP, "runtime folder", True, seen, needed=True)


def _state() -> Finding:
    """The folder of journals and histories, and the room on its disk."""
    try:
        folder = runtime.kept_folder()
        free = shutil.disk_usage(folder).free
    except (BenchError, OSError) as error:
        hint = error.hint if isinstance(error, BenchError) else ""
        return Finding(
            GROUP, "folder of journals", False, str(error), hint or "look at its owner and its disk"
        )
    seen = f"{runtime.from_home(str(folder))}, {free / 1e9:.1f} GB free"
    return Finding(GROUP, "folder of journals", free >= LEAST_FREE, seen, "make room on that disk")


def _sessions() -> Finding:
    """The sessions that run; in a thread of its own, since in a notebook a loop runs here already."""
    pool = ThreadPoolExecutor(1)
    try:
        states, errors = pool.submit(lambda: asyncio.run(asyncio.wait_for(look_at_all(), LOOK_S))).result()
    except TimeoutError:
        mend = "unitbench stop NAME ends one; unitbench sessions --names lists them"
        return Finding(GROUP, "sessions", False, f"a session does not answer within {LOOK_S:g} s", mend)
    except BenchError as error:
        return Finding(GROUP, "sessions", False, error.message, error.hint)
    finally:
        pool.shutdown(wait=False)
    names = ", ".join(state.session for state in states)
    if errors:
        return Finding(GROUP, "sessions", False, errors[0].message, errors[0].hint)
    return Finding(
        GROUP,
        "sessions",
        True,
        f"reached: {names}" if names else "none runs; one starts when it is asked for",
    )


def _notebook() -> Finding:
    missing = [name for name in NOTEBOOK if not _installed(name)]
    seen = f"missing: {', '.join(missing)}" if missing else ", ".join(NOTEBOOK)
    return Finding(GROUP, "notebook", not missing, seen, "pip install 'unitbench[notebook]'")


def _completions() -> Finding:
    """Whether the user's shell completes the command line."""
    shell = Path(os.environ.get("SHELL", "")).name
    home = Path(runtime.named_folder("XDG_DATA_HOME") or Path.home() / ".local/share")
    config = Path(runtime.named_folder("XDG_CONFIG_HOME") or Path.home() / ".config")
    places = {
        "bash": [home / "bash-completion/completions/unitbench", Path("/etc/bash_completion.d/unitbench")],
        "fish": [config / "fish/completions/unitbench.fish"],
        "zsh": [Path(folder) / "_unitbench" for folder in os.environ.get("FPATH", "").split(":") if folder],
    }
    if shell not in places:
        return Finding(
            GROUP,
            "completion in your shell",
            None,
            f"there is none for {shell or 'a shell that is not named'}",
        )
    found = next((place for place in places[shell] if place.is_file()), None)
    if found is not None:
        return Finding(GROUP, COMPLETION, True, runtime.from_home(str(found)))
    return Finding(
        GROUP,
        "completion in your shell",
        None,
        f"unitbench completions {shell} prints it; --help says where to",
    )


def _installed(name: str) -> bool:
    return importlib.util.find_spec("serial" if name == "pyserial" else name) is not None
