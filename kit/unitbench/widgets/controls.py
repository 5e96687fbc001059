"""What a person can do in a view, as plain records: editing a frame, filling in a form. No Jupyter, no markup."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list: what it stands for, how it reads, and the heading that it stands under."""

    value: str
    text: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be typed for the field of line ``key``: its present value, its rule, the words that are offered.

    ``only`` these words may be given; ``locked`` says why nothing can.
    """

    key: str
    label: str
    value: str = ""
    rule: str = ""
    words: tuple[Option, ...] = ()
    only: bool = False
    locked: str = ""


@dataclass(frozen=True, slots=True)
class Tools:
    """What can be done with one frame: whether an edit can be undone and computed bytes be mended, and what the
    likeliest repair is, in words; empty where there is none."""

    title: str
    undo: bool = False
    mend: bool = False
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Editing:
    """How frames can be edited: an entry for each line about a field, tools for each frame, and why the last edit
    (of the line ``at``) was refused."""

    entries: tuple[Entry, ...]
    tools: tuple[Tools, ...]
    refused: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form. ``kind`` is ``text``, ``flag``, ``choice`` or ``secret``, whose value is never here.

    ``example`` is a value that could stand there, ``unit`` what the number counts, ``error`` why what was given
    cannot be sent, ``idle`` why the field has no meaning now.
    """

    name: str
    kind: str
    about: str
    rule: str
    value: str = ""
    words: tuple[Option, ...] = ()
    example: str = ""
    unit: str = ""
    needed: bool = False
    error: str = ""
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form for one command to one unit.

    ``ready``: it can be sent as it is. ``why`` says why not, or what the policy or the session refused, and
    ``confirm`` what has to be typed to send it all the same. ``busy``: the answer is being waited for.
    ``reader`` names the command that reads what this one sets, where there is one. ``ended`` counts what was sent
    and has ended: typed secrets are forgotten then.
    """

    commands: tuple[Option, ...]
    command: str
    units: tuple[Option, ...]
    unit: str
    about: tuple[str, ...]
    controls: tuple[Control, ...]
    ready: bool = False
    busy: bool = False
    why: str = ""
    confirm: str = ""
    reader: str = ""
    ended: int = 0
