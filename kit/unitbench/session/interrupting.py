"""Ctrl-C in the midst of a line: what of it was performed, what was under way, and what was not sent."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from unitbench.line.parsed import Parsed
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.session.model import Exchange

A = TypeVar("A")
T = TypeVar("T")
SHOWN = 60
"""Characters of a statement that are told."""
WAITED = "stopped waiting"


class UnderWay(KeyboardInterrupt):
    """Ctrl-C while a request was under way: whether it has reached the unit is not known."""


class Unasked(KeyboardInterrupt):
    """Ctrl-C, or the end of the input, at a question: what it was about was not sent."""


def sending(work: Callable[[], T]) -> T:
    """Do what may reach a unit; raises ``UnderWay`` where it is interrupted."""
    try:
        return work()
    except KeyboardInterrupt:
        raise UnderWay from None


def asking(question: Callable[[A], T]) -> Callable[[A], T]:
    """A question that raises ``Unasked`` where the person gives no answer."""

    def asked(about: A) -> T:
        try:
            return question(about)
        except (KeyboardInterrupt, EOFError):
            raise Unasked from None

    return asked


def following(items: Iterator[object], stop: KeyboardInterrupt | None) -> object | None:
    """The next item, or what comes of ``stop``; None where there is none."""
    if stop is None or not isinstance(items, Generator):
        return next(items, None)
    try:
        item: object = items.throw(stop)
    except StopIteration:
        return None
    return item


def noted(items: Iterator[object], note: Callable[[object], object]) -> Iterator[object]:
    """Items as they come, each noted first. Ctrl-C while one is shown reaches what makes them, which may tell then how
    far it is."""
    stop: KeyboardInterrupt | None = None
    while (item := following(items, stop)) is not None:
        stop = None
        try:
            note(item)
            yield item
        except KeyboardInterrupt as pressed:
            stop = pressed


def each(items: Iterator[object], show: Callable[[object], object]) -> None:
    """Show items as they come; Ctrl-C meanwhile reaches what makes them, and what that tells then is shown too."""
    for _ in noted(items, show):
        pass


def stopped(
    parsed: Parsed,
    number: int,
    stop: KeyboardInterrupt,
    last: Exchange | None = None,
    before: Exchange | None = None,
) -> KeyboardInterrupt:
    """What is to be told of a line that Ctrl-C ended in the statement of that index. ``last`` is the exchange that came
    last, and ``before`` the one that had come last when the statement began."""
    texts = [
        printable(masked_text(parsed.text, parsed.statements, each).strip(), 400)[:SHOWN]
        for each in parsed.statements
    ]
    mine, alone = texts[number], len([text for text in texts if text]) == 1
    told = str(stop)
    if not told and isinstance(stop, UnderWay):
        told = f"{WAITED}: {mine} was under way, whether it has reached the unit is not known"
    elif not told and isinstance(stop, Unasked):
        told = "nothing was sent" if alone else f"{mine} was not sent"
    elif not told and not alone:
        behind = (
            f" behind #{last.id}, which is {last.outcome}" if last is not None and last is not before else ""
        )
        told = f"{mine} was stopped{behind}"
    done, rest = (", ".join(filter(None, some)) for some in (texts[:number], texts[number + 1 :]))
    parts = (f"performed: {done}" if done else "", told, f"not sent: {rest}" if rest else "")
    return type(stop)("; ".join(filter(None, parts)))
