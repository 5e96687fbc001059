"""The keeper: the process that a session lives in. Started by the first view, ended when none is left."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from itertools import count

import msgspec

from unitbench.errors import BenchError, SessionError
from unitbench.session import door, messages
from unitbench.session.awake import Timer
from unitbench.session.bench import Bench
from unitbench.session.endpoint import TCP, UNIX, Endpoint, endpoint, locked
from unitbench.session.inlet import Inlet
from unitbench.session.losses import held
from unitbench.session.operations import Operation
from unitbench.session.origin import shared
from unitbench.session.spawning import JOURNAL, OFF
from unitbench.session.stream import Event

LINGER_S = 600.0
"""How long a keeper stays when its last view has left, in seconds, unless it is told otherwise."""
FIRST_VIEW_S = 15.0
"""How long it waits for its first view."""
SLOWEST_BYTES = 8 * 1024 * 1024
"""A view with more unread bytes than this is cut: it can come back and read on."""
ALREADY = 3
"""Exit code where another keeper of that name runs."""


class Keeper:
    """Serves one bench to any number of views."""

    def __init__(self, where: Endpoint, linger_s: float | None, carrier: str) -> None:
        self.bench = Bench(where.name)
        self.bench.clients = self._names
        self.bench.linger_s = -1.0 if linger_s is None else linger_s
        self.bench.on_stop = self.stop
        self._where = where
        self._carrier = carrier
        self._linger_s = linger_s
        self._views: set[_View] = set()
        self._numbered: dict[str, int] = {}
        self.passing: set[_View] = set()
        self._stopped = asyncio.Event()
        self._leaving: Timer | None = None

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(view.who for view in self._views if view.who))

    async def run(self) -> None:
        """Serve until the session is stopped or nobody needs it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        if os.environ.get(JOURNAL) != OFF:
            self.bench.record()
        server = await door.opened(self._where, self._carrier, lambda: _View(self))
        self._leaving = self.bench.awake.call_later(FIRST_VIEW_S, self.stop)
        try:
            await self._stopped.wait()
        finally:
            self._where.shut()
            server.close()
            await self.bench.close()
            await asyncio.sleep(0)  # what was stopped says so to its view
            for view in [*self._views, *self.passing]:
                view.leave()
            await asyncio.sleep(0)

    def stop(self) -> None:
        """End the session."""
        self._stopped.set()

    @property
    def ending(self) -> bool:
        """Whether it is too late to join."""
        return self._stopped.is_set()

    def joined(self, view: _View) -> None:
        """A view has come; gives it its name."""
        if self._leaving:
            self._leaving.cancel()
            self._leaving = None
        view.who = self._name(view)
        self._views.add(view)
        self.bench.reservations.joined(view.who)

    def _name(self, view: _View) -> str:
        """What a view is called. A number is never given twice; and a name that nobody has chosen is that of one
        process, whose views all have it."""
        wanted = view.wanted
        ours = [other for other in self._views if other.process == view.process != 0]
        same = next((other.who for other in ours if other.wanted == wanted), "")
        if same and shared(wanted):
            return same
        awaited = set(self.bench.reservations.awaited)
        if wanted.endswith("-"):
            return self._number(view, wanted)
        theirs = {other.who for other in self._views if other not in ours}
        theirs |= {who for who in awaited if not view.process or self._numbered.get(who) != view.process}
        if wanted not in theirs:
            if wanted in self._numbered:
                self._numbered[wanted] = view.process
            return wanted
        if wanted in self._numbered:
            return self._number(view, wanted.rstrip("0123456789"))
        if shared(wanted):
            return next(f"{wanted}-{n}" for n in count(2) if f"{wanted}-{n}" not in theirs)
        return wanted

    def _number(self, view: _View, stem: str) -> str:
        """The first free name of a kind."""
        taken = {*self._names(), *self.bench.reservations.awaited}
        who = next(f"{stem}{n}" for n in count(1) if f"{stem}{n}" not in taken)
        self._numbered[who] = view.process
        return who

    def left(self, view: _View) -> None:
        """A view is gone; with the last one the linger begins."""
        self.passing.discard(view)
        if view not in self._views:
            return
        self._views.discard(view)
        self._missed(view.who)
        if not self._views:
            self.bench.unwatched()
        if not self._views and self._linger_s is not None and not self._stopped.is_set():
            self._leaving = self.bench.awake.call_later(self._linger_s, self.stop)

    def _missed(self, who: str) -> None:
        """If no view has that name any more, what it has reserved is without a holder."""
        if who not in self._names():
            self.bench.reservations.left(who, numbered=who in self._numbered)

    def served(self, view: _View) -> None:
        """An operation is through; the view that wanted it may have gone meanwhile."""
        if view not in self._views and view not in self.passing:
            self._missed(view.who)


class _View(Inlet):
    """One view's connection."""

    def __init__(self, keeper: Keeper) -> None:
        super().__init__()
        self.who = ""
        self.wanted = ""
        self.process = 0
        self._unsent = bytearray()
        self._keeper = keeper
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._calls: dict[int, asyncio.Task[None]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            for body in messages.bodies(self._buffer):
                self._hear(body)
        except (SessionError, msgspec.DecodeError) as error:
            self._say(
                messages.Refused(f"the view speaks another language: {error}", "use the same unitbench")
            )
            self.leave()

    def _hear(self, body: bytes) -> None:
        try:
            message = messages.from_view(body)
        except msgspec.ValidationError as error:
            refusal = messages.refusal(body, error) if self.who else None
            if refusal is None:
                raise
            self._say(refusal)
        else:
            self._take(message)

    def _take(self, message: messages.FromView) -> None:
        match message:
            case messages.Hello():
                self._greet(message)
            case messages.Call(number, operation) if self.who:
                loop = asyncio.get_running_loop()
                self._calls[number] = loop.create_task(self._perform(number, operation))
            case messages.Cancel(number):
                if task := self._calls.get(number):
                    task.cancel()

    def _greet(self, hello: messages.Hello) -> None:
        if self._keeper.ending:
            self.leave()
            return
        if hello.protocol != messages.PROTOCOL:
            bench = self._keeper.bench
            reason = f"session {bench.name} runs unitbench {messages.PROTOCOL}, this view is {hello.protocol}"
            lost = held(bench.state("")) or "nothing, it holds neither logins nor links"
            hint = f"'unitbench stop {bench.name}' ends it, the next view starts it anew; lost then: {lost}"
            self._say(messages.Refused(reason, hint))
            self.leave()
            return
        if hello.passing:
            self.who = hello.who
            self._keeper.passing.add(self)
            self._say(messages.Welcome(self._keeper.bench.state(self.who)))
            return
        self.wanted, self.process = hello.who, hello.process
        self._keeper.joined(self)
        state = self._keeper.bench.state(self.who)
        self._say(messages.Welcome(state))
        self._keeper.bench.bus.listen(self._news, state.seq)

    def _news(self, event: Event) -> None:
        self._say(messages.News(event))

    async def _perform(self, number: int, operation: Operation) -> None:
        try:
            result = await self._keeper.bench.perform(operation, self.who)
            self._say(messages.Done(number, messages.result_bytes(result)))
        except BenchError as error:
            self._say(messages.failure(number, error))
        except asyncio.CancelledError:
            self._say(messages.Failed(number, "SessionError", "the call was stopped", "", {}))
        except Exception as error:
            self._say(messages.Failed(number, "SessionError", f"a fault in the session: {error!r}", "", {}))
            raise
        finally:
            self._calls.pop(number, None)
            self._keeper.served(self)

    def _say(self, message: msgspec.Struct) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() + len(self._unsent) > SLOWEST_BYTES:
            transport.abort()
            return
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._send)
        self._unsent += messages.packed(message)

    def _send(self) -> None:
        """What was said in one go goes out in one go: the news of an answer, and the answer itself."""
        if self._transport is not None and self._unsent:
            self._transport.write(self._unsent)
            self._unsent = bytearray()

    def leave(self) -> None:
        """Close the connection when what was said has gone out."""
        self._send()
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._keeper.bench.bus.unlisten(self._news)
        self._keeper.left(self)


def main(argv: list[str] | None = None) -> int:
    """Entry point of the keeper's process."""
    parser = argparse.ArgumentParser(prog="unitbench keeper")
    parser.add_argument("name")
    parser.add_argument("--linger", type=float, default=LINGER_S)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--transport", choices=(UNIX, TCP), default=UNIX)
    options = parser.parse_args(argv)
    _inherit_nothing()
    where = endpoint(options.name)
    with locked(where.lock, wait=False) as mine:
        if not mine:
            return ALREADY
        where.lock.write_text(f"{os.getpid()}\n", encoding="ascii")
        with contextlib.suppress(KeyboardInterrupt):
            linger_s = None if options.keep else options.linger
            asyncio.run(_serve(where, linger_s, options.transport))
    return 0


def _inherit_nothing() -> None:
    """What a process takes over from its parent beyond that which the view could take away at the start."""
    os.umask(0o077)
    if hasattr(signal, "pthread_sigmask"):  # a signal that the view holds back would never end us
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


async def _serve(where: Endpoint, linger_s: float | None, carrier: str) -> None:
    await Keeper(where, linger_s, carrier).run()


if __name__ == "__main__":
    sys.exit(main())
