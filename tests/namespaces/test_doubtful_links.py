"""A session whose cable is pulled, or whose machine gets another address, while a unit holds its login."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.counterparts import TcpCounterpart
from tests.support.namespaces import CABLE, Namespace, cabled
from unitbench import Session
from unitbench.session.stream import Event

pytestmark = pytest.mark.needs("netns")

UNIT, OURS, OTHER = "10.9.0.60", "10.9.0.1", "10.9.0.2"
LOGIN = b"#LOGIN ADMIN,cable-pulled\r"
READ = b"#LOGIN?\r"
WRITE = "LOGIN USER,after-fact-99"
WRITTEN = b"#LOGIN USER,after-fact-99\r"


def say(data: bytes) -> bytes:
    if data == b"#LOGOUT\r":
        return b"~01@LOGOUT OK\r\n"
    return b"~01@LOGIN ADMIN OK\r\n" if b" " in data else b"~01@LOGIN ADMIN\r\n"


class Bench:
    """A plain socket that answers as a logged-in unit, a session that is logged in there, and what it told."""

    def __init__(self, unit: TcpCounterpart, session: Session, theirs: Namespace, ours: Namespace) -> None:
        self.unit, self.session = unit, session
        self.unit_network, self.network = theirs, ours
        self.told: list[Event] = []
        session.subscribe(self.told.append)

    @property
    def notices(self) -> str:
        return "\n".join(event.text for event in self.told if event.kind == "notice")

    @property
    def doubt(self) -> str:
        return self.session.units[0].doubt

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not true():
            assert time.monotonic() < end, self.notices
            time.sleep(0.005)

    def write(self) -> str:
        """Write; what became of it."""
        done = self.session.ask(WRITE, "k1", allow="k1")
        return done.outcome if done.error is None else done.error.meaning


@contextmanager
def bench() -> Iterator[Bench]:
    with cabled(f"{OURS}/24") as (theirs, ours):
        theirs.ip("address", "add", f"{UNIT}/24", "dev", CABLE)
        theirs.ip("link", "set", CABLE, "up")
        with theirs.inside():
            unit = TcpCounterpart(say, host=UNIT)
        with ours.inside():
            session = Session.local()
        with unit, session:
            found = Bench(unit, session, theirs, ours)
            assert session.ask(f"@kramer://{UNIT}:{unit.port} LOGIN ADMIN,cable-pulled").ok
            yield found


@pytest.mark.parametrize("end", ["network", "unit_network"])
def test_a_pulled_cable_and_back(end: str) -> None:
    """At our end, and at the other: there it is the carrier that is gone."""
    with bench() as b:
        getattr(b, end).ip("link", "set", CABLE, "down")
        b.until(lambda: bool(b.doubt))
        assert b.doubt == f"{CABLE} is down: a pulled cable, or it was switched off"
        assert "k1 (ADMIN)" in b.notices
        assert "was not sent to k1: eth0 is down" in b.write()
        assert b.unit.heard == [LOGIN] and b.session.units[0].login == "ADMIN"
        getattr(b, end).ip("link", "set", CABLE, "up")
        assert b.unit.wait_for(lambda data: data.endswith(READ)) == LOGIN + READ
        b.until(lambda: not b.doubt)
        assert "eth0 is up again" in b.notices and b.session.units[0].login == "ADMIN"
        assert b.write() == "ok"
        assert b.unit.heard == [LOGIN, READ, WRITTEN] and b.unit.connections == 1


def test_another_address_of_ours_ends_the_login() -> None:
    with bench() as b:
        b.network.ip("address", "delete", f"{OURS}/24", "dev", CABLE)
        b.until(lambda: bool(b.doubt))
        assert b.doubt == f"{CABLE} has the address {OURS} no longer"
        assert "was not sent" in b.write()
        b.network.ip("address", "add", f"{OTHER}/24", "dev", CABLE)
        assert "was not sent to k1" in b.write()
        b.until(lambda: b.session.units[0].link == "closed")
        assert f"{CABLE} has the address {OTHER} now" in b.notices
        assert "the ADMIN login on it is gone" in b.notices and b.session.units[0].login == ""
        assert b.unit.heard == [LOGIN], "nothing was sent again by itself"
        assert b.write() == "ok" and b.unit.heard == [LOGIN, WRITTEN] and b.unit.connections == 2


def test_the_same_lease_again_touches_nothing_and_another_network_neither() -> None:
    with bench() as b:
        b.network.ip(
            "address", "replace", f"{OURS}/24", "dev", CABLE, "valid_lft", "900", "preferred_lft", "900"
        )
        b.network.ip("link", "add", "other0", "type", "veth", "peer", "name", "other1")
        b.network.ip("address", "add", "10.77.0.1/24", "dev", "other0")
        b.network.ip("link", "set", "other0", "up")
        b.network.ip("link", "delete", "other0")
        assert b.write() == "ok"
        assert b.unit.heard == [LOGIN, WRITTEN] and not any(
            event.unit and event.unit.doubt for event in b.told
        )


def test_an_address_that_comes_back_keeps_the_login() -> None:
    with bench() as b:
        b.network.ip("address", "delete", f"{OURS}/24", "dev", CABLE)
        b.network.ip("address", "add", f"{OURS}/24", "dev", CABLE)
        b.unit.wait_for(lambda data: data.endswith(READ))
        b.until(lambda: "the doubt is over" in b.notices)
        assert f"{CABLE} has the address {OURS} again" in b.notices
        assert b.session.units[0].login == "ADMIN" and b.unit.connections == 1
