"""Several commands in one message, where a protocol has such: ``SECUR?|LOGIN?``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unitbench import catalogue
from unitbench.errors import MissingField, UsageError
from unitbench.line.arguments import read_arguments
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.reference import unresolved
from unitbench.line.words import Word
from unitbench.schema.record import record, replace
from unitbench.schema.records import Command, Protocol, Request

NO_MARK = re.compile(r"[\w?#@*,.:=/+-]*")
"""Words in which no mark of a chain can stand."""


@record
class Member:
    """One command of a chain: its words, and where it ends in the line. The first word may have a start mark."""

    words: tuple[Word, ...]
    stop: int

    def command(self, protocol: Protocol) -> Command | None:
        """The command that it is."""
        head = self.words[0].text if self.words else ""
        return protocol.command(head) or protocol.command(head.removeprefix("#"))


def cut(words: Sequence[Word], mark: str, stop: int) -> list[Member]:
    """Words cut at each mark that is not in quotes; without one there is a single member."""
    found: list[Member] = []
    begun: list[Word] = []
    for word in words:
        if word.quoted or mark not in word.text or word.end - word.start != len(word.text):
            begun.append(word)
            continue
        at = word.start
        for index, part in enumerate(word.text.split(mark)):
            if index:
                found.append(Member(tuple(begun), at - len(mark)))
                begun = []
            if part:
                begun.append(Word(part, at, at + len(part)))
            at += len(part) + len(mark)
    return [*found, Member(tuple(begun), stop)]


def chained(words: Sequence[Word], prefer: str, stop: int) -> tuple[Protocol, list[Member]] | None:
    """The protocol and the members of a chain that begins with a command of it; None where it is none."""
    if all(NO_MARK.fullmatch(word.text) for word in words):
        return None  # so that added protocols are not looked for because of a plain line
    for protocol in catalogue.each(prefer):
        members = cut(words, protocol.chain, stop) if protocol.chain else []
        if len(members) > 1 and members[0].command(protocol):
            return protocol, members
    return None


def read_member(line: str, protocol: Protocol, member: Member, command: Command, into: Statement) -> Request:
    """One command of a chain, its tokens added to ``into``; raises ``UsageError`` with a span."""
    inner = Statement(into.start, into.end, into.words, into.continues_secret)
    inner.protocol, inner.command, inner.vocabulary = protocol.name, command, into.vocabulary
    head = member.words[0]
    span = (head.start, head.end)
    inner.add(head.text, TokenKind.COMMAND, *span)
    try:
        read_arguments(line, list(member.words[1:]), member.stop, inner)
    finally:
        into.tokens += inner.tokens
    if command.multiline:
        raise UsageError(
            f"{command.name} cannot be chained: nothing marks the end of its answer",
            span=span,
            hint="send it alone",
        )
    if named := unresolved(inner):
        raise named
    if inner.late:
        into.late += inner.late
        return Request(protocol.name, command.name)
    if inner.request is None:
        field = inner.lacking[0]
        raise MissingField(
            f"{command.name} needs {field.name}: in a chain it must be given",
            field=field.name,
            span=(member.stop, member.stop),
            expected=(field.name,),
            hint=f"for example: {command.examples[-1]}",
        )
    return inner.request


def joined(requests: Sequence[Request]) -> Request:
    """Requests as one message."""
    return replace(requests[0], then=tuple(requests[1:]))
