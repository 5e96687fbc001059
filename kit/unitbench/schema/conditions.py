"""Conditions on the values of a row of fields, and the rule that two of them never hold together."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.schema.text import format_value
from unitbench.schema.values import Value


@record
class Is:
    """The condition that field ``name`` has ``value``; with ``gaps`` that the ones of the network mask in it do not
    stand together, whatever ``value`` is."""

    name: str
    value: Value = True
    gaps: bool = False

    def holds(self, values: dict[str, Value]) -> bool:
        """Whether the condition is met by ``values``."""
        found = values.get(self.name)
        return has_gaps(str(found)) if self.gaps else found == self.value

    def __str__(self) -> str:
        if self.gaps:
            return f"{self.name} has ones behind zeros"
        return f"{self.name} is {format_value(self.value) or 'empty'}"


def has_gaps(mask: str) -> bool:
    """Whether a zero comes before a one in a network mask; not where it is none."""
    parts = mask.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return False
    return "01" in "".join(f"{int(part):08b}" for part in parts)


@record
class Never:
    """The rule that two conditions never hold together, save where ``unless`` does. ``because`` quotes the manual;
    with ``reading`` it says what is our reading, and a unit of the real kind may accept it."""

    one: Is
    other: Is
    because: str
    unless: Is | None = None
    reading: bool = False

    def broken_by(self, values: dict[str, Value]) -> bool:
        """Whether ``values`` break the rule."""
        both = self.one.holds(values) and self.other.holds(values)
        return both and not (self.unless and self.unless.holds(values))

    @property
    def broken(self) -> str:
        """What is wrong where it is broken."""
        return f"{self.one} and {self.other} cannot hold together: {self.why}"

    @property
    def why(self) -> str:
        """The reason, and whose it is."""
        return f"{self.because} (a reading, the manual does not say)" if self.reading else self.because

    @property
    def mend(self) -> str:
        """What to do about it."""
        flags = self.one.value is True and self.other.value is True and not self.other.gaps
        how = f"give {self.one.name}=0 or " if flags else "give another "
        how += f"{self.other.name}=0" if flags else self.other.name
        return f"{how}; raw sends the bytes whatever they say" if self.reading else how

    def __str__(self) -> str:
        unless = f", unless {self.unless}" if self.unless else ""
        return f"{self.one} and {self.other}{unless}"
