"""The recorder's lines."""

from unitbench.wire.lines.codec import LinesCodec

CODEC = LinesCodec("recorder")
