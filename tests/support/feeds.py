"""Three-way feed: the same bytes whole, byte by byte and with a tail must give the same pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol


class Feeder(Protocol):
    """Whatever cuts a byte stream into pieces. For streams only: a datagram is never joined or split."""

    def feed(self, data: bytes, /) -> Iterable[object]: ...


class ThreeWays(NamedTuple):
    """The pieces of each way, in the order in which they came out."""

    whole: list[object]
    bytewise: list[object]
    with_tail: list[object]


def three_ways(factory: Callable[[], Feeder], data: bytes, tail: bytes = b"") -> ThreeWays:
    """Feed ``data`` to three fresh feeders: at once, one byte at a time, and at once with ``tail`` behind it."""
    stepped = factory()
    return ThreeWays(
        whole=list(factory().feed(data)),
        bytewise=[piece for byte in data for piece in stepped.feed(bytes([byte]))],
        with_tail=list(factory().feed(data + tail)),
    )


def assert_three_ways(
    factory: Callable[[], Feeder],
    data: bytes,
    expected: Sequence[object],
    tail: bytes = b"",
    after: Sequence[object] | None = None,
) -> None:
    """All three ways give ``expected``; what the tail adds comes behind it, and is ``after`` where that is given."""
    ways = three_ways(factory, data, tail)
    wanted = list(expected)
    assert ways.whole == wanted, f"whole: {ways.whole!r}, expected {wanted!r}"
    assert ways.bytewise == wanted, f"byte by byte: {ways.bytewise!r}, expected {wanted!r}"
    head, rest = ways.with_tail[: len(wanted)], ways.with_tail[len(wanted) :]
    assert head == wanted, f"with tail {tail!r}: begins {head!r}, expected {wanted!r}"
    if after is not None:
        assert rest == list(after), f"after tail {tail!r}: {rest!r}, expected {list(after)!r}"
