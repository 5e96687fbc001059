"""A recorder whose command client's cable is pulled."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.foreign import RawTcp
from tests.support.logger import IDN, Recorder, line, until
from tests.support.namespaces import CABLE, Namespace, cabled
from unitbench.wire.recorder.ledger import Use

pytestmark = pytest.mark.needs("netns")

UNIT, CLIENT = "10.9.0.60", "10.9.0.1"


def connects(network: Namespace) -> int:
    with network.inside():
        sock = socket.socket()
    with sock:
        sock.settimeout(1)
        return sock.connect_ex((UNIT, 8023))


@contextmanager
def pulled(**options: object) -> Iterator[tuple[Recorder, Namespace, Namespace]]:
    """A recorder, its network and that of its client, who went without a word reaching the unit."""
    with cabled(f"{CLIENT}/24") as (ours, theirs):
        ours.ip("address", "add", f"{UNIT}/24", "dev", CABLE)
        ours.ip("link", "set", CABLE, "up")
        with Recorder(network=ours, host=UNIT, **options) as unit:
            with theirs.inside():
                client = RawTcp(UNIT, 8023)
            assert client.ask(b"*IDN?\r\n", line) == IDN
            theirs.ip("link", "set", CABLE, "down")
            client.close()
            yield unit, ours, theirs


def test_a_half_open_client_keeps_the_place_until_the_cable_is_back() -> None:
    with pulled() as (unit, ours, theirs):
        for _ in range(3):
            assert connects(ours) == errno.ECONNREFUSED
        assert unit.open(Use.COMMAND) == 1 and unit.used(4)
        theirs.ip("link", "set", CABLE, "up")
        assert until(lambda: connects(theirs) == 0, 20)


def test_a_half_open_client_is_dropped_where_that_is_set() -> None:
    with pulled(idle_s=1.0) as (unit, ours, _):
        assert until(lambda: connects(ours) == 0, 20)
        assert until(lambda: unit.open(Use.COMMAND) == 0)
