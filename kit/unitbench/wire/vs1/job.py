"""What a simulated camera prints: a job's printf pattern, filled with results that the seed decides."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from unitbench.errors import InvalidValue

ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "'": "'", "\\": "\\"}
"""The escapes of a pattern (public: HE1600T manual)."""
_PART = re.compile(
    r"\\(?P<escape>.?)|%(?P<flags>[-+ 0#]*)(?P<width>\d{0,3})(?P<digits>(?:\.\d{1,2})?)(?P<kind>[sdf%])"
    r"|(?P<wrong>%)",
    re.DOTALL,
)
RULE = "text with %s (verdict), %d (count), %f (measured value), %% and \\a \\b \\f \\n \\r \\t \\v \\' \\\\"
MOST_PER_S = 1000.0


@dataclass(frozen=True, slots=True)
class Result:
    """One inspection: its number, whether it passed, and what was measured."""

    count: int
    passed: bool
    measured: float

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.passed else "FAIL"


@dataclass
class Job:
    """One serial port's formatted output. ``rate_hz`` 0 is silence; ``terminator`` takes the same escapes.

    Raises ``InvalidValue`` for a pattern that cannot be printed.
    """

    pattern: str = "%s,%.3f"
    rate_hz: float = 1.0
    terminator: str = "\\r\\n"
    seed: str = ""
    count: int = 0
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.rate_hz <= MOST_PER_S:
            raise InvalidValue(f"{self.rate_hz} reports a second", field="rate", rule=f"0..{MOST_PER_S:.0f}")
        self.render(Result(0, True, 0.0))
        self._chance = random.Random(self.seed)

    @property
    def interval_s(self) -> float | None:
        """Seconds between two reports; None for silence."""
        return 1 / self.rate_hz if self.rate_hz else None

    def next(self) -> bytes:
        """Inspect once more, and print the result."""
        self.count += 1
        measured = self._chance.gauss(12.0, 0.25)
        return self.render(Result(self.count, abs(measured - 12.0) < 0.4, measured))

    def render(self, result: Result) -> bytes:
        """The bytes of one report; characters over FFh cannot be sent."""
        text = _PART.sub(lambda part: _spelt(part, result), self.pattern)
        end = _PART.sub(lambda part: _spelt(part, None), self.terminator)
        try:
            return (text + end).encode("latin-1")
        except UnicodeEncodeError:
            raise InvalidValue("a pattern with characters over FFh", field="pattern", rule=RULE) from None


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a report: the conversion that wrote it (``text``, ``count``, ``number``), or a literal."""

    name: str
    start: int
    end: int


NAMES = {"s": "text", "d": "count", "f": "number"}
SHAPES = {"s": ".+?", "d": "[-+ ]*[0-9]+ *", "f": r"[-+ ]*[0-9]+\.?[0-9]* *"}


def explain(pattern: str, data: bytes) -> tuple[Part, ...] | None:
    """The pieces of a report that ``pattern`` (its end included) wrote; None where it cannot have.

    Raises ``InvalidValue`` for a pattern that cannot be printed.
    """
    shape, names, at = "", [], 0
    for part in [*_PART.finditer(pattern), None]:
        literal = pattern[at : part.start()] if part else pattern[at:]
        if part and (part["escape"] is not None or part["kind"] == "%" or part["wrong"]):
            literal += _spelt(part, None)
        if literal:
            shape += f"({re.escape(literal)})"
            names.append("literal")
        if part and part["kind"] in SHAPES:
            shape += f"({SHAPES[part['kind']]})"
            names.append(NAMES[part["kind"]])
        at = part.end() if part else at
    found = re.fullmatch(shape, data.decode("latin-1"), re.DOTALL)
    if found is None:
        return None
    return tuple(Part(name, *found.span(number)) for number, name in enumerate(names, 1))


def _spelt(part: re.Match[str], result: Result | None) -> str:
    if part["escape"] is not None:
        if part["escape"] not in ESCAPES:
            raise _wrong(part)
        return ESCAPES[part["escape"]]
    if part["kind"] == "%":
        return "%"
    if part["wrong"] or result is None:
        raise _wrong(part)
    value: object = {"s": result.verdict, "d": result.count, "f": result.measured}[part["kind"]]
    return part[0] % value


def _wrong(part: re.Match[str]) -> InvalidValue:
    return InvalidValue(f"'{part[0]}' has no meaning here", field="pattern", rule=RULE, hint=RULE)
