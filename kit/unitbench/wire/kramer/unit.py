"""A Protocol 3000 unit: security flag, passwords, unit sessions bound to the peer, five minutes of idleness."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.records import Command
from unitbench.wire.codec import Piece
from unitbench.wire.host import Peer
from unitbench.wire.kramer.codec import CODEC, HANDSHAKE
from unitbench.wire.kramer.frames import OVERLONG, Asked, asked
from unitbench.wire.kramer.state import NOBODY, OFF, ON, KramerState, allowed, explained, listed
from unitbench.wire.unit import UnitCore

__all__ = ["KramerState", "KramerUnit"]

SESSION_SILENCE_S = 300.0
"""Idle time after which a unit session ends (seed, login flow, step 6)."""


@dataclass
class _UnitSession:
    level: str
    last: float


@dataclass
class _WrongTries:
    last: float
    count: int = 0


class KramerUnit(UnitCore):
    """Order of checks (a reading): frame (ERR001), known command (ERR002), permission (ERR004), number of
    parameters (ERR001), their values (ERR003), then the command itself: a wrong password is ERR004.

    Its factory settings are those that it begins with; a factory reset ends all unit sessions.
    """

    def __init__(self, state: KramerState | None = None, *, reply_delay_s: float = 0.0) -> None:
        super().__init__(CODEC, reply_delay_s=reply_delay_s)
        self.state = state or KramerState()
        self._factory = self.state.copy()
        self._sessions: dict[Peer, _UnitSession] = {}
        self._wrong: dict[Peer, _WrongTries] = {}
        self._watched = False

    def level(self, peer: Peer) -> str:
        """The access level of a peer; everybody is ADMIN while security is off."""
        if not self.state.secur:
            return "ADMIN"
        session = self._sessions.get(peer)
        return session.level if session else NOBODY

    def disconnected(self, peer: Peer, now: float) -> None:
        super().disconnected(peer, now)
        self._sessions.pop(peer, None)
        self._wrong.pop(peer, None)

    def refusal(self, request: bytes) -> bytes | None:
        """That the command is not there, which may be said of any line."""
        return CODEC.encode_report("", ["ERR002"], self.state.dev_id)

    def switched_off(self, now: float) -> None:
        """Unit sessions end; settings and passwords are stored."""
        super().switched_off(now)
        self._sessions.clear()
        self._wrong.clear()
        self._watched = False

    def dump(self) -> dict[str, object]:
        """Security, names and unit sessions; no passwords."""
        state = self.state
        return {
            "security": ON if state.secur else OFF,
            "device id": state.dev_id,
            "name": state.name,
            "model": state.model,
            "serial number": state.sn,
            "shows itself until": state.shown_until,
            "logins": {peer: session.level for peer, session in self._sessions.items()},
            "wrong passwords": {peer: tries.count for peer, tries in self._wrong.items()},
        }

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        line = piece.data.decode("latin-1").rstrip("\r")
        start, stop = 1, len(line)
        at = line.find("@")
        if at > 0 and line[1:at].isascii() and line[1:at].isdigit():
            if int(line[1:at]) != self.state.dev_id:
                self.note(now, peer, b"", "another device id: silence")
                return
            start = at + 1
        self._heard(peer, now)
        if piece.fault == OVERLONG:
            self._answer("", ["ERR001"], peer, now)
            return
        for part in line[start:stop].split(CODEC.protocol.chain):
            self._one(asked(line, start, start + len(part)), line[start : start + len(part)], peer, now)
            start += len(part) + 1

    def _heard(self, peer: Peer, now: float) -> None:
        """A peer says something: it may have been away too long."""
        session = self._sessions.get(peer)
        if session and now - session.last > SESSION_SILENCE_S:
            del self._sessions[peer]
            self.note(now, peer, b"", "idle for more than 300 s: logged out")
        elif session:
            session.last = now
        tries = self._wrong.get(peer)
        if tries and now - tries.last > SESSION_SILENCE_S:
            del self._wrong[peer]

    def _one(self, found: Asked | None, part: str, peer: Peer, now: float) -> None:
        name = found.name.text if found else HANDSHAKE
        record = CODEC.protocol.command(name)
        reply = "" if record is None or record.name == HANDSHAKE else record.name.rstrip("?")
        if any(not 0x20 <= ord(char) < 0x7F and char != "\t" for char in part):
            self._answer(reply, ["ERR001"], peer, now)
            return
        if record is None:
            self._answer("", ["ERR002"], peer, now)
            return
        if not allowed(self.level(peer), record.needs):
            self._answer(reply, ["ERR004"], peer, now)
            return
        args = [word.text for word in found.args] if found else []
        values, error = _read(record, args)
        if record.multiline and not error:
            self._help(values, peer, now)
            return
        words = [error] if error else self._run(record.name, values, peer, now)
        self._answer(reply, words, peer, now)

    def _help(self, values: list[str], peer: Peer, now: float) -> None:
        """All commands, or one of them explained, in several lines."""
        command = CODEC.protocol.command(values[0]) if values else None
        if values and command is None:
            self._answer("HELP", ["ERR003"], peer, now)
            return
        first, *more = explained(command) if command else listed(CODEC.protocol)
        self.note(now, peer, b"", first)
        lines = CODEC.encode_report(first, [], self.state.dev_id)
        self.reply(lines + b"".join(line.encode("ascii", "replace") + b"\r\n" for line in more), peer, now)

    def _run(self, name: str, values: list[str], peer: Peer, now: float) -> list[str]:
        said = self.state.read(name)
        if said is not None:
            return said
        if name == "LOGIN?":
            return [self.level(peer)]
        if name == "LOGIN":
            level, password = values
            return self._login(level, password, peer, now)
        if name == "LOGOUT":
            self._sessions.pop(peer, None)
        if name == "FACTORY":
            self.state = self._factory.copy()
            self._sessions.clear()
        return self.state.write(name, values, now)

    def _login(self, level: str, password: str, peer: Peer, now: float) -> list[str]:
        tries = self._wrong.get(peer, _WrongTries(now))
        if self.state.passwords.get(level) != password or tries.count >= (self.state.max_tries or math.inf):
            if self.state.max_tries:
                self._wrong[peer] = _WrongTries(now, tries.count + 1)
            return ["ERR004"]
        self._wrong.pop(peer, None)
        self._sessions[peer] = _UnitSession(level, now)
        self._watch()
        return [self.state.accepted(level, password), "OK"]

    def _expire(self, now: float) -> None:
        """Forget unit sessions that have been idle too long; look again while there are any."""
        for peer, session in list(self._sessions.items()):
            if now - session.last > SESSION_SILENCE_S:
                del self._sessions[peer]
        self._watched = False
        self._watch()

    def _watch(self) -> None:
        """One timer looks after all unit sessions."""
        if self._sessions and not self._watched:
            self._watched = True
            oldest = min(session.last for session in self._sessions.values())
            self.later(oldest + SESSION_SILENCE_S + 1.0, self._expire)

    def _answer(self, name: str, words: list[str], peer: Peer, now: float) -> None:
        # Only the result: an answer may repeat a password.
        self.note(now, peer, b"", f"{name or 'line'}: {words[-1]}")
        self.reply(CODEC.encode_report(name, words, self.state.dev_id), peer, now)


def _read(record: Command, args: list[str]) -> tuple[list[str], str]:
    """The values of a command's arguments, and an error code where they cannot be read."""
    least = sum(not field.optional for field in record.args)
    if not least <= len(args) <= len(record.args):
        return [], "ERR001"
    values = []
    for field_, word in zip(record.args, args, strict=False):
        try:
            # A login takes any password, and refuses the wrong one as such.
            values.append(word if field_.secret and record.grants else str(text.parse(field_.type, word)))
        except InvalidValue:
            return [], "ERR003"
    return values, ""
