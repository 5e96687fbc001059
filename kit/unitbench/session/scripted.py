"""What our verbs about other lines yield: what was expected, what changed, what many times the same came to."""

from __future__ import annotations

from unitbench.errors import BenchError
from unitbench.line.vocabulary import Macro
from unitbench.schema.record import record
from unitbench.session.expecting import ERROR, OUTCOME, Check
from unitbench.session.model import Exchange
from unitbench.session.showing import shown


@shown
@record
class Expected:
    """Conditions on an exchange, and whether each holds. ``waited_s``: how long was waited for them, and ``timeout``:
    in vain; ``asked`` how often."""

    exchange: Exchange
    checks: tuple[Check, ...]
    waited_s: float = 0.0
    asked: int = 0
    timeout: bool = False

    @property
    def ok(self) -> bool:
        """Whether all hold."""
        return all(check.holds for check in self.checks)

    @property
    def clears(self) -> bool:
        """Whether what the exchange came to was wanted: a refusal that is expected counts as none."""
        named = any(check.wanted.startswith((OUTCOME, ERROR)) for check in self.checks)
        return self.ok and named


@record
class Turned:
    """One round of a watch or a repetition, of ``total`` (0: without end), and what it brought. ``rows`` are its lines,
    each with what stood there in the round before where that differs (None: as before); ``changed``: it is the first
    one, or something does. ``block``: it stands in place of the round before."""

    number: int
    total: int
    items: tuple[object, ...]
    rows: tuple[tuple[str, str | None], ...]
    changed: bool
    block: bool
    title: str
    t_ns: int


@shown
@record
class Repeated:
    """What many times the same came to: how often each outcome, and the round trips in seconds."""

    command: str
    wanted: int
    done: int
    outcomes: dict[str, int]
    rtts_s: tuple[float, ...]
    stamps: tuple[str, ...]

    @property
    def rtt_s(self) -> tuple[float, float, float] | None:
        """The least, the middle and the greatest round trip; None where nothing answered."""
        found = sorted(self.rtts_s)
        if not found:
            return None
        middle = (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
        return found[0], middle, found[-1]


@shown
@record
class Macros:
    """Aliases, or saved requests, to list."""

    macros: tuple[Macro, ...]
    alias: bool


@record
class Step:
    """A statement of a file is about to be performed. ``text`` is without secrets, ``where`` the file and the line;
    ``first``: it is the first of its file."""

    text: str
    where: str
    first: bool = False


@record
class Failed:
    """A statement could not be performed, or not to its end; the next ones are. ``where`` it stands, in a file."""

    error: BenchError
    where: str
