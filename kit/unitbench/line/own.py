"""What can stand behind one of our own verbs: its arguments, its options, their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line.fills import words_of
from unitbench.line.heads import addresses, unit_names, verb_heads, wire_heads
from unitbench.line.matching import Offer, Place
from unitbench.line.places import touched, value_place, word_place
from unitbench.line.preferring import preferences, values_behind
from unitbench.line.setting import settings_behind
from unitbench.line.tails import behind as behind_body
from unitbench.line.tails import conditions, macro_heads, split
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import Word
from unitbench.schema import settings
from unitbench.schema.records import Protocol
from unitbench.schema.settings import Delay, Setting, Several
from unitbench.schema.verbs import Arg, Kind, Verb

Found = tuple[Place, Iterable[Offer], bool]
"""What is replaced, by what, and whether by the name of a file too."""
Line = Callable[[list[Word], bool], Found]
"""What fits in a command of these words: a wire command, or with True one of our own verbs too."""
_LIST = re.compile("[,+]")


def behind_verb(
    verb: Verb, line: str, words: list[Word], cursor: int, vocabulary: Vocabulary, wire: Line
) -> Found:
    """What fits at the cursor, in or between ``words``, those behind the verb's name."""
    before, here, behind = touched(words, cursor)
    wanted = list(verb.args)
    for index, word in enumerate(before):
        if _option(verb, word):
            continue
        if wanted and wanted[0].kind is Kind.LINE:
            return wire(words[index:], False)
        if wanted and wanted[0].kind is Kind.BODY:
            return _body(verb, line, words[index:], cursor, vocabulary, wire)
        if wanted and wanted[0].kind is Kind.BYTES:
            return Place(cursor, cursor, ""), (), False
        if wanted and not wanted[0].many:
            wanted.pop(0)
    used = {_option(verb, word) for word in (*before, *behind)} - {""}
    place = word_place(line, here, cursor)
    named = _option(verb, here) if here else ""
    if here is not None and named:
        value = here.start + len(named) + 1
        if cursor >= value:
            return _value(verb, named, value_place(line, value, here.end, cursor), vocabulary, words)
        place = Place(here.start, value, line[here.start : cursor])
        return place, list(_names(verb, used, place.typed, len(before) > 0)), False
    arg = wanted[0] if wanted else None
    names = list(_names(verb, used, place.typed, len(before) > 0))
    if arg is not None and arg.kind is Kind.LINE:
        inner, offers, file = wire([here, *behind] if here else behind, False)
        return inner, [*offers, *names] if inner.start == place.start else offers, file
    if arg is not None and arg.kind is Kind.BODY:
        inner, offers, file = wire([here, *behind] if here else behind, True)
        return inner, [*offers, *names] if inner.start == place.start else offers, file
    if arg is not None and arg.kind in (Kind.COMMAND, Kind.TOPIC) and here is not None and here.quoted:
        return wire([here], False)
    preferred = values_behind(verb, before)
    if preferred is not None:
        return place, preferred + names, False
    values = list(_of_kind(arg, place.typed, vocabulary)) if arg else []
    values += preferences(verb) if not before else ()
    fields = next((item for item in wanted if item.kind is Kind.SETTING), None)
    if fields is not None and (fields is arg or vocabulary.current):
        inner, found = settings_behind(line, before, here, cursor, place, vocabulary)
        if inner != place:
            return inner, found, False
        values += found
    return place, values + names, arg is not None and arg.kind is Kind.FILE


def _body(verb: Verb, line: str, words: list[Word], cursor: int, vocabulary: Vocabulary, wire: Line) -> Found:
    """What fits in a body, or behind it."""
    body, rest, mark = split(verb, words, cursor)
    _, here, _ = touched(words, cursor)
    place = word_place(line, here, cursor)
    if rest is not None:
        ended = [Offer(mark, "what stands behind the command")] if mark and not rest else []
        return place, [*ended, *behind_body(verb, body, vocabulary)], False
    inner, offers, file = wire(body, True)
    if mark and here is not body[0] and inner.start == place.start:
        before, _, _ = touched(body, cursor)
        ends = [Offer(mark, "ends the command"), *behind_body(verb, before, vocabulary)]
        return inner, [*offers, *ends], file
    return inner, offers, file


def _option(verb: Verb, word: Word) -> str:
    """The name of the option that a word gives; empty where it gives none."""
    name, equals, _ = word.text.partition("=")
    return name if equals and name in verb.named and not word.quoted else ""


def _names(verb: Verb, used: set[str], typed: str, placed: bool) -> Iterator[Offer]:
    """The options that are not given yet; what can be set, once it is said of whom."""
    for option in verb.options:
        if option not in used:
            yield Offer(f"{option}=", verb.choice(option).about or "option")
    for item in verb.settings if placed else ():
        if used.isdisjoint((item.name, *item.also)):
            meaning = f"{item.about}: {settings.rule(item)}"
            names = (item.name, *item.also) if typed else (item.name,)
            yield from (Offer(f"{name}=", meaning) for name in names)


def _value(verb: Verb, name: str, place: Place, vocabulary: Vocabulary, words: Sequence[Word]) -> Found:
    """Values of an option or of a setting."""
    setting = next((item for item in verb.settings if name in (item.name, *item.also)), None)
    if setting is None:
        arg = verb.choice(name)
        if arg.kind is Kind.UNITS:
            place = _last(place, ",")
        return place, list(_of_kind(arg, place.typed, vocabulary)), arg.kind is Kind.FILE
    if isinstance(setting.type, Several):
        place = _last(place, "+,")
    return place, list(_settings(setting, place.typed)), False


def _last(place: Place, marks: str) -> Place:
    """The last item of a list as what is replaced."""
    begun = max(place.typed.rfind(mark) for mark in marks) + 1
    return Place(place.start + begun, place.end, place.typed[begun:])


def _settings(setting: Setting, typed: str) -> Iterator[Offer]:
    yield from (Offer(word.text, word.meaning) for word in settings.words(setting))
    if not isinstance(setting.type, (Several, Delay)):
        yield from words_of(setting.type, typed)


def _of_kind(arg: Arg, typed: str, vocabulary: Vocabulary) -> Iterator[Offer]:
    """The values of an argument."""
    yield from (Offer(word.text, word.meaning) for word in arg.words)
    for kind in arg.also:
        yield from _of_kind(Arg(arg.name, kind), typed, vocabulary)
    if arg.kind in (Kind.EXCHANGE, Kind.CHANGE):
        wanted = (item for item in vocabulary.sent if item.changed or arg.kind is Kind.EXCHANGE)
        yield from (Offer(str(item.number), item.text) for item in wanted)
    if arg.kind in (Kind.UNIT, Kind.TARGET, Kind.UNITS, Kind.SIMULATED, Kind.TOPIC):
        yield from unit_names(vocabulary)
    if arg.kind is Kind.TARGET or (arg.kind is Kind.UNIT and typed):
        yield from addresses(vocabulary)
    if arg.kind is Kind.UNITS:
        yield from (Offer(f"{p.letter}*", f"those that begin so: {p.maker}") for p in _spoken(vocabulary))
    if arg.kind in (Kind.PROTOCOL, Kind.TOPIC):
        yield from (Offer(protocol.name, protocol.maker) for protocol in catalogue.protocols())
    if arg.kind in (Kind.COMMAND, Kind.TOPIC):
        yield from wire_heads(typed)
        yield from verb_heads()
    if arg.kind in (Kind.MACRO, Kind.FILE):
        yield from macro_heads(vocabulary)
    if arg.kind is Kind.CONDITION:
        yield from conditions((), vocabulary)
    if arg.kind is Kind.JOB:
        yield from (Offer(str(job), "running job") for job in vocabulary.jobs)


def _spoken(vocabulary: Vocabulary) -> Iterator[Protocol]:
    """The protocols of the units known."""
    for name in dict.fromkeys(unit.protocol for unit in vocabulary.units):
        try:
            yield catalogue.protocol(name)
        except InvalidValue:
            continue
