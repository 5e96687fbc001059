"""The records of our own verbs: name, meaning, arguments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an argument of a verb stands for, so that it can be completed and checked."""

    WORD = "word"
    UNIT = "unit"
    TARGET = "target"
    BYTES = "bytes"
    COMMAND = "command"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument. ``many``: any number of words; BYTES and LINE take the rest of the line."""

    name: str
    kind: Kind
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb; ``options`` are the names that may be given as ``name=value``."""

    name: str
    title: str
    args: tuple[Arg, ...] = ()
    options: tuple[str, ...] = ()
