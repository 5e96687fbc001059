"""Aliases and saved requests as they are kept: one file for each user, which people may edit.

    [alias]
    port = "0Eh"

    [saved.get-port]
    line = "0Eh $vport"
    with = ["$vport=19"]

No line with a password in it is kept.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unitbench import runtime
from unitbench.errors import BenchError, UsageError
from unitbench.line.macros import LONGEST, checked_name, parameter
from unitbench.line.vocabulary import Macro
from unitbench.schema.printable import printable

HEAD = "# aliases and saved requests of unitbench; passwords are not kept here\n"
MOST = 1000
"""Names that a file may have."""


def file() -> Path:
    """Where they are kept."""
    return runtime.kept() / "saved.toml"


class Kept:
    """The names as the file has them now; read again where it was changed, by another view or by hand."""

    def __init__(self) -> None:
        self._stamp: tuple[int, int, int] | None = None
        self._macros: tuple[Macro, ...] = ()

    def macros(self) -> tuple[Macro, ...]:
        """All of them; none, with a warning once, where the file cannot be read."""
        stamp = _stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._macros = load() if stamp else ()
            except UsageError as error:
                self._macros = ()
                warnings.warn(f"no alias and no saved request is known: {error.message}", stacklevel=2)
        return self._macros


def _stamp() -> tuple[int, int, int] | None:
    try:
        found = os.stat(file())
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def load() -> tuple[Macro, ...]:
    """What the file has; raises ``UsageError`` saying where it is wrong."""
    path = file()
    try:
        return in_text(path.read_text(encoding="utf-8"), runtime.from_home(str(path)))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise UsageError(f"{runtime.from_home(str(path))} cannot be read: {told}") from None


def in_text(text: str, name: str) -> tuple[Macro, ...]:
    """The names that a file's text holds; raises ``UsageError``."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is no TOML file: {error}", hint="mend it, or move it away") from None
    aliases, saved = data.get("alias", {}), data.get("saved", {})
    strange = set(data) - {"alias", "saved"}
    if strange or not isinstance(aliases, dict) or not isinstance(saved, dict):
        raise UsageError(f"{name}: there are the tables [alias] and [saved.NAME] only", hint="mend it")
    if len(aliases) + len(saved) > MOST:
        raise UsageError(f"{name} has more than {MOST} names")
    try:
        found = [Macro(checked_name(key), _line(line), True) for key, line in aliases.items()]
        found += [_saved(checked_name(key), body) for key, body in saved.items()]
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", hint=error.hint) from None
    double = sorted(set(aliases) & set(saved))
    if double:
        raise UsageError(f"{name}: {double[0]} is both an alias and a saved request")
    return tuple(found)


def _saved(name: str, body: Any) -> Macro:
    if not isinstance(body, dict) or set(body) - {"line", "with"}:
        raise UsageError(f"saved.{name} has line, and with where it has variables")
    given = body.get("with", [])
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise UsageError(f'saved.{name}: with is a list such as ["$vport", "$mode=TCP"]')
    return Macro(name, _line(body.get("line")), False, tuple(map(parameter, given)))


def _line(value: Any) -> str:
    plain = isinstance(value, str) and value.strip() and len(value) <= LONGEST
    if not plain or any(char in value for char in "\r\n"):
        raise UsageError(f"a line is a text of 1 to {LONGEST} characters, without a line's end")
    return str(value)


def keep(macro: Macro) -> Macro | None:
    """Add a name, or give it another line; gives what it stood for before. Raises ``BenchError``."""
    known = load()
    before = next((each for each in known if each.name == macro.name), None)
    if before is None and len(known) >= MOST:
        raise UsageError(f"{MOST} names are kept, which is the most", hint="take some away first")
    _write([*(each for each in known if each.name != macro.name), macro])
    return before


def forget(name: str, *, alias: bool) -> Macro:
    """Take a name away; raises ``BenchError``, for one that is not there too."""
    known = load()
    found = next((each for each in known if each.name == name and each.alias == alias), None)
    if found is None:
        what = "alias" if alias else "saved request"
        raise UsageError(
            f"there is no {what} {printable(name, 40)}",
            hint=f"{'alias' if alias else 'save'} alone lists them",
        )
    _write([each for each in known if each is not found])
    return found


def _write(macros: Iterable[Macro]) -> None:
    """In one go, so that who reads meanwhile has the old ones or the new ones."""
    path = file()
    draft = path.with_suffix(f".new-{os.getpid()}")
    try:
        runtime.kept_folder()
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(as_text(macros))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BenchError(f"{runtime.from_home(str(path))} cannot be written: {error.strerror}") from None


def as_text(macros: Iterable[Macro]) -> str:
    """The file's text."""
    every = sorted(macros, key=lambda macro: macro.name)
    lines = [HEAD, "[alias]", *(f"{macro.name} = {_toml(macro.text)}" for macro in every if macro.alias)]
    for macro in every:
        if not macro.alias:
            lines += ["", f"[saved.{macro.name}]", f"line = {_toml(macro.text)}"]
            given = [f"${name}" if value is None else f"${name}={value}" for name, value in macro.parameters]
            lines += [f"with = [{', '.join(map(_toml, given))}]"] if given else []
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A text in TOML: its basic strings are those of JSON, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
