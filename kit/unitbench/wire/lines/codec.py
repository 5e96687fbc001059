"""A line protocol's bytes, from nothing but its record in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Builder, Dissection, Edit
from unitbench.schema.printable import printable
from unitbench.schema.records import Command, Field, Lines, Report, Request, Role
from unitbench.schema.values import Value
from unitbench.wire.codec import Codec, DatagramFramer, Framer, missing
from unitbench.wire.lines.blocks import BlockFramer, put_block, take_block
from unitbench.wire.lines.frames import LineFramer


class LinesCodec(Codec):
    """Stateless. Requests are strict, replies are read leniently."""

    @property
    def spelt(self) -> Lines:
        """How the protocol spells its lines."""
        lines = self.protocol.lines
        assert lines is not None
        return lines

    def encode(self, request: Request) -> bytes:
        command = self.command(request)
        values = self.checked(request)
        words: list[str] = []
        for number, field in enumerate(command.args):
            if field.name not in values:
                continue
            if len(words) < number:
                raise missing(command, command.args[len(words)])  # it is told by its place
            words.append(text.format_value(values[field.name]))
        line = self.spelt.separator.join([command.name, *words]) + self.spelt.request_end
        data = line.encode("latin-1")
        if len(data) > self.protocol.max_request:
            raise InvalidValue(f"the line has {len(data)} bytes, {self.protocol.max_request} are allowed")
        return data

    def encode_report(self, name: str, values: dict[str, Value]) -> bytes:
        """What a unit sends: the tag if there is one, then the items."""
        report = catalogue.report(self.name, name)
        if report.close:
            return put_block(report, self.spelt, values).encode("latin-1", "replace")
        words = [text.format_value(values[field.name]) for field in report.fields if field.name in values]
        line = report.separator.join([report.tag, *words] if report.tag else words)
        return (line + self.spelt.reply_end).encode("latin-1", "replace")

    def framer(self, speaker: Role, *, datagrams: bool) -> Framer:
        if datagrams:
            return DatagramFramer()
        if speaker is Role.HOST:
            return LineFramer(self.protocol.max_request, at_once=True)
        lines = LineFramer(self.protocol.max_reply)
        ends = {r.tag.encode("latin-1"): r.close.encode("latin-1") for r in self.protocol.reports if r.close}
        return BlockFramer(lines, ends, self.protocol.max_reply) if ends else lines

    def answers(self, request: Request, heard: Dissection) -> bool:
        report = self.protocol.report(heard.name)
        return heard.name in self.command(request).reply or (report is not None and report.refuses)

    def mends(self, data: bytes) -> Iterator[Edit]:
        from unitbench.wire.lines.mends import line_mends

        return line_mends(data, self.protocol, self.spelt)

    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        line = data.decode("latin-1")
        body = len(line.rstrip("\r\n"))
        command = self._command(line[:body])
        if speaker is None:
            speaker = Role.HOST if command else Role.UNIT
        if not data:
            out = Builder(data)
            out.fault(0, "no bytes")
            return Dissection(self.name, data, faults=tuple(out.faults))
        return (
            self._request(data, line, body, command)
            if speaker is Role.HOST
            else self._reply(data, line, body)
        )

    def _command(self, body: str) -> Command | None:
        """The command that a line begins with: exact first, then letter case free."""
        head = body.strip().partition(self.spelt.separator)[0] if self.spelt.separator else body.strip()
        return self.protocol.command(head)

    def _request(self, data: bytes, line: str, body: int, command: Command | None) -> Dissection:
        out = Builder(data)
        words = line[:body].split(self.spelt.separator) if self.spelt.separator else [line[:body]]
        meaning = command.title if command else ""
        fault = None if command else f"'{printable(words[0], 40)}' is no command of this protocol"
        out.add("command", len(words[0]), printable(words[0]), meaning=meaning, fault=fault, frame_part=True)
        self._items(out, words[1:], self.spelt.separator, list(command.args) if command else [])
        self._end(out, line, self.spelt.request_end)
        name = command.name if command else ""
        title = (
            f"{self.protocol.voice(command)} request {name}, {command.title}"
            if command
            else f"{self.protocol.maker} line"
        )
        likeness = 0.8 if command else 0.0
        leaves, faults = tuple(out.leaves), tuple(out.faults)
        return Dissection(
            self.name, data, name, title, Role.HOST.value, leaves, faults, "", likeness, tuple(out.lacks)
        )

    def _reply(self, data: bytes, line: str, body: int) -> Dissection:
        out = Builder(data)
        report = self._report(line[:body])
        words = line[:body].split(report.separator) if report else [line[:body]]
        if report and report.close:
            take_block(out, line, report, self.spelt)
        elif report and report.tag:
            out.add("tag", len(words[0]), words[0], meaning=report.title, frame_part=True)
            self._items(out, words[1:], report.separator, list(report.fields))
        elif report:
            self._items(out, words, report.separator, list(report.fields), first=True)
        else:
            out.add("text", body, printable(line[:body]), note="not in the catalogue")
        if not (report and report.close):
            self._end(out, line, self.spelt.reply_end)
        code = ""
        if report and report.refuses:
            first = next((leaf for leaf in out.leaves if not leaf.frame_part), None)
            code = f"{report.tag} {first.value!s}" if first else report.tag
        name = report.name if report else ""
        title = f"{self.protocol.voice(report)} {report.title}" if report else f"{self.protocol.maker} line"
        likeness = 0.0 if report is None else 0.9 if report.tag else 0.3
        return Dissection(
            self.name,
            data,
            name,
            title,
            Role.UNIT.value,
            tuple(out.leaves),
            tuple(out.faults),
            code,
            likeness,
            tuple(out.lacks),
        )

    def _report(self, body: str) -> Report | None:
        """The report that a line is: by its tag, else by its number of items."""
        for report in self.protocol.reports:
            behind = body[len(report.tag) :]
            separators = ("\r", "\n") if report.close else report.separator
            if report.tag and body.startswith(report.tag) and (not behind or behind.startswith(separators)):
                return report
        for report in self.protocol.reports:
            if not report.tag and len(body.split(report.separator)) == len(report.fields):
                return report
        return None

    def _items(
        self, out: Builder, words: list[str], separator: str, fields: list[Field], *, first: bool = False
    ) -> None:
        for index, word in enumerate(words):
            if index or not first:
                out.add("separator", len(separator), frame_part=True)
            if not fields:
                note = "not in the manual's table" if word else "empty"
                out.add("item", len(word), printable(word), note=note)
                continue
            field = fields.pop(0)
            try:
                value = text.parse(field.type, word)
            except InvalidValue as error:
                why = f"{field.name}: {error.message}"
                out.add(field.name, len(word), printable(word), fault=why, secret=field.secret)
                continue
            meaning = text.meaning(field.type, value) or field.about
            out.add(field.name, len(word), value, meaning=meaning, secret=field.secret)
        lacking = [field.name for field in fields if not field.optional]
        if lacking:
            out.lacks += lacking
            out.fault(out.at, f"{lacking[0]} is missing")

    def _end(self, out: Builder, line: str, wanted: str) -> None:
        end = line[out.at :]
        spelt = printable(wanted) or "no line end"
        if not end and not wanted:
            return
        if not end:
            out.lack(spelt, f"append {spelt}")
            return
        note = None if end == wanted else f"{spelt} expected"
        out.add("end", len(end), printable(end), note=note, frame_part=True)
