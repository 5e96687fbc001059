"""A protocol from a file: TOML, data only, linted as strictly as our own records."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from unitbench.errors import CatalogueError
from unitbench.schema.linelint import line_flaws
from unitbench.schema.lint import Flaw, flaws
from unitbench.schema.load import Unfit, protocol_from
from unitbench.schema.places import line_of, places_in
from unitbench.schema.records import Protocol

LARGEST = 1_000_000
"""Bytes of a protocol file."""


def from_file(path: str, verbs: Collection[str]) -> Protocol:
    """The protocol of a file; raises ``CatalogueError`` with the line and the reason."""
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: this is no TOML: {error}") from None
    except RecursionError:
        raise CatalogueError(f"{path}: this is no TOML: it is nested too deeply") from None
    places = places_in(text)
    try:
        protocol = protocol_from(data)
        found = list(flaws(protocol, manuals=(), verbs=verbs)) or list(line_flaws(protocol))
    except Unfit as error:
        raise _error(path, error.flaw, places) from None
    if found:
        raise _error(path, min(found, key=lambda flaw: line_of(flaw.at, places)), places)
    return protocol


def _text(path: str) -> str:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise CatalogueError(f"{path}: this is no file")
        if found.st_size > LARGEST:
            raise CatalogueError(f"{path}: {found.st_size} bytes, {LARGEST} are allowed")
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{path}: this cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: byte {error.start} is no UTF-8") from None


def _error(path: str, flaw: Flaw, places: dict[Any, int]) -> CatalogueError:
    return CatalogueError(f"{path}, line {line_of(flaw.at, places)}: {flaw.text}")
