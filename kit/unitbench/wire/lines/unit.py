"""A simulated unit of a line protocol, from nothing but the rules in its record."""

from __future__ import annotations

from collections.abc import Mapping

from unitbench.schema import text
from unitbench.schema.linelint import filled
from unitbench.schema.printable import MASK
from unitbench.schema.records import Command, Role
from unitbench.schema.simulated import Answer
from unitbench.schema.values import Value
from unitbench.wire.codec import Piece
from unitbench.wire.host import Peer
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.unit import UnitCore


class LinesUnit(UnitCore):
    """``facts`` are what this unit knows of itself, by the names of ``schema.simulated.FACTS``."""

    def __init__(self, codec: LinesCodec, facts: Mapping[str, str]) -> None:
        rules = codec.protocol.simulated
        assert rules is not None
        super().__init__(codec, reply_delay_s=rules.delay_s)
        self.lines = codec
        self.rules = rules
        self.facts = dict(facts)
        self.state = {name: filled(begin, self.facts) for name, begin in rules.state}

    def dump(self) -> dict[str, object]:
        """Its state by name, without what an item of that name keeps secret."""
        protocol = self.codec.protocol
        asked = (item for command in protocol.commands for item in command.args)
        told = (item for report in protocol.reports for item in report.fields)
        secret = {item.name for item in (*asked, *told) if item.secret}
        return {name: MASK if name in secret else value for name, value in self.state.items()}

    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        line = piece.data.rstrip(b"\r\n")
        if not piece.data:
            return
        if piece.fault or len(line) > self.codec.protocol.max_request:
            self._silent(piece.fault or "the request is too long", peer, now)
        elif self.rules.words:
            self._row(line.decode("latin-1").split()[: self.rules.words], peer, now)
        else:
            self._one(line, peer, now)

    def _row(self, words: list[str], peer: Peer, now: float) -> None:
        """A row of commands: one report carries what all of them ask for, each item once."""
        reply, values = "", dict[str, Value]()
        for word in words:
            command = self.codec.protocol.command(word)
            rule = self._rule(command, {}) if command else None
            if rule is not None:
                reply = reply or rule.reply
                for name, value in self._perform(rule, {}).items():
                    values.setdefault(name, value)
        if reply:
            self._say(reply, values, peer, now)
        else:
            self._otherwise("no word is known", peer, now)

    def _one(self, line: bytes, peer: Peer, now: float) -> None:
        seen = self.lines.dissect(line + self.lines.spelt.request_end.encode("latin-1"), Role.HOST)
        command = self.codec.protocol.command(seen.name)
        if command is None or seen.faults or seen.leaf("item") is not None:
            self._otherwise(seen.faults[0].text if seen.faults else "the line is malformed", peer, now)
            return
        given = {name: text.format_value(value) for name, value in seen.values.items()}
        rule = self._rule(command, given)
        if rule is None:
            self._otherwise("no rule fits", peer, now)
            return
        values = self._perform(rule, given)
        if rule.reply:
            self._say(rule.reply, values, peer, now)
        else:
            self._silent(f"{command.name}: its rule has no reply", peer, now)

    def _rule(self, command: Command, given: dict[str, str]) -> Answer | None:
        """The first rule that holds."""
        known = self._names(given)
        for rule in self.rules.answers:
            named = not rule.command or rule.command.casefold() == command.name.casefold()
            if named and all(known.get(name) == filled(wanted, known) for name, wanted in rule.when):
                return rule
        return None

    def _names(self, given: dict[str, str]) -> dict[str, str]:
        return {**self.facts, **self.state, **given}

    def _perform(self, rule: Answer, given: dict[str, str]) -> dict[str, Value]:
        """Change the state as the rule says; gives the items of its report."""
        names = self._names(given)
        self.state |= {name: filled(content, names) for name, content in rule.sets}
        names = self._names(given)
        report = self.codec.protocol.report(rule.reply)
        own = {name: filled(content, names) for name, content in rule.values}
        every = tuple(field.name for field in report.fields) if report else ()
        order = every if rule.items is None else rule.items
        return {name: own.get(name, names.get(name, "")) for name in order if name in own or name in names}

    def _otherwise(self, why: str, peer: Peer, now: float) -> None:
        rule = self.rules.otherwise
        if rule is None or not rule.reply:
            self._silent(why, peer, now)
            return
        self.note(now, peer, b"", why)
        self._say(rule.reply, self._perform(rule, {}), peer, now)

    def _silent(self, why: str, peer: Peer, now: float) -> None:
        self.note(now, peer, b"", f"silent: {why}")

    def _say(self, report: str, values: dict[str, Value], peer: Peer, now: float) -> None:
        self.note(now, peer, b"", report)
        self.reply(self.lines.encode_report(report, values), peer, now)
