"""Numbers of timing as people read them."""

from __future__ import annotations


def ms(seconds: float | None) -> str:
    """A time in milliseconds, three figures or more; small ones in microseconds."""
    if seconds is None:
        return "-"
    value = abs(seconds) * 1e3
    if not value:
        return "0 ms"
    if value < 0.1:
        return f"{seconds * 1e6:.3g} µs"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{seconds * 1e3:.{digits}f} ms"


def percent(share: float | None) -> str:
    """A share in per cent."""
    return "-" if share is None else f"{share * 100:.3g} %"


def amount(value: float | None, unit: str) -> str:
    """A value of a quantity, by its unit."""
    return ms(value) if unit == "s" else percent(value)


def span(low: float | None, high: float | None, unit: str) -> str:
    """An interval; a side without a bound is said so."""
    if low is None and high is None:
        return "no bounds"
    if high is None:
        return f"{amount(low, unit)} .. no upper bound"
    if low is None:
        return f"no lower bound .. {amount(high, unit)}"
    return f"{amount(low, unit)} .. {amount(high, unit)}"
