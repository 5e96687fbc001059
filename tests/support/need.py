"""What tests need of the machine: how it is found, and how to enable it where it is missing.

A test says ``@pytest.mark.needs("chromium", "tshark")``, or calls ``need("chromium")`` and gets the path.
Where something is missing the test is skipped and the end of the run says how to enable it;
with ``UNITBENCH_REQUIRE_ALL=1`` it fails instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple, NoReturn

import pytest

from tests.support import namespaces, strangers

SYSTEM = "make system-deps"
SETUP = "make setup"
PREFIX = "needs "
_ENABLE = "; enable it: "


class Need(NamedTuple):
    """One thing that tests need: programs of which one is enough, or modules of which all are needed, and
    what must be possible besides."""

    enable: str
    programs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    able: Callable[[], bool] | None = None

    def found(self) -> str | None:
        """The path of the program, or the names of the modules; None where it is missing."""
        if self.able and not self.able():
            return None
        if self.programs:
            return next((path for path in map(shutil.which, self.programs) if path), None)
        return ", ".join(self.modules) if all(map(find_spec, self.modules)) else None


NEEDS = {
    "bash": Need("install bash", programs=("bash",)),
    "fish": Need(SYSTEM, programs=("fish",)),
    "zsh": Need(SYSTEM, programs=("zsh",)),
    "chromium": Need(SYSTEM, programs=("chromium", "chromium-browser", "google-chrome")),
    "chronyd": Need(SYSTEM, programs=("chronyd", "/usr/sbin/chronyd")),
    "curl": Need(SYSTEM, programs=("curl",)),
    "dnsmasq": Need(SYSTEM, programs=("dnsmasq", "/usr/sbin/dnsmasq")),
    "git": Need("install git", programs=("git",)),
    "ip": Need(SYSTEM, programs=("ip",)),
    "netns": Need("run as root, on Linux with iproute2", programs=("ip",), able=namespaces.able),
    "nmap": Need(SYSTEM, programs=("nmap",)),
    "other user": Need("run as root, with a user 'nobody'", able=strangers.able),
    "picocom": Need(SYSTEM, programs=("picocom",)),
    "telnet": Need(SYSTEM, programs=("telnet", "inetutils-telnet")),
    "lftp": Need(SYSTEM, programs=("lftp",)),
    "tmux": Need(SYSTEM, programs=("tmux",)),
    "tshark": Need(SYSTEM, programs=("tshark",)),
    "benchmarks": Need(SETUP, modules=("construct", "scapy")),
    "build": Need(SETUP, modules=("build", "hatchling")),
    "jupyterlab": Need(SETUP, modules=("jupyterlab", "ipykernel")),
    "nbclient": Need(SETUP, modules=("nbclient", "nbformat", "ipykernel")),
    "pexpect": Need(SETUP, modules=("pexpect", "pyte")),
    "playwright": Need(SETUP, modules=("playwright",)),
    "twisted": Need(SETUP, modules=("twisted",)),
    "widgets": Need(SETUP, modules=("ipywidgets", "anywidget")),
}


def need(name: str) -> str:
    """Where ``name`` was found; ends the test, skipped or failed, where it was not."""
    wanted = NEEDS[name]
    found = wanted.found()
    if found is None:
        missing(name, wanted.enable)
    return found


def missing(name: str, enable: str) -> NoReturn:
    """End the test for want of ``name``: skipped, or failed where nothing may be missing."""
    reason = f"{PREFIX}{name}{_ENABLE}{enable}"
    if os.environ.get("UNITBENCH_REQUIRE_ALL", "0") not in ("", "0"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
