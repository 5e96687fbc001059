"""Files of lines: read whole and understood whole, before anything of them is performed."""

from __future__ import annotations

import sys
from pathlib import Path

from unitbench.errors import UsageError
from unitbench.line.named import with_macro
from unitbench.line.parsed import Parsed
from unitbench.line.vocabulary import Macro, Vocabulary
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.session.arguments import in_file, verified

LONGEST = 1_000_000
"""Characters of a file of lines."""
DEEPEST = 8
"""Files that run files, within each other."""
STDIN = "-"
FOLDER = "a path begins in the folder where this view was started"


@record
class Line:
    """A line of a file: ``where`` it stands, and what it means."""

    where: str
    parsed: Parsed


def read(name: str) -> str:
    """The text of a file, or of standard input; raises ``UsageError``."""
    try:
        if name == STDIN:
            return sys.stdin.read()
        with Path(name).expanduser().open(encoding="utf-8-sig") as source:
            text = source.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{printable(name, 200)} cannot be read: {error.strerror}", hint=FOLDER) from None
    except ValueError as error:
        raise UsageError(f"{printable(name, 200)} cannot be read: {error}", hint=FOLDER) from None
    if len(text) > LONGEST:
        raise UsageError(f"{printable(name, 200)} has more than {LONGEST} characters")
    return text


def understood(
    text: str, name: str, vocabulary: Vocabulary, *, secrets: bool, within: tuple[str, ...] = ()
) -> tuple[Line, ...]:
    """The lines of a file, each knowing the names that those before it give; raises ``UsageError`` that says which
    line is wrong. ``within`` are the files that this one is run by."""
    found: list[Line] = []
    for number, content in enumerate(text.splitlines(), 1):
        where = f"{name}, line {number}"
        try:
            parsed = verified(content, vocabulary, secrets=secrets, files=within)
        except UsageError as error:
            if not in_file(error):
                error.message = f"{printable(where, 300)}: {error.message}"
                error.add_note(where)
            raise
        for macro in defined(parsed):
            vocabulary = with_macro(vocabulary, macro)
        found.append(Line(where, parsed))
    return tuple(found)


def defined(parsed: Parsed) -> tuple[Macro, ...]:
    """The names that a line gives."""
    return tuple(statement.defines for statement in parsed.statements if statement.defines is not None)


def checked(name: str, vocabulary: Vocabulary, *, secrets: bool, within: tuple[str, ...]) -> tuple[Line, ...]:
    """The lines of a file that a line runs; raises ``UsageError``. Files that run each other have an end."""
    if name == STDIN:
        raise UsageError("a line cannot run standard input", hint="unitbench run - does")
    place = str(Path(name).expanduser().resolve())
    if place in within or len(within) >= DEEPEST:
        chain = " > ".join(Path(each).name for each in (*within, place))
        why = "is run by itself" if place in within else f"is more than {DEEPEST} files deep"
        raise UsageError(f"{printable(name, 200)} {why}: {printable(chain, 400)}")
    return understood(read(name), name, vocabulary, secrets=secrets, within=(*within, place))
