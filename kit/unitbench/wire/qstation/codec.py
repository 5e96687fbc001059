"""Q.station broadcast port: the bytes of requests and replies, and any datagram taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Builder, Dissection, Edit
from unitbench.schema.printable import printable
from unitbench.schema.reading import Reading
from unitbench.schema.records import Field, Report, Request, Role
from unitbench.schema.values import Mac, Numbered, Outcome, Tagged, Value
from unitbench.wire.codec import Codec, DatagramFramer, Framer
from unitbench.wire.qstation import plain
from unitbench.wire.qstation.plain import ACK, CR, CRLF, TAB

_LINE_END = re.compile(r"[\r\n]")
BEGUN = 3
"""Letters of a command that are enough to tell that one has begun."""
READ = int(text.ASK)
"""The data that asks for a property instead of setting it."""


class QstationCodec(Codec):
    """Stateless. One datagram is one request or one record."""

    def encode(self, request: Request) -> bytes:
        command = self.command(request)
        values = self.checked(request)
        parts = [
            text.format_value(values[field.name]) + field.suffix
            for field in command.args
            if field.name in values
        ]
        return (TAB.join([command.name, *parts]) + CR).encode("ascii")

    def encode_report(self, name: str, values: dict[str, Value]) -> bytes:
        """What a unit sends: an ident record or an acknowledgement, TAB between the items, CR LF at the end."""
        parts = []
        for field in catalogue.report(self.name, name).fields:
            if field.present_when is not None and not field.present_when.holds(values):
                continue
            missing = ACK if isinstance(field.type, Outcome) else ""
            value = text.format_value(values.get(field.name, missing))
            parts.append(f"{field.key}:{value}" if field.key else value)
        return (TAB.join(parts) + CRLF).encode("latin-1", "replace")

    def framer(self, speaker: Role, *, datagrams: bool) -> Framer:
        return DatagramFramer()

    def spelling(self, request: Request) -> str:
        given = request.fields
        command = self.command(request)
        args = [text.format_value(given[f.name]) for f in command.args if given.get(f.name) is not None]
        return " ".join([command.name, *args])

    def answers(self, request: Request, heard: Dissection) -> bool:
        command = self.command(request)
        if heard.name not in command.reply:
            return False
        data = request.fields.get("data")
        if data is not None and heard.name != ("INFO" if data == READ else "ACK"):
            return False
        wanted = request.fields.get("mac")
        return wanted is None or str(heard.values.get("maa", "")).lower() == str(wanted).lower()

    @cached_property
    def _requests(self) -> Mapping[tuple[str, int], plain.PlainRow]:
        return plain.plain_requests(self.protocol)

    @cached_property
    def _replies(self) -> Mapping[plain.Keys, plain.PlainRow]:
        return plain.plain_replies(self.protocol, self._name)

    def _name(self, words: list[str]) -> str:
        report = self._report(words)
        return report.name if report else ""

    def read(self, data: bytes, speaker: Role | None = None) -> Reading | None:
        if speaker is Role.HOST:
            found = plain.plain_request(self._requests, data)
        else:
            found = plain.plain_reply(self._replies, data)
        return found or super().read(data, speaker)

    def mends(self, data: bytes) -> Iterator[Edit]:
        from unitbench.wire.qstation.mends import text_mends

        return text_mends(data, self.protocol)

    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        line = data.decode("latin-1")
        if speaker is None:
            speaker = Role.UNIT if ":" in line.partition(TAB)[0] else Role.HOST
        body = len(line.rstrip("\r\n\0")) if speaker is Role.HOST else len(line.rstrip("\r\n"))
        return (
            self._from_host(data, line, body) if speaker is Role.HOST else self._from_unit(data, line, body)
        )

    # -- what a host says

    def _from_host(self, data: bytes, line: str, body: int) -> Dissection:
        out = Builder(data)
        words = line[:body].split(TAB)
        exact = next((c for c in self.protocol.commands if c.name == words[0]), None)
        near = self.protocol.command(words[0]) if exact is None else None
        begun = () if exact or near else self._begun(line)
        fault = hint = None
        if not data:
            out.fault(0, "no bytes")
        elif near:
            fault, hint = f"letter case matters: '{printable(words[0], 40)}'", f"write {near.name}"
        elif begun:
            fault, hint = "the command ends early", f"it may be {', '.join(begun)}"
            out.lacks.append(f"the rest of {' or '.join(begun)}")
        elif exact is None:
            fault = f"'{printable(words[0], 40)}' is no command of this protocol"
        out.add(
            "command",
            len(words[0]),
            printable(words[0]),
            meaning=exact.title if exact else "",
            fault=fault,
            hint=hint or "",
            frame_part=True,
        )
        fields = list(exact.args) if exact else []
        for word in words[1:]:
            out.add("separator", 1, frame_part=True)
            if fields:
                self._argument(out, fields.pop(0), word)
            else:
                extra = "more items than the command has" if exact else None
                out.add("item", len(word), printable(word), fault=extra)
        if fields and not fields[0].optional:
            out.lacks += [field.name for field in fields if not field.optional]
            out.fault(out.at, f"{fields[0].name} is missing")
        self._end(out, line, CR, "CR")
        name = exact.name if exact else ""
        title = f"Gantner Q.station request {name}, {exact.title}" if exact else "Gantner Q.station request"
        likeness = 1.0 if exact else 0.7 if near else 0.4 if begun else 0.05
        leaves, faults = tuple(out.leaves), tuple(out.faults)
        return Dissection(
            self.name, data, name, title, "host", leaves, faults, "", likeness, tuple(out.lacks)
        )

    def _begun(self, line: str) -> tuple[str, ...]:
        """The commands of which a text may be the beginning."""
        names = (command.name for command in self.protocol.commands)
        return tuple(name for name in names if len(line) >= BEGUN and name.startswith(line))

    def _argument(self, out: Builder, field: Field, word: str) -> None:
        field = field.among({leaf.name: leaf.value for leaf in out.leaves if leaf.value is not None})
        suffix = field.suffix
        value = word[: -len(suffix)] if suffix and word.endswith(suffix) else word
        self._value(out, field, value, len(value), strict=True)
        if suffix:
            if word.endswith(suffix):
                out.add("request_mark", len(suffix), suffix, meaning="part of the syntax", frame_part=True)
            else:
                out.fault(out.at, f"'{suffix}' is missing behind {field.name}")

    # -- what a unit says

    def _from_unit(self, data: bytes, line: str, body: int) -> Dissection:
        out = Builder(data)
        words = line[:body].split(TAB)
        report = self._report(words)
        fields = report.fields if report else ()
        seen: list[str] = []
        for index, word in enumerate(words):
            if index:
                out.add("separator", 1, frame_part=True)
            if word or index:
                seen.append(self._item(out, fields, word))
        likeness = 0.02
        if report:
            likeness = 0.95 * self._lacking(out, report, seen, body)
        else:
            why = "neither an ident record (SID:...) nor an acknowledgement (MAA:... ACK)"
            out.fault(0, why if data else "no bytes")
        self._end(out, line, CRLF, "CR LF")
        if inner := _LINE_END.search(line, 0, body):
            out.fault(inner.start(), "a line end within the record", "one record at a time")
        name, title = (report.name, report.title) if report else ("", "datagram")
        return Dissection(
            self.name,
            data,
            name,
            f"Gantner Q.station {title}",
            "unit",
            tuple(out.leaves),
            tuple(out.faults),
            "",
            likeness,
            tuple(out.lacks),
        )

    def _report(self, words: list[str]) -> Report | None:
        """The report that has the most of the items; its first one, or its acknowledgement, must be there."""
        keys = [word.partition(":")[0] for word in words if ":" in word]
        best, most = None, 0
        for report in self.protocol.reports:
            acknowledged = ACK in words and any(isinstance(field.type, Outcome) for field in report.fields)
            known = {field.key for field in report.fields if field.key}
            count = sum(key in known for key in keys) + acknowledged
            if count > most and (report.fields[0].key in keys[:1] or acknowledged):
                best, most = report, count
        return best

    def _lacking(self, out: Builder, report: Report, seen: list[str], body: int) -> float:
        """Name what is not there, and give the share of what is; only the two parts of an ACK must be there."""
        values: dict[str, Value] = {leaf.name: leaf.value for leaf in out.leaves if leaf.value is not None}
        wanted = [
            field
            for field in report.fields
            if not field.optional and (field.present_when is None or field.present_when.holds(values))
        ]
        lacking = [field.name for field in wanted if field.name not in seen]
        if any(isinstance(field.type, Outcome) for field in report.fields):
            out.lacks += lacking
            for name in lacking:
                out.fault(body, f"{name} is missing")
        elif lacking:
            out.lacks += lacking
            note = f"missing in this record: {', '.join(lacking)}"
            out.leaves[-1] = out.leaves[-1]._replace(note=note)
        return 1 - len(lacking) / len(wanted) if wanted else 1.0

    def _item(self, out: Builder, fields: tuple[Field, ...], word: str) -> str:
        """One ``KEY:value`` or plain word; returns the field's name or an empty string."""
        key, colon, value = word.partition(":")
        field = next((f for f in fields if colon and key and f.key == key), None)
        if field is None and word == ACK and any(isinstance(f.type, Outcome) for f in fields):
            out.add("result", len(word), ACK, meaning="positive acknowledgement")
            return "result"
        if field is None:
            note = "not in the manual's table" if word else "trailing TAB"
            own = colon and key.isascii() and key.isalnum() and key.lower() not in {f.name for f in fields}
            name, shown = (key.lower(), value) if own else ("item", word)
            out.add(name, len(word), printable(shown), note=note, frame_part=not word)
            return ""
        note = ""
        if field.present_when is not None and any(
            leaf.name == field.present_when.name and leaf.value != field.present_when.value
            for leaf in out.leaves
        ):
            note = f"the manual has it only when {field.present_when}"
        self._value(out, field, value, len(word), note or None)
        return field.name

    # -- both

    def _value(
        self,
        out: Builder,
        field: Field,
        word: str,
        size: int,
        note: str | None = None,
        *,
        strict: bool = False,
    ) -> None:
        """One value. ``strict``: as a unit reads it, and what it would not take is a fault."""
        try:
            value = text.parse(field.type, word)
        except InvalidValue as error:
            hard = strict or isinstance(field.type, Mac)
            message = f"{field.name}: {error.message}"
            if hard:
                out.add(field.name, size, printable(word), fault=message)
            else:
                out.add(field.name, size, printable(word), note=message)
            return
        number = isinstance(field.type, (Numbered, Tagged)) and isinstance(value, (int, float))
        if strict and number and not text.DECIMAL.fullmatch(word):
            fault = f"{field.name}: '{printable(word)}' is for people, on the wire it is the number"
            out.add(field.name, size, printable(word), fault=fault, hint=f"write {value!r}")
            return
        meaning = text.meaning(field.type, value) or field.about
        out.add(field.name, size, value, meaning=meaning, note=note)

    def _end(self, out: Builder, line: str, wanted: str, spelt: str) -> None:
        end = line[out.at :]
        if not end:
            out.lack(spelt, f"append {spelt}")
            return
        plain = end.rstrip("\0") if wanted == CR else end
        good = plain in (wanted, wanted + "\n")
        fault = None if good or plain == wanted else f"{spelt} expected at the end, {printable(end)} seen"
        note = None if plain == wanted else "tolerated"
        out.add("end", len(end), printable(end), fault=fault, note=None if fault else note, frame_part=True)


CODEC = QstationCodec("qstation")
