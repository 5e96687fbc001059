"""What a line can refer to: a snapshot of the units that a session knows. Swapped whole, never changed."""

from __future__ import annotations

from unitbench.line.known import Password
from unitbench.schema.record import record


@record
class UnitName:
    """A unit as the language sees it: its short name, protocol, address and MAC (empty if not known), and the
    commands that it has named itself and the catalogue does not know."""

    name: str
    protocol: str
    address: str = ""
    mac: str = ""
    about: str = ""
    commands: tuple[str, ...] = ()


@record
class Macro:
    """A name that stands for a line ``text``: an alias, to which what is typed behind it is added, or a saved request
    with ``parameters`` (name and default; None: it must be given)."""

    name: str
    text: str
    alias: bool = False
    parameters: tuple[tuple[str, str | None], ...] = ()


@record
class Sent:
    """An exchange as a line can refer to it: its number, what it was, and whether it has ``changed`` a unit."""

    number: int
    text: str
    changed: bool = False


@record
class _Known:
    units: tuple[UnitName, ...] = ()
    current: str = ""
    jobs: tuple[int, ...] = ()
    variables: tuple[str, ...] = ()
    macros: tuple[Macro, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    open: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    secrets: tuple[Password, ...] = ()


class Vocabulary(_Known):
    """The units known, the one in use (``current``), the jobs that run, and the names of the variables of the
    environment.

    ``macros`` are the names that stand for lines; ``values`` what ``$NAME`` stands for; ``open`` the names that get a
    value later; ``within`` the macros that are being read. ``sent`` are the newest exchanges, the newest first.
    ``secrets`` are the passwords that were used in this view: hidden wherever they are typed again.
    """

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:
        """Worked out once: what is remembered of a line is found by it, several times for each key."""
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", super().__hash__())
            return self._hash

    def unit(self, name: str) -> UnitName | None:
        """The unit of that short name or address."""
        return next((unit for unit in self.units if name in (unit.name, unit.address)), None)

    def macro(self, name: str) -> Macro | None:
        """The alias or saved request of that name."""
        return next((macro for macro in self.macros if macro.name == name), None)
