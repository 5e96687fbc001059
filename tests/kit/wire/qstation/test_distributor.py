"""The distributor port by hand: every property with its range and rules, reads, and the stream on the unit's clock."""

from __future__ import annotations

import struct

import pytest

from tests.support.golden import frame
from tests.support.playbook import UnitPlay
from unitbench.catalogue.qstation import PROPERTIES
from unitbench.catalogue.unit_options import UNIT_OPTIONS
from unitbench.schema.values import Token, Value
from unitbench.wire.qstation.distributor import IMAGE, LAG, LAYOUTS, Distributor, network_address
from unitbench.wire.qstation.unit import QstationState, QstationUnit
from unitbench.wire.unit import Cast

IDENT: dict[str, Value] = dict(frame("E2").fields)
MAC = str(IDENT["maa"])
ACK = frame("E6").data
DEFAULTS = {
    0: "0",
    1: "0",
    2: str(IMAGE),
    3: "0",
    4: "0",
    5: "100",
    6: "100",
    7: "192.168.1.255",
    8: "5567",
    9: "5566",
    10: "1",
    11: "0",
    12: "0",
    13: "1",
    1000: "0",
}


class Play(UnitPlay):
    """A unit whose properties are set and read by number; ``casts`` takes what it streamed."""

    def __init__(self, delay: float = 0.0) -> None:
        self.unit = QstationUnit(QstationState(dict(IDENT)), reply_delay_s=delay)
        super().__init__(self.unit, datagrams=True)

    def put(self, identifier: object, data: object) -> bool:
        """Whether the unit acknowledges a set."""
        self.hears(f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t{identifier}\t{data}\r")
        said = [out.data for out in self.core.outgoing(self.now)]
        assert said in ([], [ACK])
        return bool(said)

    def get(self, identifier: int) -> str:
        """What a read gives."""
        self.hears(f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t{identifier}\t-1\r")
        (out,) = self.core.outgoing(self.now)
        assert out.data.startswith(b"INFO:") and out.data.endswith(b"\t" + ACK)
        return out.data[5 : -len(ACK) - 1].decode()

    def table(self) -> dict[int, str]:
        return {number: self.get(number) for number in DEFAULTS}

    def casts(self) -> list[Cast]:
        self.unit.tick(self.now)
        found = list(self.unit.casts)
        self.unit.casts.clear()
        return found


def test_the_conversations_of_the_manual() -> None:
    unit = Play()
    unit.hears(frame("E10").data).says(ACK)
    unit.hears(frame("E11").data).says(frame("E12").data)
    unit.hears(frame("E13").data).says(ACK)
    unit.hears(frame("E10").data).silent()
    assert unit.get(1000) == "1"


def test_the_defaults_are_those_of_the_table() -> None:
    assert {row.number for row in PROPERTIES} == set(DEFAULTS)
    assert Play().table() == DEFAULTS


@pytest.mark.parametrize(
    ("identifier", "data", "read"),
    [
        (0, "0", "0"),
        (1, "16", "16"),
        (2, "65535", "65535"),
        (3, "+4", "4"),
        (4, "1e2", "100"),
        (5, "1", "1"),
        (5, "1000", "1000"),
        (5, "0", "0"),
        (5, "12.50", "12.5"),
        (6, "50e-3", "0.05"),
        (6, "1e9", "1000000000"),
        (6, "0", "0"),
        (6, "-1.0", "0"),
        (6, "-7", "0"),
        (7, "127.0.0.1", "127.0.0.1"),
        (8, "1024", "1024"),
        (8, "65535", "65535"),
        (9, "5568", "5568"),
        (10, "0", "0"),
        (11, "7", "0"),
        (12, "0", "0"),
        (13, "3", "3"),
        ("010", "0.0", None),
    ],
)
def test_values_that_are_taken_read_back_in_their_shortest_form(
    identifier: int | str, data: str, read: str | None
) -> None:
    unit = Play()
    assert unit.put(identifier, data)
    assert unit.table() == DEFAULTS | ({int(identifier): read} if read is not None else {10: "0"})


@pytest.mark.parametrize(
    ("identifier", "data"),
    [
        *[(0, data) for data in ("1", "2", "3", "4", "5", "Variables", "")],
        *[(1, data) for data in ("-2", "65536", "1.5", "0x10", "nan", "inf", "1e999", " 1", "one", "1_0")],
        *[(5, data) for data in ("0.5", "1000.1", "-2")],
        *[(6, data) for data in ("0.049", "1.1e9", "")],
        *[(7, data) for data in ("127.0.0", "256.0.0.1", "localhost", "50")],
        *[(number, data) for number in (8, 9) for data in ("1023", "65536", "5565", "8000", "8001", "0")],
        (8, "5566"),
        (9, "5567"),
        *[(10, data) for data in ("2", "on", "true", "0.5")],
        *[(number, data) for number in (11, 12) for data in ("-3", "0.5")],
        (13, "0"),
        *[(number, "1") for number in (14, 999, 1001, -1, "", "TransferON", "5.0")],
        *[(1000, data) for data in ("2", "on", "")],
    ],
)
def test_silence_and_no_effect(identifier: int | str, data: str) -> None:
    unit = Play()
    assert not unit.put(identifier, data)
    assert unit.table() == DEFAULTS


@pytest.mark.parametrize(
    "said",
    [
        f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t5\r",
        f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t5\t50\t\r",
        f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t5 50\r",
        "SETDISTRIBUTORPORTPROPERTIES\t5\t50\r",
        "SETDISTRIBUTORPORTPROPERTIES\t00:02:8A:01:0F:3D\t5\t50\r",
        f"SETDISTRIBUTORPORTPROPERTIESALL\t{MAC}\t5\t50\r",
        "SETDISTRIBUTORPORTPROPERTIESALL\t5\t50\n",
        f"SETDISTRIBUTOR PORTPROPERTIES\t{MAC}\t5\t50\r",
    ],
)
def test_a_wrong_request_sets_nothing(said: str) -> None:
    unit = Play()
    unit.hears(said).silent()
    assert unit.table() == DEFAULTS


def test_the_time_to_retrigger_is_five_periods_at_least_from_either_side() -> None:
    unit = Play()
    assert unit.put(6, "0.05")
    assert not unit.put(5, "99")
    assert unit.put(5, "0"), "0 is 250 Hz"
    assert unit.put(6, "0.06") and unit.put(5, "90")
    assert not unit.put(6, "0.05")
    assert unit.put(6, "0") and unit.put(5, "1"), "switched off it is no time"
    assert not unit.put(6, "4.9")
    assert unit.put(6, "5")


def test_the_lowest_time_stays_where_five_periods_are_less() -> None:
    unit = Play()
    assert unit.put(5, "0") and not unit.put(6, "0.02") and unit.put(6, "0.05")
    assert unit.put(5, "1000") and not unit.put(6, "0.005")


def test_stopped_twice_and_never_started_it_is_acknowledged() -> None:
    unit = Play()
    assert unit.put(1000, "0") and unit.put(1000, "1") and unit.put(1000, "0") and unit.put(1000, "0")
    assert unit.get(1000) == "0" and unit.unit.listens == frozenset()


def test_reads_while_on_are_a_reading() -> None:
    unit = Play()
    assert unit.put(1000, "1") and unit.get(5) == "100"
    unit.unit.state.reads_refused = True
    unit.hears(f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t5\t-1\r").silent()
    assert unit.put(1000, "0") and unit.get(5) == "100"


def test_the_form_for_all_units_is_taken_like_the_one_for_one() -> None:
    unit = Play()
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t5\t50\r").says(ACK)
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t5\t-1\r").says(frame("E12").data)
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t5\t1001\r").silent()
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t1000\t1\r").says(ACK)
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t5\t60\r").silent()
    unit.hears("SETDISTRIBUTORPORTPROPERTIESALL\t1000\t0\r").says(ACK)


def test_ports_may_be_exchanged_only_over_a_third() -> None:
    unit = Play()
    assert not unit.put(8, "5566")
    assert unit.put(9, "5568") and unit.put(8, "5566") and unit.put(9, "5567")


def test_while_it_transfers_only_that_may_be_set() -> None:
    unit = Play()
    assert unit.put(1000, "1")
    for row in PROPERTIES[:-1]:
        assert not unit.put(row.number, unit.get(row.number))
    assert unit.table() == DEFAULTS | {1000: "1"}
    assert unit.put(1000, "1") and unit.put(1000, "0") and unit.put(1000, "0")
    assert unit.put(5, "50")


def test_properties_to_default_once() -> None:
    unit = Play()
    for number, data in ((5, "50"), (9, "6000"), (13, "9"), (7, "127.0.0.1")):
        assert unit.put(number, data)
    assert unit.put(12, "0")
    assert unit.get(5) == "50"
    assert unit.put(12, "2")
    assert unit.table() == DEFAULTS


def test_the_stream_counts_and_keeps_its_frequency() -> None:
    unit = Play()
    for number, data in ((3, "2"), (4, "3"), (5, "10"), (7, "127.0.0.9"), (8, "6001")):
        assert unit.put(number, data)
    assert unit.casts() == []
    unit.put(1000, "1")
    assert unit.casts() == [Cast(bytes.fromhex("00000000 00000001 020304"), ("127.0.0.9", 6001), 5566)]
    assert unit.core.deadline() == pytest.approx(0.1)
    unit.wait(0.95)
    assert [struct.unpack(">II", cast.data[:8])[1] for cast in unit.casts()] == list(range(2, 11))
    unit.put(1000, "0")
    assert unit.wait(1.0).casts() == []  # type: ignore[attr-defined]
    assert unit.core.deadline() is None
    unit.put(1000, "1")
    assert unit.casts()[0].data[:8] == bytes.fromhex("00000000 00000001")


def test_without_counters_there_are_values_only() -> None:
    unit = Play()
    assert unit.put(10, "0") and unit.put(4, "2") and unit.put(1000, "1")
    assert [cast.data for cast in unit.casts()] == [b"\x00\x01"]
    unit.unit.overhear(b"ab", 5566, 0.0)
    assert unit.unit.distributor.outputs[:3] == b"ab\0"


def test_it_stops_where_nobody_retriggers() -> None:
    unit = Play()
    assert unit.put(5, "10") and unit.put(6, "0.55") and unit.put(1000, "1")
    unit.wait(0.4)
    assert unit.put(1000, "1")
    unit.wait(0.45)
    assert unit.get(1000) == "1"
    assert len(unit.casts()) == 9, "retriggered, it neither begins again nor skips"
    unit.wait(0.3)
    assert unit.get(1000) == "0"
    assert unit.unit.listens == frozenset()
    assert len(unit.casts()) == 1, "none after 0.95 s"
    assert unit.put(5, "20")


def test_switched_off_the_time_never_passes() -> None:
    unit = Play()
    assert unit.put(6, "0") and unit.put(1000, "1")
    unit.casts()
    unit.wait(1e6)
    assert unit.get(1000) == "1"
    assert 0 < len(unit.casts()) <= LAG + 1, "a clock that jumps brings no flood"


def test_what_comes_fills_the_outputs_and_its_counter_goes_back() -> None:
    unit = Play()
    core = unit.unit
    core.overhear(bytes(8) + b"early", 5566, 0.0)
    assert unit.put(1, "4") and unit.put(2, "3") and unit.put(1000, "1")
    assert core.listens == {5566}
    unit.casts()
    core.overhear(struct.pack(">II", 7, 4711) + b"abcdef", 5566, 0.0)
    core.overhear(b"short", 5566, 0.0)
    core.overhear(struct.pack(">II", 7, 1) + b"other", 5567, 0.0)
    assert core.distributor.outputs[:8] == b"\0\0\0\0abc\0"
    unit.wait(0.01)
    assert unit.casts()[-1].data == struct.pack(">II", 4711, 2)
    assert not unit.put(11, "1")
    assert unit.put(1000, "0") and unit.put(11, "0")
    assert core.distributor.outputs[4:7] == b"abc"
    assert unit.put(11, "1")
    assert core.distributor.outputs == bytes(IMAGE)


def test_nothing_is_written_or_read_beyond_the_images() -> None:
    unit = Play()
    for number, data in ((1, IMAGE - 2), (3, IMAGE - 1), (4, 100)):
        assert unit.put(number, data)
    assert unit.put(1000, "1")
    assert [cast.data[8:] for cast in unit.casts()] == [b"\xff"]
    unit.unit.overhear(bytes(8) + b"abcdef", 5566, 0.0)
    assert len(unit.unit.distributor.outputs) == IMAGE
    assert unit.unit.distributor.outputs.endswith(b"\0ab")


def test_the_counter_wraps_and_its_layout_is_an_option() -> None:
    port = Distributor("127.0.0.255", counters="<HH", sent=2**32 - 2)
    assert port.set(1000, 1, 0.0)
    port.sent = 2**32 - 2
    port.counters = ">II"
    assert [cast.data[4:] for cast in port.tick(0.015)] == [b"\xff\xff\xff\xff", bytes(4)]
    port.counters = "<HH"
    port.receive(b"\0\0\x05\0")
    assert [cast.data for cast in port.tick(0.025)] == [b"\x05\0\x01\0"]


def test_narrow_counters_wrap_sooner() -> None:
    port = Distributor("127.0.0.255", counters="<HH")
    assert port.set(1000, 1, 0.0)
    port.sent = 2**16 - 2
    assert [cast.data for cast in port.tick(0.015)] == [b"\0\0\xff\xff", bytes(4)]


def test_every_layout_that_can_be_chosen_is_there() -> None:
    (option,) = [option for option in UNIT_OPTIONS if option.name == "counters"]
    assert isinstance(option.type, Token)
    assert {word.text: struct.calcsize(LAYOUTS[word.text]) for word in option.type.words} == {
        "u32-big": 8,
        "u32-little": 8,
        "u16-big": 4,
        "u16-little": 4,
    }


def test_the_largest_possible_length_is_that_of_the_output_image() -> None:
    unit = QstationUnit(QstationState(dict(IDENT), image=16))
    assert unit.distributor.read(2) == 16 == len(unit.distributor.outputs) == len(unit.distributor.inputs)
    assert unit.distributor.set(2, 4, 0.0) and unit.distributor.set(12, 1, 0.0)
    assert unit.distributor.read(2) == 16


@pytest.mark.parametrize("broken", [{}, {"ipa": "1.2.3.4", "snm": "x"}, {"ipa": "", "snm": "255.0.0.0"}])
def test_without_a_network_it_is_everybody(broken: dict[str, Value]) -> None:
    assert network_address(broken) == "255.255.255.255"
