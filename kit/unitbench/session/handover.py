"""That a unit was taken over from another view: a part of what a session says about itself."""

from __future__ import annotations

from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.session.spans import clock


@record
class Handover:
    """A unit was taken from ``loser``: its reservation, or jobs of it that wrote there, whose numbers are ``jobs``.
    ``waiting``: so many requests that waited for their turn will not be sent. ``seconds``: for how long."""

    unit: str
    loser: str
    taker: str
    seconds: float
    jobs: tuple[int, ...] = ()
    waiting: int = 0

    def text(self, who: str = "") -> str:
        """In a line, for the view ``who``."""
        loser = "you" if who == self.loser else printable(self.loser, 40)
        ended = [f"job {job} is stopped" for job in self.jobs]
        if self.waiting:
            ended.append(f"{self.waiting} waiting request{'s are' if self.waiting > 1 else ' is'} withheld")
        taken = f"{printable(self.taker, 40)} took {self.unit} over from {loser} for {clock(self.seconds)}"
        return "; ".join([taken, *ended])
