"""What CommandForm shows: a command of the catalogue as a form, its exact bytes, and the answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unitbench import catalogue
from unitbench.errors import BenchError, InvalidValue, MissingField, UsageError
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.address import address_of
from unitbench.schema.checks import check
from unitbench.schema.printable import MASK
from unitbench.schema.records import Field, Protocol, Request
from unitbench.schema.text import format_value
from unitbench.schema.values import Mac, Value
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Ask
from unitbench.session.results import JobResult
from unitbench.session.stream import Event
from unitbench.widgets.answer import answer_sheet, told
from unitbench.widgets.controls import Form
from unitbench.widgets.dispatch import Dispatch
from unitbench.widgets.filling import Filled, filled
from unitbench.widgets.form_line import beginning
from unitbench.widgets.form_sheet import (
    COLUMNS,
    EVERYONE,
    about,
    command_options,
    controls,
    lines,
    unit_options,
)
from unitbench.widgets.frame_model import COLUMNS as FRAME_COLUMNS
from unitbench.widgets.frame_model import FrameModel
from unitbench.widgets.sheet import Sheet, shown
from unitbench.wire import codec_of


class FormModel:
    """A form for one command at a time; what was typed for another is kept until it is chosen again.

    ``command`` is the name of one, with values or without, as it would be typed. Raises ``UsageError`` for what is
    no wire command, or a value that breaks its rule. A secret is never kept: it is read when the form is sent.
    """

    def __init__(
        self,
        units: Callable[[], Sequence[Unit]],
        command: str = "",
        unit: str = "",
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._units = units
        self._seen: tuple[Unit, ...] = tuple(units())
        self._typed: dict[tuple[str, str], dict[str, str]] = {}
        self._now: dict[str, str] = {}
        self._reading = False
        self.sent = Dispatch()
        begun = beginning(self._seen, command, unit, vocabulary or Vocabulary())
        self._protocol, self._command = begun.protocol, begun.command
        self._unit = begun.unit or self._first(begun.protocol)
        self._typed[begun.protocol.name, begun.command.name] = begun.typed

    def _first(self, protocol: Protocol) -> str:
        return next((each.name for each in self._seen if each.protocol == protocol.name), "")

    # -- what happens elsewhere

    def apply(self, event: Event) -> bool:
        """Units come, and change."""
        if event.kind != "unit":
            return False
        before, self._seen = self._seen, tuple(self._units())
        known = self._chosen
        self._unit = known.name if known else self._unit or self._first(self._protocol)
        return before != self._seen

    def load(self, result: JobResult) -> bool:
        """Results of jobs are nothing to a form."""
        return False

    def leave(self) -> None:
        """Look at the units no more: those known are the last."""
        known = self._seen
        self._units = lambda: known

    # -- what a person does

    def choose(self, protocol: str, command: str) -> None:
        """Go over to another command; raises ``UsageError``."""
        record = catalogue.protocol(protocol)
        found = record.command(command)
        if found is None:
            raise UsageError(f"{protocol} has no command {shown(command, 40)}")
        if record is not self._protocol:
            self._unit = self._first(record)
        self._protocol, self._command = record, found
        self._anew()

    def direct(self, unit: str) -> None:
        """Choose the unit; ``@all`` are all of the protocol by one broadcast."""
        self._unit = unit
        self._anew()

    def fill(self, name: str, typed: str) -> None:
        """Give a field what was typed; raises ``InvalidValue`` for a field that cannot be typed here."""
        field = next((each for each in self._command.args if each.name == name and each.typed), None)
        if field is None or field.secret:
            why = "is a secret: it is given when the form is sent" if field else "is no field of it"
            raise InvalidValue(f"{self._command.name}: '{shown(name, 40)}' {why}", field=name)
        self._typed.setdefault((self._protocol.name, self._command.name), {})[name] = typed
        self.sent.changed()

    def _anew(self) -> None:
        self.sent.changed()
        self.sent.answer = None
        self._now = {}

    # -- what it comes to

    @property
    def protocol(self) -> str:
        """The name of the command's protocol."""
        return self._protocol.name

    @property
    def filled(self) -> Filled:
        """The values as they stand."""
        typed = self._typed.get((self._protocol.name, self._command.name), {})
        mac = self._chosen.mac if self._chosen else ""
        lent = {
            each.name: mac for each in self._command.args if isinstance(each.type, Mac) and not each.optional
        }
        return filled(self._command, typed, lent)

    @property
    def _chosen(self) -> Unit | None:
        return next((each for each in self._seen if self._unit in (each.name, each.address)), None)

    @property
    def values(self) -> dict[str, Value]:
        """The good values by field name, without secrets."""
        secret = {each.name for each in self._command.args if each.secret}
        return {name: value for name, value in self.filled.values.items() if name not in secret}

    def data(self) -> bytes:
        """The bytes that would be sent, a secret as three stars; raises ``UsageError``."""
        state = self.filled
        values = {**state.values, **{each.name: MASK for each in state.fields if each.secret}}
        request = Request(self._protocol.name, self._command.name, tuple(values.items()), self._to())
        return codec_of(self._protocol.name).encode(request)

    def _to(self) -> int | None:
        where = self._chosen.address if self._chosen else self._unit
        return address_of(where, self._protocol).unit_id if "://" in where else None

    def _lacking(self, state: Filled) -> list[str]:
        """What keeps the form from being sent, beside errors at fields."""
        fields = {each.name: each for each in state.fields}
        later = [n for n in state.missing if fields[n].secret or isinstance(fields[n].type, Mac)]
        needed = [name for name in state.missing if name not in later]
        return [f"still needed: {', '.join(needed)}"] if needed else []

    # -- sending

    def sending(self, secrets: Mapping[str, object], confirm: str | None = None, allow: str = "") -> Ask:
        """The operation that the form has become, its secrets included; it waits for the answer from now on.

        ``confirm`` is what a person typed to let a withheld request pass, ``allow`` what a program allows. Raises
        ``UsageError`` for what cannot be sent.
        """
        state = self.filled
        why = [*state.errors.values(), *self._lacking(state)]
        if why or not self._unit:
            raise UsageError(why[0] if why else f"no {self._protocol.name} unit is chosen")
        values = {each.name: state.values[each.name] for each in state.fields if self._travels(each, state)}
        for each in state.fields:
            if each.secret and (given := secrets.get(each.name)):
                values[each.name] = check(each, str(given))
            elif each.secret and not each.optional:
                raise MissingField(f"{self._command.name} needs {each.name}", field=each.name)
        everyone = self._unit == EVERYONE
        unit = "" if everyone else self._unit
        granted = allow if confirm is None else self.sent.granted(confirm)
        self.sent.begin()
        self._reading = False
        return Ask(self._protocol.name, self._command.name, values, unit, everyone, granted)

    def _travels(self, each: Field, state: Filled) -> bool:
        return each.typed and not each.secret and each.name in state.values

    def reading(self) -> Ask:
        """The operation that reads what the command sets; raises ``UsageError`` where nothing does."""
        reader = self._protocol.command(self._command.reads_back)
        if reader is None or self._unit in ("", EVERYONE):
            raise UsageError(f"nothing reads back what {self._command.name} sets, or no unit is chosen")
        values = self.filled.values
        keys = {each.name: values[each.name] for each in reader.args if each.name in values}
        lacking = next((each.name for each in reader.args if each.name not in keys and not each.optional), "")
        if lacking:
            raise MissingField(f"{reader.name} needs {lacking}", field=lacking)
        self.sent.begin()
        self._reading = True
        return Ask(self._protocol.name, reader.name, keys, self._unit)

    def ended(self, came: Exchange | BenchError) -> None:
        """What became of the operation."""
        self.sent.ended(came)
        if self._reading and self.sent.current and isinstance(came, Exchange) and came.ok:
            self._take(came.fields)

    def _take(self, read: Mapping[str, Any]) -> None:
        """Fill the form with what is set now, where nothing else was typed."""
        typed = self._typed.setdefault((self._protocol.name, self._command.name), {})
        for each in self._command.args:
            if each.typed and not each.secret and each.name in read:
                value = read[each.name]
                self._now[each.name] = format_value(tuple(value) if isinstance(value, list) else value)
                if not typed.get(each.name):
                    typed[each.name] = self._now[each.name]

    # -- what is shown

    def rows(self) -> list[dict[str, object]]:
        """The fields as plain dictionaries; a secret has no value."""
        state = self.filled
        return [
            {
                "field": each.name,
                "value": None if each.secret else state.values.get(each.name),
                "error": state.errors.get(each.name),
                "idle": state.idle.get(each.name),
            }
            for each in state.fields
            if each.typed
        ]

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        sent = self.sent
        state, why, preview = self._preview(self.filled)
        if sent.field and sent.field not in state.errors:
            state = replace(state, errors={**state.errors, sent.field: sent.why})
        parts = [preview, *([answer_sheet(sent.answer)] if sent.answer else [])]
        return Sheet(
            kind="form",
            title=shown(self._command.name),
            columns=COLUMNS,
            lines=lines(state),
            state=shown(f"{self._command.title}, to {self._goal}"),
            said=sent.said,
            empty="this command has no fields",
            notes=(*about(self._protocol, self._command), *([sent.why] if sent.why else [])),
            form=self._form(state, sent.why or why, not why),
            parts=tuple(parts),
        )

    @property
    def _goal(self) -> str:
        if self._unit == EVERYONE:
            return f"all {self._protocol.name} units"
        return self._unit or f"no unit: none of {self._protocol.maker} is known yet"

    def _preview(self, state: Filled) -> tuple[Filled, str, Sheet]:
        """The fields with what is wrong between them, why the form cannot be sent, and the bytes as they would be."""
        why = "; ".join([*self._lacking(state), *(["fields are wrong"] if state.errors else [])])
        sheet = Sheet("frames", "Bytes to be sent", FRAME_COLUMNS, empty=why or "no bytes yet")
        if why:
            return state, why, sheet
        try:
            model = FrameModel(self.data(), self._protocol.name, editable=False)
        except MissingField as error:
            said = f"{shown(error.message)}: the unit's own is asked for first"
            return state, "", replace(sheet, empty=said)
        except UsageError as error:
            told = shown(error.message, 400)
            errors = {error.field: told} if isinstance(error, InvalidValue) and error.field else {}
            return replace(state, errors=errors), told, replace(sheet, empty=told)
        sheet = replace(model.sheet(), title="Bytes to be sent")
        return state, "" if self._unit else "choose a unit", sheet

    def _form(self, state: Filled, why: str, ready: bool) -> Form:
        typed = self._typed.get((self._protocol.name, self._command.name), {})
        return Form(
            command_options(),
            f"{self._protocol.name} {self._command.name}",
            unit_options(self._seen, self._protocol, self._command, self._unit),
            self._unit,
            about(self._protocol, self._command),
            controls(state, typed, self._now, self._command),
            ready,
            self.sent.busy,
            why,
            self.sent.confirmation,
            self._command.reads_back,
            self.sent.count,
        )

    def explain(self) -> str:
        """The same in words."""
        given = ", ".join(f"{name} {format_value(value)}" for name, value in self.values.items())
        head = f"{self._command.name} to {self._goal}: {self._command.title}"
        return "\n".join(filter(None, [head, given, told(self.sent.answer) if self.sent.answer else ""]))
