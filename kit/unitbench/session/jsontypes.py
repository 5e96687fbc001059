"""The shapes of the objects that a session gives with ``--json``: what type checkers hold those who make them to, and
what the JSON schema is made from."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

CauseJson = TypedDict("CauseJson", {"text": str, "seen": str | None, "try": str})
CauseJson.__doc__ = "A likely cause, what was seen of it, and what to try."


class ErrorJson(TypedDict):
    """Why something is not ok, what to try, and the likely causes, the likeliest first."""

    code: str
    meaning: str
    hint: str
    causes: list[CauseJson]


class BytesJson(TypedDict):
    """Bytes, secrets masked, and the same as text."""

    hex: str
    text: str


ReplyJson = TypedDict(
    "ReplyJson",
    {
        "from": str,
        "unit": str,
        "hex": str,
        "text": str,
        "t_ns": int,
        "rtt_s": float,
        "fields": dict[str, Any],
        "status": str,
        "meaning": str,
    },
)
ReplyJson.__doc__ = "One frame that came back."


class ExchangeJson(TypedDict):
    """A request and what became of it."""

    type: Literal["exchange"]
    id: int
    session: str
    origin: str
    unit: str
    address: str
    simulated: bool
    protocol: str
    command: str
    effect: str
    request: BytesJson
    replies: list[ReplyJson]
    outcome: str
    error: ErrorJson | None
    t_ns: int
    rtt_s: float | None
    stamp: str
    waited_s: float
    partial: str


class ReservedJson(TypedDict):
    """Who keeps writes to a unit for itself, until when, and since when it is not connected, where it is not."""

    by: str
    until_ns: int
    left_ns: int | None


class UnitJson(TypedDict):
    """A unit that the session knows, and how it is known."""

    type: Literal["unit"]
    name: str
    protocol: str
    maker: str
    address: str
    mac: str | None
    score: float
    evidence: list[str]
    simulated: bool
    about: str
    link: str
    login: str | None
    doubt: str | None
    faults: str | None
    exclusive: str | None
    reserved: ReservedJson | None
    keepalive_s: float | None
    commands: list[str]


class JobJson(TypedDict):
    """Something that takes a while."""

    type: Literal["event"]
    kind: Literal["job"]
    id: int
    title: str
    state: str
    origin: str
    done: int
    total: int
    left_s: float | None
    started_ns: int | None
    ended_ns: int | None
    stopped_by: str | None
    message: str | None


class LineJson(TypedDict):
    """A report that was listened for; of a long one the first of all ``size`` bytes."""

    type: Literal["event"]
    kind: Literal["unasked"]
    unit: str
    service: str
    port: int
    hex: str
    size: int
    text: str
    columns: list[str]
    ended: str
    t_ns: int
    stamp: str


class ListeningJson(TypedDict):
    """How a listening went."""

    type: Literal["event"]
    kind: Literal["listening"]
    unit: str
    services: list[str]
    count: int
    skipped: list[str]
    took_s: float


class ReservedUnitJson(ReservedJson):
    """A unit that is reserved."""

    unit: str


class SessionJson(TypedDict):
    """A running session."""

    type: Literal["session"]
    name: str
    pid: int
    age_s: float
    clients: list[str]
    units: list[str]
    links: list[str]
    reserved: list[ReservedUnitJson]
    sim: str | None
    journal: str | None


class SimDumpJson(TypedDict):
    """What a simulated unit keeps and counts."""

    type: Literal["sim-state"]
    unit: str
    protocol: str
    state: dict[str, Any]


class SimLogJson(TypedDict):
    """An entry of a simulated unit's log."""

    type: Literal["sim-log"]
    unit: str
    protocol: str
    ago_s: float
    peer: str
    hex: str
    text: str


class HelpRowJson(TypedDict):
    """What is explained, and the explanation."""

    what: str
    about: str


class HelpSectionJson(TypedDict):
    """Rows under a heading."""

    title: str
    rows: list[HelpRowJson]


class HelpJson(TypedDict):
    """A page of help."""

    type: Literal["help"]
    title: str
    about: str
    sections: list[HelpSectionJson]


class CheckJson(TypedDict):
    """A condition, whether it holds, and what was seen."""

    condition: str
    ok: bool
    seen: str | None


class ExpectedJson(TypedDict):
    """What was expected of an exchange, and whether that was so; where it was waited for, how often was asked."""

    type: Literal["event"]
    kind: Literal["expected"]
    ok: bool
    exchange: int
    checks: list[CheckJson]
    asked: int | None
    waited_s: float | None


class RepeatedJson(TypedDict):
    """What many times the same came to."""

    type: Literal["event"]
    kind: Literal["repeated"]
    command: str
    wanted: int
    done: int
    outcomes: dict[str, int]
    replies: int
    rtt_min_s: float | None
    rtt_median_s: float | None
    rtt_max_s: float | None
    stamps: list[str]


AliasJson = TypedDict(
    "AliasJson",
    {
        "type": Literal["event"],
        "kind": Literal["alias"],
        "name": str,
        "line": str,
        "with": dict[str, str | None],
    },
)
AliasJson.__doc__ = "A name that stands for a line."

SavedJson = TypedDict(
    "SavedJson",
    {
        "type": Literal["event"],
        "kind": Literal["saved"],
        "name": str,
        "line": str,
        "with": dict[str, str | None],
    },
)
SavedJson.__doc__ = "A saved request, with its parameters and what they are where they are left out."


class PageJson(TypedDict):
    """An explanation to read."""

    type: Literal["event"]
    kind: Literal["page"]
    title: str
    text: str


class TextJson(TypedDict):
    """A remark to read."""

    type: Literal["event"]
    kind: Literal["text"]
    text: str


class SettingJson(TypedDict):
    """A setting of a view: its value as such and as people read it, and where that comes from; where it was kept for
    the next start just now, the file."""

    type: Literal["event"]
    kind: Literal["setting"]
    name: str
    value: int | float | str | bool | None
    shown: str
    default: str
    about: str
    origin: str | None
    kept: str | None


class DoctorJson(TypedDict):
    """One thing that doctor looked at, and how to mend it."""

    type: Literal["event"]
    kind: Literal["doctor"]
    group: str
    what: str
    ok: bool | None
    seen: str
    mend: str | None
    needed: bool
