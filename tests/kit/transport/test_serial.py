"""Serial lines: opened for us alone, modem lines left alone, every failure said with what to do."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sys
import termios
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import serial

from tests.support.tty import Wire
from unitbench.errors import LinkLost, OpenFailed
from unitbench.transport import serial as module
from unitbench.transport.base import Address, Stamp
from unitbench.transport.serial import UNSENT_BYTES, SerialTransport

MODEM = {termios.TIOCMSET, termios.TIOCMBIS, termios.TIOCMBIC}


class Ear:
    """What a transport says; ``until`` waits for it."""

    def __init__(self, device: str, baud: int = 9600, framing: str = "8N1") -> None:
        self.came = b""
        self.stamps: list[Stamp] = []
        self.lost: list[OSError | None] = []
        self._news = asyncio.Event()
        self.transport = SerialTransport((device, 0), baud, framing, self._received, self._lost)

    def _received(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        assert peer == self.transport.address
        self.came += data
        self.stamps.append(stamp)
        self._news.set()

    def _lost(self, error: OSError | None) -> None:
        self.lost.append(error)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._news.clear()
                await self._news.wait()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_bytes_go_both_ways_and_are_stamped_by_the_user() -> None:
    async def work() -> None:
        with Wire() as wire:
            ear = Ear(wire.device)
            await ear.transport.open(1.0)
            before = Stamp.now()
            sent = ear.transport.send(b"#SECUR?\r")
            assert wire.hear(8) == b"#SECUR?\r"
            wire.say(bytes(range(256)))
            await ear.until(lambda: len(ear.came) == 256)
            assert ear.came == bytes(range(256)), "no byte means anything to the line"
            assert {stamp.source for stamp in (sent, *ear.stamps)} == {"user"}
            assert before.mono_ns <= sent.mono_ns <= ear.stamps[-1].mono_ns
            ear.transport.close()
            ear.transport.close()
            assert ear.lost == []

    run(work())


def test_what_the_line_does_not_take_at_once_goes_when_it_does() -> None:
    async def work() -> None:
        with Wire() as wire:
            ear = Ear(wire.device)
            await ear.transport.open(1.0)
            data = bytes(index % 251 for index in range(UNSENT_BYTES))
            ear.transport.send(data)
            with pytest.raises(LinkLost, match="takes no more bytes"):
                ear.transport.send(data)
            assert await asyncio.to_thread(wire.hear, len(data)) == data
            ear.transport.send(b"#\r")
            assert wire.hear(2) == b"#\r"
            ear.transport.close()

    run(work())


@pytest.mark.parametrize(
    ("baud", "framing", "speed", "set_", "unset"),
    [
        (9600, "8N1", termios.B9600, termios.CS8, termios.PARENB | termios.CSTOPB),
        (115200, "8E2", termios.B115200, termios.CS8 | termios.PARENB | termios.CSTOPB, termios.PARODD),
        (38400, "7O1", termios.B38400, termios.CS7 | termios.PARENB | termios.PARODD, termios.CSTOPB),
    ],
)
def test_rate_and_framing_without_flow_control(
    baud: int, framing: str, speed: int, set_: int, unset: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked of the system: a pseudo-terminal itself keeps 8 bits whatever it is told."""
    asked: list[list[Any]] = []
    monkeypatch.setattr(termios, "tcsetattr", lambda fd, when, what: asked.append(what))

    async def work() -> None:
        with Wire() as wire:
            ear = Ear(wire.device, baud, framing)
            await ear.transport.open(1.0)
            ear.transport.close()

    run(work())
    for iflag, oflag, cflag, lflag, ispeed, ospeed, _ in asked:
        assert (ispeed, ospeed) == (speed, speed)
        assert cflag & set_ == set_
        assert not cflag & (unset | termios.CRTSCTS)
        assert not iflag & (termios.IXON | termios.IXOFF | termios.ICRNL)
        assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)
        assert not oflag & termios.OPOST
    assert asked


def test_the_modem_lines_are_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = fcntl.ioctl, []

    def ioctl(fd: int, request: int, *more: Any) -> Any:
        asked.append(request)
        return real(fd, request, *more)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)

    async def work() -> None:
        with Wire() as wire:
            ear = Ear(wire.device)
            await ear.transport.open(1.0)
            ear.transport.send(b"#\r")
            wire.hear(2)
            ear.transport.close()

    run(work())
    assert not MODEM & set(asked)
    with Wire() as wire, serial.Serial(wire.device):
        assert MODEM & set(asked), "pyserial by itself would have been seen"


def test_a_line_is_for_one_program() -> None:
    async def work() -> None:
        with Wire() as wire:
            first, second = Ear(wire.device), Ear(wire.device)
            await first.transport.open(1.0)
            with pytest.raises(OpenFailed, match="in use by another program") as caught:
                await second.transport.open(1.0)
            assert caught.value.endpoint == wire.device
            first.transport.close()
            await second.transport.open(1.0)
            second.transport.close()

    run(work())


def test_one_that_is_unplugged_ends_the_line() -> None:
    async def work() -> None:
        with Wire() as wire:
            ear = Ear(wire.device)
            await ear.transport.open(1.0)
            wire.say(b"~01@")
            await ear.until(lambda: ear.came == b"~01@")
            wire.unplug()
            await ear.until(lambda: bool(ear.lost))
            assert len(ear.lost) == 1
            with pytest.raises(LinkLost, match="is closed"):
                ear.transport.send(b"#\r")

    run(work())


@pytest.mark.parametrize(
    ("number", "reason", "hint"),
    [
        (errno.ENOENT, "no such device", "plugged in"),
        (errno.ENXIO, "no such device", "plugged in"),
        (errno.EACCES, "permission denied", "dialout"),
        (errno.EBUSY, "in use by another program", "other program"),
        (errno.EIO, os.strerror(errno.EIO), "device"),
    ],
)
def test_why_it_cannot_be_opened(
    number: int, reason: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: object, flags: int, *more: object) -> int:
        raise OSError(number, os.strerror(number))

    async def work() -> None:
        monkeypatch.setattr(os, "open", refused)
        with pytest.raises(OpenFailed) as caught:
            await Ear("/dev/ttyUSB0").transport.open(1.0)
        monkeypatch.undo()
        assert str(caught.value) == f"cannot open /dev/ttyUSB0: {reason}"
        assert hint in caught.value.hint

    run(work())


def test_what_is_there_and_is_no_serial_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    async def work() -> None:
        for name, reason in (("file", "no serial port"), ("nothing", "no such device"), ("", "a folder")):
            with pytest.raises(OpenFailed, match=reason):
                await Ear(str(tmp_path / name)).transport.open(1.0)

    run(work())
    assert (tmp_path / "file").read_text() == "x"


def test_without_pyserial_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "unitbench.transport.tty", raising=False)
    monkeypatch.delattr("unitbench.transport.tty", raising=False)
    monkeypatch.setitem(sys.modules, "serial", None)

    async def work() -> None:
        with pytest.raises(OpenFailed, match="pyserial is not installed") as caught:
            await Ear("/dev/ttyUSB0").transport.open(1.0)
        assert caught.value.hint == "pip install pyserial"

    run(work())


def test_windows_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "sys", type("System", (), {"platform": "win32"}))

    async def work() -> None:
        with pytest.raises(OpenFailed, match=r"cannot open COM3: .*Windows"):
            await Ear("COM3").transport.open(1.0)

    run(work())
