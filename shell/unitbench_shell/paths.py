"""The names of files that fit what is typed. Looked at when a person asks for them, never while typing: a disk may
take its time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from unitbench.line.matching import Offer
from unitbench.line.words import QUOTES

MOST = 1000
"""Entries of a folder that are looked at."""
APART = " ;,'\""
"""What a name must be quoted for."""


def paths(typed: str, *, quoted: bool) -> Iterator[Offer]:
    """Files and folders whose paths may begin with ``typed``; nothing where it cannot be looked at. A path with a
    blank is put in quotes, where it is not in such already."""
    folder, _, begun = typed.rpartition("/")
    head = typed[: len(typed) - len(begun)]
    where = os.path.expanduser(folder or ("/" if head else "."))
    try:
        with os.scandir(where) as entries:
            names = sorted((entry.name, entry.is_dir()) for entry in islice(entries, MOST))
    except (OSError, ValueError):
        return
    for name, is_folder in names:
        if name.isprintable() and (begun.startswith(".") or not name.startswith(".")):
            path = head + name + ("/" if is_folder else "")
            apart = not quoted and any(char in path for char in APART)
            mark = next((quote for quote in QUOTES if quote not in path), "") if apart else ""
            yield Offer(f"{mark}{path}{mark}", "folder" if is_folder else "file")
