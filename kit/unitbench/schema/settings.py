"""What can be set of a simulated unit: name, type, unit and meaning, and how people spell a value of it.

A time may be typed as ``50ms``, ``3s``, ``5m`` or in seconds; a share as ``20%`` or 0.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from unitbench.errors import InvalidValue
from unitbench.schema import delays, text
from unitbench.schema.printable import MASK, printable
from unitbench.schema.record import record
from unitbench.schema.records import Protocol, Touch
from unitbench.schema.values import Flag, IPv4, Mac, Real, Text, Token, UInt, Value, Word

SHARE, SECONDS = "share", "s"
"""The units of ``Real`` that have a spelling of their own here."""
LINE_ENDS = ("CR LF", "LF", "CR")
"""What ends the replies of a protocol of lines, by the name in its record."""
_SUFFIXED = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(ms|s|m|h|%)", re.ASCII)
_FACTORS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@record
class Several:
    """Any of some words, with commas or plus signs between them; ``none`` for not one of them."""

    words: tuple[Word, ...]


@record
class Delay:
    """A time that may differ each time, as ``schema.delays`` spells it."""


SettingType = Real | Token | Flag | UInt | Text | IPv4 | Several | Delay


class Needs(Enum):
    """What a protocol must have, by its record, that its units can have a setting; added ones as well."""

    LINE_END = "replies that end with a line end"
    MAC = "a reply with a MAC"
    TCP_COMMANDS = "commands over TCP"

    def met(self, protocol: Protocol) -> bool:
        """Whether the protocol has that."""
        if self is Needs.LINE_END:
            return protocol.reply_end in LINE_ENDS
        if self is Needs.MAC:
            return any(isinstance(item.type, Mac) for report in protocol.reports for item in report.fields)
        return any(s.carrier == "tcp" and s.touch is Touch.SPEAKS for s in protocol.services)


@record
class Setting:
    """One thing that can be set. ``protocols`` are those whose units have it, every one where it is empty;
    ``needs`` is what these must have besides; ``carrier``: only units that are met by that one. ``also`` are other
    spellings of its name, ``usual`` values that completion offers. ``libraries``: the web and file servers of a
    unit, which are foreign code, have it too. ``default`` is what holds unless it is set; None: nothing special.
    ``everywhere``: one of a view that holds where it has no screen, too.
    """

    name: str
    type: SettingType
    about: str
    protocols: tuple[str, ...] = ()
    carrier: str = ""
    also: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    libraries: bool = False
    needs: Needs | None = None
    default: Value | None = None
    everywhere: bool = False

    def fits(self, protocol: Protocol) -> bool:
        """Whether a unit of that protocol has it."""
        carried = not self.carrier or any(s.carrier == self.carrier for s in protocol.services)
        able = self.needs is None or self.needs.met(protocol)
        return carried and able and (not self.protocols or protocol.name in self.protocols)

    @property
    def secret(self) -> bool:
        """Whether a value of it is never shown."""
        return isinstance(self.type, Text) and self.type.secret


def rule(setting: Setting) -> str:
    """What holds for its values, in words."""
    kind = setting.type
    if isinstance(kind, Several):
        return f"none, or some of {', '.join(word.text for word in kind.words)}"
    if isinstance(kind, Delay):
        return delays.RULE
    if isinstance(kind, Real) and kind.unit == SHARE:
        return f"a share {kind.low:g}..{kind.high:g}, or 0..100%"
    if isinstance(kind, Real) and kind.unit == SECONDS:
        return f"{kind.low:g}..{kind.high:g} s, such as 0.05, 50ms or 3s"
    return text.rule(kind)


def told(setting: Setting) -> str:
    """The setting in one line of help."""
    return f"  {names(setting):<18}{meaning(setting)}"


def names(setting: Setting) -> str:
    """Its names, as people may spell them."""
    return ", ".join((setting.name, *setting.also))


def meaning(setting: Setting) -> str:
    """What it is, of whom, and what holds for its values."""
    only = f" ({', '.join(setting.protocols)})" if setting.protocols else ""
    only += f" (needs {setting.needs.value})" if setting.needs else ""
    only += " (for -c, run and pipes too)" if setting.everywhere else ""
    return f"{setting.about}{only}: {rule(setting)}"


def words(setting: Setting) -> tuple[Word, ...]:
    """Values that can be offered."""
    kind = setting.type
    known: tuple[Word, ...] = ()
    if isinstance(kind, Several):
        known = kind.words
    elif not isinstance(kind, Delay):
        known = text.words(kind)
    return known or tuple(Word(value, rule(setting)) for value in setting.usual)


def parse(setting: Setting, spelt: str) -> Value:
    """The value that a text spells; raises ``InvalidValue`` naming setting and rule."""
    kind = setting.type
    try:
        if isinstance(kind, Several):
            return _several(kind, spelt)
        if isinstance(kind, Delay):
            found_spread = delays.parse(spelt)
            none = found_spread.kind == "fixed" and not found_spread.low_s
            return 0 if none else delays.told(found_spread)
        if isinstance(kind, Real) and (found := _SUFFIXED.fullmatch(spelt)):
            number, unit = float(found[1]), found[2]
            if unit == "%" and kind.unit == SHARE:
                return text.parse(kind, f"{number / 100:.12g}")
            if unit in _FACTORS and kind.unit == SECONDS:
                return text.parse(kind, f"{number * _FACTORS[unit]:.12g}")
        return text.parse(kind, spelt)
    except InvalidValue:
        seen = "that" if setting.secret else f"'{printable(spelt[:40])}'"
        raise InvalidValue(
            f"{setting.name}: {seen} is not {rule(setting)}",
            field=setting.name,
            rule=rule(setting),
            hint=f"{setting.name}: {setting.about}",
        ) from None


def _several(kind: Several, spelt: str) -> Value:
    asked = [] if spelt in ("none", "") else re.split(r"[,+]", spelt.casefold())
    known = {word.text for word in kind.words}
    if not known.issuperset(asked):
        raise InvalidValue("")
    return ",".join(word.text for word in kind.words if word.text in asked)


def check(setting: Setting, value: object) -> Value:
    """A value given as such, from Python or a file, or as people spell it; raises ``InvalidValue``."""
    if isinstance(setting.type, Several) and isinstance(value, (list, tuple, set, frozenset)):
        value = ",".join(sorted(map(str, value))) or "none"
    if isinstance(value, bool) and not isinstance(setting.type, Flag):
        return parse(setting, "true" if value else "false")
    if not isinstance(value, (bool, int, float, str)):
        return parse(setting, type(value).__name__)
    return parse(setting, text.format_value(value))


def shown(setting: Setting, value: Value) -> str:
    """A value as people read it, with its unit."""
    kind = setting.type
    if setting.secret:
        return MASK
    if isinstance(kind, Real) and kind.unit == SHARE and isinstance(value, (int, float)):
        return f"{value * 100:.4g} %"
    if isinstance(kind, Real) and kind.unit == SECONDS and isinstance(value, (int, float)):
        return f"{value:.4g} s" if value >= 1 else f"{value * 1000:.4g} ms"
    if isinstance(kind, Flag):
        return "on" if value else "off"
    if isinstance(kind, (Real, UInt)) and kind.unit:
        return f"{text.format_value(value)} {kind.unit}"
    return text.format_value(value) or "none"


def named(table: tuple[Setting, ...], name: str, protocol: Protocol | None = None, *, what: str) -> Setting:
    """The setting of that name, for units of ``protocol`` where that is given; raises ``InvalidValue``
    where there is none, naming those there are. ``what`` it is called: fault or option."""
    fitting = [setting for setting in table if protocol is None or setting.fits(protocol)]
    known = [setting for setting in table if name in (setting.name, *setting.also)]
    found = next((setting for setting in fitting if setting in known), None)
    if found is not None:
        return found
    there = [setting.name for setting in fitting]
    listed = f"one of {', '.join(there)}"
    from difflib import get_close_matches

    near = get_close_matches(name, there, n=1)
    message = f"no {what} '{printable(name[:40])}'"
    if known and protocol is not None:
        message = f"a {protocol.name} unit has no {what} '{known[0].name}': {known[0].about}"
        message += f"; that needs {known[0].needs.value}" if known[0].needs else ""
    hint = f"did you mean '{near[0]}'?" if near and not known else listed
    raise InvalidValue(message, field=name, rule=listed, expected=tuple(there), hint=hint)


def checked(
    table: tuple[Setting, ...], values: Mapping[str, object], protocol: Protocol | None = None, *, what: str
) -> dict[str, Value]:
    """Values by the names of their settings, each checked; raises ``InvalidValue``."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        setting = named(table, name, protocol, what=what)
        found[setting.name] = check(setting, value)
    return found


def listed(table: tuple[Setting, ...], values: Mapping[str, Value]) -> str:
    """Values as people read them: ``loss 20 %, delay 50 ms``."""
    known = {setting.name: setting for setting in table}
    return ", ".join(f"{name} {shown(known[name], value)}" for name, value in values.items())
