"""What comes in on a connection between view and keeper, read into a buffer of its own.

asyncio allocates 256 KiB for each read otherwise, which takes longer than all that is done with a short message.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

ROOM_BYTES = 65536


class Inlet(asyncio.BufferedProtocol, ABC):
    """A protocol that gets bytes in ``data_received``, as ``asyncio.Protocol`` does."""

    def __init__(self) -> None:
        self._room = bytearray(ROOM_BYTES)

    @abstractmethod
    def data_received(self, data: bytes) -> None:
        """Take bytes that came."""

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where the next bytes go."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """They are there."""
        self.data_received(bytes(memoryview(self._room)[:nbytes]))
