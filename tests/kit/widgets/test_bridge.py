"""The writer: notes coalesce, the last one wins, a fault of one harms no other."""

from __future__ import annotations

import threading
import time

from unitbench.widgets.bridge import PACE_S, Writer


class Chore:
    """Counts how often it was done, and with which value."""

    def __init__(self) -> None:
        self.value = 0
        self.seen: list[int] = []
        self.threads: set[str] = set()

    def do(self) -> None:
        self.seen.append(self.value)
        self.threads.add(threading.current_thread().name)


def test_two_thousand_notes_become_a_few_writes_and_the_last_value_wins() -> None:
    writer, chore = Writer(), Chore()
    began = time.monotonic()
    for value in range(2000):
        chore.value = value
        writer.touch(chore.do)
    assert writer.settle()
    took = time.monotonic() - began
    assert chore.seen[-1] == 1999
    assert len(chore.seen) <= took / PACE_S + 2
    assert chore.threads == {"unitbench views"}


def test_the_first_note_is_written_at_once() -> None:
    writer, chore = Writer(), Chore()
    began = time.monotonic()
    writer.touch(chore.do, pace_s=60.0)
    assert writer.settle()
    assert chore.seen and time.monotonic() - began < 30


def test_a_pace_keeps_the_second_write_back() -> None:
    writer, slow, quick = Writer(), Chore(), Chore()
    writer.touch(slow.do, pace_s=60.0)
    assert writer.settle()
    writer.touch(slow.do, pace_s=60.0)
    writer.touch(quick.do)
    assert not writer.settle(timeout_s=5 * PACE_S)
    assert len(slow.seen) == 1 and len(quick.seen) == 1
    writer.forget(slow.do)
    assert writer.settle()


def test_a_fault_of_one_harms_no_other() -> None:
    def fails() -> None:
        raise RuntimeError("closed")

    writer, chore = Writer(), Chore()
    writer.touch(fails)
    writer.touch(chore.do)
    assert writer.settle() and chore.seen == [0]


def test_forget_waits_for_a_write_in_progress() -> None:
    started, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        go_on.wait(10)
        ended.set()

    writer = Writer()
    writer.touch(slow)
    assert started.wait(10)
    forgetting = threading.Thread(target=writer.forget, args=(slow,))
    forgetting.start()
    assert not ended.is_set() and forgetting.is_alive()
    go_on.set()
    forgetting.join(10)
    assert ended.is_set() and not forgetting.is_alive()


def test_a_chore_may_forget_itself_and_touch_again() -> None:
    writer = Writer()
    done: list[int] = []

    def again() -> None:
        done.append(1)
        if len(done) < 3:
            writer.touch(again)
        else:
            writer.forget(again)

    writer.touch(again)
    assert writer.settle() and len(done) == 3
