"""A foreign client: tiny checkers and blocking sockets, written from the manuals alone.

Nothing here imports unitbench, so that our units are met by somebody who cannot share our mistakes.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

Peer = tuple[str, int]

_IDENT = "SID OAN OVN SAN SVN LOC MKC MID SNR ASK IPA SNM GWA MAA".split()
_IDENT_LONG = "EXTSID EXTAPPVER EXTETHSTATIPA EXTRS232PPPSTATIPA EXTRS485PPPSTATIPA".split()


def dcol_sum(frame: bytes) -> int:
    """The checksum that a whole packet must carry: STATUS, TYPE, LENGTH and all data bytes, modulo 256."""
    return sum(frame[1 : 4 + frame[3]]) % 256


def dcol_build(status: int, packet_type: int, data: bytes) -> bytes:
    """A packet from STX to ETX. LENGTH is that of ``data``, whose first byte is the subtype."""
    body = bytes([status, packet_type, len(data)]) + data
    return b"\x02" + body + bytes([sum(body) % 256]) + b"\x03"


def dcol_complete(buffer: bytes) -> bool:
    """Whether a bare ACK or NAK, or a packet with all its bytes, stands at the start."""
    if buffer[:1] in (b"\x06", b"\x15"):
        return True
    return buffer[:1] == b"\x02" and len(buffer) >= 4 and len(buffer) >= 6 + buffer[3]


def kramer_line(text: str) -> bytes:
    """A host's line: ``#``, the command, CR. The empty command is the handshake."""
    return b"#" + text.encode("ascii") + b"\r"


def qstation_ident(record: bytes) -> dict[str, str | int]:
    """An ident record by lower-case key; SID and EXTSID as numbers, all else as text.

    Raises ValueError where end, keys or their order are not those of the manual.
    """
    if not record.endswith(b"\r\n") or b"\r" in record[:-2] or b"\n" in record[:-2]:
        raise ValueError("an ident record ends with one CR LF")
    pairs = [part.split(":", 1) for part in record[:-2].decode("latin-1").split("\t")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("a field without colon")
    keys = [key for key, _ in pairs]
    wanted = [key for key in _IDENT if key != "MID" or pairs[0][1] == "2"]
    if pairs[0][1] not in ("1", "2") or keys not in (wanted, wanted + _IDENT_LONG):
        raise ValueError(f"not the fields of SID {pairs[0][1]}: {keys}")
    return {key.lower(): int(value) if key in ("SID", "EXTSID") else value for key, value in pairs}


class _Socket:
    """What both clients share: a socket that closes with its block."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    @property
    def local(self) -> Peer:
        """The address and port that a unit sees."""
        host, port = self.sock.getsockname()[:2]
        return host, port

    def close(self) -> None:
        """Close the socket; a TCP unit sees the end of the stream."""
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _receive(self, end: float) -> tuple[bytes, Peer] | None:
        """The next bytes and their sender; None when the deadline has come first."""
        left = end - time.monotonic()
        if left <= 0:
            return None
        self.sock.settimeout(left)
        try:
            return self.sock.recvfrom(65536)
        except TimeoutError:
            return None


class RawTcp(_Socket):
    """A TCP connection. ``closed`` is true once the unit has ended or reset it."""

    def __init__(self, host: str, port: int, timeout: float = 5.0) -> None:
        super().__init__(socket.create_connection((host, port), timeout))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False

    def send(self, data: bytes) -> None:
        """Send all of ``data``, in one segment where the system allows."""
        self.sock.sendall(data)

    def read(self, until: Callable[[bytes], bool], deadline: float = 5.0) -> bytes:
        """What came until ``until`` held for all of it, the unit closed, or ``deadline`` seconds passed."""
        came, end = b"", time.monotonic() + deadline
        while not until(came) and not self.closed:
            try:
                got = self._receive(end)
            except ConnectionError:
                got = (b"", ("", 0))
            if got is None:
                break
            came, self.closed = came + got[0], not got[0]
        return came

    def ask(self, data: bytes, until: Callable[[bytes], bool], deadline: float = 5.0) -> bytes:
        """Send, then read."""
        self.send(data)
        return self.read(until, deadline)


class RawUdp(_Socket):
    """A UDP socket with a port of its own, towards one address or a broadcast address; it stays on loopback."""

    def __init__(self, host: str, port: int, bind: Peer = ("127.0.0.1", 0)) -> None:
        super().__init__(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.sock.bind(bind)
        self.peer = (host, port)

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        self.sock.sendto(data, self.peer)

    def read(
        self, until: Callable[[list[tuple[bytes, Peer]]], bool], deadline: float = 5.0
    ) -> list[tuple[bytes, Peer]]:
        """The datagrams, each with its sender, until ``until`` held for all of them or ``deadline`` seconds passed."""
        came: list[tuple[bytes, Peer]] = []
        end = time.monotonic() + deadline
        while not until(came):
            got = self._receive(end)
            if got is None:
                break
            came.append(got)
        return came

    def ask(
        self, data: bytes, until: Callable[[list[tuple[bytes, Peer]]], bool], deadline: float = 5.0
    ) -> list[tuple[bytes, Peer]]:
        """Send, then read."""
        self.send(data)
        return self.read(until, deadline)


def dcol_setting(
    number: int,
    ip_port: int = 0,
    *,
    active: int = 1,
    udp: int = 0,
    timeout: int = 60,
    only: int = 0,
    remote: tuple[str, int] | None = None,
) -> bytes:
    """A 10h, made by hand."""
    address, port = remote or ("", 0)
    head = bytes([0x10, number, active]) + ip_port.to_bytes(2, "big") + bytes([udp, timeout, only, 0])
    tail = bytes([remote is not None]) + port.to_bytes(2, "big") + bytes(7) + bytes([len(address)])
    return dcol_build(0, 0xAE, head + tail + address.encode())
