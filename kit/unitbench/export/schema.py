"""The JSON schema of what ``--json`` prints, made from the types of the objects and the session's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import msgspec

from unitbench.errors import InvalidValue
from unitbench.export.reference import ProtocolJson
from unitbench.lab.timing.model import Quantity, Unknown
from unitbench.schema.jsontypes import DissectionJson
from unitbench.session import jsontypes as of
from unitbench.session.changing.jsontypes import ChangeJson, ComparisonJson, SnapshotJson
from unitbench.session.model import OUTCOMES, Place, SimState
from unitbench.session.results import Timing
from unitbench.session.searching.jsontypes import DoubtJson, FindingJson, PlanJson

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OBJECTS: Mapping[str, type] = {
    "exchange": of.ExchangeJson,
    "unit": of.UnitJson,
    "dissection": DissectionJson,
    "timing": Timing,
    "session": of.SessionJson,
    "service": Place,
    "sim": SimState,
    "sim-state": of.SimDumpJson,
    "sim-log": of.SimLogJson,
    "change": ChangeJson,
    "snapshot": SnapshotJson,
    "comparison": ComparisonJson,
    "help": of.HelpJson,
    "protocol": ProtocolJson,
}
"""What an object's ``type`` says, and its shape. Of a session's record all fields are printed, and ``type`` with
them."""
EVENTS: Mapping[str, type] = {
    "job": of.JobJson,
    "unasked": of.LineJson,
    "listening": of.ListeningJson,
    "expected": of.ExpectedJson,
    "repeated": of.RepeatedJson,
    "alias": of.AliasJson,
    "saved": of.SavedJson,
    "plan": PlanJson,
    "finding": FindingJson,
    "doubt": DoubtJson,
    "page": of.PageJson,
    "text": of.TextJson,
    "doctor": of.DoctorJson,
    "setting": of.SettingJson,
}
"""The objects of type ``event`` by their ``kind``."""


class BesideTimingJson(TypedDict):
    """What the rounds tell."""

    caveat: str
    figures: list[Quantity]
    bounds: list[float | None]
    unknown: list[Unknown]


class BesideServiceJson(TypedDict):
    """Whose service it is."""

    unit: str


BESIDE: Mapping[str, type] = {"timing": BesideTimingJson, "service": BesideServiceJson}
"""What is printed beside the fields of a record."""
WORDS: Mapping[str, tuple[str, ...]] = {"outcome": OUTCOMES, "stamp": ("kernel", "user")}
"""The legal words of some fields of an exchange."""
MEANINGS = {
    "hex": "bytes, lower case, without blanks; secrets are 2a2a2a",
    "command": "the command's text, secrets masked",
    "request": "the bytes that were sent",
    "partial": "bytes that arrived and were no answer, as hex",
    "rtt_s": "from the request's stamp to the answer's",
    "waited_s": "how long an answer was waited for",
    "stamp": "who took the stamps: the kernel, or the program",
    "score": "how sure that is, 0..1",
    "simulated": "true only if a running set of this user says so",
    "origin": "who asked: a view's name",
    "start": "the first byte, from 0",
    "end": "the byte behind the last one",
    "mac": "MAC address, lower case with colons",
}
"""What fields of a name mean, wherever they stand."""
TYPED = "Json"
"""What the names of types end with that are no records."""
UNITS = {"_ns": "nanoseconds since 1970 (UTC)", "_s": "seconds"}
"""The unit of a field by the end of its name."""


def names() -> tuple[str, ...]:
    """What a schema can be had of, by the type of the object, or the kind of an event."""
    return (*OBJECTS, *EVENTS)


def schema(name: str = "") -> dict[str, Any]:
    """The schema of one object, or of every line that ``--json`` prints; raises ``InvalidValue``."""
    if name and name not in names():
        listed = ", ".join(names())
        raise InvalidValue(
            f"no object '{name}'", field="object", rule=f"one of {listed}", hint=f"one of {listed}"
        )
    wanted = (name,) if name else names()
    found = {each: _shape(each) for each in wanted}
    kinds = list(dict.fromkeys([*found.values(), *(BESIDE[each] for each in wanted if each in BESIDE)]))
    _, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    defs = {part: _explained(part, body) for part, body in parts.items()}
    for each, kind in found.items():
        beside = defs.pop(BESIDE[each].__name__) if each in BESIDE else {"properties": {}}
        defs[each] = _whole(each, defs.pop(kind.__name__), beside["properties"])
    body: dict[str, Any] = {"$schema": DRAFT, "title": f"unitbench --json{f': {name}' if name else ''}"}
    choice = (
        {"$ref": f"#/$defs/{name}"} if name else {"oneOf": [{"$ref": f"#/$defs/{each}"} for each in wanted]}
    )
    return {**body, **choice, "$defs": dict(sorted(defs.items()))}


def _shape(name: str) -> type:
    return OBJECTS[name] if name in OBJECTS else EVENTS[name]


def _whole(name: str, body: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object with what is printed beside the fields of its record; all of these are printed."""
    properties = {"type": {"const": name if name in OBJECTS else "event"}} | body["properties"]
    properties |= beside
    if name == "exchange":
        properties |= {field: properties[field] | {"enum": list(words)} for field, words in WORDS.items()}
    required = [*body["required"], "type", *beside]
    return {**body, "title": name, "properties": properties, "required": list(dict.fromkeys(required))}


def _explained(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """A part with what its fields mean. Of a record all fields are printed, whether they have a default or not."""
    found = body | ({"description": " ".join(body["description"].split())} if "description" in body else {})
    if "properties" in body:
        found["properties"] = {each: _property(each, dict(item)) for each, item in body["properties"].items()}
        if not name.endswith(TYPED):
            found["required"] = list(body["properties"])
    return found


def _property(name: str, item: dict[str, Any]) -> dict[str, Any]:
    item.pop("default", None)
    told = [MEANINGS[name]] if name in MEANINGS else []
    told += [unit for end, unit in _units(name)]
    return item | {"description": "; ".join(told)} if told else item


def _units(name: str) -> Iterator[tuple[str, str]]:
    """The unit of a field, by the longest end of its name."""
    yield from [(end, unit) for end, unit in UNITS.items() if name.endswith(end)][:1]
