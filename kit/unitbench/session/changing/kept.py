"""What was replaced, by the exchange that did it: what undo puts back, and why it cannot."""

from __future__ import annotations

from collections import OrderedDict

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.record import record
from unitbench.schema.records import Effect
from unitbench.schema.settable import Wanted
from unitbench.schema.values import Value
from unitbench.session.bus import Bus
from unitbench.session.model import Exchange

MOST = 1000
"""So many changes are kept for undo."""


@record
class Replaced:
    """One write of a change: which unit, what, the values before it and those that were read back after it; and whose
    it is (``origin``)."""

    unit: str
    wanted: Wanted
    before: tuple[tuple[str, Value], ...]
    after: tuple[tuple[str, Value], ...]
    change: int
    undoes: int = 0
    origin: str = ""


class Kept:
    """Used on the session's loop only."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._replaced: OrderedDict[int, Replaced] = OrderedDict()

    def keep(self, number: int, replaced: Replaced) -> None:
        """Remember what exchange ``number`` has replaced."""
        self._replaced[number] = replaced
        if len(self._replaced) > MOST:
            self._replaced.popitem(last=False)

    def drop(self, numbers: tuple[int, ...]) -> None:
        """These were put back."""
        for number in numbers:
            self._replaced.pop(number, None)

    def of(self, number: int, origin: str) -> list[tuple[int, Replaced]]:
        """The write with that number; 0: those of the last change that was not put back, the last one first.

        Raises ``UsageError`` saying why it cannot be put back; without a number also where that change is not one of
        ``origin``: who undoes it must know whose it is.
        """
        if number:
            if number not in self._replaced:
                raise self._why(number)
            return [(number, self._replaced[number])]
        last = self._last(None)
        if not last:
            raise UsageError("there is no change to be put back", hint="set keeps what it replaces")
        newest = last[0][1]
        if newest.origin != origin:
            own = self._last(origin)
            raise UsageError(
                f"the newest change (#{newest.change}, of {newest.unit}) is not yours: {newest.origin} made it",
                hint=f"{_spelt(last)} puts it back{f'; {_spelt(own)} what you changed last' if own else ''}",
            )
        return last

    def _last(self, origin: str | None) -> list[tuple[int, Replaced]]:
        """The writes of the last change that was not put back, the last one first; None: anybody's."""
        ours = [each for each in reversed(self._replaced.items()) if origin in (None, each[1].origin)]
        newest = next((item.change for _, item in ours if not item.undoes), None)
        return [(number, item) for number, item in ours if item.change == newest]

    def _why(self, number: int) -> UsageError:
        exchange = self._exchange(number)
        known = f"it can put back {', '.join(f'#{n}' for n in self._replaced)}" if self._replaced else ""
        if exchange is None:
            return UsageError(
                f"no exchange #{number} is known in this session", hint=known or "set keeps changes"
            )
        what = f"#{number} ({exchange.command})"
        command = catalogue.protocol(exchange.protocol).command(_name(exchange))
        if exchange.effect in (Effect.READ.value, Effect.SESSION.value, Effect.VISIBLE.value):
            return UsageError(f"{what} changed no setting", hint=known or "set keeps what it replaces")
        if not exchange.t_ns:
            return UsageError(
                f"{what} was not sent: {exchange.outcome}", hint=known or "set keeps what it replaces"
            )
        if exchange.outcome == "refused":
            return UsageError(
                f"{what} was refused: it changed nothing", hint=known or "set keeps what it replaces"
            )
        readable = command is not None and (command.reads_back or command.asks)
        why = (
            "was not read before it was sent"
            if readable
            else "cannot be read: the catalogue has no command for it"
        )
        return UsageError(f"what {what} replaced {why}", hint="set reads first, and keeps what it replaces")

    def _exchange(self, number: int) -> Exchange | None:
        seq, more = 0, True
        while more:
            past = self._bus.since(seq, 1000)
            more = past.more
            for event in past.events:
                seq = event.seq
                if event.exchange is not None and event.exchange.id == number:
                    return event.exchange
        return None


def _spelt(writes: list[tuple[int, Replaced]]) -> str:
    """What puts writes back, as it is typed."""
    return "; ".join(f"undo {number}" for number, _ in writes)


def _name(exchange: Exchange) -> str:
    """The command's own name at the head of an exchange's text."""
    names = [c.name for c in catalogue.protocol(exchange.protocol).commands]
    fits = [name for name in names if f"{exchange.command} ".startswith(f"{name} ")]
    return max(fits, key=len, default="")
