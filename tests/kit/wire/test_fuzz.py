"""A million random inputs: no exception, no byte unexplained, bounded buffers, back in step at the next good frame."""

from __future__ import annotations

import json

import pytest

from tests.support import golden
from tests.support.bench import qstation
from tests.support.fuzzing import Source, fuzz
from tests.support.playbook import HOST, OTHER, UNIT, request
from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line import paste
from unitbench.line.notation import parse_bytes
from unitbench.offline import dissected, dissected_json
from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import masked
from unitbench.schema.reading import reading
from unitbench.schema.records import Role
from unitbench.schema.report import reading_text
from unitbench.wire import codec_of
from unitbench.wire.codec import Piece
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.host import HostCore, Peer
from unitbench.wire.kramer.unit import KramerUnit
from unitbench.wire.recorder.unit import RecorderUnit
from unitbench.wire.repair import LONGEST, applied, repairs
from unitbench.wire.unit import UnitCore
from unitbench.wire.vs1.formatted import Cutter, Mode
from unitbench.wire.vs1.unit import Vs1State, Vs1Unit

pytestmark = pytest.mark.fuzz
NAMES = catalogue.NAMES
GOOD = {
    ("dcol", Role.UNIT): "C9", ("dcol", Role.HOST): "C10", ("kramer", Role.UNIT): "D4", ("kramer", Role.HOST): "D3",
}  # fmt: skip
LINE = {
    ("recorder", Role.UNIT): b"SIMOK\r\n",
    ("recorder", Role.HOST): b"*IDN?\r\n",
    ("vs1", Role.UNIT): b"SIMOK\r\n",
    ("vs1", Role.HOST): b"SIMLOGIN bench\r\n",
}
KEPT = {"dcol": 4096 + 261, "kramer": 1024, "recorder": 1024, "vs1": 65536}
"""The most bytes that a framer may hold back, by protocol: the caps of the limits' table."""
ASKED = {
    "kramer": "LOGIN USER,1234",
    "dcol": "0Eh 19",
    "qstation": "DEVICESYNC",
    "recorder": "*IDN?",
    "vs1": "SIMLOGIN bench",
}
PROBES = {
    "kramer": b"#\r",
    "dcol": b"\x02\x00\xae\x01\x0c\xbb\x03",
    "qstation": b"DEVICEIDENT?\r",
    "recorder": b"*IDN?\r\n",
    "vs1": b"SIMLOGIN bench\r\n",
}
CAMERA = ("udp", "10.0.0.9", 5)
FRESH = 40
"""After so many inputs a unit is replaced, so that each kind of state is met early and late."""


def good_frame(protocol: str, role: Role) -> bytes:
    """A whole frame of that speaker, typed from the manual."""
    return (
        LINE[protocol, role] if protocol in ("recorder", "vs1") else golden.frame(GOOD[protocol, role]).data
    )


def check(found: Dissection, data: bytes) -> None:
    """What holds for every dissection: the leaves tile the bytes, and nothing unprintable is shown."""
    assert found.raw == data
    at = 0
    for leaf in found.fields:
        assert leaf.start == at <= leaf.end
        at = leaf.end
    assert at == len(data)
    assert all(0 <= fault.offset <= len(data) and fault.text for fault in found.faults)
    assert 0 <= found.likeness <= 1
    assert found.fields or found.faults
    shown = [found.name, found.title, found.code, *found.lacks]
    shown += [fault.text + fault.hint for fault in found.faults]
    for leaf in found.fields:
        shown += [leaf.name, leaf.meaning, leaf.fault or "", leaf.note or ""]
        shown += [leaf.value] if isinstance(leaf.value, str) else []
    assert all(map(str.isprintable, shown)), shown
    masked(data, found.secret_spans)


@pytest.mark.parametrize("name", NAMES)
def test_dissection_takes_any_bytes(name: str) -> None:
    codec = codec_of(name)

    def step(source: Source, data: bytes) -> None:
        role = source.random.choice((None, *Role))
        found = codec.dissect(data, role)
        check(found, data)
        assert codec.read(data, role) == reading(found)
        assert codec.text(data).isprintable()

    fuzz(f"dissect {name}", 0.09, step)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", [name for name in NAMES if name in KEPT])
def test_framers_take_any_split_and_find_the_next_good_frame(name: str, role: Role) -> None:
    codec = codec_of(name)
    good = good_frame(name, role)
    more = good * (2 + 1400 // len(good))

    def step(source: Source, data: bytes) -> None:
        whole, parts = (codec.framer(role, datagrams=False) for _ in range(2))
        stream = data + more
        one = whole.feed(stream)
        many = [piece for part in source.split(stream) for piece in parts.feed(part)]
        assert len(parts.pending) <= KEPT[name]
        left = whole.flush()
        many += parts.flush()
        if role is Role.UNIT or name in ("dcol", "kramer"):
            assert many == [*one, *left]
        else:  # a CR that ends a read ends the line at once: only the end itself may differ
            assert [piece.data.rstrip() for piece in many] == [piece.data.rstrip() for piece in (*one, *left)]
        assert Piece(good) in [*one, *left]
        assert not whole.pending

    fuzz(f"frame {name} {role.value}", 0.02, step)


@pytest.mark.parametrize("name", NAMES)
def test_our_end_takes_any_bytes_at_any_time(name: str) -> None:
    datagrams = name == "qstation"
    asked = request(ASKED[name])

    def step(source: Source, data: bytes) -> None:
        core = HostCore(codec_of(name), datagrams=datagrams)
        core.ask(asked, 0.0, collect=source.random.choice((None, 0, 2)))
        now = 0.1
        for part in source.split(data):
            core.receive(part, source.random.choice((UNIT, OTHER)), now)
            now += source.random.choice((0.0, 0.3, 2.0))
            core.tick(now)
            if not core.busy and source.random.random() < 0.3:
                core.ask(asked, now)
        core.closed(now)
        while core.next_event() is not None:
            pass
        assert not core.busy and core.deadline() is None

    fuzz(f"host {name}", 0.03, step)


def unit_of(name: str) -> UnitCore:
    """A unit as it is when it is switched on."""
    if name == "vs1":
        return Vs1Unit(Vs1State())
    return {"kramer": KramerUnit, "dcol": DcolUnit, "qstation": qstation, "recorder": RecorderUnit}[name]()


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_takes_any_bytes_and_still_answers(name: str) -> None:
    datagram = name in ("qstation", "vs1")
    state: list[UnitCore] = []
    peer: Peer = CAMERA if name == "vs1" else HOST
    count, now = 0, 0.0

    def step(source: Source, data: bytes) -> None:
        nonlocal count, now
        if count % FRESH == 0:
            state[:], now = [unit_of(name)], 0.0
        count += 1
        unit = state[0]
        for part in source.split(data):
            unit.receive(part, source.random.choice((peer, OTHER)), now, datagram=datagram)
            for port in unit.listens:
                unit.overhear(part, port, now)
            now += 0.01
        unit.outgoing(now)
        now += 1000.0
        unit.tick(now)
        unit.outgoing(now)
        unit.disconnected(peer, now)
        unit.receive(PROBES[name], peer, now, datagram=datagram)
        assert len(unit.outgoing(now + 1)) == 1
        unit.disconnected(peer, now)

    fuzz(f"unit {name}", 0.04, step)


def test_every_port_of_the_camera_takes_any_bytes() -> None:
    ports = [service.port for service in catalogue.protocol("vs1").services if service.carrier == "tcp"]

    def step(source: Source, data: bytes) -> None:
        unit = Vs1Unit(Vs1State())
        unit.begin(0.0)
        for port in ports:
            unit.opened((port,), port, "10.0.0.9", 0.0)
        now = 0.0
        for part in source.split(data):
            unit.receive(part, (source.random.choice(ports),), now, datagram=False)
            unit.route_update(part, "10.0.0.9", now)
            now += source.random.choice((0.01, 0.5, 3.0))
            unit.tick(now)
            assert all(isinstance(out.data, bytes) for out in unit.outgoing(now))
        for port in ports:
            unit.disconnected((port,), now)

    fuzz("camera ports", 0.01, step)


def test_reports_are_cut_without_loss_however_they_come() -> None:
    modes = [Mode.parse(text) for text in ("line", "fixed 1", "fixed 7", "idle 50")]

    def step(source: Source, data: bytes) -> None:
        cutter = Cutter(source.random.choice(modes), cap=source.random.choice((1, 5, 64)))
        now, found = 0.0, b""
        for part in source.split(data):
            found += b"".join(cut.data for cut in cutter.feed(part, now))
            assert len(cutter.pending) <= 65
            now += source.random.choice((0.0, 0.01, 2.0))
        found += b"".join(cut.data for cut in cutter.close())
        assert found.translate(None, b"\n") == data.translate(None, b"\n") and not cutter.pending

    fuzz("formatted output", 0.03, step)


def test_decode_takes_any_bytes() -> None:
    def step(source: Source, data: bytes) -> None:
        protocol = source.random.choice(("", "", *NAMES))
        found = dissected(data, protocol)
        check(found.best, data)
        assert b"".join(part.best.raw for part in found.parts) in (b"", data)
        for part in (found, *found.parts):
            assert part.candidates[0].score >= part.candidates[-1].score
            for repair in part.repairs:
                check(repair.found, repair.found.raw)
                assert repair.found.ok and repair.why.isprintable()
        json.dumps(dissected_json(found))
        told = reading_text(
            found.best,
            repairs=found.repairs,
            candidates=found.candidates,
            parts=[(part.best, part.repairs) for part in found.parts],
        )
        assert all(line.isprintable() for line in told.split("\n"))

    fuzz("decode", 0.03, step)


def test_a_repair_is_what_its_edits_make_of_the_bytes() -> None:
    def step(source: Source, data: bytes) -> None:
        data = data[:LONGEST]
        for repair in repairs(data, source.random.choice(NAMES)):
            made = data
            for edit in repair.edits:
                assert made[edit.offset : edit.offset + len(edit.old)] == edit.old
                made = applied(made, edit)
            assert made == repair.found.raw and repair.found.ok

    fuzz("repair", 0.01, step)


def test_every_notation_of_any_bytes_is_taken_for_what_it_is() -> None:
    def step(source: Source, data: bytes) -> None:
        data = data or b"\0"
        typed = source.random.choice(SPELLINGS)(data)
        assert parse_bytes(typed) == data, typed
        ((_, text),) = paste.messages(typed.splitlines(keepends=True))
        assert parse_bytes(text) == data, typed

    fuzz("notations", 0.06, step)


def dump(data: bytes, offset: str, width: int, column: str) -> str:
    """A hex dump as programs print it: ``width`` bytes a group, 16 a line, ``column`` around the text."""
    rows = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        groups = " ".join(part[i : i + width].hex() for i in range(0, len(part), width))
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        rows.append(f"{offset.format(at)}{groups:<48}  {column.format(text)}")
    return "\n".join(rows)


SPELLINGS = (
    bytes.hex,
    lambda data: data.hex(" ").upper(),
    lambda data: ", ".join(f"0x{byte:02x}" for byte in data),
    lambda data: "const unsigned char x[] = {" + ", ".join(f"0x{byte:02X}" for byte in data) + "};",
    lambda data: "[" + ", ".join(map(str, data)) + "]",
    repr,
    lambda data: "".join(f"\\x{byte:02x}" for byte in data),
    lambda data: " ".join(f"${byte:02X}" for byte in data),
    lambda data: " ".join(f"{byte:02X}h" for byte in data),
    lambda data: ",".join(f'"{chr(b)}"' if 0x30 <= b < 0x5B else f"0x{b:02X}" for b in data) + ',""',
    lambda data: dump(data, "{:04x}   ", 1, "{}"),
    lambda data: dump(data, "{:08x}: ", 2, "{}"),
    lambda data: dump(data, "{:08x}  ", 1, "|{}|"),
    lambda data: dump(data, "\t0x{:04x}:  ", 2, "{}"),
    lambda data: "{ /* x */\n" + ",\n".join(f"0x{byte:02x}" for byte in data) + "\n};",
)


def test_any_text_is_bytes_or_an_error_with_its_place() -> None:
    def step(source: Source, data: bytes) -> None:
        typed = list(source.random.choice(SPELLINGS)(data[:40] or b"\0"))
        for _ in range(source.random.randrange(1, 4)):
            at = source.random.randrange(len(typed) + 1)
            typed[at : at + source.random.randrange(3)] = source.random.choice(NOISE)
        text = "".join(typed)
        try:
            parse_bytes(text)
        except InvalidValue as error:
            assert error.hint and error.message.isprintable()
            assert error.span is None or error.line in (text.strip(), "***")
            assert error.span is None or 0 <= error.span[0] < error.span[1] <= max(1, len(error.line))

    fuzz("texts", 0.06, step)


NOISE = [
    *"0aGzZ'\"\\{}[]$#~,; \n:|*/<>é€h",
    "0x",
    "\\x",
    "b'",
    "/*",
    "*/",
    "0000  ",
    "<CR>",
    "[TAB]",
    "DEVICE",
    "",
]
