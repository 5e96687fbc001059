"""Sockets of simulated units: bound where they shall be, or an error that says why not."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct

from unitbench.errors import OpenFailed

BACKLOG = 64
SPARE_FILES = 256
CUT = struct.pack("ii", 1, 0)
MENDS = {
    errno.EADDRINUSE: "another program or set has it: end that, or choose with --address or --port-offset",
    errno.EADDRNOTAVAIL: "the address is not this machine's",
    errno.EMFILE: "fewer units, or a higher limit of open files: ulimit -n",
}


def bound(kind: socket.SocketKind, host: str, port: int, *, share: bool) -> socket.socket:
    """A non-blocking socket bound to an address; ``share`` sets SO_REUSEADDR. Raises ``OpenFailed``."""
    sock = None
    try:
        sock = socket.socket(socket.AF_INET, kind)
        sock.setblocking(False)
        if share:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        if kind is socket.SOCK_STREAM:
            sock.listen(BACKLOG)
    except OSError as error:
        if sock is not None:
            sock.close()
        carrier = "tcp" if kind is socket.SOCK_STREAM else "udp"
        where = f"{host}:{port}/{carrier}"
        raise OpenFailed(
            f"cannot listen on {where}: {error.strerror}",
            endpoint=where,
            hint=MENDS.get(error.errno or 0, ""),
        ) from None
    return sock


def make_room(sockets: int) -> None:
    """Raise this process's own limit of open files, as far as it may, where so many sockets want it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * sockets + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def cut_by_reset(sock: socket.socket) -> None:
    """Have a connection end by RST when it is closed."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CUT)


def reset(sock: socket.socket) -> None:
    """Close a connection by RST."""
    cut_by_reset(sock)
    sock.close()
