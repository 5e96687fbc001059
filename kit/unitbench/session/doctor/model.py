"""What the doctor finds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from unitbench.schema.record import record
from unitbench.session.showing import shown

if TYPE_CHECKING:
    from unitbench.session.jsontypes import DoctorJson


@record
class Finding:
    """One thing looked at: whether it is there (None: that cannot be known, or does not matter), what was seen, and how
    to mend it. ``needed``: without it hardly anything works."""

    group: str
    what: str
    ok: bool | None
    seen: str
    mend: str = ""
    needed: bool = False


@shown
@record
class Findings:
    """All that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that is needed is there."""
        return all(item.ok is not False for item in self.findings if item.needed)


def by_system(other: str, **systems: str) -> str:
    """A text for this system: ``linux``, ``darwin`` or ``win32``; ``other`` for those that are not named."""
    return systems.get(sys.platform, other)


def doctor_json(item: Findings) -> list[DoctorJson]:
    """One object for each finding."""
    return [
        {
            "type": "event",
            "kind": "doctor",
            "group": each.group,
            "what": each.what,
            "ok": each.ok,
            "seen": each.seen,
            "mend": each.mend if each.ok is False and each.mend else None,
            "needed": each.needed,
        }
        for each in item.findings
    ]
