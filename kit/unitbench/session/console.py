"""The command language at work: a line in, records out. The shell, ``-c``, files and the magics all use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import SimpleQueue

import msgspec

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.line.meant import able, mac_of, mismatch, selected
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.vocabulary import Vocabulary
from unitbench.offline import Encoded, bytes_of, dissected, encoded
from unitbench.session import operations as op
from unitbench.session import pages
from unitbench.session.arguments import (
    duration,
    entries,
    faults_in,
    job,
    placed,
    seconds,
    speed_in,
    verified,
    whole,
)
from unitbench.session.face import Session
from unitbench.session.insight import SimDump, SimLog
from unitbench.session.items import Jobs, Leave, Notice, Page, Places, Units
from unitbench.session.lines import further
from unitbench.session.model import Event, Exchange, SimState, Unit

AskSecret = Callable[[str], str]
Confirm = Callable[[Exchange], str]
LISTEN_S = 10.0
"""How long ``listen`` reads where no time is said."""


class Console:
    """``current`` is the name of the unit in use, or empty. ``last`` is the newest exchange made here."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.current = ""
        self.last: Exchange | None = None

    def vocabulary(self) -> Vocabulary:
        """What a line can refer to now."""
        return self.session.vocabulary(self.current)

    def run(
        self,
        line: str,
        *,
        allow: str = "",
        timeout_s: float | None = None,
        ask_secret: AskSecret | None = None,
        confirm: Confirm | None = None,
    ) -> Iterator[object]:
        """Perform a line, statement by statement; the whole line is parsed before anything is sent.

        ``ask_secret`` asks a person for a secret that was left out; ``confirm`` shows a withheld exchange and
        gives what the person allows (empty: nothing). Raises ``BenchError``.
        """
        parsed = verified(line, self.vocabulary(), secrets=ask_secret is None)
        for statement in parsed.statements:
            try:
                if statement.wants_help:
                    yield self._help(statement)
                elif statement.verb is not None:
                    yield from self._verb(statement, allow, timeout_s, confirm)
                elif statement.command is not None:
                    yield from self._wire(statement, allow, timeout_s, ask_secret, confirm)
            except UsageError as error:
                raise placed(error, parsed, statement) from None

    @staticmethod
    def _help(statement: Statement) -> Page:
        if statement.verb is not None:
            return pages.about(statement.verb.name)
        assert statement.command is not None
        return pages.of_command(catalogue.protocol(statement.protocol), statement.command)

    # -- wire commands

    def _wire(
        self,
        statement: Statement,
        allow: str,
        timeout_s: float | None,
        ask_secret: AskSecret | None,
        confirm: Confirm | None,
    ) -> Iterator[object]:
        command = statement.command
        assert command is not None
        values = dict(statement.values)
        for field in statement.lacking:
            if field.secret and ask_secret is not None:
                values[field.name] = ask_secret(f"{field.name}: ")
        goals = self._goals(statement)
        among = tuple(name for name, _ in goals) if len(goals) > 1 else ()
        for name, everyone in goals:
            if not everyone:
                yield from self._remarks(statement, name)
            then = further(statement.request)
            ask = op.Ask(
                statement.protocol, command.name, values, name, everyone, allow, timeout_s, among, then
            )
            exchange: Exchange = self.session.perform(ask)
            asks = confirm is not None and exchange.outcome == "withheld" and exchange.allow_with
            if confirm is not None and asks and (granted := confirm(exchange)):
                allow = granted
                exchange = self.session.perform(msgspec.structs.replace(ask, allow=allow))
            self.last = exchange
            yield exchange

    def _goals(self, statement: Statement) -> list[tuple[str, bool]]:
        """Whom a statement addresses: names, and whether by one broadcast."""
        command = statement.command
        assert command is not None
        if statement.target == "all":
            if command.broadcast:
                return [("", True)]
            units = [unit for unit in self.session.units if unit.protocol == statement.protocol]
            if not units:
                raise UsageError(
                    f"no {catalogue.protocol(statement.protocol).maker} unit is known", hint="discover"
                )
            return [(unit.name, False) for unit in units]
        if statement.target:
            return [(statement.target, False)]
        units = able(self.session.units, statement.protocol, command.name)
        chosen = selected(units, mac_of(command, statement.values))
        if chosen is not None:
            return [(chosen.name, False)]
        unit = next((unit for unit in self.session.units if unit.name == self.current), None)
        fits = unit is not None and unit.protocol == statement.protocol
        return [(self.current if fits else "", False)]

    def _remarks(self, statement: Statement, name: str) -> Iterator[Notice]:
        """That the first of several units is taken, and that a unit will not heed the MAC."""
        assert statement.command is not None
        every = self.session.units
        units = able(every, statement.protocol, statement.command.name)
        if not name and len(units) > 1:
            whose = f"{len(units)} {units[0].maker} units"
            yield Notice(f"{units[0].name} is taken, the first of {whose}; @UNIT or @all says otherwise")
        unit = next((unit for unit in every if name in (unit.name, unit.address)), None)
        unit = unit or next(iter(units if not name else ()), None)
        told = mismatch(unit, every, mac_of(statement.command, statement.values)) if unit else ""
        if told:
            yield Notice(told)

    # -- our own verbs

    def _verb(
        self, statement: Statement, allow: str, timeout_s: float | None, confirm: Confirm | None
    ) -> Iterator[object]:
        assert statement.verb is not None
        args, options = statement.args, statement.options
        match statement.verb.name:
            case "discover":
                yield self.session.discover(*args)
            case "units":
                yield Units(self.session.units, self.session.state.speed)
            case "use":
                unit = self._unit(args[0])
                self.current = unit.name
                yield Notice(f"{unit.name} is in use: {unit.maker} at {unit.address}")
            case "connect":
                unit = self.session.perform(op.Connect(self._named(args)))
                yield Notice(f"connected to {unit.name} at {unit.address}")
            case "disconnect":
                unit = self.session.perform(op.Disconnect(self._named(args)))
                yield Notice(f"the link to {unit.name} is closed")
            case "listen":
                yield from self._listen(args, options)
            case "services":
                name = self._named(args)
                yield Places(name, self.session.perform(op.Services(name)))
            case "identify":
                yield pages.evidence(self._unit(self._named(args)))
            case "raw":
                yield from self._raw(args[0], statement.target, allow, timeout_s, confirm)
            case "decode":
                protocol = options.get("protocol", "")
                yield dissected(bytes_of(args[0]), protocol)
            case "encode":
                yield self._encoded(args[0])
            case "timing":
                yield self.session.timing(
                    args[0] if args else "",
                    whole(options, "rounds", 20),
                    seconds(options, "gap_s", 0.05),
                    window_s=seconds(options, "window_s", 1.0),
                    units=options.get("units", ""),
                    allow=allow,
                ).result()
            case "sim" | "sim fault" | "sim speed" | "sim state" | "sim log":
                yield self._sim(statement.verb.name, args, options)
            case "why":
                if self.last is None:
                    raise UsageError(
                        "nothing was sent yet", hint="send a command, then why explains what came back"
                    )
                yield pages.why(self.last)
            case "unlock":
                yield Notice(self.session.perform(op.Unlock(args[0], duration(args[1]))))
            case "jobs":
                yield Jobs(self.session.jobs)
            case "stop":
                ended = self.session.perform(op.StopJob(job(args[0])))
                yield Notice(f"job {ended.id} ({ended.title}) is {ended.state}")
            case "help":
                yield pages.about(args[0]) if args else pages.overview()
            case "quit":
                yield Leave()

    def _listen(self, args: tuple[str, ...], options: dict[str, str]) -> Iterator[object]:
        """Reports as they come, then how many there were."""
        news: SimpleQueue[Event] = SimpleQueue()
        leave = self.session.subscribe(news.put, since=self.session.state.seq)
        try:
            seconds = duration(args[1]) if len(args) > 1 else LISTEN_S
            handle = self.session.start_listening(args[0], seconds, options.get("framing", "line"))
            while True:
                event = news.get()
                if event.line is not None and event.line.job == handle.id:
                    yield event.line
                ended = event.job is not None and event.job.id == handle.id and event.job.state != "running"
                if ended or (event.kind == "notice" and event.origin == "session"):
                    break
            yield handle.result()
        finally:
            leave()

    def know(self, name: str) -> Unit:
        """The unit of that name or address; an address makes it known. Raises ``UsageError``."""
        return self._unit(name)

    def _unit(self, name: str) -> Unit:
        unit: Unit = self.session.perform(op.Find(name))
        return unit

    def _named(self, args: tuple[str, ...]) -> str:
        """The unit that a verb is about: named, or the one in use."""
        name = args[0] if args else self.current
        if not name:
            raise UsageError("which unit is not said, and none is in use", hint="name it, or use UNIT first")
        return name

    def _raw(
        self, text: str, target: str, allow: str, timeout_s: float | None, confirm: Confirm | None
    ) -> Iterator[Exchange]:
        unit = self._named((target,) if target else ())
        data = bytes_of(text)
        wait_s = 1.0 if timeout_s is None else timeout_s
        exchange: Exchange = self.session.perform(op.Raw(data, unit, allow, wait_s))
        if exchange.outcome == "withheld" and exchange.allow_with and confirm is not None:
            granted = confirm(exchange)
            if granted:
                exchange = self.session.perform(op.Raw(data, unit, granted, wait_s))
        self.last = exchange
        yield exchange

    def _encoded(self, text: str) -> Encoded:
        parsed = parse(text, self.vocabulary())
        if parsed.error:
            raise parsed.error
        return encoded(parsed.statements[0])

    def _sim(self, verb: str, args: tuple[str, ...], options: dict[str, str]) -> SimState | SimDump | SimLog:
        """The simulated set after what was wanted of it; with the unit alone that was meant, where it was one."""
        if verb == "sim state":
            return self.session.sim_dump(args[0])
        if verb == "sim log":
            return self.session.sim_log(args[0], *map(entries, args[1:]))
        if verb == "sim fault":
            values, off = faults_in(args[1:], options)
            state = self.session.sim_fault(args[0], off=off, **values)
            units = tuple(unit for unit in state.units if args[0] in (unit.name, "all"))
            return replace(state, units=units)
        return self.session.sim_speed(speed_in(args[0])) if args else self.session.sim_state()
