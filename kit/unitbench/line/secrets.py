"""Lines without their secrets: for errors, the history, the journal."""

from __future__ import annotations

from collections.abc import Sequence

from unitbench import catalogue
from unitbench.errors import UnknownCommand
from unitbench.line.parsed import Statement, TokenKind
from unitbench.schema.printable import MASK


def masked_line(line: str, statements: Sequence[Statement]) -> str:
    """``line`` with each secret shown as stars of the same width, so that places in it stay right."""
    out = list(line)
    for start, end in _spans(statements):
        out[start:end] = "*" * (end - start)
    return "".join(out)


def without_secrets(line: str, statements: Sequence[Statement]) -> str:
    """``line`` with secrets, and the separator before each, taken out: typed again it asks for them.

    Of a faulty command that takes a secret only the name is kept: the secret may stand anywhere in it.
    """
    out = line
    spans = _spans(statements)
    for statement in statements:
        command = statement.command
        if statement.error is not None and command is not None and command.secret is not None:
            head = max(token.end for token in statement.tokens if token.kind is TokenKind.COMMAND)
            spans = [span for span in spans if span[1] <= head or span[0] >= statement.end]
            spans.append((head, statement.end))
    for start, end in sorted(spans, reverse=True):
        head_text = out[:start].rstrip(" ,")
        if head_text.endswith("="):
            head_text = head_text.rpartition(" ")[0].rstrip(" ,")
        out = head_text + out[end:]
    return out


def masked_text(line: str, statements: Sequence[Statement]) -> str:
    """``line`` with each secret shown as three stars, whatever its length."""
    out = line
    for start, end in sorted(_spans(statements), reverse=True):
        out = out[:start] + MASK + out[end:]
    return out


def _spans(statements: Sequence[Statement]) -> list[tuple[int, int]]:
    """Where secrets stand. Behind a command that is only *nearly* one that takes a secret, all is one; so is
    what is too much behind a command that takes one."""
    spans = []
    for statement in statements:
        spans += [(token.start, token.end) for token in statement.tokens if token.kind is TokenKind.SECRET]
        error = statement.error
        if isinstance(error, UnknownCommand) and error.span and _near_secret(error.near):
            if error.span[1] < statement.end:
                spans.append((error.span[1] + 1, statement.end))
    return [(start, end) for start, end in spans if end > start]


def _near_secret(name: str) -> bool:
    return any(
        command.secret is not None
        for protocol in catalogue.protocols()
        for command in protocol.commands
        if command.name == name
    )
