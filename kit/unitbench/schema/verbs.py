"""The records of our own verbs: name, meaning, arguments."""

from __future__ import annotations

from enum import Enum

from unitbench.schema.record import record
from unitbench.schema.settings import Setting
from unitbench.schema.values import Word


class Kind(Enum):
    """What an argument of a verb stands for, so that it can be completed and checked."""

    WORD = "word"
    UNIT = "unit"
    TARGET = "target"
    BYTES = "bytes"
    COMMAND = "command"
    LINE = "line"


@record
class Arg:
    """One argument. ``many``: any number of words; BYTES and LINE take the rest of the line. ``words`` are offered
    besides what its kind gives."""

    name: str
    kind: Kind
    optional: bool = False
    many: bool = False
    words: tuple[Word, ...] = ()


@record
class Verb:
    """One verb; ``options`` are the names that may be given as ``name=value``, ``settings`` such ones whose values
    are known. A name of two words is a verb of its own."""

    name: str
    title: str
    args: tuple[Arg, ...] = ()
    options: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """All names that may be given as ``name=value``."""
        settings = tuple(name for setting in self.settings for name in (setting.name, *setting.also))
        return self.options + settings
