"""What a person has set of the view that they sit at. Each view has its own; nothing of it travels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from unitbench.catalogue.view_settings import ON, VIEW_SETTINGS
from unitbench.errors import UsageError
from unitbench.line.preferring import DEFAULT
from unitbench.schema import settings
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.settings import Setting
from unitbench.schema.values import Value

ALWAYS = "always"
HERE = "set here"
"""Where a value comes from that was typed."""
AT_START = "asked for at the start"
"""Where one comes from that holds for this time only."""
SAVE = "save"
"""The option that keeps a setting for the next start."""
USAGE = "set lists the settings; set NAME VALUE, set NAME default"

Save = Callable[[Mapping[str, Value | None]], str]
"""Keeps values for the next start, None for what goes back to its default; gives the place. Raises ``UsageError``."""


@record
class Preferred:
    """A setting with its value, and where that comes from: empty for the default."""

    setting: Setting
    value: Value | None
    origin: str = ""

    @property
    def to_keep(self) -> Value | None:
        """What stands for it in a file; None for the default."""
        return None if self.value == self.setting.default else self.value

    @property
    def shown(self) -> str:
        """The value as people read it."""
        return "-" if self.value is None else settings.shown(self.setting, self.value)

    @property
    def default(self) -> str:
        """The default in the same manner."""
        return Preferred(self.setting, self.setting.default).shown


@record
class Listing:
    """Settings to show, each with what holds, its default and its meaning."""

    settings: tuple[Preferred, ...]


@record
class Changed:
    """A setting that was given a value; ``kept`` is the file that keeps it for the next start, or empty."""

    setting: Preferred
    kept: str = ""


class Preferences:
    """``save`` keeps them for the next start; None where that cannot be done. ``changed`` is called after a change."""

    def __init__(self) -> None:
        self.save: Save | None = None
        self.changed: Callable[[], None] = _nobody
        self._given: dict[str, tuple[Value | None, str]] = {}

    def __getitem__(self, name: str) -> Value | None:
        """What holds: the value that was given, or the default."""
        return self.of(named(name)).value

    def on(self, name: str) -> bool:
        """Whether a setting that can be on or off is on."""
        return self[name] == ON

    def seconds(self, name: str) -> float | None:
        """A time in seconds, where one is set."""
        value = self[name]
        return float(value) if isinstance(value, (int, float)) else None

    def number(self, name: str) -> int:
        """A setting that is a whole number."""
        value = self[name]
        assert isinstance(value, int)
        return value

    def of(self, setting: Setting) -> Preferred:
        """A setting with what holds, and where that comes from."""
        value, origin = self._given.get(setting.name, (None, ""))
        return Preferred(setting, setting.default if value is None else value, origin)

    def put(self, name: str, value: object, origin: str = HERE) -> Preferred:
        """Give a setting a value, None for its default; raises ``InvalidValue`` with what is allowed."""
        setting = named(name)
        self._given[setting.name] = None if value is None else settings.check(setting, value), origin
        self.changed()
        return self.of(setting)

    @property
    def all(self) -> tuple[Preferred, ...]:
        """Every setting with what holds."""
        return tuple(self.of(setting) for setting in VIEW_SETTINGS)


def _nobody() -> None:
    """Nobody wants to know."""


def named(name: str) -> Setting:
    """The setting of that name; raises ``InvalidValue`` naming those there are."""
    return settings.named(VIEW_SETTINGS, name.casefold(), what="setting")


def chosen(args: Sequence[str], options: Mapping[str, str]) -> tuple[Setting | None, str] | None:
    """What the words of a line want of a setting: which, and its new value as it was typed, empty where it is only to
    be shown. No setting: all of them. None where the words are about a unit. Raises ``UsageError``."""
    known = {setting.name for setting in VIEW_SETTINGS}
    name = args[0].casefold() if args else ""
    if name.partition("=")[0] in known and "=" in name and len(args) == 1:
        bare = name.partition("=")[0]
        raise UsageError(
            f"{bare} is a setting of this view, not of a unit", hint=f"set {bare} {args[0][len(bare) + 1 :]}"
        )
    if name and name not in known:
        if SAVE in options:
            raise UsageError(f"{SAVE}= is for settings of this view, not of a unit", hint=USAGE)
        return None
    if "dry" in options:
        raise UsageError("dry= is for settings of a unit, not of this view", hint=USAGE)
    if not name:
        return None, ""
    setting = named(name)
    if len(args) > 2:
        raise UsageError(f"{name} takes one value, not '{printable(' '.join(args[1:]), 60)}'", hint=USAGE)
    wanted = args[1] if len(args) > 1 else ""
    if wanted and wanted != DEFAULT:
        settings.parse(setting, wanted)
    return setting, wanted


def value_of(setting: Setting, wanted: str) -> Value | None:
    """The value that a word stands for; None for the default. Raises ``InvalidValue``."""
    return None if wanted == DEFAULT else settings.parse(setting, wanted)
