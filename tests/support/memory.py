"""What a session holds, counted: every container that can be reached from it, its tasks, descriptors and bytes."""

from __future__ import annotations

import asyncio
import gc
import os
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTAINERS = (dict, list, set, frozenset, deque, tuple, bytearray)
OURS = ("unitbench", "asyncio", "collections")


def sizes(*roots: object) -> Counter[str]:
    """How many items the containers hold that can be reached from some objects of ours, by class and attribute."""
    found: Counter[str] = Counter()
    seen: set[int] = set()
    todo: list[tuple[str, object]] = [(type(root).__name__, root) for root in roots]
    while todo:
        name, item = todo.pop()
        if id(item) in seen or isinstance(item, (str, bytes, int, float, type)):
            continue
        seen.add(id(item))
        if isinstance(item, CONTAINERS):
            found[name] += len(item)
            if not isinstance(item, bytearray):
                todo += [(name, each) for each in _items(item)]
        elif type(item).__module__.partition(".")[0] in OURS:
            todo += [(f"{type(item).__name__}.{key}", value) for key, value in _attributes(item)]
    return found


def _items(item: Any) -> Iterator[object]:
    if isinstance(item, dict):
        yield from list(item.values())
    yield from list(item)


def _attributes(item: object) -> Iterator[tuple[str, object]]:
    yield from list(getattr(item, "__dict__", {}).items())
    for kind in type(item).__mro__:
        for key in kind.__dict__.get("__slots__", ()):
            if isinstance(key, str) and hasattr(item, key):
                yield key, getattr(item, key)


def grown(before: Counter[str], after: Counter[str], slack: int) -> dict[str, tuple[int, int]]:
    """What holds more than before, by more than half and ``slack``: how much before and after."""
    return {key: (before[key], after[key]) for key in after if after[key] > 1.5 * before[key] + slack}


def tasks(loop: asyncio.AbstractEventLoop) -> int:
    """How many tasks a loop has."""
    return len(asyncio.all_tasks(loop))


def objects() -> int:
    """How many objects the collector knows, behind a collection."""
    gc.collect()
    return len(gc.get_objects())


def descriptors(pid: int | str = "self") -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid: int | str = "self") -> int:
    """The bytes that a process has in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
