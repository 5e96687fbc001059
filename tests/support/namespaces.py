"""Network namespaces: a unit's network and a server's, joined by a cable. For root, on Linux."""

from __future__ import annotations

import ctypes
import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

NEW_NET = 0x40000000
CABLE = "eth0"
"""The interface at either end."""
_numbers = itertools.count(1)


def ip(*words: str) -> str:
    """Run ``ip``; what it says."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout


@cache
def able() -> bool:
    """Whether namespaces can be made here."""
    name = f"ub{os.getpid()}-probe"
    try:
        done = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False, timeout=20)
    except OSError:
        return False
    if done.returncode == 0:
        ip("netns", "delete", name)
    return done.returncode == 0


class Namespace:
    """One network; it goes with its block."""

    def __init__(self) -> None:
        self.name = f"ub{os.getpid()}-{next(_numbers)}"

    def __enter__(self) -> Self:
        ip("netns", "add", self.name)
        self.ip("link", "set", "lo", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ip("netns", "delete", self.name)

    def ip(self, *words: str) -> str:
        """``ip`` in this network."""
        return ip("-n", self.name, *words)

    def command(self, *words: str) -> tuple[str, ...]:
        """A command as it is run in this network."""
        return ("ip", "netns", "exec", self.name, *words)

    def hears(self, port: int) -> bool:
        """Whether a program has this UDP port."""
        with self.inside():
            found = Path("/proc/thread-self/net/udp").read_text()
        return f":{port:04X} 00000000:0000 " in found

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread is in this network. Its sockets, threads and programs stay there, it comes back."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _enter(f"/run/netns/{self.name}")
            yield
        finally:
            _set(before)
            os.close(before)


def _enter(path: str) -> None:
    there = os.open(path, os.O_RDONLY)
    try:
        _set(there)
    finally:
        os.close(there)


def _set(network: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(network, NEW_NET):
        raise OSError(ctypes.get_errno(), "setns")


def addresses(network: Namespace) -> list[str]:
    """The IPv4 addresses at the cable's end."""
    words = network.ip("-4", "-oneline", "address", "show", "dev", CABLE).split()
    return [words[at + 1] for at, word in enumerate(words) if word == "inet"]


@contextmanager
def cabled(*server_addresses: str) -> Iterator[tuple[Namespace, Namespace]]:
    """The unit's network, whose end of the cable has no address, and the server's, with these addresses."""
    with Namespace() as unit, Namespace() as server:
        unit.ip("link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", server.name)
        with unit.inside():
            for where in ("all", CABLE):
                Path(f"/proc/sys/net/ipv4/conf/{where}/rp_filter").write_text("0")
        for address in server_addresses:
            server.ip("address", "add", address, "broadcast", "+", "dev", CABLE)
        server.ip("link", "set", CABLE, "up")
        yield unit, server
