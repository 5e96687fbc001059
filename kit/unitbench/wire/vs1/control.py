"""Who is in control of the camera: one host at a time, lost by silence. The bytes are the simulated unit's own."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.wire.vs1.announce import NOBODY

KEEP_S = 10.0
"""So long without KEEP, and control is lost (a reading)."""
LOGINS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """A report of the catalogue, ``done`` or ``busy``; for the latter, who is in control."""

    report: str
    controller: str = ""


DONE = Answer("done")


class Control:
    """A host is its address: the announce carries nothing else. None is silence."""

    def __init__(self) -> None:
        self.logins: dict[str, str] = {}
        self._holder = ""
        self._until = 0.0

    @property
    def holder(self) -> str:
        """The address in control, 0.0.0.0 for nobody."""
        return self._holder or NOBODY

    def login(self, host: str, name: str) -> Answer:
        """A network login; the oldest of too many is forgotten."""
        self.logins.pop(host, None)
        self.logins[host] = name
        if len(self.logins) > LOGINS:
            del self.logins[next(iter(self.logins))]
        return DONE

    def act(self, host: str, action: str, now: float) -> Answer | None:
        """TAKE, KEEP or RELEASE of a host. Without a login, or to keep what nobody has: silence."""
        self.tick(now)
        if host not in self.logins:
            return None
        if self._holder and self._holder != host:
            return Answer("busy", self._holder)
        if action == "KEEP" and not self._holder:
            return None
        self._holder = "" if action == "RELEASE" else host
        self._until = now + KEEP_S
        return DONE

    def tick(self, now: float) -> None:
        """The clock has moved: control that was not kept is lost."""
        if self._holder and now >= self._until:
            self._holder = ""

    def deadline(self) -> float | None:
        """When control is lost."""
        return self._until if self._holder else None
