"""Where a console's items go: results to stdout as text or JSON, remarks to stderr, and what they mean as
an exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unitbench.offline import Dissected, Encoded, dissected_json
from unitbench.schema.jsonform import dissection_json
from unitbench.schema.printable import printable
from unitbench.session.changing.compared import Comparison
from unitbench.session.changing.jsonform import change_json, comparison_json, snapshot_json
from unitbench.session.changing.model import Change, Snapshot
from unitbench.session.changing.showing import Performed, Planned, Saved
from unitbench.session.doctor.model import Findings, doctor_json
from unitbench.session.help.model import HelpPage, page_json
from unitbench.session.insight import SimDump, SimLog, dump_json, log_json
from unitbench.session.items import Jobs, Journal, Notice, Page, Places, Recalled, Units
from unitbench.session.jsonform import (
    discovery_json,
    exchange_json,
    job_json,
    line_json,
    listening_json,
    place_json,
    sim_json,
    timing_json,
    unit_json,
)
from unitbench.session.model import Exchange, SimState
from unitbench.session.preferences import Changed, Listing
from unitbench.session.rendering import render
from unitbench.session.rendering.folding import folded
from unitbench.session.results import Discovery, HeardLine, Listening, Timing
from unitbench.session.scripted import Expected, Failed, Macros, Repeated, Step, Turned
from unitbench.session.scriptjson import expected_json, macro_json, repeated_json
from unitbench.session.searching.jsonform import findings_json, plan_json
from unitbench.session.searching.model import SearchPlan
from unitbench.session.settingjson import setting_json
from unitbench_shell.codes import NO_LINK, NO_REPLY, OK, REFUSED, WITHHELD, code_of, complain, said_in, worst
from unitbench_shell.reflow import rows_now

if TYPE_CHECKING:
    from unitbench.session.jsontypes import PageJson, TextJson

OUTCOMES = {
    "ok": OK,
    "refused": REFUSED,
    "malformed": REFUSED,
    "silent": NO_REPLY,
    "closed": NO_REPLY,
    "withheld": WITHHELD,
}
CHANGES = {"question": WITHHELD, "overtaken": REFUSED, "differs": REFUSED, "lost": NO_REPLY}
"""What only a change can come to."""


class Output:
    """Writes items in one form."""

    def __init__(self, *, json: bool, width: int) -> None:
        self._json = json
        self._width = width
        self._block: list[str] = []

    def put(self, item: object) -> int:
        """Write an item; gives its exit code."""
        if isinstance(item, Step):
            return OK
        if isinstance(item, Failed):
            complain(item.error, item.where)
            return code_of(item.error)
        if isinstance(item, Turned) and not self._json:
            self._turned(item)
            return code_of_item(item)
        self._block = []
        if isinstance(item, (Notice, Planned)) or (isinstance(item, Changed) and not self._json):
            print(folded(render(item, self._width), said_in()), file=sys.stderr, flush=True)
            return OK
        if self._json:
            if isinstance(item, Discovery):
                for text in item.skipped:
                    print(f"skipped {printable(text, 400)}", file=sys.stderr, flush=True)
            for entry in as_json(item):
                print(json.dumps(entry), flush=True)
        else:
            print(folded(render(item, self._width), self._width), flush=True)
        return code_of_item(item)

    def _turned(self, item: Turned) -> None:
        """A round: in place of the one before, or what has changed in lines of their own."""
        text = folded(render(item, self._width), self._width)
        if item.block:
            from shutil import get_terminal_size

            size = get_terminal_size()
            lines = text.split("\n")[: max(1, size.lines - 2)]
            up = rows_now(self._block, size.columns)
            again = f"\x1b[{up}F\x1b[J" if up and item.number > 1 else ""
            print(again + "\n".join(lines), flush=True)
            self._block = lines
        elif text:
            print(text, flush=True)


def code_of_item(item: object) -> int:
    """The exit code that an item stands for."""
    if isinstance(item, Turned):
        return worst(code_of_item(each) for each in item.items)
    if isinstance(item, Expected):
        return OK if item.ok else REFUSED
    if isinstance(item, Exchange):
        if item.error is not None and item.error.code == "OpenFailed":
            return NO_LINK
        return OUTCOMES[item.outcome]
    if isinstance(item, (Change, Performed)):
        change = item.change if isinstance(item, Performed) else item
        return code_of_change(change)
    if isinstance(item, Saved):
        return code_of_item(item.snapshot)
    if isinstance(item, Snapshot) and not item.sections:
        return worst(code_of_item(exchange) for exchange in item.exchanges)
    if isinstance(item, Discovery) and not item.units:
        return NO_LINK if item.skipped else NO_REPLY
    if isinstance(item, Timing) and not any(found.arrivals for found in item.rounds):
        return NO_REPLY
    if isinstance(item, Listening) and not item.count:
        return NO_REPLY
    if isinstance(item, Dissected) and not item.readings[0].ok:
        return REFUSED
    if isinstance(item, Findings) and not item.ok:
        return REFUSED
    return OK


def code_of_change(change: Change) -> int:
    """The exit code of a change: of what kept it from being carried out, or of what was found afterwards."""
    if change.outcome in ("ok", "same", "dry"):
        return OK
    if change.outcome == "closed" and change.error is not None and change.error.code == "OpenFailed":
        return NO_LINK
    return CHANGES.get(change.outcome) or OUTCOMES[change.outcome]


def as_json(item: object) -> Sequence[Mapping[str, Any]]:
    """An item as objects, one a line."""
    if isinstance(item, (Change, Performed)):
        return change_json(item.change if isinstance(item, Performed) else item)
    if isinstance(item, (Snapshot, Saved)):
        return snapshot_json(item.snapshot if isinstance(item, Saved) else item)
    if isinstance(item, Comparison):
        return [comparison_json(item)]
    if isinstance(item, Turned):
        return [entry for each in item.items if not isinstance(each, Notice) for entry in as_json(each)]
    if isinstance(item, Expected):
        return [expected_json(item)]
    if isinstance(item, Repeated):
        return [repeated_json(item)]
    if isinstance(item, Macros):
        return [macro_json(macro) for macro in item.macros]
    if isinstance(item, Exchange):
        return [exchange_json(item)]
    if isinstance(item, Discovery):
        return [*discovery_json(item), *findings_json(item)]
    if isinstance(item, SearchPlan):
        return [plan_json(item)]
    if isinstance(item, Timing):
        return [timing_json(item)]
    if isinstance(item, HeardLine):
        return [line_json(item)]
    if isinstance(item, Listening):
        return [listening_json(item)]
    if isinstance(item, Places):
        return [place_json(item.unit, place) for place in item.places]
    if isinstance(item, SimState):
        return [sim_json(item)]
    if isinstance(item, SimDump):
        return [dump_json(item)]
    if isinstance(item, SimLog):
        return log_json(item)
    if isinstance(item, Units):
        return [unit_json(unit) for unit in item.units]
    if isinstance(item, (Journal, Recalled)):
        return [exchange_json(exchange) for exchange in item.exchanges]
    if isinstance(item, Dissected):
        return [dissected_json(item)]
    if isinstance(item, Encoded):
        body = dissection_json(item.dissection)
        return [{**body, "command": item.command, "hex": item.data.hex()}]
    if isinstance(item, Jobs):
        return [job_json(job, time.time_ns()) for job in item.jobs]
    if isinstance(item, Findings):
        return doctor_json(item)
    if isinstance(item, Listing):
        return [setting_json(each) for each in item.settings]
    if isinstance(item, Changed):
        return [setting_json(item.setting, item.kept)]
    if isinstance(item, HelpPage):
        return [page_json(item)]
    if isinstance(item, Page):
        page: PageJson = {"type": "event", "kind": "page", "title": item.title, "text": item.text}
        return [page]
    text: TextJson = {"type": "event", "kind": "text", "text": render(item)}
    return [text]
