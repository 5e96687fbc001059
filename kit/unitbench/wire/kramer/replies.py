"""Replies of a Protocol 3000 unit that are plain: spelt as our own units spell them, every word known.

All others go through the tolerant grammar of the dissection, which also says what is wrong.
"""

from __future__ import annotations

import re
from itertools import product

from unitbench.schema.reading import Reading
from unitbench.schema.records import Protocol, Report
from unitbench.schema.values import Outcome, Text, Token

DONE = "OK"
END = "\r\n"
MOST_WORDINGS = 256
_RESULT = "result"
_SAID = re.compile(r"[!-+\--~](?:[ -~]*[!-~])?")
_LAST_OF_A_RESULT = "Kk0123456789"
EARLY_ERROR = re.compile(r"(?i)[ \t]*(?<![^ \t,@~])(?P<code>ERR\s*(?P<number>[0-9]{1,3}))(?![^ \t,])")
"""An error code in the place of a value, with a text behind it."""
_ENDS_LIKE_A_RESULT = re.compile(r"(?i)\b(?:OK|ERR\s*[0-9]{1,3})$")


class PlainReplies:
    """Made once from the catalogue: every wording of the reports whose items are known words, and the names of
    those whose one item is text."""

    def __init__(self, protocol: Protocol, handshake: str) -> None:
        self._wordings: dict[str, Reading] = {}
        self._texts: dict[str, tuple[str, tuple[str, ...]]] = {}
        lines = {name for command in protocol.commands if command.multiline for name in command.reply}
        for report in protocol.reports:
            kinds = [field.type for field in report.fields if not isinstance(field.type, Outcome)]
            if report.name in lines:
                continue
            if len(kinds) == 1 and isinstance(kinds[0], Text):
                item = next(field.name for field in report.fields if field.type is kinds[0])
                self._texts[report.name] = report.name, (item,)
            elif all(isinstance(kind, Token) for kind in kinds):
                self._add(report, "" if report.name == handshake else report.name)

    def _add(self, report: Report, name: str) -> None:
        fields = [field for field in report.fields if isinstance(field.type, Token)]
        rows = [tuple(word.text for word in f.type.words) for f in fields if isinstance(f.type, Token)]
        wordings = list(product(*rows))
        if len(wordings) > MOST_WORDINGS:
            return
        names = tuple(field.name for field in fields)
        for row in wordings:
            said = " ".join((name, *row))
            self._wordings[f"{said} {DONE}{END}"] = Reading(report.name, "", (*names, _RESULT), (*row, DONE))
            if row or not report.fields:
                self._wordings[said + END] = Reading(report.name, "", names, row)

    def read(self, data: bytes) -> Reading | None:
        """What a whole line says: ``~01@NAME words`` CR LF; None where it is not plain."""
        head, at, rest = data.decode("latin-1").partition("@")
        number = head[1:]
        if not at or head[:1] != "~" or len(head) > 10 or (number and not number.isdecimal()):
            return None
        return self._wordings.get(rest) or self._text(rest)

    def _text(self, rest: str) -> Reading | None:
        name, _, said = rest.partition(" ")
        known = self._texts.get(name)
        if known is None or said[-2:] != END:
            return None
        said, done = said[:-2], said[-5:-2] == " OK"
        if done:
            said = said[:-3]
        elif said[-1:] in _LAST_OF_A_RESULT and _ENDS_LIKE_A_RESULT.search(said):
            return None
        if not _SAID.fullmatch(said) or EARLY_ERROR.match(said):
            return None
        if done:
            return Reading(known[0], "", (*known[1], _RESULT), (said, DONE))
        return Reading(known[0], "", known[1], (said,))
