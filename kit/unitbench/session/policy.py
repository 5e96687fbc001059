"""One gate for everything that writes to a unit. Simulated units pass; real ones need a yes that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unitbench.errors import Withheld
from unitbench.schema.records import Effect, Service, Source, Status, Touch
from unitbench.session.model import Unit

ASKS = (Effect.RECONFIGURES, Effect.DISRUPTS)
PLAIN_YES = Effect.RECONFIGURES.value


@dataclass(frozen=True, slots=True)
class Reach:
    """Who a request reaches: the units by name, or everything at a broadcast address (``many``).

    ``address`` is the other name of a single unit.
    """

    names: tuple[str, ...]
    simulated: bool
    many: bool = False
    address: str = ""

    @classmethod
    def one(cls, unit: Unit) -> Reach:
        """A single unit."""
        return cls((unit.name,), unit.simulated, address=unit.address)

    @property
    def words(self) -> tuple[str, ...]:
        """What lets everything pass: the number of units reached, or the name of the only one."""
        number = str(len(self.names))
        return (number,) if self.many else (self.names[0], self.address, number)


class Policy:
    """Weighs an effect against what the caller allows. ``clock`` is in seconds and counts time asleep."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._unlocked: dict[str, float] = {}

    def unlock(self, unit: str, seconds: float) -> None:
        """Let plain writes to ``unit`` pass for some seconds."""
        self._unlocked[unit] = self._clock() + seconds

    def unlocked_s(self, unit: str) -> float:
        """How long a unit is still unlocked, in seconds; 0 if it is not."""
        return max(0.0, self._unlocked.get(unit, 0.0) - self._clock())

    @property
    def unlocked(self) -> dict[str, float]:
        """How long units are still unlocked, in seconds, by name."""
        return {unit: left for unit in self._unlocked if (left := self.unlocked_s(unit))}

    @staticmethod
    def check_source(source: Source, reach: Reach) -> None:
        """What was invented for simulated units never goes to another one; nothing lets it pass."""
        if source.status is Status.SIMULATED and not reach.simulated:
            raise Withheld(
                f"{reach.names[0] if reach.names else 'that unit'} is not known to be simulated, and this command "
                "was invented for simulated units",
                effect=Status.SIMULATED.value,
                hint="no maker has published these bytes; unitbench sim serves units that take them",
            )

    @staticmethod
    def check_service(service: Service | None, unit: str) -> None:
        """What is not spoken at a service is not sent there; nothing lets it pass."""
        if service is None or service.touch is Touch.SPEAKS:
            return
        raise Withheld(
            f"{service.name} ({service.port}/{service.carrier}) of {unit} is {service.touch.value}: "
            "nothing is sent there",
            effect=service.touch.name.lower(),
            hint=f"services {unit} tells what is where; a program of your own may go there",
        )

    def check(self, effect: Effect, reach: Reach, allow: str, *, always: bool = False) -> None:
        """Pass, or raise ``Withheld`` with what would let it pass; ``always``: a simulated unit is asked for, too."""
        if (reach.simulated and not always) or effect not in ASKS:
            return
        strong = effect is Effect.DISRUPTS or reach.many
        if allow and allow in reach.words:
            return
        whole = reach.words[0]
        if not strong and (allow == PLAIN_YES or self.unlocked_s(reach.names[0])):
            return
        several = reach.many and len(reach.names) != 1
        what = (
            f"{len(reach.names)} unit{'s' * several} ({', '.join(reach.names) or 'none known'})"
            if reach.many
            else reach.names[0]
        )
        allow_with = whole if strong else PLAIN_YES
        option = f"--yes={whole}" if strong else "--yes"
        why = (
            "and confirm is always"
            if reach.simulated
            else f"which {'are' if several else 'is'} not known to be simulated"
        )
        raise Withheld(
            f"this {'disrupts' if effect is Effect.DISRUPTS else 'changes'} {what}, {why}",
            effect=effect.value,
            allow_with=allow_with,
            hint=f"nothing was sent; {option} on the command line, or allow={allow_with!r} in Python, lets it pass",
        )
