"""The ledger of connections: the table of the manual's reading, row by row, and its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.wire.recorder.ledger import LIMITS, TOTAL, Ledger, Use
from unitbench.wire.recorder.unit import FEATURES, RecorderState


def test_the_eight_steps() -> None:
    ledger = Ledger()
    assert ledger.used == 4
    assert ledger.take(Use.COMMAND) and ledger.used == 4
    assert not ledger.take(Use.COMMAND) and ledger.used == 4
    assert ledger.refused[Use.COMMAND] == 1
    for _ in range(10):
        assert ledger.take(Use.HTTP)
    assert ledger.used == 14
    assert not ledger.take(Use.HTTP) and ledger.used == 14
    assert ledger.take(Use.FTP) and ledger.used == 14
    assert ledger.take(Use.FTP_DATA) and ledger.used == 15
    ledger.give(Use.COMMAND)
    assert ledger.take(Use.COMMAND) and ledger.used == 15


def test_the_most_that_the_manual_allows_is_exactly_twenty() -> None:
    ledger = Ledger()
    for use, count in ((Use.HTTP, 10), (Use.COMMAND, 1), (Use.FTP, 1), (Use.FTP_DATA, 1)):
        for _ in range(count):
            assert ledger.take(use)
    assert ledger.take(Use.FTP_CLIENT, 2)
    for use in (Use.NTP_CLIENT, Use.DNS_CLIENT, Use.DHCP_CLIENT):
        assert ledger.take(use)
    assert ledger.used == TOTAL
    assert not ledger.take(Use.FTP) and not ledger.take(Use.FTP_DATA) and not ledger.take(Use.NTP_CLIENT)
    assert ledger.used == TOTAL


def test_two_are_taken_together_or_not_at_all() -> None:
    ledger = Ledger()
    assert ledger.take(Use.FTP_DATA, 15) and ledger.used == 19
    assert not ledger.take(Use.FTP_CLIENT, 2) and ledger.used == 19
    assert ledger.take(Use.NTP_CLIENT) and ledger.used == 20


def test_a_command_client_costs_nothing_even_where_all_is_taken() -> None:
    ledger = Ledger()
    assert ledger.take(Use.FTP_DATA, 16) and ledger.used == TOTAL
    assert ledger.take(Use.COMMAND) and ledger.take(Use.FTP) and ledger.used == TOTAL


def test_after_a_restart_four_are_taken() -> None:
    ledger = Ledger()
    ledger.take(Use.HTTP, 5)
    ledger.restart()
    assert ledger.used == 4 and not any(ledger.open.values())
    ledger.give(Use.HTTP)
    assert ledger.used == 4


@pytest.mark.parametrize(("lacks", "standing"), [("http", 3), ("ftp", 3), ("udp", 3), ("ntp", 4)])
def test_a_model_without_a_server_has_one_listener_less(lacks: str, standing: int) -> None:
    assert RecorderState(features=FEATURES - {lacks}).ledger.used == standing


@given(st.lists(st.tuples(st.sampled_from(Use), st.booleans(), st.integers(1, 3))))
def test_it_never_overflows(steps: list[tuple[Use, bool, int]]) -> None:
    ledger = Ledger()
    for use, taken, count in steps:
        if taken:
            assert ledger.room(use, count) is ledger.take(use, count)
        else:
            ledger.give(use, count)
        assert 4 <= ledger.used <= TOTAL
        assert all(0 <= ledger.open[use] <= LIMITS.get(use, TOTAL) for use in Use)
