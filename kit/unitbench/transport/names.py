"""Host names to addresses, without holding up the event loop."""

from __future__ import annotations

import asyncio
import socket

from unitbench.errors import OpenFailed
from unitbench.transport.base import Address


async def resolved(address: Address, carrier: str, timeout_s: float) -> list[Address]:
    """The IPv4 addresses that a host has; one that is an address already is given back as it is.

    Raises ``OpenFailed``.
    """
    host, port = address
    try:
        socket.inet_pton(socket.AF_INET, host)
        return [address]
    except OSError:
        pass
    where = f"{host}:{port}/{carrier}"
    hint = "is the name spelt right? an address such as 192.168.1.39 needs no name service"
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            found = await loop.getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except TimeoutError:
        reason = f"no name service answered within {timeout_s:g} s"
    except (OSError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a host's name"
    else:
        return [(str(target[0]), int(target[1])) for *_, target in found]
    raise OpenFailed(f"cannot resolve {where}: {reason}", endpoint=where, hint=hint)
