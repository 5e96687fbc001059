"""What can be asked about an event of the stream: names, and what an event says to each of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.schema.printable import printable
from unitbench.schema.records import Effect
from unitbench.session.model import OUTCOMES
from unitbench.session.stream import Event

TEXT_LIMIT = 70_000
"""Characters of one text that are looked through."""
MOST_KNOWN = 200
"""Values of one name that are remembered for completion."""
LONGEST_KNOWN = 60
KINDS = ("exchange", "unasked", "notice", "job")
JOB_STATES = ("running", "done", "stopped", "failed")
LATE = "late answer: "
"""How the text of an unasked frame begins that answers a request which was given up."""

Said = Iterator[str | float]


@dataclass(frozen=True, slots=True)
class Name:
    """One name: ``sort`` is ``word`` (equal, or with ``*``), ``text`` (looked through), ``number`` or ``time``
    (seconds)."""

    name: str
    sort: str
    about: str
    said: Callable[[Event], Said] = field(compare=False)
    fixed: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All values that there are, where that is known beforehand."""
        return catalogue.names() if self.name == "protocol" else self.fixed


def _kind(event: Event) -> Said:
    yield event.kind


def _unit(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.unit
        yield from {reply.unit: None for reply in event.exchange.replies}
    elif event.line is not None:
        yield event.line.unit
    elif event.unit is not None:
        yield event.unit.name
    elif event.job is not None:
        yield from event.job.units
    elif event.kind == "unasked":
        yield event.origin


def _origin(event: Event) -> Said:
    yield event.origin


def _protocol(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.protocol


def _command(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.command
    elif event.job is not None:
        yield event.job.title


def outcome_of(event: Event) -> str:
    """The outcome in a word: of an exchange, of a job, or ``late`` or ``heard`` of what came unasked."""
    if event.exchange is not None:
        return event.exchange.outcome
    if event.job is not None:
        return event.job.state
    if event.kind == "unasked":
        return "late" if event.text.startswith(LATE) else "heard"
    return event.kind


def _outcome(event: Event) -> Said:
    yield outcome_of(event)


def _effect(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.effect


def _code(event: Event) -> Said:
    if event.exchange is not None and event.exchange.error is not None:
        yield event.exchange.error.code


def _service(event: Event) -> Said:
    if event.line is not None:
        yield event.line.service


def _simulated(event: Event) -> Said:
    if event.exchange is not None:
        yield "yes" if event.exchange.simulated else "no"


def _rtt(event: Event) -> Said:
    if event.exchange is not None and event.exchange.rtt_s is not None:
        yield event.exchange.rtt_s


def _number(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.id


def _replies(event: Event) -> Said:
    if event.exchange is not None:
        yield len(event.exchange.replies)


def _size(event: Event) -> Said:
    if event.exchange is not None:
        yield max([len(event.exchange.request), *(len(reply.data) for reply in event.exchange.replies)])
    elif event.line is not None:
        yield event.line.size


def _request(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.request_text


def _reply(event: Event) -> Said:
    if event.exchange is not None:
        yield from (reply.text for reply in event.exchange.replies)
    elif event.kind == "unasked":
        yield event.text


def _meaning(event: Event) -> Said:
    if event.exchange is not None:
        yield from (reply.meaning for reply in event.exchange.replies)
        if event.exchange.error is not None:
            yield event.exchange.error.meaning


def _bytes(event: Event) -> Said:
    if event.exchange is not None:
        yield event.exchange.request.hex()
        yield from (reply.data.hex() for reply in event.exchange.replies)
    elif event.line is not None:
        yield event.line.data.hex()


def _text(event: Event) -> Said:
    for each in (_unit, _origin, _command, _request, _reply, _meaning, _service):
        yield from each(event)
    yield event.text
    if event.job is not None:
        yield event.job.message


NAMES: dict[str, Name] = {
    each.name: each
    for each in (
        Name("unit", "word", "who was asked, who answered, or who said something", _unit),
        Name("origin", "word", "who asked: shell-1, nb:tour.ipynb, script", _origin),
        Name("protocol", "word", "of the unit", _protocol),
        Name("command", "word", "as it was sent, secrets as ***", _command),
        Name("outcome", "word", "what became of it", _outcome, (*OUTCOMES, "heard", "late", *JOB_STATES)),
        Name("effect", "word", "what the command does", _effect, tuple(each.value for each in Effect)),
        Name("rtt", "time", "to the first reply: 0.01, 10ms, 500us", _rtt),
        Name("text", "text", "anything that is told about it", _text),
        Name("kind", "word", "a request with its answer, or something else", _kind, KINDS),
        Name("code", "word", "why it is not ok: ERR004, NAK, NoReply", _code),
        Name("request", "text", "what was sent", _request),
        Name("reply", "text", "what came back", _reply),
        Name("meaning", "text", "what the answer means", _meaning),
        Name("bytes", "text", "hex digits that were sent or came", _bytes),
        Name("id", "number", "number of the exchange", _number),
        Name("replies", "number", "how many came", _replies),
        Name("size", "number", "bytes of the longest frame", _size),
        Name("service", "word", "port of a report that was listened for", _service),
        Name("simulated", "word", "whether the unit is known to be", _simulated, ("yes", "no")),
    )
}


def texts(name: Name, event: Event) -> list[str]:
    """What an event says to a name, as people see and type it."""
    return [printable(str(each), TEXT_LIMIT) for each in name.said(event)]


class Known:
    """The values that were seen, in the order in which they came, for completion."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, None]] = {}

    def see(self, event: Event) -> None:
        """Remember what this event says."""
        for name in ("unit", "origin", "command", "code", "service"):
            seen = self._seen.setdefault(name, {})
            for value in NAMES[name].said(event):
                text = str(value)
                if text not in seen and len(seen) < MOST_KNOWN:
                    seen[text] = None

    def of(self, name: str) -> list[str]:
        """The values that ``name`` may have, as far as they can be typed."""
        words = NAMES[name].words or tuple(self._seen.get(name, ()))
        return [word for word in words if word and len(word) <= LONGEST_KNOWN and word.isprintable()]
