"""CommandForm: any command of the catalogue as a form, sent through the session without holding up the kernel."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from unitbench.errors import BenchError, SessionError, UsageError
from unitbench.schema.text import format_value
from unitbench.schema.values import Value
from unitbench.session.face import Session
from unitbench.session.model import Exchange
from unitbench.session.operations import Ask
from unitbench.widgets.form_model import FormModel
from unitbench.widgets.live import LiveView

FAULT = "the request ended in a fault of the program"


class CommandForm(LiveView):
    """A form for any command: its fields with their ranges and words, the exact bytes, and the answer.

    ``command`` is the name of one, with values or without, as it would be typed; ``unit`` a unit of the session.
    Raises ``UsageError``. What the policy withholds can be sent by typing what it asks for. A secret is typed into
    the form, leaves it only when it is sent, and is kept nowhere.
    """

    past = False

    def __init__(self, session: Session, command: str = "", unit: str = "") -> None:
        self._form = FormModel(lambda: session.units, command, unit, session.vocabulary())
        super().__init__(session, self._form)
        self.on_msg(self._asked)

    # -- what the front end asks

    def _asked(self, _: object, what: object, buffers: object) -> None:
        if not isinstance(what, dict):
            return
        wanted = None
        with self._lock:
            try:
                wanted = self._do(what)
            except UsageError as error:
                self._form.sent.failed(error)
            self._changed()
        if wanted is not None:
            threading.Thread(target=self._perform, args=(wanted,), name="unitbench form", daemon=True).start()

    def _do(self, what: Mapping[str, Any]) -> Ask | None:
        """One thing that a person did; what is to be sent, if anything. Under the lock."""
        name, value = str(what.get("name", "")), str(what.get("value", ""))
        match what.get("do"):
            case "command":
                protocol, _, command = value.partition(" ")
                self._form.choose(protocol, command)
            case "unit":
                self._form.direct(value)
            case "set":
                self._form.fill(name, value)
            case "read":
                return self._form.reading()
            case "send":
                secrets = what.get("secrets")
                given = secrets if isinstance(secrets, dict) else {}
                return self._form.sending(given, str(what.get("confirm", "")))
        return None

    def _perform(self, wanted: Ask) -> Exchange | BenchError:
        """Send, in whatever thread this is, and wait for the answer."""
        session = self._session
        came: Exchange | BenchError = BenchError(FAULT)
        try:
            if session is None:
                raise SessionError("this form is closed: nothing was sent")
            came = session.perform(wanted)
        except BenchError as error:
            came = error
        finally:
            with self._lock:
                self._form.ended(came)
                self._changed()
        return came

    # -- the same from Python

    def choose(self, command: str, protocol: str = "", unit: str = "") -> None:
        """Go over to another command, and to another unit; raises ``UsageError``."""
        with self._lock:
            self._form.choose(protocol or self._form.protocol, command)
            if unit:
                self._form.direct(unit)
            self._changed()

    def fill(self, **values: Value) -> None:
        """Give fields their values, as they would be typed; raises ``UsageError`` for a field that there is not."""
        with self._lock:
            for name, value in values.items():
                self._form.fill(name, format_value(value))
            self._changed()

    def send(self, *, allow: str | int = "", **secrets: str) -> Exchange:
        """Send the form and wait; ``allow`` as in ``Session.ask``, ``secrets`` by field name. Raises ``UsageError``."""
        with self._lock:
            wanted = self._form.sending(secrets, allow=str(allow))
            self._changed()
        came = self._perform(wanted)
        if isinstance(came, BenchError):
            raise came
        return came

    @property
    def values(self) -> dict[str, Value]:
        """The good values by field name, without secrets."""
        with self._lock:
            return self._form.values

    @property
    def bytes(self) -> bytes:
        """The bytes that would be sent, a secret as three stars; raises ``UsageError``."""
        with self._lock:
            return self._form.data()

    @property
    def answer(self) -> Exchange | None:
        """The last answer to this command."""
        with self._lock:
            return self._form.sent.answer

    def close(self) -> None:
        """As of every view; an answer that is still waited for is not shown any more."""
        if self._alive:
            self._form.leave()
        super().close()
