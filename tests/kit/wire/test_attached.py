"""A unit on a line that is no connection: what was begun is waited for, or forgotten, as its protocol has it."""

from __future__ import annotations

import pytest

from tests.support.foreign import dcol_build
from unitbench import catalogue
from unitbench.wire.dcol.unit import DcolUnit
from unitbench.wire.kramer.unit import KramerUnit
from unitbench.wire.unit import UnitCore

LINE = ("serial", "/dev/line")
ASKED = dcol_build(0, 0xAE, b"\x0c")


class Played:
    """The unit's end of a line; the clock goes where it is told."""

    def __init__(self, core: UnitCore, protocol: str) -> None:
        self.core = core
        self.now = 0.0
        core.attached(LINE, 0.0, catalogue.protocol(protocol).service("serial").forgets_s)

    def hears(self, data: bytes, after_s: float = 0.0) -> list[bytes]:
        """What it says to these bytes, which come after a pause."""
        end = self.now + after_s
        while (due := self.core.deadline()) is not None and due <= end:
            self.core.tick(due)
            self.core.outgoing(due)
        self.now = end
        self.core.receive(data, LINE, self.now, datagram=False)
        return [out.data for out in self.core.outgoing(self.now)]


@pytest.mark.parametrize(("pause_s", "answered"), [(0.9, True), (1.1, False)])
def test_half_a_packet_is_forgotten_after_a_second(pause_s: float, answered: bool) -> None:
    unit = Played(DcolUnit(), "dcol")
    assert unit.hears(ASKED[:3]) == []
    assert bool(unit.hears(ASKED[3:], pause_s)) is answered
    assert unit.hears(ASKED, 2.0), "and the next one is taken either way"


def test_each_byte_starts_the_second_anew() -> None:
    unit = Played(DcolUnit(), "dcol")
    said = [unit.hears(ASKED[at : at + 1], 0.8) for at in range(len(ASKED))]
    assert [bool(each) for each in said] == [False] * (len(ASKED) - 1) + [True]


def test_a_good_packet_behind_what_was_given_up_is_answered_when_the_second_is_over() -> None:
    unit = Played(DcolUnit(), "dcol")
    assert unit.hears(b"\x02\x00\xae\xff" + ASKED) == []
    unit.core.tick(1.0)
    assert len(unit.core.outgoing(1.0)) == 1


def test_a_line_of_text_is_waited_for() -> None:
    unit = Played(KramerUnit(), "kramer")
    assert unit.hears(b"#SEC") == []
    assert unit.hears(b"UR?\r", 60.0) == [b"~01@SECUR ON\r\n"]


def test_a_login_there_ends_by_time_alone() -> None:
    unit = Played(KramerUnit(), "kramer")
    assert unit.hears(b"#LOGIN USER,1234\r") == [b"~01@LOGIN USER OK\r\n"]
    assert unit.hears(b"#LOGIN?\r", 299.0) == [b"~01@LOGIN USER\r\n"]
    assert unit.hears(b"#LOGIN?\r", 302.0) == [b"~01@LOGIN NONE\r\n"]
