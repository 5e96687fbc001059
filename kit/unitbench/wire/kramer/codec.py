"""Protocol 3000: the bytes of requests and replies, and any line taken apart by a tolerant grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Builder, Dissection, Edit
from unitbench.schema.printable import MASK, printable
from unitbench.schema.reading import Reading
from unitbench.schema.records import Field, Report, Request, Role
from unitbench.schema.values import Outcome, Text
from unitbench.wire.codec import Codec, Framer
from unitbench.wire.kramer import several
from unitbench.wire.kramer.frames import HOST_LIMIT, Asked, asked, framer
from unitbench.wire.kramer.replies import EARLY_ERROR, PlainReplies

HANDSHAKE = "#"
_ERROR = re.compile(r"(?i)(?P<code>\bERR\s*(?P<number>\d{1,3})\s*$)")
_DONE = re.compile(r"(?i)\bOK\s*$")
_HEAD = re.compile(r"~(?P<id>[0-9]{0,9})(?P<at>@?)(?P<gap>[ \t]*)(?P<name>[^ \t]*)")
_ADDRESS = re.compile(r"(?P<id>[0-9]{1,9})@")
_PARAMETER = re.compile(r"[^ \t,]+")
_LINE_END = re.compile(r"[\r\n]")
_NO_TEXT = re.compile(r"[^\t -~]")


class KramerCodec(Codec):
    """Stateless. Requests are strict, replies are read leniently."""

    def encode(self, request: Request) -> bytes:
        members = request.members
        bodies = [self._body(member, alone=len(members) == 1) for member in members]
        address = "" if request.to is None else f"{request.to:02d}@"
        message = f"#{address}{self.protocol.chain.join(bodies)}"
        if len(message) > HOST_LIMIT:
            raise InvalidValue(f"the message has {len(message)} characters, {HOST_LIMIT} are allowed")
        return message.encode("ascii") + b"\r"

    def _body(self, request: Request, *, alone: bool) -> str:
        """A command with its arguments, without start and end."""
        command = self.command(request)
        if command.multiline and not alone:
            rule = "nothing marks the end of its answer"
            raise InvalidValue(f"{command.name} cannot be chained: {rule}", rule=rule, hint="send it alone")
        values = self.checked(request)
        words = {f.name: text.format_value(values[f.name]) for f in command.args if f.name in values}
        for field, word in words.items():
            if word != word.strip(" "):
                rule = "no blanks at its ends: a unit ignores them"
                raise InvalidValue(f"{field}: {rule}", field=field, rule=rule, hint=f"{field} has {rule}")
        name = "" if command.name == HANDSHAKE else command.name
        return f"{name} {','.join(words.values())}".rstrip(" ")

    def encode_report(self, name: str, words: list[str], dev_id: int = 1) -> bytes:
        """What a unit sends: ``~01@NAME words`` CR LF; an empty name leaves the blank (``~01@ OK``)."""
        return f"~{dev_id:02d}@{name} {' '.join(words)}".rstrip().encode("ascii") + b"\r\n"

    def framer(self, speaker: Role, *, datagrams: bool) -> Framer:
        return framer(speaker)

    def spelling(self, request: Request) -> str:
        return self.protocol.chain.join(self._spelt(member) for member in request.members)

    def _spelt(self, request: Request) -> str:
        command = self.command(request)
        given = request.fields
        args = [
            MASK if f.secret else text.format_value(given[f.name])
            for f in command.args
            if given.get(f.name) is not None
        ]
        return f"{command.name} {','.join(args)}".rstrip()

    def replies_to(self, data: bytes) -> int:
        """One for each command of a chain, and of each message."""
        messages = framer(Role.HOST).feed(data)
        return max(
            1,
            sum(
                1 if piece.fault else 1 + piece.data.count(self.protocol.chain.encode()) for piece in messages
            ),
        )

    def goes_on(self, request: Request, line: bytes) -> bool:
        return self.command(request).multiline and not line.lstrip(b"\r\n").startswith(b"~")

    def text(self, data: bytes) -> str:
        return super().text(several.joined(data) if self._further_at(data.decode("latin-1")) else data)

    def answers(self, request: Request, heard: Dissection) -> bool:
        if not heard.name or not self._from(request.to, heard):
            return False
        command = self.command(request)
        if heard.name == HANDSHAKE:
            return bool(heard.code) or command.name == HANDSHAKE
        return heard.name in command.reply or heard.name == command.name.rstrip("?")

    @staticmethod
    def _from(unit_id: int | None, heard: Dissection) -> bool:
        """Whether the unit that was meant says it; a line without an id may be anybody's."""
        said = next((leaf.value for leaf in heard.fields if leaf.name == "dev_id"), None)
        return unit_id is None or said in (None, unit_id)

    @cached_property
    def _plain(self) -> PlainReplies:
        return PlainReplies(self.protocol, HANDSHAKE)

    def read(self, data: bytes, speaker: Role | None = None) -> Reading | None:
        found = None if speaker is Role.HOST else self._plain.read(data)
        return found or super().read(data, speaker)

    def mends(self, data: bytes) -> Iterator[Edit]:
        from unitbench.wire.kramer.mends import line_mends

        return line_mends(data)

    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        line = data.decode("latin-1")
        if speaker is None:
            speaker = Role.HOST if line.lstrip("\r\n").startswith("#") else Role.UNIT
        return self._from_host(data, line) if speaker is Role.HOST else self._from_unit(data, line)

    # -- what a unit says

    def _further_at(self, line: str) -> int:
        """Where the second line begins of a reply that has several; 0 where there is none."""
        at = several.second_line(line)
        head = _HEAD.match(line[:at].rstrip("\r\n")) if at else None
        return at if head and self._has_lines(head["name"].upper()) else 0

    @cached_property
    def _with_lines(self) -> frozenset[str]:
        """The replies that have several lines."""
        return frozenset(name for c in self.protocol.commands if c.multiline for name in c.reply)

    @cached_property
    def _may_echo(self) -> frozenset[str]:
        """The replies to what carries a secret."""
        return frozenset(name for c in self.protocol.commands if c.secret for name in c.reply)

    @cached_property
    def _take_secrets(self) -> frozenset[str]:
        """The commands that carry a secret, without question marks."""
        return frozenset(c.name.rstrip("?") for c in self.protocol.commands if c.secret)

    def _has_lines(self, name: str) -> bool:
        return name in self._with_lines

    def _from_unit(self, data: bytes, line: str) -> Dissection:
        out = Builder(data)
        further = self._further_at(line)
        body = len(line[: further or None].rstrip("\r\n"))
        head = _HEAD.match(line[:body])
        if head is None:
            out.rest("bytes", "no ~ at the start", "a reply is ~01@COMMAND parameters CR LF")
            if not data:
                out.fault(0, "no bytes")
            return Dissection(self.name, data, fields=tuple(out.leaves), faults=tuple(out.faults))
        name, code = head["name"], ""
        bare = _ERROR.search(name) or _DONE.fullmatch(name) or name.upper() == "ERR"
        if bare:
            name = ""
        out.add("start", 1, "~", frame_part=True)
        if head["id"]:
            out.add("dev_id", len(head["id"]), int(head["id"]), meaning="device id", frame_part=True)
        if head["at"]:
            out.add("at", 1, "@", frame_part=True)
        if head["gap"]:
            out.add("separator", len(head["gap"]), frame_part=True)
        if name:
            out.add("command", len(name), printable(name), frame_part=True)
        report = self.protocol.report(name.upper() if name else HANDSHAKE)
        if report and self._has_lines(report.name) and not _error(line, out.at, body, report):
            body = several.read(out, line, body, further)
        else:
            code = self._parameters(out, line, body, report)
        self._end(out, line, body, b"\r\n")
        if not further and (ret := _LINE_END.search(line, 0, body)):
            out.fault(ret.start(), "a line end within the line", "one line at a time")
        title = f"Kramer Protocol 3000 reply{' to ' + printable(name, 40) if name else ''}"
        if code:
            known = self.protocol.result(code)
            title += f": {code}, {known.meaning if known else 'not in the manual'}"
        elif report:
            title += f", {report.title}"
        likeness = 0.9 if head["at"] else 0.5
        return Dissection(
            self.name,
            data,
            printable(name.upper(), 40) if name else HANDSHAKE,
            title,
            "unit",
            tuple(out.leaves),
            tuple(out.faults),
            code,
            likeness,
            tuple(out.lacks),
        )

    def _parameters(self, out: Builder, line: str, body: int, report: Report | None) -> str:
        """The words behind the name; returns the error code or an empty string."""
        error = _error(line, out.at, body, report)
        done = _DONE.search(line, out.at, body)
        result = error or done
        stop = result.start() if result else body
        fields = [f for f in report.fields if not isinstance(f.type, Outcome)] if report else []
        wants_result = report is not None and bool(report.fields) and not fields
        hides = report is not None and report.name in self._may_echo
        for match in _PARAMETER.finditer(line, out.at, max(stop, out.at)):
            if match.start() < out.at:
                continue
            self._gap(out, match.start())
            if fields and isinstance(fields[0].type, Text):
                self._said(out, fields.pop(0), line[match.start() : stop].rstrip(" \t"))
            elif fields:
                self._value(out, fields.pop(0), match.group(), hide=hides)
            elif hides:
                out.add("password", len(match.group()), MASK, meaning="echo of the password", secret=True)
            else:
                out.add("parameter", len(match.group()), printable(match.group()))
        fields = [field for field in fields if not field.optional]
        if fields and not error:
            out.lacks += [field.name for field in fields]
            out.fault(out.at, f"{fields[0].name} is missing")
        if not result:
            if wants_result:
                out.lacks.append("result")
                out.fault(out.at, "result is missing", "OK or an error code")
            return ""
        self._gap(out, result.start())
        if error:
            return self._refused(out, line, body, error, hides)
        out.add("result", result.end() - result.start(), "OK", meaning="done")
        return ""

    def _refused(self, out: Builder, line: str, body: int, error: re.Match[str], hides: bool) -> str:
        """An error code, which is the last word; some text behind it makes it no value."""
        self._gap(out, error.start("code"))
        code = f"ERR{int(error['number']):03d}"
        known = self.protocol.result(code)
        meaning = known.meaning if known else "a code that is not in the manual"
        said = line[error.end() : body].strip(" \t,")
        note = "a text stands behind it" if said else None
        out.add("result", error.end() - out.at, code, meaning=meaning, note=note)
        if said:
            self._gap(out, line.index(said, out.at))
            out.add("text", len(said), MASK if hides else printable(said), secret=hides)
        return code

    def _said(self, out: Builder, field: Field, words: str) -> None:
        """Text of a unit, to the end of the line; what it may not be by the manuals is a note."""
        note = None
        try:
            text.parse(field.type, words)
        except InvalidValue as error:
            note = f"not {error.rule}"
        out.add(field.name, len(words), printable(words), note=note)

    # -- what a host says

    def _from_host(self, data: bytes, line: str) -> Dissection:
        out = Builder(data)
        noise = len(line) - len(line.lstrip("\r\n"))
        if noise:
            out.add("noise", noise, frame_part=True, note="ignored before the start")
        if not line.startswith("#", noise):
            out.rest("bytes", "no # at the start", "a request is #COMMAND parameters CR")
            if not out.faults:
                out.fault(out.at, "no message" if data else "no bytes")
            return Dissection(self.name, data, fields=tuple(out.leaves), faults=tuple(out.faults))
        out.add("start", 1, "#", frame_part=True)
        body = len(line.rstrip("\r\n"))
        body = max(body, out.at)
        address = _ADDRESS.match(line, out.at, body)
        if address:
            out.add("dev_id", len(address["id"]), int(address["id"]), meaning="device id", frame_part=True)
            out.add("at", 1, "@", frame_part=True)
        names = []
        start = out.at
        for index, text_part in enumerate(line[start:body].split(self.protocol.chain)):
            if index:
                self._gap(out, out.at + 1, "chain")
            found = asked(line, out.at, out.at + len(text_part))
            names.append(self._command(out, found, out.at + len(text_part)))
        self._end(out, line, body, b"\r")
        odd = _NO_TEXT.search(line, noise, body)
        if odd:
            out.fault(odd.start(), f"byte {ord(odd.group()):02X}h cannot stand in a message")
        if body - noise > HOST_LIMIT:
            out.fault(noise + HOST_LIMIT, f"{body - noise} characters before CR, {HOST_LIMIT} are allowed")
        name = names[0] if len(names) == 1 else self.protocol.chain.join(names)
        title = f"Kramer Protocol 3000 request {name}"
        record = self.protocol.command(name)
        if record:
            title += f", {record.title}"
        leaves, faults = tuple(out.leaves), tuple(out.faults)
        return Dissection(self.name, data, name, title, "host", leaves, faults, "", 0.9, tuple(out.lacks))

    def _command(self, out: Builder, found: Asked | None, stop: int) -> str:
        if found is None:
            self._gap(out, stop)
            return HANDSHAKE
        self._gap(out, found.name.start)
        record = self.protocol.command(found.name.text)
        note = None if record else "not in this catalogue"
        meaning = record.title if record else ""
        out.add(
            "command",
            len(found.name.text),
            printable(found.name.text),
            meaning=meaning,
            note=note,
            frame_part=True,
        )
        fields = list(record.args) if record else []
        takes_secret = found.name.text.upper().rstrip("?") in self._take_secrets
        for part in found.args:
            self._gap(out, part.start)
            if fields:
                self._value(out, fields.pop(0), part.text, hide=takes_secret and len(found.args) == 1)
            elif part.text:
                note = "more parameters than the command has: a unit answers ERR001" if record else None
                shown = MASK if takes_secret else printable(part.text)
                out.add("parameter", len(part.text), shown, note=note, secret=takes_secret)
        fields = [field for field in fields if not field.optional]
        if fields:
            note = f"{fields[0].name} is missing: a unit answers ERR001"
            out.leaves[-1] = out.leaves[-1]._replace(note=note)
        self._gap(out, stop)
        return record.name if record else printable(found.name.text, 40)

    # -- both

    def _value(self, out: Builder, field: Field, word: str, hide: bool = False) -> None:
        """A value by its field; ``hide``: one that is not legal may be a secret in the wrong place."""
        try:
            value = text.parse(field.type, word)
        except InvalidValue as error:
            hide = hide or field.secret
            shown, why = (MASK, f"not {error.rule}") if hide else (printable(word), error.message)
            out.add(field.name, len(word), shown, fault=f"{field.name}: {why}", secret=hide)
            return
        out.add(field.name, len(word), value, meaning=text.meaning(field.type, value), secret=field.secret)

    def _gap(self, out: Builder, to: int, name: str = "separator") -> None:
        if to > out.at:
            out.add(name, to - out.at, frame_part=True)

    def _end(self, out: Builder, line: str, body: int, wanted: bytes) -> None:
        self._gap(out, body)
        end = line[body:]
        spelt = {b"\r": "CR", b"\r\n": "CR LF"}[wanted]
        if not end:
            out.lack(spelt, f"append {spelt}")
        else:
            note = None if end.encode("latin-1") == wanted else f"{spelt} expected"
            out.add("end", len(end), printable(end), note=note, frame_part=True)


def _error(line: str, start: int, stop: int, report: Report | None) -> re.Match[str] | None:
    """The error code of a reply: its last word, or one with a text behind it. In a reply that may itself be a text
    that one counts only as the first word."""
    last = _ERROR.search(line, start, stop)
    if last:
        return last
    texts = report is None or any(isinstance(field.type, Text) for field in report.fields)
    return (EARLY_ERROR.match if texts else EARLY_ERROR.search)(line, start, stop)


CODEC = KramerCodec("kramer")
