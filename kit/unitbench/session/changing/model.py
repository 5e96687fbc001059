"""What a change says about itself, as records that travel."""

from __future__ import annotations

from typing import Any

from unitbench.schema.record import record
from unitbench.session.model import Exchange, Problem
from unitbench.session.showing import shown

OUTCOMES = (
    "ok",
    "same",
    "dry",
    "withheld",
    "question",
    "overtaken",
    "differs",
    "lost",
    "refused",
    "malformed",
    "silent",
    "closed",
)


@record
class Row:
    """A field of what is changed: its value read and its value after that, as values and as people read them.

    ``touched``: it is to be another one. ``note`` says what holds of it.
    """

    name: str
    now: Any
    after: Any
    now_text: str
    after_text: str
    touched: bool
    note: str = ""


@record
class Step:
    """One command of a change. ``item`` is what it is about where it has several such (``virtual port 20``), ``read``
    the commands that read it, ``told`` what follows from it in sentences, ``request`` the bytes that do it.

    ``outcome`` is that of what was sent, empty where nothing was; ``number`` is its exchange, ``differs`` the fields
    that were read back as something else.
    """

    command: str
    text: str
    item: str
    read: str
    rows: tuple[Row, ...]
    request: bytes
    effect: str
    told: tuple[str, ...] = ()
    outcome: str = ""
    number: int = 0
    differs: tuple[Row, ...] = ()
    read_back: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything is to be another value."""
        return any(row.touched for row in self.rows)


@shown
@record
class Change:
    """What was to be changed on a unit, and what became of it.

    ``outcome``: ``ok``; ``same``: it was so already; ``dry``: shown only; ``withheld`` by the policy, or the person
    said no; ``question``: a rule would be broken, and ``mend`` would keep it; ``overtaken``: somebody else has changed
    it meanwhile; ``differs``: read back as something else; ``lost``: not found again at its new address; or what
    became of the command that failed. ``seen`` is what was read, by name. ``moved`` is the new address of a unit
    that was found there. ``undoes`` is the number of the change that it puts back.
    """

    unit: str
    address: str
    protocol: str
    simulated: bool
    outcome: str
    steps: tuple[Step, ...]
    effect: str
    exchanges: tuple[Exchange, ...] = ()
    error: Problem | None = None
    allow_with: str = ""
    mend: tuple[tuple[str, Any], ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    moved: str = ""
    undoes: int = 0

    @property
    def ok(self) -> bool:
        """Whether the unit is now as was wanted."""
        return self.outcome in ("ok", "same")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The exchanges that changed something: what ``undo`` takes."""
        return tuple(step.number for step in self.steps if step.number and step.outcome != "refused")


@record
class Section:
    """What one command reads of a unit, as another one takes it: the values by field, with reserved bytes as hex."""

    command: str
    read: str
    title: str
    source: str
    item: str
    number: int | None
    values: dict[str, Any]


@shown
@record
class Snapshot:
    """The settings of a unit that can be read and set again. ``identity`` is what tells it from others of its kind,
    ``t_ns`` when it was read (wall clock), ``skipped`` what could not be read, and why."""

    unit: str
    protocol: str
    maker: str
    address: str
    t_ns: int
    sections: tuple[Section, ...]
    identity: str = ""
    skipped: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
