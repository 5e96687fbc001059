"""What a discovery would do, as it travels."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.session.showing import shown


@record
class PlanLine:
    """One kind of packet: ``what`` is asked (or done), ``where`` it goes, to how many ``hosts``, at ``port`` of
    ``carrier``. ``data`` are its bytes, none where nothing is sent but a connection made; ``packets`` is how many
    leave at most, tried again where nobody answers."""

    what: str
    protocol: str
    where: str
    hosts: int
    carrier: str
    port: int
    data: bytes
    packets: int

    @property
    def size(self) -> int:
        """How many bytes leave at most, without the headers."""
        return len(self.data) * self.packets


@shown
@record
class SearchPlan:
    """What a discovery would send where. ``listens``: whose announces it would hear; ``skipped``: what it leaves
    alone, and why; ``rates``: how fast; ``lasts_s``: how long at most. ``allow_with``: what lets it begin, where it
    is so wide that it asks first."""

    lines: tuple[PlanLine, ...]
    listens: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    rates: str = ""
    lasts_s: float = 0.0
    allow_with: str = ""

    @property
    def packets(self) -> int:
        """How many packets and connections leave at most."""
        return sum(line.packets for line in self.lines)

    @property
    def size(self) -> int:
        """How many bytes leave at most, without the headers."""
        return sum(line.size for line in self.lines)
