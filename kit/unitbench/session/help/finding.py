"""What help is asked of: a name, or any word that is looked for in all that help can say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from unitbench import catalogue
from unitbench.errors import UnknownCommand, UsageError
from unitbench.line.guard import discreet
from unitbench.line.matching import INSIDE, LETTERS, fit
from unitbench.line.ours import find_verb
from unitbench.line.parse import find_command
from unitbench.line.words import Word
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.records import Code, Protocol
from unitbench.session.help.commands import of_command
from unitbench.session.help.model import HelpPage, Row, section
from unitbench.session.help.protocols import of_protocol, of_unit
from unitbench.session.help.verbs import of_verb
from unitbench.session.model import Unit

MOST = 14
"""Rows of a search: they fit on a screen."""
_UNIT = re.compile(r"\w{1,20}\d{1,6}")
"""What the short name of a unit looks like."""
SHORTEST = 2
"""Letters from which text is searched: one is in nearly all of it."""


@record
class Entry:
    """Something that help can explain: how it is called there, what it is, and what more is searched."""

    name: str
    about: str
    more: tuple[str, ...] = ()


def about(topic: str, units: Iterable[Unit] = ()) -> HelpPage:
    """The page on a command, verb, protocol, unit or code of that name, else what has to do with the word; raises
    ``UnknownCommand`` where nothing has."""
    words = topic.split()
    unit = next((unit for unit in units if topic.casefold() in (unit.name.casefold(), unit.address)), None)
    if unit is not None:
        return of_unit(unit)
    if topic in catalogue.names():
        return of_protocol(catalogue.protocol(topic))
    found = find_verb(words)
    if found is not None and found[1] == len(words):
        return of_verb(found[0])
    return _named(words) or _code(topic) or _searched(topic)


def expected(topic: str) -> None:
    """Raise ``UnknownCommand`` for what help knows nothing of; units are not looked up."""
    if "://" not in topic and not _UNIT.fullmatch(topic):
        about(topic)


def _named(words: list[str]) -> HelpPage | None:
    """The page on a wire command."""
    try:
        protocol, command, _ = find_command([Word(word, 0, len(word)) for word in words])
    except UsageError:
        return None
    return of_command(protocol, command)


def _code(topic: str) -> HelpPage | None:
    """The page on a result code, of every protocol that has it."""
    found = [
        (protocol, code)
        for protocol in catalogue.protocols()
        for code in protocol.codes
        if code.text.casefold() == topic.casefold()
    ]
    if not found:
        return None
    parts = tuple(part for protocol, code in found for part in section(protocol.maker, _told(protocol, code)))
    return HelpPage(found[0][1].text, "a unit's answer to what it does not do", parts)


def _told(protocol: Protocol, code: Code) -> Iterator[Row]:
    yield "means", code.meaning
    yield from (("likely", f"{cause.text}: {cause.hint}") for cause in code.causes)
    if code.hint and not code.causes:
        yield "try", code.hint
    special: dict[str, list[str]] = {}
    for command in protocol.commands:
        for other in command.refusals:
            if other.text == code.text:
                special.setdefault(other.meaning, []).append(command.name)
    yield from ((f"to {', '.join(names)}", meaning) for meaning, names in special.items())


def _searched(topic: str) -> HelpPage:
    """All that has to do with a word, what is called so first."""
    typed = topic.casefold().strip()
    ranked: list[tuple[tuple[int, int, int], Entry]] = []
    for index, entry in enumerate(_entries()):
        how = _fits(typed, entry)
        if how is not None:
            ranked.append(((*how, index), entry))
    ranked.sort(key=lambda item: item[0])
    best = [(how, entry) for how, entry in ranked if how[0] < LETTERS] or ranked
    if not best:
        raise _unknown(topic)
    rows = [(f"help {entry.name}", entry.about) for _, entry in best[:MOST]]
    left = len(best) - len(rows)
    rows += [(f"{left} more; a longer word finds fewer", "")] if left else []
    return HelpPage(f"what has to do with '{printable(discreet(topic), 60)}'", "", section("", rows))


def _unknown(topic: str) -> UnknownCommand:
    """The error where nothing is found, with the nearest name."""
    try:
        find_command([Word(topic, 0, len(topic))])
    except UnknownCommand as error:
        return error
    except UsageError:
        pass
    return UnknownCommand(
        f"nothing is known of '{printable(discreet(topic), 60)}'", hint="help lists what there is"
    )


def _fits(typed: str, entry: Entry) -> tuple[int, int] | None:
    """How well an entry fits: by its name, else by a word of what is said of it."""
    if not typed:
        return None
    named = fit(typed, entry.name.casefold())
    if named is not None and named[0] < LETTERS:
        return named
    if len(typed) >= SHORTEST:
        told = [fit(typed, text.casefold()) for text in (entry.about, *entry.more)]
        ranks = [how[0] for how in told if how is not None and how[0] <= INSIDE]
        if ranks:
            return INSIDE, 1 + min(ranks)
    return named if named is not None and named[1] <= 2 * len(typed) else None


def _entries() -> Iterator[Entry]:
    """All that help can explain."""
    for verb in catalogue.own_verbs():
        words = (word for arg in (*verb.args, *verb.choices) for word in (arg.name, arg.about))
        faults = (text for item in verb.settings for text in (item.name, item.about))
        yield Entry(verb.name, verb.title, (*words, *faults))
    for protocol in catalogue.protocols():
        yield Entry(protocol.name, protocol.title, (protocol.maker, *protocol.notes))
        for command in protocol.commands:
            fields = (text for field in command.args for text in (field.name, field.about))
            replies = (
                field.name for name in command.reply if (r := protocol.report(name)) for field in r.fields
            )
            yield Entry(command.name, command.title, (*fields, *replies, command.note))
        for code in protocol.codes:
            yield Entry(code.text, code.meaning, (code.hint,))
