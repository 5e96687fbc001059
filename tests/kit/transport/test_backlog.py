"""What has come in and waits for its turn."""

from __future__ import annotations

import asyncio

import pytest

from unitbench.transport import backlog
from unitbench.transport.backlog import SLICE, Backlog
from unitbench.transport.base import Address, Stamp

PEER = ("127.0.0.9", 5565)
STAMP = Stamp(1, 1, "kernel")


class Taken(list[bytes]):
    """What was handed on."""

    def take(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        assert (peer, stamp) == (PEER, STAMP)
        self.append(data)


def test_without_a_queue_all_goes_through_at_once() -> None:
    taken = Taken()
    waiting = Backlog(taken.take)
    waiting.put(b"one", PEER, STAMP)
    waiting.then(lambda: taken.append(b"then"))
    assert taken == [b"one", b"then"]


def test_a_queue_is_handed_on_in_order_and_lets_others_run() -> None:
    async def run() -> None:
        taken = Taken()
        waiting = Backlog(taken.take)
        waiting.queues = True
        sent = [b"%d" % number for number in range(3 * SLICE)]
        for data in sent:
            waiting.put(data, PEER, STAMP)
        waiting.then(lambda: taken.append(b"end"))
        waiting.queues = False
        waiting.put(b"behind", PEER, STAMP)
        assert taken == []
        turns = 0
        while b"behind" not in taken:
            before = len(taken)
            await asyncio.sleep(0)
            assert len(taken) - before <= SLICE
            turns += 1
        assert turns >= 3
        assert taken == [*sent, b"end", b"behind"]

    asyncio.run(run())


def test_a_queue_does_not_grow_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MOST_BYTES", 10 * (backlog.EACH_BYTES + 100))

    async def run() -> None:
        taken = Taken()
        waiting = Backlog(taken.take)
        waiting.queues = True
        for _ in range(50):
            waiting.put(bytes(100), PEER, STAMP)
        assert 35 <= len(taken) <= 45
        waiting.flush()
        assert len(taken) == 50
        waiting.put(b"gone", PEER, STAMP)
        waiting.clear()
        await asyncio.sleep(0)
        assert len(taken) == 50

    asyncio.run(run())


def test_what_fails_does_not_hold_up_the_rest() -> None:
    async def run() -> None:
        taken = Taken()
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: failures.append(told["exception"]))

        def take(data: bytes, peer: Address, stamp: Stamp) -> None:
            if data == b"bad":
                raise ValueError(data)
            taken.take(data, peer, stamp)

        waiting = Backlog(take)
        waiting.queues = True
        waiting.put(b"bad", PEER, STAMP)
        waiting.put(b"good", PEER, STAMP)
        async with asyncio.timeout(10):
            while not taken:
                await asyncio.sleep(0)
        assert taken == [b"good"] and len(failures) == 1

    asyncio.run(run())
