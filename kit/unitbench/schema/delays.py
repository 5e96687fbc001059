"""How long something takes that takes differently long each time: as people spell it, and as a record.

5ms                       always so long
1ms..3ms                  anything between, each as likely
lognormal:2ms:0.5         half of them up to 2 ms; the logarithm has this standard deviation
bursts:1ms:20ms:5%:10     1 ms, and 20 ms in a burst: 5 % of all are in one, of 10 in a row on average
"""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue
from unitbench.schema.record import record

RULE = "a time, T..T, lognormal:MEDIAN:SIGMA or bursts:T:T:SHARE:LENGTH"
MOST_S = 60.0
MOST_SIGMA = 5.0
MOST_LENGTH = 10_000.0
_NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(us|ms|s|%)?", re.ASCII)
_TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1.0, None: 1.0}


@record
class Spread:
    """``kind`` is ``fixed``, ``uniform``, ``lognormal`` or ``bursts``. ``low_s`` is the time, the least one, the
    median, or that outside a burst; ``high_s`` the greatest one, or that in a burst. ``share`` is the standard
    deviation of the logarithm, or the share of those in a burst, ``length`` how many are in one on average."""

    kind: str
    low_s: float
    high_s: float = 0.0
    share: float = 0.0
    length: float = 1.0


def parse(text: str) -> Spread:
    """What a text spells; raises ``InvalidValue``."""
    word, *parts = text.strip().casefold().split(":")
    match (word, len(parts)):
        case ("lognormal", 2):
            return Spread("lognormal", _time(parts[0]), share=_within(_plain(parts[1]), 0, MOST_SIGMA))
        case ("bursts", 3 | 4):
            length = _within(_plain(parts[3]), 1, MOST_LENGTH) if len(parts) == 4 else 1.0
            share = _within(_share(parts[2]), 0, 0.99)
            # a burst is left after each with 1 / length, and begun so often that the share comes out
            _within(share / (1 - share) / length, 0, 1)
            return Spread("bursts", _time(parts[0]), _time(parts[1]), share, length)
        case (_, 0) if ".." in word:
            low, _, high = word.partition("..")
            found = Spread("uniform", _time(low), _time(high))
            _within(found.low_s, 0, found.high_s)
            return found
        case (_, 0):
            return Spread("fixed", _time(word))
    raise _wrong()


def told(spread: Spread) -> str:
    """As it is spelt."""
    low, high = _spelt(spread.low_s), _spelt(spread.high_s)
    match spread.kind:
        case "lognormal":
            return f"lognormal:{low}:{spread.share:g}"
        case "bursts":
            return f"bursts:{low}:{high}:{spread.share * 100:.12g}%:{spread.length:g}"
        case "uniform":
            return f"{low}..{high}"
    return low


def _spelt(seconds: float) -> str:
    return f"{seconds:.12g}s" if seconds >= 1 else f"{seconds * 1e3:.12g}ms"


def _number(text: str) -> tuple[float, str | None]:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise _wrong()
    return float(found[1]), found[2]


def _time(text: str) -> float:
    value, unit = _number(text)
    if unit not in _TIMES:
        raise _wrong()
    return _within(round(value * _TIMES[unit], 12), 0, MOST_S)


def _share(text: str) -> float:
    value, unit = _number(text)
    if unit not in ("%", None):
        raise _wrong()
    return value / 100 if unit else value


def _plain(text: str) -> float:
    value, unit = _number(text)
    if unit is not None:
        raise _wrong()
    return value


def _within(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise _wrong()
    return value


def _wrong() -> InvalidValue:
    return InvalidValue(f"that is not {RULE}", rule=RULE)
