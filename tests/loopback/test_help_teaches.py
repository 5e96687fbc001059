"""HELP teaches: what a unit lists besides the catalogue is offered and sent in every view of the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import inside
from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.errors import UnknownCommand, UsageError
from unitbench.line.suggest import suggest
from unitbench.session.console import Console
from unitbench.session.jsonform import unit_json
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Ask

HEAD = b"~01@Device available protocol 3000 commands:\r\n"
LIST = HEAD + b"#, HELP, VID, AUD-LVL?,\r\nSECUR?, SET-PASS\r\n"
SECRET = "c0rrect-horse-b"


class Stranger(TcpCounterpart):
    """A unit with commands that no catalogue has."""

    def __init__(self, listed: bytes = LIST) -> None:
        super().__init__(self._said)
        self._listed = listed

    def _said(self, data: bytes) -> bytes:
        if data == b"#HELP\r":
            return self._listed
        name, _, rest = data.decode("latin-1").strip("#\r").partition(" ")
        return f"~01@{name.rstrip('?')} {rest} OK\r\n".encode("latin-1")

    @property
    def address(self) -> str:
        return f"kramer://{self.host}:{self.port}"


def first(session: Session) -> Unit:
    return session.units[0]


def offered(session: Session, line: str, current: str = "") -> list[str]:
    return [item.text for item in suggest(line, len(line), session.vocabulary(current))]


def test_what_the_unit_lists_is_known_from_then_on() -> None:
    with Stranger() as unit, Session.local() as session:
        with pytest.raises(UnknownCommand):
            session.ask("VID 1>2", unit.address)
        assert session.ask("HELP", unit.address).ok
        assert first(session).commands == ("VID", "AUD-LVL?", "SET-PASS")
        assert unit_json(first(session))["commands"] == ["VID", "AUD-LVL?", "SET-PASS"]
        assert {"VID", "AUD-LVL?"} <= set(offered(session, "@k1 ")) & set(offered(session, "", "k1"))
        assert "VID" in offered(session, ""), "it goes to the one that has named it"
        held = session.ask("@k1 VID 1>2")
        assert (held.outcome, held.allow_with, held.effect) == ("withheld", "reconfigures", "reconfigures")
        done = session.ask("@k1 vid 1>2", allow="reconfigures")
        assert (done.outcome, done.command, done.request) == ("ok", "VID 1>2", b"#VID 1>2\r")
        assert done.text == "~01@VID 1>2 OK"
        assert session.ask("@k1 AUD-LVL?").outcome == "withheld", "what it does is not known"
        assert unit.heard[-1] == b"#VID 1>2\r"


def test_the_unit_in_use_and_a_console_know_it_too() -> None:
    with Stranger() as unit, Session.local() as session:
        console = Console(session)
        list(console.run(f"use {unit.address}; HELP"))
        (done,) = [
            item for item in console.run("VID 1>2", allow="reconfigures") if isinstance(item, Exchange)
        ]
        assert done.ok
        (page,) = console.run("VID ?")
        assert "from the unit, no manual" in str(page)
        assert "unknown" not in str(list(console.run("why")))
        (page,) = console.run("identify")
        assert "commands that only its own list names: VID, AUD-LVL?, SET-PASS" in str(page)


def test_a_newer_list_takes_the_place_of_the_old_one_and_help_on_one_command_does_not() -> None:
    with Stranger() as unit, Session.local() as session:
        session.ask("HELP", unit.address)
        session.ask("HELP VID", unit.address)
        assert "VID" in first(session).commands
        unit._listed = HEAD + b"NEW-ONE\r\n"
        session.ask("HELP", unit.address)
        assert first(session).commands == ("NEW-ONE",)


def test_only_what_this_unit_has_named_is_sent() -> None:
    with Stranger() as unit, Stranger(HEAD + b"OTHER\r\n") as other, Session.local() as session:
        for each in (unit, other):
            assert session.ask("HELP", each.address).ok
        with pytest.raises(UsageError, match="has not named it"):
            session.perform(Ask("kramer", "VID", {}, "k2"))
        with pytest.raises(UsageError):
            session.perform(Ask("kramer", "VID\r#FACTORY", {}, "k1"))
        assert unit.heard == [b"#HELP\r"] and other.heard == [b"#HELP\r"]


def test_what_stands_behind_a_name_like_a_login_is_nowhere() -> None:
    with Stranger() as unit, Session.local() as session:
        session.ask("HELP", unit.address)
        done = session.ask(f"@k1 SET-PASS USER,{SECRET}", allow="reconfigures")
        assert done.ok and done.command == "SET-PASS ***"
        assert unit.heard[-1] == f"#SET-PASS USER,{SECRET}\r".encode()
        assert SECRET not in repr(session.journal) + repr(done)


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        (b"\x1b]0;x\x07 \x1b[31mVID\x1b[0m OK-ONE\r\n", ("OK-ONE",)),
        (b"A" * 900 + b" FITS\r\n" + b"B" * 900 + b"\r\n", ("FITS",)),
        (b"<SCRIPT> ${HOME} `X` GOOD, 'Q', \xc9TAT, low\r\n", ("GOOD",)),
        (b"LOGIN, SECUR?, HELP\r\n", ()),
    ],
)
def test_hostile_names_are_not_learned(listed: bytes, kept: tuple[str, ...]) -> None:
    with Stranger(HEAD + listed) as unit, Session.local() as session:
        assert session.ask("HELP", unit.address).ok
        assert first(session).commands == kept
        assert all(name.isascii() and name.isprintable() for name in first(session).commands)


def test_of_an_endless_list_so_many_are_learned() -> None:
    rows = b"".join(b"CMD-%d,\r\n" % number for number in range(5000))
    with Stranger(HEAD + rows) as unit, Session.local() as session:
        assert session.ask("HELP", unit.address).ok
        assert first(session).commands == tuple(f"CMD-{number}" for number in range(256))


def test_it_travels_to_every_view_and_stays_while_the_session_lives(runtime: Path) -> None:
    with Stranger() as unit, Session.attach("teach", who="a") as one:
        with Session.attach("teach", who="b") as other:
            assert other.ask("HELP", unit.address).ok
        assert one.ask(f"@{unit.address} VID 1>2", allow="reconfigures").ok
        with Session.attach("teach", who="c") as late:
            assert "VID" in offered(late, "@k1 ")


def test_without_a_unit_in_use_it_goes_to_the_one_that_has_named_it(runtime: Path) -> None:
    with Stranger(HEAD + b"OTHER\r\n") as first_one, Stranger() as unit:
        with Session.local() as session:
            for each in (first_one, unit):
                assert session.ask("HELP", each.address).ok
            assert session.ask("VID 1>2", allow="reconfigures").unit == "k2"
            items = list(Console(session).run("VID 1>3", allow="reconfigures"))
            assert [type(item) for item in items] == [Exchange], "there is no other to choose"
        with Session.attach("taught"):
            assert inside("--session", "taught", "-c", f"@{unit.address} HELP").code == 0
            ran = inside("--session", "taught", "-c", "VID 1>4", "--yes", "--json")
            assert (ran.code, ran.one["command"]) == (0, "VID 1>4")
            assert inside("--session", "taught", "-c", "VOD 1>4", "--yes").code == 2
            piped = inside("--session", "taught", "--yes", stdin="VID 1>5\n")
            assert piped.code == 0 and "#VID 1>5" in piped.out
    assert unit.heard.count(b"#VID 1>4\r") == 1 and len(first_one.heard) == 1
