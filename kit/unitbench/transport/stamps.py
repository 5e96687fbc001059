"""Kernel receive stamps on sockets."""

from __future__ import annotations

import socket
import struct
import sys

from unitbench.transport.base import Stamp

SO_TIMESTAMPNS = 35
"""Linux, include/uapi/asm-generic/socket.h (SO_TIMESTAMPNS_OLD); Python 3.11 has no name for it."""
_TIMESPEC = struct.Struct("@ll")
ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size) if hasattr(socket, "CMSG_SPACE") else 0


def switch_on(sock: socket.socket) -> None:
    """Ask the kernel to stamp what this socket receives; without effect where it cannot."""
    if sys.platform == "linux":
        try:
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        except OSError:
            return


def read(ancillary: list[tuple[int, int, bytes]]) -> Stamp:
    """The stamp in the ancillary data of ``recvmsg``, or a user's stamp of now."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return Stamp.of_kernel(seconds * 1_000_000_000 + nanoseconds)
    return Stamp.now()
