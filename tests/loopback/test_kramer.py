"""Protocol 3000 over real sockets: logins that are missing, the unit's own list, and UDP end to end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.foreign import RawUdp
from tests.support.kramer_fake import FakeKramer
from unitbench import Session
from unitbench.schema.records import Request
from unitbench.sim.clock import Clock

WHO, NOBODY, USER = b"#LOGIN?\r", b"~01@LOGIN NONE\r\n", b"~01@LOGIN USER\r\n"


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local(sim=True) as made:
        yield made


@pytest.fixture
def host(session: Session) -> str:
    (unit,) = [unit for unit in session.units if unit.protocol == "kramer"]
    return unit.address.partition("://")[2]


def only(client: RawUdp, data: bytes) -> bytes:
    """The one datagram that answers."""
    ((said, sender),) = client.ask(data, lambda came: len(came) >= 1)
    assert sender == client.peer
    return said


@pytest.mark.parametrize("carrier", ["kramer", "kramer+udp"])
def test_a_missing_login_is_told_apart_from_a_wrong_password(
    session: Session, host: str, carrier: str
) -> None:
    where = f"@{carrier}://{host}"
    missing, wrong = session.ask(f"{where} MODEL?"), session.ask(f"{where} LOGIN USER,nonsense")
    for found in (missing, wrong):
        assert found.outcome == "refused" and found.error and found.error.code == "ERR004"
    assert missing.error and missing.error.meaning == "not logged in: LOGIN USER first"
    assert wrong.error and "password" in wrong.error.meaning
    assert session.ask(f"{where} LOGIN USER,1234").ok
    assert session.ask(f"{where} MODEL?").fields == {"model": "UB-3000"}
    assert session.ask(f"{where} NAME?").fields == {"name": "bench-k1"}
    refused = session.ask(f"{where} NAME Hall-1").error
    assert refused and refused.meaning == "not logged in as administrator: LOGIN ADMIN first"
    assert session.ask(f"{where} LOGIN ADMIN,4321").ok
    assert session.ask(f"{where} NAME Hall-1").fields == {"name": "Hall-1", "result": "OK"}
    assert session.ask(f"{where} NAME?").fields == {"name": "Hall-1"}
    assert session.ask(f"{where} FACTORY").ok
    assert session.ask(f"{where} NAME?").outcome == "refused"


@pytest.mark.parametrize("carrier", ["kramer", "kramer+udp"])
def test_the_list_of_the_unit_is_one_reply(session: Session, host: str, carrier: str) -> None:
    where = f"@{carrier}://{host}"
    assert session.ask(f"{where} LOGIN USER,1234").ok
    found = session.ask(f"{where} HELP")
    assert found.ok and len(found.replies) == 1
    assert str(found.fields["commands"]).split(",")[:3] == ["#", "FACTORY", "HELP"]
    assert found.replies[0].text.startswith("~01@Device available protocol 3000 commands: #, FACTORY, HELP")
    assert (
        session.ask(f"{where} HELP IDV").fields["about"]
        == "let the unit show itself: its lamps blink USAGE:IDV"
    )
    assert session.ask(f"{where} SECUR?").fields == {"secur": "ON"}


def test_over_udp_a_login_is_bound_to_the_peer(session: Session, host: str) -> None:
    where = f"@kramer+udp://{host}"
    assert session.ask(f"{where} LOGIN USER,1234").ok
    for _ in range(3):
        assert session.ask(f"{where} LOGIN?").fields == {"auth": "USER"}
    assert session.ask(f"@kramer://{host} LOGIN?").fields == {"auth": "NONE"}
    with RawUdp(host, 50000) as one, RawUdp(host, 50000) as other:
        assert only(one, WHO) == NOBODY
        assert only(one, b"#LOGIN USER,1234\r") == b"~01@LOGIN USER OK\r\n"
        assert only(one, WHO) == USER
        assert only(other, b"#MODEL?\r") == b"~01@MODEL ERR004\r\n"
        assert only(one, b"#MODEL?\r") == b"~01@MODEL UB-3000\r\n"


def test_over_udp_five_idle_minutes_end_a_login(
    session: Session, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, gone = Clock.now, [0.0]
    monkeypatch.setattr(Clock, "now", lambda clock: now(clock) + gone[0])
    with RawUdp(host, 50000) as client:
        assert only(client, b"#LOGIN USER,1234\r") == b"~01@LOGIN USER OK\r\n"
        for idle in (299.0, 299.0):
            gone[0] += idle
            assert only(client, WHO) == USER
        gone[0] += 301.0
        assert only(client, WHO) == NOBODY


def test_a_chain_is_one_message_and_one_exchange(session: Session) -> None:
    found = session.ask("@k1 SECUR?|LOGIN USER,1234|MODEL?|NAME Hall-1|LOGIN?")
    assert found.request == b"#SECUR?|LOGIN USER,***|MODEL?|NAME Hall-1|LOGIN?\r"
    assert found.command == "SECUR?|LOGIN USER,***|MODEL?|NAME Hall-1|LOGIN?"
    assert [reply.text for reply in found.replies] == [
        "~01@SECUR ON",
        "~01@LOGIN USER OK",
        "~01@MODEL UB-3000",
        "~01@NAME ERR004",
        "~01@LOGIN USER",
    ]
    assert (found.outcome, found.effect) == ("refused", "reconfigures")
    assert found.error and found.error.meaning == "not logged in as administrator: LOGIN ADMIN first"
    assert next(unit.login for unit in session.units if unit.name == "k1") == "USER"
    assert session.ask("@k1 LOGOUT|LOGIN?").replies[1].fields == {"auth": "NONE"}
    assert next(unit.login for unit in session.units if unit.name == "k1") == ""
    both = Request("kramer", "SECUR?", then=(Request("kramer", "LOGIN?"),))
    assert [reply.text for reply in session.ask(both, "k1").replies] == ["~01@SECUR ON", "~01@LOGIN NONE"]
    (raw,) = [session.ask(b"#SECUR?|LOGIN?\r", "k1")]
    assert [reply.text for reply in raw.replies] == ["~01@SECUR ON", "~01@LOGIN NONE"]


def test_a_chain_asks_for_what_its_strongest_command_needs() -> None:
    with FakeKramer() as unit, Session.local() as session:
        held = session.ask("SECUR?|NAME Hall-1|LOGIN?", unit.address)
        assert (held.outcome, held.allow_with, held.effect) == ("withheld", "reconfigures", "reconfigures")
        assert session.ask("SECUR?|FACTORY", unit.address, allow="reconfigures").outcome == "withheld"
        assert unit.heard == []


def test_a_message_and_a_chain_in_a_datagram(session: Session, host: str) -> None:
    with RawUdp(host, 50000) as client:
        came = client.ask(b"#SECUR?|LOGIN?\r", lambda came: len(came) >= 2)
        assert [data for data, _ in came] == [b"~01@SECUR ON\r\n", NOBODY]
        assert only(client, b"#SECUR?\r\n") == b"~01@SECUR ON\r\n"
