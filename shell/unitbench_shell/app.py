"""The shell on a terminal: one prompt after the other, over a session that other views share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench.errors import BenchError, SessionError, SessionGone, UsageError
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.session.console import Console
from unitbench.session.face import Session
from unitbench.session.interrupting import WAITED, following
from unitbench.session.items import Leave
from unitbench.session.model import Exchange, Job
from unitbench.session.operations import Look
from unitbench.session.preferences import Preferences
from unitbench.session.rendering import render
from unitbench.session.results import Discovery
from unitbench.session.scripted import Turned
from unitbench.session.stream import State
from unitbench_shell.asking import Asking
from unitbench_shell.editor import Editor
from unitbench_shell.faults import told
from unitbench_shell.glance import Glance
from unitbench_shell.greeting import goodbye, hello
from unitbench_shell.history import SafeHistory, history_file
from unitbench_shell.news import News, Others
from unitbench_shell.pager import pages, show
from unitbench_shell.progress import LEAVES, Progress, Waiting
from unitbench_shell.screen import Screen

if TYPE_CHECKING:
    from unitbench_shell.plain import PlainEditor, PlainScreen

LONG_S = 3.0
"""What takes longer may ring the bell."""
AGAIN = "press Enter on an empty line: a new session starts; nothing is sent by that"
"""What is offered where the session is gone."""


def interactive(
    session: Session,
    start: Callable[[State], Session],
    *,
    sim: bool,
    units: tuple[str, ...] = (),
    first: bool = False,
    again: bool = False,
    preferences: Preferences | None = None,
) -> int:
    """Run the shell until the person leaves; gives the exit code. ``sim``: look round at once; ``start`` gives
    a new session in place of one that is gone. ``first``: begin where the person wants to look, which is asked where
    it was not before, or is to be asked ``again``. ``preferences`` are the settings to begin with."""
    while True:
        shell = Shell(session, start, preferences)
        try:
            shell.greet(units, look=sim, asks=first)
            if first:
                shell.begin(again=again)
                first = False
            following = shell.loop()
            if following is None:
                shell.leave()
                return 0
            sim, units = bool(following.state.sim), shell.in_use()
        finally:
            shell.close()
            session.close()
        session = following


class Shell:
    """One prompt after the other; ``preferences`` are the settings to begin with."""

    def __init__(
        self, session: Session, start: Callable[[State], Session], preferences: Preferences | None = None
    ) -> None:
        self.console = Console(session)
        self.console.preferences = preferences = preferences or self.console.preferences
        self._session = session
        self._start = start
        self._glance = Glance(self.console)
        self._history = SafeHistory(
            history_file(session.name), self._glance.vocabulary, self._complain, preferences.number("history")
        )
        self.console.remembered = self._history.lines
        self._others = Others(session, self.console.muted, begins=preferences.on("plain"))
        self.editor = self._made()
        preferences.changed = self._apply
        self._asking = Asking(session, lambda: self.editor, self._say)
        self.console.question = self._asking.question
        self._progress = Progress(session)
        self._suggested = self._interrupted = False
        self._news = News(session, self._others, self._tell, self._changed, AGAIN)

    @property
    def screen(self) -> Screen | PlainScreen:
        """What is written to."""
        return self.editor.screen

    # The editor may be another one the next time.

    def _apply(self) -> None:
        self.editor.apply()

    def _say(self, text: str) -> None:
        self.screen.say(text)

    def _changed(self) -> None:
        self.screen.changed()

    def _made(self) -> Editor | PlainEditor:
        """What reads lines, as the settings want it."""
        self._plain = self.console.preferences.on("plain")
        if self._plain:
            from unitbench_shell.plain import PlainEditor

            return PlainEditor(self._glance, self._history)
        return Editor(self._glance, self.console.preferences, self._history)

    def _change_editor(self) -> None:
        """Take the other one where the settings want that now."""
        if self._plain != self.console.preferences.on("plain"):
            before, self.editor = self.editor, self._made()
            self._others.begins = self._plain  # there is no toolbar to show jobs
            before.close()

    # -- the course of things

    def greet(self, units: tuple[str, ...], *, look: bool, asks: bool = False) -> None:
        """Say where we are; take the units that were named, and look round without waiting for it. ``asks``: where to
        look is asked next."""
        for index, name in enumerate(units):
            unit = self.console.know(name)
            if index == 0:
                self.console.current = unit.name
        self.screen.say(hello(self._session.state, self.screen.columns, plain=self._plain, asks=asks))
        if look and not any(unit.score for unit in self._session.units):
            job = self._session.start_discovery().job
            self._news.at_end(job.id, self._discovered)

    def begin(self, *, again: bool) -> None:
        """Look round where the person wants to, without waiting for it."""
        from unitbench_shell.first import First

        first = First(self._session, self.screen, self._asking)
        try:
            job = first.begin(again=again)
        except BenchError as error:
            self.screen.say(told(error, self.screen.columns))
            return
        if job is not None:
            self._news.at_end(job.id, self._discovered)

    def _discovered(self, job: Job) -> None:
        found = sum(1 for unit in self._session.units if unit.score)
        lines = [f"{job.title}: {found} units answered; why UNIT says how that is known", *self._to_try()]
        self.screen.news("\n".join(lines))

    def _to_try(self) -> list[str]:
        """What to do with the units that were found; told once."""
        if self._suggested:
            return []
        from unitbench_shell.suggest import told as to_try

        lines = to_try(self._session.units, self.screen.columns)
        self._suggested = bool(lines)
        return lines

    def loop(self) -> Session | None:
        """Prompt and perform until the person leaves; gives the session to go on with where this one is gone."""
        while True:
            self._change_editor()
            try:
                text = self.editor.read(self._message)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None
            if self._session.gone and not text.strip():
                following = self._started()
                if following is not None:
                    return following
            if not self._perform_all([line for line in text.splitlines() if line.strip()]):
                return None

    def _perform_all(self, lines: list[str]) -> bool:
        """Perform a line, or each of several that were pasted; False where the person wants to leave."""
        for number, line in enumerate(lines, 1):
            if len(lines) > 1:
                self.screen.say(
                    f"> {printable(masked_text(line, parse(line, self._glance.vocabulary()).statements))}"
                )
            self._interrupted = False
            if not self.perform(line):
                return False
            if self._interrupted and number < len(lines):
                self.screen.say(f"{len(lines) - number} of the pasted lines were not performed")
                break
        return True

    def _started(self) -> Session | None:
        """A new session in place of the one that is gone."""
        try:
            with self.screen.working(lambda: (f"starting session {self._session.name}", LEAVES)):
                return self._start(self._session.state)
        except BenchError as error:
            self.screen.say(told(error, self.screen.columns))
        except KeyboardInterrupt:
            self.screen.say(self._stopped())
        return None

    def in_use(self) -> tuple[str, ...]:
        """What the unit in use can be called in the next session: by its address, if that stays."""
        unit = self._glance.unit()
        if unit is None:
            return ()
        return (unit.name if unit.simulated and self._session.state.sim else unit.address,)

    def _message(self) -> StyleAndTextTuples:
        mode, spelt = self._glance.mode
        return [
            ("class:prompt", "unitbench ["),
            ("class:prompt.unit", self.console.current or "-"),
            ("class:prompt", "|"),
            (f"class:prompt.{mode}", spelt),
            ("class:prompt", "]> "),
        ]

    def perform(self, line: str) -> bool:
        """Perform a line and show what comes of it; False where the person wants to leave."""
        began = time.monotonic()
        try:
            return self._perform(line)
        except BenchError as error:
            if isinstance(error, SessionGone):
                error.hint, error.session = "; ".join(filter(None, (AGAIN, error.further))), ""
            self.screen.say(told(error, self.screen.columns))
        except (KeyboardInterrupt, EOFError) as stop:
            self._interrupted = True
            self.screen.say(printable(str(stop)) or self._stopped())
        finally:
            if self.console.preferences.on("bell") and time.monotonic() - began > LONG_S:
                self.screen.ring()
        return True

    def _perform(self, line: str) -> bool:
        self.console.blocks = isinstance(self.screen, Screen) and self.screen.real
        items = self.console.run(line, ask_secret=self._asking.secret, confirm=self._asking.confirm)
        before = {job.id for job in self._session.jobs}
        glance = self._glance
        stop: KeyboardInterrupt | None = None
        while True:
            with self.screen.working(
                Waiting(line, glance.vocabulary, self._progress, lambda: glance.mine, before)
            ):
                item = following(items, stop)
                try:
                    text, stop = render(item, self.screen.columns), None
                except KeyboardInterrupt as pressed:
                    stop = pressed
                    continue
            if item is None:
                return True
            if isinstance(item, Leave):
                return False
            try:
                self._show(item, text)
            except KeyboardInterrupt as pressed:
                stop = pressed
            if isinstance(item, Discovery) and (lines := self._to_try()):
                self.screen.say("\n".join(lines))

    def _show(self, item: object, text: str) -> None:
        """A result on the screen: with the time of day, page by page, where that is wanted."""
        if isinstance(item, Turned):
            if item.block and isinstance(self.screen, Screen):
                self.screen.block(text, first=item.number == 1)
            elif text:
                self.screen.say(text)
            return
        if isinstance(item, Exchange):
            text = self._stamp() + text
        screen, when = self.screen, str(self.console.preferences["pager"])
        if (
            isinstance(screen, Screen)
            and screen.real
            and pages(item, text, when, screen.rows, screen.columns)
        ):
            with screen.aside():
                shown = show(text)
            if shown:
                return
        screen.say(text)

    def _stamp(self) -> str:
        """The time of day, where it is wanted."""
        return time.strftime("%H:%M:%S ") if self.console.preferences.on("timestamps") else ""

    def _tell(self, line: str) -> None:
        """What came from elsewhere; called on the session's thread."""
        self.screen.news(self._stamp() + line)
        try:
            self.console.transcripts.said(line)
        except UsageError as error:
            self.screen.news(printable(error.message))

    def _stopped(self) -> str:
        jobs = self._glance.mine
        rest = f"; job {jobs[0].id} goes on, stop {jobs[0].id} ends it" if jobs else ""
        return f"{WAITED}{rest}"

    def leave(self) -> None:
        """Say what stays."""
        try:
            with self.screen.working(lambda: (f"leaving session {self._session.name}", LEAVES)):
                state = self._session.perform(Look())
        except SessionError as error:
            self.screen.say(printable(error.message))
            return
        self.screen.say(goodbye(state, self.screen.columns))

    def close(self) -> None:
        """Listen and write no more."""
        self._news.close()
        self.editor.close()
        self.console.transcripts.close()

    def _complain(self, text: str) -> None:
        self.screen.news(printable(text))
