"""What the machine's sockets, clocks and terminal can do, found out by trying; nothing leaves the machine."""

from __future__ import annotations

import locale
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from unitbench.session.doctor.model import Finding, by_system
from unitbench.transport import stamps

NETWORK, CLOCK, TERMINAL = "the network", "the clocks", "this terminal"
WAIT_S = 0.5
OURS = "127.77.255.1"
"""An address of this machine that hardly anybody uses."""
BUFFER = 4 * 1024 * 1024
COLUMNS = 80


def network() -> Iterator[Finding]:
    """What sockets can do."""
    yield _loopback()
    yield _low_ports()
    yield _stamps()
    yield _broadcast()
    yield _receive_buffer()


def _loopback() -> Finding:
    mend = "simulated units then share 127.0.0.1 with offsets"
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.bind((OURS, 0))
    except OSError as error:
        return Finding(NETWORK, "loopback 127.0.0.0/8", False, str(error), mend)
    return Finding(NETWORK, "loopback 127.0.0.0/8", True, "every address of it can be bound")


def _low_ports() -> Finding:
    """Binding them is allowed to root, to who has the capability, or from a port that the system sets."""
    mend = "simulated units serve them at port + 10000; " + by_system(
        "or run as an administrator",
        linux="or, until the next start: sysctl net.ipv4.ip_unprivileged_port_start=21",
    )
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((OURS, 80))
    except PermissionError:
        return Finding(NETWORK, "ports below 1024", False, "refused to this user", mend)
    except OSError as error:
        return Finding(NETWORK, "ports below 1024", False, str(error), "another program may have the port")
    return Finding(NETWORK, "ports below 1024", True, "can be served")


def _stamps() -> Finding:
    mend = "this system gives no receive stamps: times are taken by the program, and are named so"
    with _udp("127.0.0.1") as receiver, _udp("127.0.0.1") as sender:
        stamps.switch_on(receiver)
        sender.sendto(b"?", receiver.getsockname())
        if not hasattr(receiver, "recvmsg"):
            return Finding(NETWORK, "kernel receive stamps", False, "user stamps", mend)
        _, ancillary, _, _ = receiver.recvmsg(16, stamps.ANCILLARY)
        source = stamps.read(ancillary).source
    return Finding(NETWORK, "kernel receive stamps", source == "kernel", f"{source} stamps", mend)


def _broadcast() -> Finding:
    mend = "simulated units are then asked one by one"
    try:
        with _udp("127.255.255.255") as receiver, _udp("127.0.0.1") as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.sendto(b"?", receiver.getsockname())
            receiver.recv(16)
    except OSError as error:
        return Finding(NETWORK, "broadcast on loopback", False, str(error), mend)
    return Finding(NETWORK, "broadcast on loopback", True, "127.255.255.255 is heard")


def _udp(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(WAIT_S)
    sock.bind((host, 0))
    return sock


def _receive_buffer() -> Finding:
    with _udp("127.0.0.1") as sock:
        with suppress(OSError):  # BSD and macOS refuse what is too much
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        size = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    mend = "a burst of many hundred answers may be lost; " + by_system(
        "raise the system's limit for socket buffers",
        linux=f"sysctl net.core.rmem_max={BUFFER}",
        darwin=f"sysctl kern.ipc.maxsockbuf={2 * BUFFER}",
    )
    return Finding(NETWORK, "receive buffer", size >= BUFFER, f"{size} bytes", mend)


def clocks() -> Iterator[Finding]:
    """What sleep and steps of the clock are told by."""
    told = by_system("", linux="CLOCK_BOOTTIME", darwin="CLOCK_MONOTONIC")
    there = bool(told) and hasattr(time, told)
    step_ns = time.get_clock_info("monotonic").resolution * 1e9
    seen = f"{told or 'no clock'} counts on while the machine sleeps; monotonic in steps of {step_ns:.0f} ns"
    mend = "sleep is guessed from the wall clock: a link may be checked once too often"
    yield Finding(CLOCK, "sleep is noticed", there, seen if there else "only wall and monotonic clock", mend)
    wall = time.get_clock_info("time")
    yield Finding(
        CLOCK, "wall clock", True, f"in steps of {wall.resolution * 1e9:.0f} ns; now {time.strftime('%Z %z')}"
    )


def terminal() -> Iterator[Finding]:
    """What the terminal can show, as far as it says so."""
    term = os.environ.get("TERM", "")
    here = sys.stdout.isatty()
    size = shutil.get_terminal_size((COLUMNS, 24))
    dumb = term in ("", "dumb") and sys.platform != "win32"
    kind = f"TERM={term or 'not set'}, {f'{size.columns}x{size.lines}' if here else 'stdout is no terminal'}"
    plain = "unitbench --plain does all by lines"
    yield Finding(TERMINAL, "keys and menu", not dumb if here else None, kind, f"set TERM, or {plain}")
    off = "off by NO_COLOR" if os.environ.get("NO_COLOR") else ""
    depth = os.environ.get("COLORTERM", "") or ("256 colours" if "256" in term else "16 colours")
    yield Finding(TERMINAL, "colour", None if off or not here else not dumb, off or depth, "set TERM")
    encoding = (getattr(sys.stdout, "encoding", "") or locale.getpreferredencoding(False)).lower()
    good = encoding.replace("-", "").replace("_", "") == "utf8"
    mend = (
        by_system("LANG=C.UTF-8", win32="chcp 65001")
        + " shows every sign; others are spelt with \\x until then"
    )
    yield Finding(TERMINAL, "encoding", good, encoding, mend)
    pasted = (
        "TABs of a paste stay, lines are not run one by one" if not dumb else "a paste is run line by line"
    )
    yield Finding(TERMINAL, "bracketed paste", not dumb if here else None, pasted, f"set TERM, or {plain}")
