"""A journal over many parts: limits, reading back beyond memory, and what a kill may leave at any instant."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unitbench import Session
from unitbench.errors import SessionError
from unitbench.session import bus as bus_module
from unitbench.session.bench import Bench
from unitbench.session.bus import Bus
from unitbench.session.journal import files, frames, past, reader, records, writer
from unitbench.session.journal.files import Limits
from unitbench.session.journal.recording import Recording
from unitbench.session.model import Exchange
from unitbench.session.operations import Since
from unitbench.session.stream import Event

SMALL = Limits(part_bytes=2000, bytes=1_000_000, parts=1000)


def exchange(number: int) -> Exchange:
    return Exchange(number, "s", "me", "k1", "kramer://h", True, "kramer", "SECUR?", b"#SECUR?\r", "", "ok")


def emit(bus: Bus, number: int) -> None:
    bus.emit("exchange", "me", exchange=exchange(number))


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The folder of journals."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield tmp_path / "unitbench"
    _die()


async def recorded(bench: Bench, first: int, last: int) -> None:
    """So many exchanges, a loop's turn each."""
    for number in range(first, last + 1):
        emit(bench.bus, number)
        await asyncio.sleep(0)
    await asyncio.sleep(0)


def played(*, limits: Limits = SMALL, exchanges: int = 0, kill: bool = False) -> Bench:
    """A session that records, and how it ends."""

    async def play() -> Bench:
        bench = Bench("s")
        bench.record(limits=limits)
        start = bench.bus.seq
        await recorded(bench, start + 1, start + exchanges)
        if not kill:
            of(bench).close()
        return bench

    try:
        return asyncio.run(play())
    finally:
        _die()


def of(bench: Bench) -> Recording:
    """What records a session."""
    assert bench.recording is not None
    return bench.recording


def _open() -> list[int]:
    """The journals that this process has open."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if files.SUFFIX in os.readlink(f"/proc/self/fd/{name}"):
                found.append(int(name))
    return found


def _die() -> None:
    """Journals that are open are let go as a kill does it: they stay as they are."""
    for number in _open():
        os.close(number)


def seqs(bench: Bench, since: int, most: int = 40) -> list[int]:
    """The numbers that a view gets that reads on from there."""

    async def read() -> list[int]:
        found: list[int] = []
        at = since
        while True:
            piece = await bench.perform(Since(at, most), "me")
            assert piece.missing == 0 and len(piece.events) <= most
            found += [event.seq for event in piece.events]
            if not piece.more:
                return found
            at = found[-1]

    return asyncio.run(read())


def test_parts_are_turned_and_read_back_in_bounded_pieces(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "KEPT", 10)
    bench = played(exchanges=200, kill=True)
    parts = files.parts(state / "s.ubj")
    assert len(parts) > 5 and [part.name for part in parts] == [
        f"s.ubj.{n}" for n in range(1, len(parts) + 1)
    ]
    assert all(SMALL.part_bytes <= part.stat().st_size < SMALL.part_bytes + 600 for part in parts)
    assert bench.bus.first == 191
    for since in (0, 1, 57, 189, 190, 195, 200):
        assert seqs(bench, since) == list(range(since + 1, 201))
    assert seqs(bench, 3, most=1) == list(range(4, 201))


@pytest.mark.parametrize("size", [1, 8, 300, 1000])
def test_a_file_is_read_in_steps_of_any_size(state: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Records longer than a step, and damage that ends where a step does."""
    monkeypatch.setattr(bus_module, "KEPT", 1)
    monkeypatch.setattr(reader, "AT_ONCE", size)
    bench = played(exchanges=20, kill=True, limits=Limits())
    assert seqs(bench, 0) == list(range(1, 21))
    path = state / "s.ubj"
    data = path.read_bytes()
    fifth = [entry for entry in frames.scan(data) if isinstance(entry, frames.Found)][5]
    path.write_bytes(data[: fifth.at] + b"?" * (fifth.end - fifth.at) + data[fifth.end :])
    piece = asyncio.run(bench.perform(Since(0, 500), "me"))
    assert [event.seq for event in piece.events] == [1, 2, 3, 4, *range(6, 20)] and piece.missing == 1


def test_the_oldest_parts_go(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "KEPT", 10)
    for limits, most in ((SMALL._replace(parts=3), 3), (SMALL._replace(bytes=9000), 4)):
        bench = played(limits=limits, exchanges=200)
        parts = files.parts(state / "s.ubj")
        assert 1 < len(parts) <= most and sum(part.stat().st_size for part in parts) < 9000
        piece = asyncio.run(bench.perform(Since(0, 500), "me"))
        assert piece.missing == piece.events[0].seq - 1 > 100
        for part in (*parts, state / "s.ubj"):
            part.unlink()


def test_a_new_session_does_not_read_the_one_before(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "KEPT", 10)
    played(exchanges=100)
    bench = played(exchanges=30, kill=True)
    assert seqs(bench, 0) == list(range(1, 31))


def test_a_killed_one_goes_on_over_parts_and_kills(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "KEPT", 10)
    last = 0
    for _ in range(4):
        bench = played(exchanges=30, kill=True)
        assert bench.bus.seq > last + 29
        last = bench.bus.seq
        assert seqs(bench, 0) == list(range(1, last + 1))
    head = past.read(state / "s.ubj", 5)
    assert head is not None and head.head.exchanges == 120 and len(head.events) == 5


def test_what_is_kept_in_memory_comes_from_the_parts_too(state: Path) -> None:
    played(exchanges=100, kill=True)
    again = played(kill=True)
    assert again.bus.first == 1
    assert again.bus.since(0, 10_000).events[:100] == played(kill=True).bus.since(0, 10_000).events[:100]


@settings(max_examples=60)
@given(st.data())
def test_torn_at_every_byte_it_goes_on_behind_what_is_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        path = folder / "unitbench" / "s.ubj"
        played(exchanges=5, kill=True, limits=Limits())
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        left = sum(1 for e in frames.scan(whole[:cut]) if isinstance(e, frames.Found) and e.kind == b"E")
        again = played(exchanges=1, kill=True, limits=Limits())
        found = past.read(path, 1000)
        assert found is not None and not found.damaged
        ours = [e.exchange.id for e in found.events if e.exchange]
        assert ours[:-1] == list(range(1, left + 1))
        assert [e.seq for e in found.events] == list(range(1, again.bus.seq + 1))
        assert [each.name for each in path.parent.iterdir()] == ["s.ubj"]


@pytest.mark.parametrize("step", range(4))
def test_killed_while_a_part_is_turned(state: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """After the next file was begun, written, the old one renamed, the new one renamed."""

    class Killed(SystemExit):
        pass

    def stop(*_: object) -> None:
        raise Killed

    if step == 0:
        monkeypatch.setattr(writer.Writer, "begin", _first_time(writer.Writer.begin, stop))
    elif step == 1:
        monkeypatch.setattr(files, "put_by", stop)
    elif step == 2:
        put_by = files.put_by
        monkeypatch.setattr(files, "put_by", lambda path: stop(put_by(path)))
    else:
        monkeypatch.setattr(files, "sweep", _first_time(files.sweep, stop))
    with pytest.raises(Killed):
        played(exchanges=100, kill=True, limits=SMALL)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(state.parent))
    again = played(exchanges=1, kill=True, limits=SMALL)
    numbers = seqs(again, 0)
    assert numbers == list(range(1, again.bus.seq + 1)) and len(numbers) > 5
    assert not files.draft(state / "s.ubj").exists()


def _first_time(real: Callable[..., object], then: Callable[..., object]) -> Callable[..., object]:
    """Does the real thing once, for the beginning; after that it is ``then``."""
    turns = chain([real], repeat(then))

    def turn(*args: object) -> object:
        return next(turns)(*args)

    return turn


def test_one_of_another_version_is_gone_on_with_in_a_new_file(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "__version__", "0.0.0")
    monkeypatch.setattr("unitbench.session.journal.recording.__version__", "0.0.0")
    played(exchanges=2, kill=True)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(state.parent))
    again = played(exchanges=1, kill=True)
    assert [part.name for part in files.parts(state / "s.ubj")] == ["s.ubj.1"]
    assert seqs(again, 0) == list(range(1, again.bus.seq + 1))


def test_a_format_of_the_future_is_left_alone(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FORMAT", 2)
    played(exchanges=5, kill=True)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(state.parent))
    bench = played(kill=True)
    assert "is no journal that this version can read" in of(bench).found
    assert [event.kind for event in bench.bus.since(0, 100).events] == ["notice"]


def test_a_burst_within_one_turn_is_written_whole_and_in_order(state: Path) -> None:
    async def play() -> None:
        bench = Bench("s")
        bench.record(limits=Limits())
        for number in range(1, 3001):
            emit(bench.bus, number)
        await asyncio.sleep(0)

    asyncio.run(play())
    found = past.read(state / "s.ubj", 10_000)
    assert found is not None and [event.seq for event in found.events] == list(range(1, 3001))


def test_few_writes_for_many_events(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write = os.write

    def counted(file: int, data: bytes) -> int:
        sizes.append(len(data))
        return write(file, data)

    async def play() -> None:
        bench = Bench("s")
        bench.record(limits=Limits())
        monkeypatch.setattr("unitbench.session.journal.writer.os.write", counted)
        for number in range(1, 1001):
            emit(bench.bus, number)
        await asyncio.sleep(0)
        monkeypatch.undo()

    asyncio.run(play())
    assert 1 <= len(sizes) <= 1 + sum(sizes) // writer.AT_ONCE


def test_a_disk_that_takes_half_of_a_write(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other half fails: the file ends with the last whole record."""
    halves = iter((True, False))
    write = os.write

    def full(file: int, data: bytes) -> int:
        if next(halves):
            return write(file, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    async def play() -> Bench:
        bench = Bench("s")
        bench.record(limits=Limits())
        await recorded(bench, 1, 3)
        with monkeypatch.context() as patch:
            patch.setattr("unitbench.session.journal.writer.os.write", full)
            await recorded(bench, 4, 4)
        await recorded(bench, 5, 9)
        return bench

    bench = asyncio.run(play())
    notices = [event for event in bench.bus.since(0, 100).events if event.kind == "notice"]
    assert [event.journal for event in notices] == [""] and "No space left on device" in notices[0].text
    found = past.read(state / "s.ubj", 100)
    assert found is not None and [event.seq for event in found.events] == [1, 2, 3] and not found.damaged
    of(bench).close()
    assert past.read(state / "s.ubj", 100).ended  # type: ignore[union-attr]


def test_without_a_byte_of_room_for_the_end_the_file_becomes_a_part(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    async def play() -> None:
        bench = Bench("s")
        bench.record(limits=SMALL)
        await recorded(bench, 1, 3)
        with monkeypatch.context() as patch:
            patch.setattr("unitbench.session.journal.writer.os.write", full)
            of(bench).close()

    asyncio.run(play())
    assert [each.name for each in state.iterdir()] == ["s.ubj.1"]


def test_where_it_cannot_be_begun_nothing_is_held(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    async def play() -> Bench:
        bench = Bench("s")
        with monkeypatch.context() as patch:
            patch.setattr("unitbench.session.journal.writer.os.write", full)
            bench.record(limits=SMALL)
        await recorded(bench, 2, 4)
        return bench

    bench = asyncio.run(play())
    assert "No space left on device; this session is in memory only" in bench.bus.since(0, 1).events[0].text
    assert of(bench).where == "" and bench.bus.seq == 4 and _open() == []


def test_on_a_full_disk_what_was_found_is_there_all_the_same(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    played(exchanges=3, kill=True, limits=Limits())
    with monkeypatch.context() as patch:
        patch.setattr("unitbench.session.journal.writer.os.write", full)
        bench = played(kill=True, limits=Limits())
    assert "in memory only" in of(bench).found and "3 exchanges since" in of(bench).found
    assert [event.seq for event in bench.bus.since(0, 100).events] == [1, 2, 3, 4, 5]
    again = played(kill=True, limits=Limits())
    assert "3 exchanges since" in of(again).found and again.bus.seq == 4, "the file is as it was"


def test_a_link_in_its_place_is_not_followed(state: Path, tmp_path: Path) -> None:
    state.mkdir(mode=0o700)
    other = tmp_path / "other"
    other.write_text("mine")
    (state / "s.ubj").symlink_to(other)
    bench = played(exchanges=1, kill=True)
    assert of(bench).where == "" and other.read_text() == "mine"


def test_a_view_reads_on_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "KEPT", 20)
    with Session.local(sim=True, journal=tmp_path / "run.ubj") as session:
        for _ in range(30):
            session.ask("SECUR?")
        events = list(session.recorded())
        assert [event.seq for event in events] == list(range(1, session.state.seq + 1))
        assert [e.exchange.id for e in events if e.exchange] == list(range(1, 31))
        assert len(session.journal) <= 20, "that is what is in memory"

        async def read() -> list[Event]:
            return [event async for event in session.arecorded(5)]

        assert asyncio.run(read()) == events[5:]
    with Session.local(sim=True) as session:
        for _ in range(30):
            session.ask("SECUR?")
        assert len(list(session.recorded())) == 20


def test_a_record_survives_its_encoding() -> None:
    event = Event(7, 1, "exchange", "me", exchange=exchange(3))
    body = msgspec.msgpack.encode(event)
    assert records.event_of(body) == event and records.seq_of(body) == 7
    assert (
        records.event_of(b"\xc1") is None and records.seq_of(b"") == -1 and records.head_of(b"\x80") is None
    )


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    first = files.opened(tmp_path / "x.ubj")
    with pytest.raises(SessionError, match="another keeper writes"):
        files.opened(tmp_path / "x.ubj")
    os.close(first)
    os.close(files.opened(tmp_path / "x.ubj"))


def _replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("not a journal")
    other.rename(path)


@pytest.mark.parametrize(
    ("harm", "how", "left"),
    [
        (Path.unlink, "was deleted", False),
        (lambda path: os.truncate(path, 0), "was cut short", False),
        (lambda path: os.truncate(path, frames.START + 3), "was cut short", False),
        (lambda path: os.truncate(path, path.stat().st_size - 1), "was cut short", True),
        (_replaced, "was replaced by another file", False),
    ],
    ids=["deleted", "emptied", "cut in its head", "cut in its last record", "replaced"],
)
def test_a_file_that_somebody_harms_while_it_is_written(
    state: Path, harm: Callable[[Path], None], how: str, left: bool
) -> None:
    path, limits = state / "s.ubj", Limits(part_bytes=4000)

    async def play() -> tuple[Bench, list[int]]:
        bench, number = Bench("s"), 0
        bench.record(limits=limits)
        while not (parts := files.parts(path)) or path.stat().st_size < 2000:
            number += 1
            await recorded(bench, number, number)
        assert len(parts) == 1
        held = [event.exchange.id for event in _events(path) if event.exchange]
        harm(path)
        for more in range(number + 1, number + 4):  # in one go, so that they wait together
            emit(bench.bus, more)
        await asyncio.sleep(0)
        await recorded(bench, number + 4, number + 6)
        return bench, held

    bench, held = asyncio.run(play())
    _die()
    (said,) = [event for event in bench.bus.since(0, 10_000).events if how in event.text]
    assert said.kind == "notice" and str(path) in said.text and "goes on in a new file" in said.text
    found = past.read(path, 1000)
    assert found is not None and not found.damaged and not found.ended
    last = found.head.exchanges
    kept = [event.exchange.id for event in found.events if event.exchange]
    lost = set(held[-1:] if left else held)
    assert kept == [number for number in range(1, last + 1) if number not in lost] and lost
    assert found.head.seq == bench.bus.seq == last + 1, "and the notice"
    again = played(exchanges=1, limits=limits)
    assert f"{last} exchanges since" in "".join(e.text for e in again.bus.since(0, 10_000).events)


def _events(path: Path) -> list[Event]:
    """What one file has of the stream."""
    whole = [entry for entry in frames.scan(path.read_bytes()) if isinstance(entry, frames.Found)]
    return [
        event for entry in whole if entry.kind == frames.EVENT and (event := records.event_of(entry.body))
    ]


def test_one_that_is_harmed_at_the_end_has_its_end_all_the_same(state: Path) -> None:
    async def play() -> None:
        bench = Bench("s")
        bench.record(limits=Limits())
        await recorded(bench, 1, 3)
        os.truncate(state / "s.ubj", 0)
        of(bench).close()

    asyncio.run(play())
    _die()
    assert of(played(limits=Limits())).found == "", "it has ended in order"
