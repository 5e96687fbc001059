"""A recorder's command server: one TCP client, UDP always; and the network restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench.errors import InvalidValue
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
FIXED_PORTS = {service.port for service in CODEC.protocol.services if service.name != "command"}
PORT_RULE = f"1..65535, but not {' or '.join(map(str, sorted(FIXED_PORTS)))}"
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
    ``host`` or ``host:port``; ``*_every_s`` of 0 means on demand only; ``idle_s`` of 0 never drops a client.

    A changed ``command_port`` is served from the next network restart on. With ``dhcp_interface`` the network
    setting is automatic: the address is leased on that interface, and ``ip_address``, ``netmask``, ``gateway``
    and ``dns_server`` are the server's; ``network`` says how that stands. ``listens`` is the command port that
    is served now.
    """

    model: str = "GL840-SIM"
    serial: str = "0"
    firmware: str = "01.00"
    ip_address: str = "192.168.1.60"
    command_port: int = 8023
    mac: str = "00:11:22:33:44:55"
    dhcp_interface: str = ""
    netmask: str = ""
    gateway: str = ""
    network: str = "fixed address"
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
    listens: int = field(init=False)

    def __post_init__(self) -> None:
        self.settle()

    def settle(self) -> None:
        """Have these settings from the start; raises ``InvalidValue`` for one that no recorder can have."""
        rules = {
            "command_port": (self.free_port(self.command_port), PORT_RULE),
            "reject": (self.reject in REJECTS, ", ".join(REJECTS)),
            "features": (self.features <= FEATURES, "some of " + ", ".join(sorted(FEATURES))),
        }
        for name, (fits, rule) in rules.items():
            if not fits:
                raise InvalidValue(f"a recorder cannot have this {name}", field=name, rule=rule, hint=rule)
        if self.dhcp_interface and "dhcp" not in self.features:
            rule = "a model with the feature dhcp"
            raise InvalidValue("this model has no DHCP client", field="dhcp_interface", rule=rule, hint=rule)
        self.listens = self.command_port
        self.ledger.standing = tuple(
            use for use in STANDING if use not in NEEDS or NEEDS[use] in self.features
        )

    @staticmethod
    def free_port(port: int) -> bool:
        """Whether the command server could have this port."""
        return 0 < port < 65536 and port not in FIXED_PORTS


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

    def refusal(self, request: bytes) -> bytes | None:
        """The refusal of a line that it does not know."""
        return CODEC.encode_report("error", {"number": UNKNOWN})

    def switched_on(self, now: float) -> None:
        """Settings and recordings are stored; the network begins anew."""
        super().switched_on(now)
        self.state.down = False
        self._take_port(now)

    def dump(self) -> dict[str, object]:
        """Network, clock and the ledger of connections; no passwords."""
        state, ledger = self.state, self.state.ledger
        return {
            "model": state.model,
            "address": state.ip_address,
            "network": "down" if state.down else state.network,
            "command port": state.listens,
            "clock ahead by": state.clock_offset_s,
            "connections": ledger.used,
            "open": {use.value: count for use, count in ledger.open.items() if count},
            "refused": {use.value: count for use, count in ledger.refused.items()},
        }

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
            found = _of(state, "model", "ip_address", "mac") | {"command_port": state.listens}
            self._say("found", peer, now, found)
        elif str(values["mac"]).lower() == state.mac.lower():
            self._say("done", peer, now, {})
            self.later(now + (self.reply_delay_s + REPLIED_S) * self.pace, self._restart)
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

    def _take_port(self, now: float) -> None:
        """The command port that is set comes into force."""
        state = self.state
        if state.free_port(state.command_port):
            state.listens = state.command_port
        else:
            self.note(now, "", b"", f"command port {state.command_port}: {PORT_RULE}; {state.listens} stays")
            state.command_port = state.listens

    def _back(self, now: float) -> None:
        self.state.down = False
        self._take_port(now)
        self.note(now, "", b"", "network back")
        if self.on_network is not None:
            self.on_network(True)


def _of(state: RecorderState, *names: str) -> dict[str, Value]:
    return {name: getattr(state, name) for name in names}
