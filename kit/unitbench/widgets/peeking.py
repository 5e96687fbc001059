"""A look at a session that was not joined: what completion needs of it, or nothing, but never late."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading

from unitbench.errors import BenchError
from unitbench.line.reference import names_in
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.record import replace
from unitbench.session.keepers import look
from unitbench.session.names import vocabulary_of
from unitbench.session.stream import State

PATIENCE_S = 0.5
"""How long a person who pressed Tab waits for a keeper."""


def peeked(name: str) -> Vocabulary:
    """What a line could refer to in the session of that name; without units where none runs or answers in time."""
    found: list[State] = []

    def peek() -> None:  # in a thread of its own: a kernel's has a running loop already
        with contextlib.suppress(BenchError, OSError):
            state = asyncio.run(look(name))
            if state is not None:
                found.append(state)

    thread = threading.Thread(target=peek, name="unitbench peek", daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    known = vocabulary_of(found[0]) if found else Vocabulary()
    return replace(known, variables=names_in(os.environ))
