"""The terminal written to the last byte.

A window that changes its size interrupts a write: the system takes a part of the bytes and says so. Python's buffered
writers then lose others of them, of every version up to 3.13, where the buffer is as small as that of a terminal.
"""

from __future__ import annotations

import os
from typing import TextIO, cast

from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output


class Whole:
    """As much of a text stream as prompt_toolkit uses of a terminal's, without a buffer of its own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = stream.encoding or "utf-8"
        self.fileno = stream.fileno
        self.isatty = stream.isatty

    def write(self, text: str) -> int:
        """Write all of it now, behind what others have written to the stream."""
        self._stream.flush()
        left = memoryview(text.encode(self.encoding, "replace"))
        while left:
            left = left[os.write(self.fileno(), left) :]
        return len(text)

    def flush(self) -> None:
        """Nothing is left to write."""


def write_whole(output: Output) -> None:
    """Have an output for a terminal write whatever it is given to the last byte."""
    if isinstance(output, Vt100_Output) and output.stdout.isatty():
        output.stdout = cast(TextIO, Whole(output.stdout))
