"""What belongs together of lines that were pasted: a dump, an array or a quoted text may have several.

A line is a message of its own unless it is plainly part of one of these: a line of a dump is followed by the offset
that comes next, an array is closed by its brace, a quoted line that ends in a backslash goes on in another quoted
one. What is opened and never closed is none of these: its lines are messages of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain

from unitbench.line import dump

LONGEST = 4096
"""Lines that are held for one message at most."""

Numbered = tuple[int, str]


def messages(lines: Iterable[str]) -> Iterator[Numbered]:
    """Each message with the number of its first line, from 1; blank lines end one and are dropped."""
    held = _Held()
    for last, line in enumerate(chain(lines, [""]), 1):
        due = deque([(last, line.rstrip("\r\n"))])
        while due:
            number, text = due.popleft()
            if held.lines and not held.goes_on(text):
                due.appendleft((number, text))
                given, again = held.given_up()
                due.extendleft(reversed(again))
                yield from given
                held = _Held()
            elif text.strip():
                held.take(number, text)
                if held.whole:
                    yield held.joined
                    held = _Held()


class _Held:
    """Lines of which more may follow: a dump, or a text that was opened."""

    def __init__(self) -> None:
        self.lines: list[Numbered] = []
        self._dump = dump.Follower()

    def goes_on(self, text: str) -> bool:
        """Whether the next line belongs to these. A line of a dump is taken by that."""
        if not text.strip() or len(self.lines) >= LONGEST:
            return False
        if self._dump.open:
            return self._dump.takes(text)
        last = self.lines[-1][1].rstrip()
        if self._quoted:
            return text.lstrip().startswith(("'", '"'))
        if not self._opened:
            return "{" in text
        return "{" not in text and (last.endswith(("{", ",", "*/")) or text.lstrip().startswith("}"))

    def take(self, number: int, text: str) -> None:
        """One more line."""
        if not self.lines:
            self._dump.takes(text)
        self.lines.append((number, text))

    @property
    def whole(self) -> bool:
        """Whether nothing can follow: a text of several lines is closed, or there is but one."""
        if self._dump.open:
            return False
        last = self.lines[-1][1].rstrip()
        if self._quoted:
            return not last.endswith("\\")
        comment = len(self.lines) == 1 and last.lstrip().startswith("/*")
        return "}" in last if self._opened else not comment

    @property
    def joined(self) -> Numbered:
        """All of them as one message."""
        return self.lines[0][0], "\n".join(text for _, text in self.lines)

    def given_up(self) -> tuple[list[Numbered], list[Numbered]]:
        """What they are where nothing follows: messages, and lines to be looked at anew."""
        if self._dump.open:
            return [self.joined], []
        return (self.lines, []) if self._quoted else (self.lines[:1], self.lines[1:])

    @property
    def _quoted(self) -> bool:
        return self.lines[0][1].lstrip().startswith(("'", '"'))

    @property
    def _opened(self) -> bool:
        """Whether a brace was opened: on the first line, or behind a comment on the second."""
        return any("{" in text for _, text in self.lines[:2])
