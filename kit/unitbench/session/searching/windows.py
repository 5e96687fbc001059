"""Whether all who answered a broadcast were heard: its window long enough, the receive buffer large enough."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.lab.identification.steps import Probe
from unitbench.link import Result
from unitbench.transport.base import Stamp

NEAR_END = 0.9
"""An answer in the last tenth of a window says that more may come behind it."""


def unheard(probe: Probe, result: Result, window_s: float) -> Iterator[str]:
    """What people are to be told where answers to a broadcast were lost, or still came when its window of so many
    seconds ended."""
    if result.dropped:
        count = f"{result.dropped} replies" if result.dropped > 1 else "1 reply"
        yield (
            f"{probe.text}: {count} found no room in the receive buffer, so not all are known; "
            "discover again, doctor says how it is made larger"
        )
    stamps = [heard.stamp for heard in result.answers if isinstance(heard.stamp, Stamp)]
    if result.sent is None or not stamps:
        return
    last_s = (max(stamp.mono_ns for stamp in stamps) - result.sent.mono_ns) / 1e9
    if last_s < NEAR_END * window_s:
        return
    longer = max(1, round(5 * window_s))
    count = f"{len(stamps)} replies" if len(stamps) > 1 else "1 reply"
    yield (
        f"{probe.text}: {count} came, the last at {last_s:.2f} of {window_s:g} s: more may come; discover with a "
        f"longer window: set timeout {longer}s, --timeout {longer} on the command line, timeout_s={longer} in Python"
    )
