"""A recorder's command server: one TCP client, UDP always; and the network restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench.schema.records import Role
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.host import Peer
from unitbench.wire.recorder.codec import CODEC
from unitbench.wire.recorder.ledger import STANDING, Ledger, Use
from unitbench.wire.unit import UnitCore

RESTART_S = 3.0
"""How long the network function is dead in a restart (a reading)."""
REPLIED_S = 0.05
"""The restart waits so long for its own answer to leave."""
UNKNOWN, TOO_LONG = 1, 2
REJECTS = ("rst", "silent", "accept_close")
"""What a client meets where no place is left: refused at once, no answer at all, or taken and closed."""
FEATURES = frozenset({"udp", "http", "ftp", "ftp-client", "ntp", "dhcp", "dns"})
"""The starred items of the manual, not equipped by some models."""
NEEDS = {Use.HTTP_LISTENER: "http", Use.FTP_LISTENER: "ftp", Use.COMMAND_UDP: "udp"}


@dataclass
class Backup:
    """Where the files are backed up to: an FTP server (``host`` or ``host:port``), account and folder."""

    server: str
    account: str = "anonymous"
    password: str = field(default="", repr=False)
    folder: str = ""
    passive: bool = True


@dataclass
class RecorderState:
    """What the recorder keeps. ``features`` are the starred items that this model has; servers are given as
    ``host`` or ``host:port``; ``*_every_s`` of 0 means on demand only; ``idle_s`` of 0 never drops a client."""

    model: str = "GL840-SIM"
    serial: str = "0"
    firmware: str = "01.00"
    ip_address: str = "192.168.1.60"
    command_port: int = 8023
    mac: str = "00:11:22:33:44:55"
    features: frozenset[str] = FEATURES
    reject: str = "rst"
    restart_s: float = RESTART_S
    idle_s: float = 0.0
    clock_offset_s: float = 0.0
    dns_server: str = ""
    ntp_server: str = ""
    ntp_every_s: float = 0.0
    backup: Backup | None = None
    backup_every_s: float = 0.0
    down: bool = False
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.ledger.standing = tuple(
            use for use in STANDING if use not in NEEDS or NEEDS[use] in self.features
        )


class RecorderUnit(UnitCore):
    """On UDP every error is met with silence, so that a broadcast never starts a storm."""

    def __init__(self, state: RecorderState | None = None, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state or RecorderState()
        self.on_network: Callable[[bool], None] | None = None
        self._datagram = False

    def receive(self, data: bytes, peer: Peer, now: float, *, datagram: bool) -> None:
        self.tick(now)
        if not self.state.down:
            self._datagram = datagram
            super().receive(data, peer, now, datagram=datagram)

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        line = piece.data.rstrip(b"\r\n \t")
        if not line:
            return
        seen = CODEC.dissect(line + b"\r\n", Role.HOST)
        values, state = seen.values, self.state
        if piece.fault:
            self._refuse(TOO_LONG, peer, now)
        elif seen.faults or "item" in values or not line.isascii() or b"\n" in line or b"\r" in line:
            self._refuse(UNKNOWN, peer, now)
        elif seen.name == "*IDN?":
            self._say(
                "identity", peer, now, {"maker": "GRAPHTEC"} | _of(state, "model", "serial", "firmware")
            )
        elif seen.name == "SIMFIND?":
            self._say("found", peer, now, _of(state, "model", "ip_address", "command_port", "mac"))
        elif str(values["mac"]).lower() == state.mac.lower():
            self._say("done", peer, now, {})
            self.later(now + self.reply_delay_s + REPLIED_S, self._restart)
        else:
            self._refuse(UNKNOWN, peer, now)

    def _say(self, report: str, peer: Peer, now: float, values: dict[str, Value]) -> None:
        self.note(now, peer, b"", report)
        self.reply(CODEC.encode_report(report, values), peer, now)

    def _refuse(self, number: int, peer: Peer, now: float) -> None:
        self.note(now, peer, b"", f"refused: {number}")
        if not self._datagram:
            self.reply(CODEC.encode_report("error", {"number": number}), peer, now)

    def _restart(self, now: float) -> None:
        """All connections are closed and all ports dead, for a while. Settings and recording are untouched."""
        if self.state.down:
            return
        self.state.down = True
        self.note(now, "", b"", "network restart")
        if self.on_network is not None:
            self.on_network(False)
        self.state.ledger.restart()
        self.later(now + self.state.restart_s, self._back)

    def _back(self, now: float) -> None:
        self.state.down = False
        self.note(now, "", b"", "network back")
        if self.on_network is not None:
            self.on_network(True)


def _of(state: RecorderState, *names: str) -> dict[str, Value]:
    return {name: getattr(state, name) for name in names}
