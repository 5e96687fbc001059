"""DCOL packets in a byte stream: STX STATUS TYPE LENGTH data CHECKSUM ETX, and bare ACK and NAK."""

from __future__ import annotations

from unitbench.catalogue.dcol import LONG_TYPES
from unitbench.schema.records import Role
from unitbench.wire.codec import Framer, Piece

STX, ETX, ACK, NAK = 0x02, 0x03, 0x06, 0x15
HEAD, TAIL = 4, 2
JUNK_CAP = 4096
LONG_CAP = 4096
"""A packet with a LENGTH of two bytes that claims more is none (a reading): it would hold up all that follows."""
EARLY = "the packet ends early"


def checksum(frame: bytes) -> int:
    """Sum of STATUS, TYPE, LENGTH and the data, modulo 256 (public packet description)."""
    return sum(frame[1:-TAIL]) % 256


def build(packet_type: int, data: bytes, status: int = 0) -> bytes:
    """A whole packet around ``data`` (0..255 bytes)."""
    size = len(data)
    total = status + packet_type + size + sum(data) & 255
    return b"\x02%c%c%c%b%c\x03" % (status, packet_type, size, data, total)


def whole(data: bytes) -> bool:
    """Whether it is exactly one packet with data, and its LENGTH, CHECKSUM and ETX are right."""
    size = len(data)
    return (
        size > HEAD + TAIL
        and data[0] == STX
        and data[3] == size - HEAD - TAIL
        and data[-1] == ETX
        and data[-TAIL] == sum(data[1:-TAIL]) & 255
    )


def long_size(length: bytes) -> int:
    """How long a packet is whose LENGTH are these two bytes; where the second has not come, the least it can be."""
    return HEAD + 1 + int.from_bytes(length.ljust(2, b"\x00"), "big") + TAIL


class PacketFramer(Framer):
    """Finds packets by LENGTH, not by ETX: any byte may stand in the data. After damage it rescans from
    the byte behind the false STX.

    A bare ACK or NAK counts only from a unit, and only where the stream is in step: never inside a damaged
    packet, and behind bytes that make no packet not before a good one or silence. They may be the inside of a
    packet whose start is lost.
    """

    def __init__(self, speaker: Role) -> None:
        self._bare = (ACK, NAK) if speaker is Role.UNIT else ()
        self._buffer = bytearray()
        self._junk = bytearray()
        self._why = ""
        self._inside = 0
        self._lost = False

    def feed(self, data: bytes) -> list[Piece]:
        self._buffer += data
        return self._cut()

    def flush(self) -> list[Piece]:
        """What is left; a good packet behind a false STX that claims too much is still found."""
        begun = bool(self._buffer) and not self._junk
        pieces: list[Piece] = []
        while self._buffer:
            self._inside = 0
            self._skip(1, EARLY)
            pieces += self._cut()
        left = self._drain()
        if begun and left and not pieces:
            left = [Piece(left[0].data, left[0].fault, cut=True)]
        self._inside, self._lost = 0, False
        return pieces + left

    @property
    def pending(self) -> bytes:
        return bytes(self._junk + self._buffer)

    def _cut(self) -> list[Piece]:
        pieces: list[Piece] = []
        buffer = self._buffer
        while buffer:
            if not self._inside:
                pieces += self._row()
                if not buffer:
                    break
            first = buffer[0]
            if first in self._bare and not self._inside and not self._lost:
                pieces += self._good(1)
            elif first != STX:
                self._skip(self._noise(), "bytes before STX")
            elif len(buffer) < HEAD or len(buffer) < (size := self._size()):
                break
            else:
                why = _fault(bytes(buffer[:size]))
                if not why:
                    pieces += self._good(size)
                    continue
                if buffer[size - 1] == ETX:
                    self._inside = max(self._inside, size)
                self._skip(1, why)
        return pieces

    def _size(self) -> int:
        """How long the packet at the front is, by its LENGTH."""
        buffer = self._buffer
        if self._bare and buffer[2] in LONG_TYPES:
            size = long_size(bytes(buffer[3:5]))
            if size <= LONG_CAP:
                return size
        return HEAD + buffer[3] + TAIL

    def _row(self) -> list[Piece]:
        """Take all good packets of the usual form that stand one behind the other off the buffer, at once."""
        data, frames, at = bytes(self._buffer), list[Piece](), 0
        size = len(data)
        while at + HEAD <= size and data[at] == STX and data[at + 2] not in LONG_TYPES:
            end = at + HEAD + data[at + 3] + TAIL
            if end > size or data[end - 1] != ETX or data[end - TAIL] != sum(data[at + 1 : end - TAIL]) & 255:
                break
            frames.append(Piece(data[at:end]))
            at = end
        if not frames:
            return frames
        del self._buffer[:at]
        self._lost = False
        return [*self._drain(), *frames]

    def _good(self, size: int) -> list[Piece]:
        """Take a frame off the buffer: the stream is in step again."""
        pieces = [*self._drain(), Piece(bytes(self._buffer[:size]))]
        del self._buffer[:size]
        self._inside, self._lost = max(0, self._inside - size), False
        return pieces

    def _noise(self) -> int:
        """How many bytes up to the next STX, or up to where a damaged packet ends."""
        at = self._buffer.find(STX)
        run = at if at >= 0 else len(self._buffer)
        return min(run, self._inside) if self._inside else run

    def _skip(self, count: int, why: str) -> None:
        self._why = self._why or why
        room = JUNK_CAP - len(self._junk)
        self._junk += self._buffer[: min(count, max(0, room))]
        del self._buffer[:count]
        self._lost = self._lost or not self._inside
        self._inside = max(0, self._inside - count)

    def _drain(self) -> list[Piece]:
        if not self._junk:
            return []
        piece = Piece(bytes(self._junk), self._why)
        self._junk.clear()
        self._why = ""
        return [piece]


def _fault(frame: bytes) -> str:
    if frame[-1] != ETX:
        return f"no ETX where LENGTH puts it (byte {len(frame) - 1} is {frame[-1]:02X}h)"
    if frame[-TAIL] != checksum(frame):
        return f"checksum {frame[-TAIL]:02X}h, expected {checksum(frame):02X}h"
    return ""
