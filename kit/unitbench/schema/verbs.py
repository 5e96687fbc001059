"""The records of our own verbs: name, meaning, arguments."""

from __future__ import annotations

from enum import Enum

from unitbench.schema.record import record
from unitbench.schema.settings import Setting
from unitbench.schema.values import Word


class Kind(Enum):
    """What an argument of a verb stands for, so that it can be completed and checked. ``UNITS``: names, ``*`` for any
    letters in one, commas between them; ``SIMULATED``: a simulated unit by its name; ``SETTING``: a field of the unit
    before it with its value, ``FIELD=VALUE``; ``TOPIC``: what help can be asked of.
    ``BODY``: a statement of any kind, or in quotes several; ``CONDITION``: ``FIELD=VALUE`` of a reply; ``NEW``: a name
    that is given, ``MACRO``: one that was given to a line; ``PARAMETER``: ``$NAME`` or ``$NAME=VALUE``;
    ``EXCHANGE``: the number of an exchange, ``CHANGE``: of one that has changed a unit."""

    WORD = "word"
    UNIT = "unit"
    UNITS = "units"
    SIMULATED = "simulated"
    PROTOCOL = "protocol"
    JOB = "job"
    FILE = "file"
    SETTING = "setting"
    TARGET = "target"
    BYTES = "bytes"
    COMMAND = "command"
    LINE = "line"
    TOPIC = "topic"
    BODY = "body"
    CONDITION = "condition"
    NEW = "new"
    MACRO = "macro"
    PARAMETER = "parameter"
    EXCHANGE = "exchange"
    CHANGE = "change"


@record
class Arg:
    """One argument, or the value of an option. ``many``: any number of words; BYTES and LINE take the rest of the
    line, BODY all but what the argument behind it can be. ``also`` are further kinds that may stand there. ``words``
    are offered besides what its kinds give, ``about`` is its meaning."""

    name: str
    kind: Kind
    optional: bool = False
    many: bool = False
    words: tuple[Word, ...] = ()
    about: str = ""
    also: tuple[Kind, ...] = ()


@record
class Example:
    """A line to try on the usual simulated units, and what for. ``first`` are lines that come before it."""

    line: str
    about: str
    first: tuple[str, ...] = ()


@record
class Verb:
    """One verb; ``options`` are the names that may be given as ``name=value``, ``choices`` what is known of the values
    of some of them; ``settings`` are further ones whose values are known. A name of two words is a verb of its own.
    ``addressed``: it goes to the unit of an ``@UNIT`` before it. ``task`` is what people want to do with it, by which
    the overview of help is ordered. ``preferences`` are settings of the view whose name may stand in place of the
    first argument, with a value behind it."""

    name: str
    title: str
    args: tuple[Arg, ...] = ()
    options: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    choices: tuple[Arg, ...] = ()
    addressed: bool = False
    task: str = ""
    examples: tuple[Example, ...] = ()
    preferences: tuple[Setting, ...] = ()

    def choice(self, option: str) -> Arg:
        """What is known of an option's value."""
        return next((item for item in self.choices if item.name == option), Arg(option, Kind.WORD))

    @property
    def named(self) -> tuple[str, ...]:
        """All names that may be given as ``name=value``."""
        settings = tuple(name for setting in self.settings for name in (setting.name, *setting.also))
        return self.options + settings
