"""The camera's bytes: requests of the simulated unit's own, its announce, and formatted output as it comes."""

from __future__ import annotations

from unitbench.catalogue import vs1
from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Builder, Dissection
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.schema.records import Field, Protocol, Report, Role
from unitbench.schema.values import Value
from unitbench.wire.lines.codec import LinesCodec

END = "\r\n"
GUESS = 0.02
"""How much a text that nothing tells apart looks like formatted output."""


class Vs1Codec(LinesCodec):
    """Stateless. A line protocol with one report of KEY=value items, and one of any text at all."""

    @property
    def protocol(self) -> Protocol:
        return vs1.PROTOCOL

    def encode_report(self, name: str, values: dict[str, Value]) -> bytes:
        """What a unit sends. Formatted output goes out as it is, without an end."""
        report = self._named(name)
        items = [
            (f"{field.key}=" if field.key else "") + text.format_value(values[field.name])
            for field in report.fields
            if field.name in values
        ]
        line = report.separator.join([report.tag, *items] if report.tag else items)
        return (line + (END if report.tag else "")).encode("latin-1", "replace")

    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        if speaker is not Role.HOST and data:
            line = data.decode("latin-1")
            announce = self._named("announce")
            if line.startswith(announce.tag + announce.separator):
                return self._announce(data, line, announce)
            asked = speaker is None and self.protocol.command(line.split(" ")[0].strip())
            if not asked and not self._tagged(line.rstrip(END)):
                return self._formatted(data, line)
        found = super().dissect(data, speaker)
        return replace(found, code=found.code.partition(" ")[0])

    def _named(self, name: str) -> Report:
        found = self.protocol.report(name)
        if found is None:
            raise KeyError(f"vs1 has no report {name}")
        return found

    def _tagged(self, body: str) -> bool:
        return any(
            report.tag and (body == report.tag or body.startswith(report.tag + report.separator))
            for report in self.protocol.reports
        )

    def _announce(self, data: bytes, line: str, report: Report) -> Dissection:
        out = Builder(data)
        out.add("tag", len(report.tag), report.tag, meaning=report.title, frame_part=True)
        lacking = {field.key: field for field in report.fields}
        for item in line.rstrip(END).split(report.separator)[1:]:
            out.add("separator", 1, frame_part=True)
            key, equals, value = item.partition("=")
            field = lacking.pop(key, None)
            if not equals or field is None:
                out.add("item", len(item), printable(item), note="not in the known layout")
                continue
            out.add("key", len(key) + 1, key, frame_part=True)
            _value(out, field, value)
        if end := line[out.at :]:
            note = None if end == END else "<CR><LF> expected"
            out.add("end", len(end), printable(end), note=note, frame_part=True)
        else:
            out.lack("<CR><LF>", "append <CR><LF>")
        for field in lacking.values():
            out.lacks.append(field.name)
            out.fault(len(data), f"{field.name} is missing", f"the item {field.key}=")
        return self._done(out, report, 0.95)

    def _formatted(self, data: bytes, line: str) -> Dissection:
        """Text, and the line end that the job may have put behind it: neither can be wrong."""
        out = Builder(data)
        report = self._named("formatted")
        body = len(line.rstrip(END))
        out.add("text", body, printable(line[:body], 65536), meaning=report.fields[0].about)
        if end := line[body:]:
            out.add("end", len(end), printable(end), frame_part=True)
        return self._done(out, report, GUESS)

    def _done(self, out: Builder, report: Report, likeness: float) -> Dissection:
        title = f"{self.protocol.voice(report)} {report.title}"
        leaves, faults = tuple(out.leaves), tuple(out.faults)
        return Dissection(
            self.name,
            out.raw,
            report.name,
            title,
            Role.UNIT.value,
            leaves,
            faults,
            "",
            likeness,
            tuple(out.lacks),
        )


def _value(out: Builder, field: Field, word: str) -> None:
    try:
        value = text.parse(field.type, word)
    except InvalidValue as error:
        out.add(field.name, len(word), printable(word), fault=f"{field.name}: {error.message}")
        return
    out.add(field.name, len(word), value, meaning=text.meaning(field.type, value) or field.about)


CODEC = Vs1Codec("vs1")
