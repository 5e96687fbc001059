"""Completion in a cell: the shell's candidates, with their meaning, wherever a line is meant for ``%ub``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

from unitbench.line.matching import BEGINS
from unitbench.line.suggest import Suggestion, suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.printable import printable

NAME = "ub"
OPTIONS = {"--session": "the session to go over to", "--allow": "what lets a write to a real unit pass"}
IDENTITY = "unitbench"
FIRST = 1000
"""The priority: before all matchers of IPython, which are not even asked then."""
ABOUT = 60
"""Characters of a meaning that a menu has room for."""
UNBROKEN = "\u00a0"
"""Between the words of a meaning: JupyterLab breaks it at blanks, and has one line for it."""
_LINE = re.compile(rf"\s*(?:[^\s%=][^%=]*=\s*)?%{NAME}\s")
_CELL = re.compile(rf"\s*%%{NAME}(?:\s|\Z)")
_OPTIONS = re.compile(rf"(?:\s*(?:{'|'.join(OPTIONS)})\s+\S+(?=\s))*\s*")
_SESSION = re.compile(r"--session\s+(\S+)\s")

Vocabularies = Callable[[str], Vocabulary]
"""What a line can refer to, in the session of that name; empty: in the one that a line without a name is for."""


class Silence(list[SimpleCompletion]):
    """No candidates, and none of others either: IPython heeds a wish for silence only of who has something to say.
    Behind a password names of files and of Python would be worse than noise."""

    def __len__(self) -> int:
        return 1


def command_in(text: str, row: int, column: int) -> tuple[str, str] | None:
    """What of a command stands before the cursor, and the session that the line names; None where it is none of ours.

    ``text`` is a whole cell.
    """
    lines = text.split("\n")
    head = lines[row][:column]
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    cell = _CELL.match(lines[first])
    options = lines[first][cell.end() :] if cell else ""
    if cell and row > first:
        named = _SESSION.search(f"{options} ")
        return head, named[1] if named else ""
    match = _CELL.match(head) if cell else _LINE.match(head)
    if match is None or not match[0][-1].isspace():
        return None
    rest = head[match.end() :]
    behind = _OPTIONS.match(rest)
    start = behind.end() if behind else 0
    named = _SESSION.search(rest[:start])
    return rest[start:], named[1] if named else ""


def candidates(command: str, vocabulary: Vocabulary) -> list[Suggestion]:
    """The suggestions at the end of a command, or of the options before it; each text once.

    Those that begin with what is typed come alone, where there are any: a front end that filters for itself knows
    beginnings only, and one that does not completes to what all have in common.
    """
    end = len(command)
    if command.startswith("-") and " " not in command:
        return [Suggestion(name, 0, end, text) for name, text in OPTIONS.items() if name.startswith(command)]
    found = [item for item in suggest(command, end, vocabulary) if item.text.isprintable()]
    begun = [item for item in found if item.how == BEGINS]
    return list({item.text: item for item in begun or found}.values())


def matcher(vocabulary: Vocabularies) -> Any:
    """What IPython asks for candidates."""

    @context_matcher(identifier=IDENTITY, priority=FIRST)  # type: ignore[untyped-decorator]
    def match(context: CompletionContext) -> dict[str, Any]:
        ours = command_in(context.full_text, context.cursor_line, context.cursor_position)
        if ours is None:
            return {"completions": []}
        command, session = ours
        found = candidates(command, vocabulary(session))
        start = min((item.start for item in found), default=len(command))
        shown = Silence(_shown(found, command, start))
        return {
            "completions": shown,
            "matched_fragment": command[start:],
            "suppress": True,
            "ordered": True,
        }

    return match


def _shown(found: list[Suggestion], command: str, start: int) -> Iterator[SimpleCompletion]:
    """One start for all, as the protocol wants it; the meaning where front ends show what kind of thing it is."""
    for item in found:
        about = f"{item.effect}: {item.meaning}" if item.effect else item.meaning
        shown = printable(about, ABOUT).replace(" ", UNBROKEN)
        yield SimpleCompletion(command[start : item.start] + item.text, type=shown)


def install(ipython: Any, vocabulary: Vocabularies) -> None:
    """Have IPython ask us first, in place of who asked before."""
    remove(ipython)
    ipython.Completer.custom_matchers.append(matcher(vocabulary))


def remove(ipython: Any) -> None:
    """Have IPython ask us no more."""
    matchers = ipython.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != IDENTITY]
