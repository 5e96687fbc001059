"""What links bring by themselves, told to every view: lines that nobody asked for, and the end of a link."""

from __future__ import annotations

from collections.abc import Callable

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.session.bus import Bus
from unitbench.session.exchanges import hidden, reply_of
from unitbench.session.floods import Floods
from unitbench.session.logins import Logins
from unitbench.session.overlong import Overlong
from unitbench.session.registry import Registry
from unitbench.session.slots import Slots
from unitbench.transport.base import Stamp
from unitbench.wire import codec_of
from unitbench.wire.host import Event as CoreEvent
from unitbench.wire.host import Garbled, Unasked


class Talk:
    """Used by the links of one session."""

    def __init__(self, bus: Bus, registry: Registry, logins: Logins, slots: Slots) -> None:
        self._bus = bus
        self._registry = registry
        self._logins = logins
        self._slots = slots
        self.listened: Callable[[UnitAddress, str, bytes, Stamp | None], bool] = lambda *_: False
        """Takes what a unit says that is listened to; False where it is not."""
        tell = lambda way, text: self._bus.emit("unasked", self._named(way), text=text)  # noqa: E731
        self._floods = Floods(tell)
        self._overlong = Overlong(tell)

    def told(self, where: UnitAddress, event: CoreEvent) -> None:
        """What a unit says unasked goes on the stream, as far as it is no flood and no line without an end."""
        if not isinstance(event, Garbled) or not event.part:
            self._overlong.ended(where)
        elif self._overlong.goes_on(where, len(event.data)):
            self._reported(where, *self._garbled(where, event), event.stamp)
            return
        if not self._floods.passes(where):
            return
        shown = self._speaker(where, event)
        if isinstance(event, Garbled):
            self._say(where, shown, *self._garbled(where, event), event.stamp)
        elif isinstance(event, Unasked):
            late = "late answer: " if event.late else ""
            reply = reply_of(event.heard, codec_of(where.protocol), None, shown, self._logins.secrets(where))
            self._say(where, shown, f"{late}{reply.text}", reply.data, event.heard.stamp)

    def _garbled(self, where: UnitAddress, event: Garbled) -> tuple[str, bytes]:
        """What bytes are that are no frame, in words, and the bytes without secrets."""
        data = hidden(event.data, self._logins.secrets(where))
        return f"{event.fault}: {data[:64].hex(' ')}", data

    def _say(self, where: UnitAddress, shown: str, text: str, data: bytes, stamp: object) -> None:
        """On the stream, or to whoever listens to the unit."""
        if not self._reported(where, text, data, stamp):
            self._bus.emit("unasked", shown, text=text)

    def _reported(self, where: UnitAddress, text: str, data: bytes, stamp: object) -> bool:
        """Whoever listens to the unit gets all of it, as reports."""
        return self.listened(where, text, data, stamp if isinstance(stamp, Stamp) else None)

    def _speaker(self, way: UnitAddress, event: CoreEvent) -> str:
        """The name of the unit that says something on a link; the address where none is known."""
        if not isinstance(event, Unasked):
            return self._named(way)
        units = {self._registry.address(unit).unit_id: unit for unit in self._registry.at(way)}
        leaves = event.heard.dissection.fields
        said = next((leaf.value for leaf in leaves if leaf.name == "dev_id"), None)
        unit = units.get(said if isinstance(said, int) else None, units.get(None))
        return unit.name if unit else way.spelling(catalogue.protocol(way.protocol))

    def _named(self, way: UnitAddress) -> str:
        """The name of the first unit on a link; the address where none is known."""
        unit = next(iter(self._registry.at(way)), None)
        return unit.name if unit else way.spelling(catalogue.protocol(way.protocol))

    def ended(self, way: UnitAddress) -> None:
        """A link is over: so is a login on it, unless there is no connection that the unit sees ending."""
        self._overlong.ended(way)
        self._floods.ended(way)
        told = self._slots.given_back(way)
        for unit in self._registry.at(way):
            where = self._registry.address(unit)
            held = self._logins.held.get(where)
            if where.lasting:
                self._registry.update(unit.name, link="closed")
                idle_s = catalogue.protocol(way.protocol).login_idle_s or 0.0
                kept = f"; the unit may hold the {held} login until {idle_s:g} s have passed without traffic"
                text = f"the serial line to {unit.name} is closed{kept if held else ''}"
            else:
                self._logins.dropped(where)
                self._registry.update(unit.name, link="closed", login="")
                lost = f", the {held} login on it is gone" if held else ""
                text = f"the connection to {unit.name} ended{lost}"
            if not told:
                self._bus.emit("notice", unit.name, text=text)
