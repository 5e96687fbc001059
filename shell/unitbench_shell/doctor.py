"""``doctor``: what this machine can do, found out by trying, and how to mend what it cannot."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shutil
import socket
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from unitbench import __version__, catalogue, runtime
from unitbench.errors import BenchError
from unitbench.session.endpoint import TCP, TRANSPORT, UNIX, carrier
from unitbench.transport import stamps

WAIT_S = 1.0
WAYS = {
    UNIX: f"a Unix socket ({TRANSPORT}=tcp: loopback TCP)",
    TCP: "loopback TCP, with a token in a private file",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is there, what was seen, and how to mend it."""

    what: str
    ok: bool
    seen: str
    mend: str = ""


def run(options: argparse.Namespace) -> int:
    """Look at everything and print it."""
    findings = [look() for look in LOOKS]
    for found in findings:
        if options.json:
            body = {"what": found.what, "ok": found.ok, "seen": found.seen, "mend": found.mend}
            print(json.dumps({"type": "event", "kind": "doctor", **body}))
        else:
            print(f"{'ok ' if found.ok else 'NO '} {found.what:<26}{found.seen}")
            if found.mend and not found.ok:
                print(f"      mend: {found.mend}")
    return 0


def _versions() -> Finding:
    seen = f"unitbench {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return Finding("versions", sys.version_info >= (3, 11), seen, "Python 3.11 or later is needed")


def _runtime() -> Finding:
    try:
        folder, way = runtime.folder(), WAYS[carrier()]
        return Finding("runtime folder", True, f"{folder} (0700); a session that starts listens at {way}")
    except BenchError as error:
        return Finding("runtime folder", False, error.message, error.hint)


def _loopback() -> Finding:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.bind(("127.77.255.1", 0))
    except OSError as error:
        return Finding(
            "loopback 127.0.0.0/8", False, str(error), "simulated units then share 127.0.0.1 with offsets"
        )
    return Finding("loopback 127.0.0.0/8", True, "every address of it can be bound")


def _low_ports() -> Finding:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.bind(("127.77.255.1", 80))
    except PermissionError:
        return Finding("ports below 1024", False, "refused", "simulated units serve them at port + 10000")
    except OSError as error:
        return Finding("ports below 1024", False, str(error), "another program may have the port")
    return Finding("ports below 1024", True, "can be served")


def _stamps() -> Finding:
    with _udp("127.0.0.1") as receiver, _udp("127.0.0.1") as sender:
        stamps.switch_on(receiver)
        sender.sendto(b"?", receiver.getsockname())
        _, ancillary, _, _ = receiver.recvmsg(16, stamps.ANCILLARY)
        source = stamps.read(ancillary).source
    mend = "this system gives no receive stamps: times are taken by the program, and are named so"
    return Finding("kernel receive stamps", source == "kernel", f"{source} stamps", mend)


def _broadcast() -> Finding:
    with _udp("127.255.255.255") as receiver, _udp("127.0.0.1") as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            sender.sendto(b"?", receiver.getsockname())
            receiver.recv(16)
        except OSError as error:
            return Finding(
                "broadcast on loopback", False, str(error), "discovery then asks each unit by itself"
            )
    return Finding("broadcast on loopback", True, "127.255.255.255 is heard")


def _udp(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(WAIT_S)
    sock.bind((host, 0))
    return sock


def _receive_buffer() -> Finding:
    with _udp("127.0.0.1") as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        size = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    mend = "a burst of many hundred answers may be lost; sysctl net.core.rmem_max=4194304"
    return Finding("receive buffer", size >= 4 * 1024 * 1024, f"{size} bytes", mend)


def _firewall() -> Finding:
    tools = [name for name in ("nft", "iptables", "ufw", "firewall-cmd") if shutil.which(name)]
    seen = f"present: {', '.join(tools)}; its rules are not read" if tools else "no firewall tool found"
    return Finding("firewall", True, seen)


def _protocols() -> Finding:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is refused is told here
        added, refused = catalogue.added(), catalogue.refused()
    good = [f"{name} ({item.origin})" for name, item in added.items()]
    bad = [error.message for error in refused]
    seen = "; ".join([*bad, *good]) or "none"
    return Finding("added protocols", not bad, seen, "mend what is named, or move it away")


def _jupyter() -> Finding:
    missing = [
        name for name in ("jupyterlab", "ipykernel", "ipywidgets", "anywidget") if not _installed(name)
    ]
    seen = f"missing: {', '.join(missing)}" if missing else "JupyterLab, ipykernel, ipywidgets, anywidget"
    return Finding("notebook", not missing, seen, "pip install 'unitbench[notebook]'")


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _terminal() -> Finding:
    colour = "NO_COLOR is set" if os.environ.get("NO_COLOR") else f"TERM={os.environ.get('TERM', 'not set')}"
    return Finding(
        "terminal", True, f"{colour}, stdout is {'a terminal' if sys.stdout.isatty() else 'no terminal'}"
    )


LOOKS: tuple[Callable[[], Finding], ...] = (
    _versions,
    _runtime,
    _loopback,
    _low_ports,
    _stamps,
    _broadcast,
    _receive_buffer,
    _firewall,
    _protocols,
    _jupyter,
    _terminal,
)
