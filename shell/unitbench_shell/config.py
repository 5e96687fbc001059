"""The configuration file: settings of the view that hold from the start, ``unitbench/config.toml`` in the user's
folder for such files. What is wrong in it is told with its line; the rest is used.

A change keeps everything else as it stands, comments too: only the line of that setting is written anew.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from unitbench.catalogue.view_settings import VIEW_SETTINGS
from unitbench.errors import InvalidValue, UsageError
from unitbench.runtime import from_home, named_folder
from unitbench.schema import settings
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.settings import Setting
from unitbench.schema.values import Value
from unitbench.session.preferences import Preferences

FILE = "config.toml"
PLAIN = "UNITBENCH_PLAIN"
DUMB = ("dumb", "unknown")
"""Terminals on which nothing can be drawn."""
HEAD = """\
# Settings of unitbench's shell. A line without # holds from the next start on; in the shell, set lists
# them, and set NAME VALUE save=yes writes them here.
"""
_KEY = r"""(?P<quote>["']?){name}(?P=quote)\s*="""
_TABLE = re.compile(r"\s*\[")
_COMMENT = re.compile(r"""\s+#[^"']*$""")


def config_file() -> Path:
    """Where it lies; it need not be there. Where that is on Linux is plain, and platformdirs starts slowly."""
    if sys.platform == "linux":
        home = named_folder("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        return Path(home) / "unitbench" / FILE
    from platformdirs import user_config_path

    return user_config_path("unitbench") / FILE


def plain_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment asks for lines alone, or the terminal can show nothing else."""
    return environment.get(PLAIN, "") not in ("", "0") or environment.get("TERM", "").lower() in DUMB


@record
class Fault:
    """What is wrong in the file: where, what, and what is allowed. ``line`` 0: all of it."""

    path: str
    line: int
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """In words."""
        where = f"{self.path}, line {self.line}" if self.line else self.path
        return f"{where}: {self.message}" + (f"\n  try: {self.hint}" if self.hint else "")


def configure(preferences: Preferences, path: Path) -> list[Fault]:
    """Give the settings what the file says, and have them kept there; what is wrong in it."""
    preferences.save = lambda values: save(path, values)
    shown = from_home(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        return [Fault(shown, 0, f"it cannot be read: {reason}; no setting of it is used")]
    if all(line[:1] in ("", "#") for line in text.splitlines()):
        return []  # it sets nothing, and the parser starts slowly
    return [*_configured(preferences, text, shown)]


def _configured(preferences: Preferences, text: str, shown: str) -> Iterator[Fault]:
    lines = text.splitlines()
    values, fault = _parsed(text, lines)
    if fault is not None:
        number, message = fault
        yield Fault(shown, number, f"{message}; the lines that can be read are used", 'NAME = "VALUE"')
    for name, value in values.items():
        try:
            preferences.put(name, value, "from the configuration file")
        except InvalidValue as error:
            at = _place(lines, name)
            yield Fault(shown, at + 1 if at is not None else 0, error.message, error.hint or error.rule)


def _parsed(text: str, lines: Sequence[str]) -> tuple[dict[str, Any], tuple[int, str] | None]:
    """The values of a file. Where it is faulty, those of the lines that can be read alone, and the fault."""
    import tomllib

    try:
        return tomllib.loads(text), None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        fault = (int(found[1]) if found else len(lines)), str(error).partition(" (at ")[0].lower()
    values: dict[str, Any] = {}
    for line in lines:
        if _TABLE.match(line):
            break
        try:
            values = tomllib.loads(line) | values
        except tomllib.TOMLDecodeError:
            continue
    return values, fault


def _place(lines: Sequence[str], name: str, *, commented: bool = False) -> int | None:
    """The line, from 0, that gives a name a value; of the tables only those at the top. ``commented``: the first that
    does so in a comment."""
    key = re.compile((r"\s*#\s*" if commented else r"\s*") + _KEY.format(name=re.escape(name)))
    table = re.compile(rf"\s*\[\s*{re.escape(name)}\b")
    for number, line in enumerate(lines):
        if key.match(line) or (not commented and table.match(line)):
            return number
        if _TABLE.match(line) and commented:
            return None
    return None


# -- writing


def save(path: Path, values: Mapping[str, Value | None]) -> str:
    """Write settings into the file, None as a comment with the default; gives its name. Raises ``UsageError``."""
    import tomllib

    shown = from_home(str(path))
    real = Path(os.path.realpath(path))  # its owner may have laid it elsewhere by a link
    try:
        text = real.read_text(encoding="utf-8-sig") if real.exists() else template()
        before = tomllib.loads(text)
        changed = _changed(text, values)
        wanted = {name: value for name, value in before.items() if name not in values}
        wanted |= {name: value for name, value in values.items() if value is not None}
        if tomllib.loads(changed) != wanted:
            raise ValueError("the setting stands there over several lines")
        _write(real, changed)
    except OSError as error:
        raise UsageError(
            f"{shown} cannot be written: {error.strerror}", hint="it holds until you leave"
        ) from None
    except ValueError as error:
        hint = "mend it with an editor; the setting holds until you leave"
        raise UsageError(f"{shown} is left as it is: {printable(str(error), 200)}", hint=hint) from None
    return shown


def _changed(text: str, values: Mapping[str, Value | None]) -> str:
    lines = text.splitlines()
    known = {setting.name: setting for setting in VIEW_SETTINGS}
    for name, value in values.items():
        at = _place(lines, name)
        if value is None:
            if at is not None:
                lines[at] = _commented(known[name])
            continue
        line = f"{name} = {spelt(value)}"
        if at is None:
            at = _place(lines, name, commented=True)
            behind = "" if at is None else lines[at].partition("=")[2]
        else:
            behind = lines[at].partition("=")[2]
        if at is None:
            at = next((number for number, old in enumerate(lines) if _TABLE.match(old)), len(lines))
            lines.insert(at, line)
        else:
            comment = _COMMENT.search(behind)
            lines[at] = line + (comment[0] if comment else "")
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    """In one step, so that nobody reads half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    try:
        with open(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
        ) as file:
            file.write(text)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def template() -> str:
    """A file that sets nothing and tells of every setting."""
    parts = [HEAD]
    for setting in VIEW_SETTINGS:
        parts += ["", f"# {setting.about}", f"# {settings.rule(setting)}", _commented(setting)]
    return "\n".join(parts) + "\n"


def _commented(setting: Setting) -> str:
    """A setting at its default, as a comment."""
    value = setting.default if setting.default is not None else next(iter(setting.usual), "")
    return f"# {setting.name} = {spelt(value)}"


def spelt(value: Value) -> str:
    """A value as TOML."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
