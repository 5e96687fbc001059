"""The shell on a terminal: one prompt after the other, over a session that other views share."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import Condition, is_done, renderer_height_is_known
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window
from prompt_toolkit.renderer import CPR_Support
from prompt_toolkit.utils import is_dumb_terminal

from unitbench.errors import BenchError, SessionError
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.schema.printable import printable
from unitbench.session.console import Console
from unitbench.session.face import Session
from unitbench.session.items import Leave
from unitbench.session.jobtext import done
from unitbench.session.model import Job, State
from unitbench.session.operations import Look
from unitbench.session.rendering import render
from unitbench_shell.asking import Asking, ask
from unitbench_shell.completer import LineCompleter
from unitbench_shell.faults import told
from unitbench_shell.glance import Glance
from unitbench_shell.greeting import goodbye, hello
from unitbench_shell.history import SafeHistory, history_file
from unitbench_shell.keys import bindings
from unitbench_shell.lexer import LineLexer
from unitbench_shell.menu import Menu, Nobody
from unitbench_shell.news import News, Others
from unitbench_shell.screen import Screen
from unitbench_shell.snug import make_snug
from unitbench_shell.style import STYLE
from unitbench_shell.toolbar import Toolbar
from unitbench_shell.whole import write_whole

MENU_ROWS = 6
"""Rows kept free below the prompt for the completion menu."""
MUTE_S = 1.0
"""How long a terminal may take to say where its cursor is, until the toolbar does without."""
WAITED_FOR = 40
WAITS = "stops waiting"
"""What Ctrl-C does while something is waited for that goes on without us."""


AGAIN = "press Enter on an empty line: a new session starts; nothing is sent by that"
"""What is offered where the session is gone."""


def interactive(
    session: Session, start: Callable[[State], Session], *, sim: bool, units: tuple[str, ...] = ()
) -> int:
    """Run the shell until the person leaves; gives the exit code. ``sim``: look round at once; ``start`` gives
    a new session in place of one that is gone."""
    while True:
        shell = Shell(session, start)
        try:
            shell.greet(units, look=sim)
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
    """A prompt on a terminal, or on whatever input and output prompt_toolkit was given."""

    def __init__(self, session: Session, start: Callable[[State], Session]) -> None:
        self.console = Console(session)
        self._session = session
        self._start = start
        glance = self._glance = Glance(self.console)
        completer = LineCompleter(glance.vocabulary)
        history = SafeHistory(history_file(session.name), glance.vocabulary, self._complain)
        self._prompt: PromptSession[str] = PromptSession(
            completer=Nobody(),
            complete_while_typing=Condition(lambda: self.menu.while_typing),
            enable_suspend=True,
            lexer=LineLexer(glance.vocabulary, lambda: self._prompt.app.is_done),
            history=history,
            style=STYLE,
            reserve_space_for_menu=MENU_ROWS,
        )
        self.menu = Menu(self._prompt, completer)
        self._prompt.key_bindings = bindings(self.menu)
        write_whole(self._prompt.output)
        self.screen = Screen(self._prompt.output, lambda: glance.ticking)
        self._asking = Asking(session, self.screen)
        self.console.question = self._asking.question
        buffer = self._prompt.default_buffer
        self._add_toolbar(Toolbar(glance, lambda: buffer.document, lambda: self.screen.columns))
        others = Others(session, self.console.muted, begins=is_dumb_terminal())
        self._news = News(session, others, self.screen.news, self.screen.changed, AGAIN)

    def _add_toolbar(self, toolbar: Toolbar) -> None:
        """prompt_toolkit's own toolbar stays away for good from a terminal that does not tell where its
        cursor is; this one does not."""
        renderer = self._prompt.app.renderer
        renderer.CPR_TIMEOUT = MUTE_S  # type: ignore[assignment]
        renderer.cpr_not_supported_callback = self._prompt.app.invalidate
        mute = Condition(lambda: renderer.cpr_support == CPR_Support.NOT_SUPPORTED)
        window = Window(FormattedTextControl(toolbar), dont_extend_height=True, height=Dimension(min=1))
        layout = self._prompt.layout.container
        assert isinstance(layout, HSplit)
        layout.children.append(ConditionalContainer(window, ~is_done & (renderer_height_is_known | mute)))
        make_snug(self._prompt.layout)

    # -- the course of things

    def greet(self, units: tuple[str, ...], *, look: bool) -> None:
        """Say where we are; take the units that were named, and look round without waiting for it."""
        for index, name in enumerate(units):
            unit = self.console.know(name)
            if index == 0:
                self.console.current = unit.name
        self.screen.say(hello(self._session.state, self.screen.columns))
        if look and not any(unit.score for unit in self._session.units):
            job = self._session.start_discovery().job
            self._news.at_end(job.id, self._discovered)

    def _discovered(self, job: Job) -> None:
        found = sum(1 for unit in self._session.units if unit.score)
        self.screen.news(f"{job.title}: {found} units answered; identify UNIT says how that is known")

    def loop(self) -> Session | None:
        """Prompt and perform until the person leaves; gives the session to go on with where this one is gone."""
        while True:
            try:
                text = ask(self._prompt, self._message, self.screen)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None
            if self._session.gone and not text.strip():
                following = self._started()
                if following is not None:
                    return following
            if not all(self.perform(line) for line in text.splitlines()):
                return None

    def _started(self) -> Session | None:
        """A new session in place of the one that is gone."""
        try:
            with self.screen.working(lambda: (f"starting session {self._session.name}", WAITS)):
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
        gone = self._session.gone
        try:
            return self._perform(line)
        except BenchError as error:
            if gone and isinstance(error, SessionError):
                error.hint = AGAIN
            self.screen.say(told(error, self.screen.columns))
        except (KeyboardInterrupt, EOFError) as stop:
            self.screen.say(printable(str(stop)) or self._stopped())
        return True

    def _perform(self, line: str) -> bool:
        items = self.console.run(line, ask_secret=self._asking.secret, confirm=self._asking.confirm)
        before = {job.id for job in self._session.jobs}
        while True:
            with self.screen.working(lambda: self._waits_for(line, before)):
                item = next(items, None)
            if item is None:
                return True
            if isinstance(item, Leave):
                return False
            self.screen.say(render(item, self.screen.columns))

    def _waits_for(self, line: str, before: set[int]) -> tuple[str, str]:
        """What a line waits for, and what Ctrl-C does: how far its own job is, or the line. ``before``: the jobs that
        it has not begun."""
        mine = next((job for job in self._glance.mine if job.id not in before), None)
        if mine is not None:
            return f"{mine.title} {done(mine)}", "ends it"
        shown = printable(masked_text(line, parse(line, self._glance.vocabulary()).statements), 400)
        return f"waiting: {shown[:WAITED_FOR]}", WAITS

    def _stopped(self) -> str:
        jobs = self._glance.mine
        rest = f"; job {jobs[0].id} goes on, stop {jobs[0].id} ends it" if jobs else ""
        return f"stopped waiting{rest}"

    def leave(self) -> None:
        """Say what stays."""
        try:
            state = self._session.perform(Look())
        except SessionError as error:
            self.screen.say(printable(error.message))
            return
        self.screen.say(goodbye(state, self.screen.columns))

    def close(self) -> None:
        """Listen and write no more."""
        self._news.close()
        self.screen.close()

    def _complain(self, text: str) -> None:
        self.screen.news(printable(text))
