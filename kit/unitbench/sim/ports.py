"""At which port a service is served: its own, or another one where the system keeps that for itself."""

from __future__ import annotations

import contextlib
import socket

LOW = 1024
SHIFT = 10000
"""Added to a port below 1024 that the system refuses."""


def served_at(carrier: str, host: str, port: int) -> int:
    """The port at which ``port`` of ``host`` is served."""
    return port if port >= LOW or _allowed(carrier, host, port) else port + SHIFT


def _allowed(carrier: str, host: str, port: int) -> bool:
    """Whether this user may have the port. One that is in use counts as allowed: who binds it will say so."""
    kind = socket.SOCK_DGRAM if carrier == "udp" else socket.SOCK_STREAM
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((host, port))
        except PermissionError:
            return False
    return True
