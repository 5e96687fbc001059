"""A serial line: bytes to and from whoever is at its other end. There is no connection."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

from unitbench.errors import LinkLost, OpenFailed
from unitbench.transport.base import Address, Lost, Received, Stamp, Transport

if TYPE_CHECKING:
    from unitbench.transport.tty import QuietPort

READ_SIZE = 65536
UNSENT_BYTES = 65536
"""A line that takes no bytes (its other end holds it up) has so many waiting at most."""
REASONS = {
    errno.ENOENT: ("no such device", "is it plugged in? 'ls /dev/serial/by-id' lists what is"),
    errno.ENXIO: ("no such device", "is it plugged in? 'ls /dev/serial/by-id' lists what is"),
    errno.ENODEV: ("no such device", "is it plugged in? 'ls /dev/serial/by-id' lists what is"),
    errno.EACCES: (
        "permission denied",
        "the device belongs to a group, often dialout: sudo usermod -aG dialout $USER, then log in again",
    ),
    errno.EPERM: (
        "permission denied",
        "the device belongs to a group, often dialout: sudo usermod -aG dialout $USER, then log in again",
    ),
    errno.EBUSY: ("in use by another program", "end the other program (a terminal, a second session) first"),
    errno.EAGAIN: ("in use by another program", "end the other program (a terminal, a second session) first"),
    errno.EISDIR: ("that is a folder", "name the device itself, such as /dev/ttyUSB0"),
}


class SerialTransport(Transport):
    """A port is opened for us alone, its modem lines are left as they are, and bytes are stamped when they are
    read: the kernel has no stamps for them.

    ``address`` is the device and 0; ``framing`` is such as ``8N1``.
    """

    datagrams = False

    def __init__(self, address: Address, baud: int, framing: str, received: Received, lost: Lost) -> None:
        super().__init__(received, lost)
        self.address = address
        self._baud = baud
        self._framing = framing
        self._port: QuietPort | None = None
        self._fd = -1
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsent = bytearray()

    async def open(self, timeout_s: float) -> None:
        device = self.address[0]
        if sys.platform == "win32":
            raise OpenFailed(
                f"cannot open {device}: serial lines are not supported on Windows yet",
                endpoint=device,
                hint="a unit on a network interface can be used from here",
            )
        try:
            from unitbench.transport import tty
        except ImportError:
            raise OpenFailed(
                f"cannot open {device}: pyserial is not installed",
                endpoint=device,
                hint="pip install pyserial",
            ) from None
        try:
            self._port = tty.opened(device, self._baud, self._framing)
        except (OSError, ValueError) as error:
            raise _open_failed(device, error, f"{self._baud} {self._framing}") from None
        self._fd = self._port.fileno()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._fd, self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._gone(error)
            return
        if data:
            self.received(data, self.address, Stamp.now())
        else:
            # A port that is ready and has nothing to read is gone: it was unplugged.
            self._gone(None)

    def _gone(self, error: OSError | None) -> None:
        self.close()
        self.lost(error)

    def send(self, data: bytes, to: Address | None = None) -> Stamp:
        device = self.address[0]
        if self._port is None:
            raise LinkLost(f"the serial line {device} is closed")
        if len(self._unsent) + len(data) > UNSENT_BYTES:
            raise LinkLost(f"{device} takes no more bytes: {len(self._unsent)} wait to be sent")
        stamp = Stamp.now()
        self._unsent += data
        try:
            self._write()
        except OSError as error:
            raise LinkLost(f"sending to {device} failed: {error.strerror}", endpoint=device) from None
        return stamp

    def _write(self) -> None:
        """Write what the line takes now, and the rest when it takes more."""
        assert self._loop is not None
        with contextlib.suppress(BlockingIOError):
            del self._unsent[: os.write(self._fd, self._unsent)]
        if self._unsent:
            self._loop.add_writer(self._fd, self._writable)
        else:
            self._loop.remove_writer(self._fd)

    def _writable(self) -> None:
        try:
            self._write()
        except OSError as error:
            self._gone(error)

    def close(self) -> None:
        if self._port is not None and self._loop is not None:
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
            self._unsent.clear()
            with contextlib.suppress(OSError):
                self._port.close()
            self._port = None


def _open_failed(device: str, error: OSError | ValueError, setting: str) -> OpenFailed:
    number = error.errno if isinstance(error, OSError) else None
    if number in REASONS:
        reason, hint = REASONS[number]
    elif number is None or number == errno.ENOTTY:
        reason, hint = f"it is no serial port, or not one for {setting}", "is the device right, and its rate?"
    else:
        reason, hint = os.strerror(number), "is the device right, and does it work in another program?"
    return OpenFailed(f"cannot open {device}: {reason}", endpoint=device, hint=hint)
