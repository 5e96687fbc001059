"""``snapshot``, ``restore`` and ``compare``: settings as a file that people can read, and back again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import free_block, inside
from unitbench import Session, Sim, UsageError
from unitbench.session.changing.model import Snapshot
from unitbench.session.console import Console

SECRET = "word-of-15-char"
PORT = "format = 1\nprotocol = 'dcol'\n[[settings]]\ncommand = 'AEh 10h'\nitem = {}\n[settings.values]\n{}"


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim({"recorder": 1, "vs1": 0, "qstation": 1, "dcol": 2}, address=free_block()) as sim:
        yield sim


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    with Session.local(sim=sim) as session:
        yield session


def test_every_port_and_the_addressing_are_in_it(session: Session) -> None:
    taken = session.snapshot("t1")
    assert [(s.command, s.number) for s in taken.sections] == [
        ("AEh 02h", None),
        *(("AEh 10h", number) for number in range(19, 29)),
    ]
    assert (taken.identity, taken.skipped) == ("4000000001", ())
    assert taken.sections[2].values == {
        "active": True,
        "ip_port": 5018,
        "mode": "TCP",
        "udp_timeout": 60,
        "output_only": False,
        "reserved_12": "00",
        "initiate_connection": False,
        "remote_ip_port": 0,
        "reserved_16": "00000000000000",
        "remote_ip_address": "",
    }
    assert all(exchange.effect == "read" for exchange in taken.exchanges)


def test_what_cannot_be_read_is_said(session: Session) -> None:
    station = session.snapshot("q1")
    assert [section.title for section in station.sections][:2] == ["TransferDataTheme", "OffsetRecvFrom"]
    assert len(station.sections) == 12
    assert station.skipped == ("TransferON: it says what runs now, and is no setting",)
    kramer = session.snapshot("k1")
    assert [section.values for section in kramer.sections] == [{"secur": "ON"}]
    assert any("PASS: nothing reads what it sets" in text for text in kramer.skipped)
    assert any("NAME?: not logged in" in text for text in kramer.skipped)
    with pytest.raises(UsageError, match="nothing of r1 can be kept"):
        session.snapshot("r1")


def test_a_file_that_people_read_and_no_secret_in_it(session: Session, tmp_path: Path) -> None:
    session.ask("LOGIN ADMIN,4321", "k1")
    assert session.ask(f"PASS USER,{SECRET}", "k1").ok
    file = tmp_path / "k1.toml"
    session.snapshot("k1", file)
    text = file.read_text()
    assert SECRET not in text and "4321" not in text
    data = tomllib.loads(text)
    assert (data["format"], data["protocol"], data["unit"]) == (1, "kramer", "k1")
    assert {row["command"]: row["values"] for row in data["settings"]}["SECUR"] == {"secur": "ON"}
    assert "# not in here: PASS: nothing reads what it sets" in text
    session.snapshot("t1", tmp_path / "t1.toml")
    text = (tmp_path / "t1.toml").read_text()
    assert "# virtual port 20: read by AEh 0Eh, set by AEh 10h" in text
    assert "# source: 002_72213c529fb42e59.txt, Subtype 0Fh" in text
    assert "udp_timeout = 60                    # s: UDP time-out" in text
    assert list(tmp_path.iterdir()) and not list(tmp_path.glob("*.new"))


def test_it_goes_back_the_links_own_port_last(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "t1.toml"
    before = session.snapshot("t1", file)
    old = session.ask("0Ch", "t1").address
    assert session.set("t1", virtual_port=20, ip_port=6020, output_only=1).ok
    assert session.set("t1", virtual_port=19, ip_port=6019).moved == f"{old}:6019"
    shown = session.restore("t1", file, dry=True)
    assert (shown.outcome, shown.effect) == ("dry", "disrupts")
    assert [step.item for step in shown.steps if step.changes] == ["virtual port 19", "virtual port 20"]
    done = session.restore("t1", file)
    assert (done.outcome, done.moved) == ("ok", old)
    sent = [exchange.command.split()[2] for exchange in done.exchanges if exchange.effect != "read"]
    assert [word.removeprefix("virtual_port=") for word in sent] == ["20", "19"]
    assert same(before, session.snapshot("t1"))
    assert session.restore("t1", before).outcome == "same"
    back = session.undo()
    assert back.ok and session.units[[u.name for u in session.units].index("t1")].address == f"{old}:6019"


def same(a: Snapshot, b: Snapshot) -> bool:
    return [(s.command, s.number, s.values) for s in a.sections] == [
        (s.command, s.number, s.values) for s in b.sections
    ]


def test_a_snapshot_of_another_unit_is_told(session: Session) -> None:
    taken = session.snapshot("t2")
    shown = session.restore("t1", taken, dry=True)
    assert shown.notes == ("the snapshot is of another unit: 4000000002, not 4000000001",)
    with pytest.raises(UsageError, match="of a dcol unit, q1 speaks qstation"):
        session.restore("q1", taken)


def test_only_differences_are_compared(session: Session, tmp_path: Path) -> None:
    file = str(tmp_path / "a.toml")
    session.snapshot("t1", file)
    session.set("t1", virtual_port=21, udp_timeout=7)
    (found,) = Console(session).run(f"compare {file} t1")
    assert [(d.title, d.field, d.a, d.b) for d in found.differences] == [  # type: ignore[attr-defined]
        ("virtual port 21", "udp_timeout", 60, 7)
    ]
    (none,) = Console(session).run(f"compare {file} {file}")
    assert none.differences == () and none.count == 106  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="no field in common"):
        list(Console(session).run(f"compare {file} k1"))


def test_in_one_shots(sim: Sim, tmp_path: Path) -> None:
    t1, file = f"dcol://{sim.unit('t1').host}", tmp_path / "t1.toml"
    ran = inside("-c", f"snapshot {t1} {file}; compare {file} {t1}; restore {t1} {file}", "--json")
    assert ran.code == 0
    kinds = [item["type"] for item in ran.objects if item["type"] != "exchange"]
    assert kinds == ["snapshot", "comparison", "change"]
    change = ran.objects[-1]
    assert (change["outcome"], len(change["steps"])) == ("same", 11)
    text = inside("-c", f"snapshot {t1}; snapshot {t1} {file}", t1)
    assert "virtual port 28          remote_ip_port       0" in text.out
    assert f"written to {file}: 11 read" in text.out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = [", "is no TOML file"),
        ("format = 2\nprotocol = 'dcol'", "no snapshot of this kind"),
        ("format = 1\nprotocol = 'pigeon'", "no protocol 'pigeon'"),
        ("format = 1\nprotocol = 'dcol'", "nothing is in the snapshot"),
        ("format = 1\nprotocol = 'dcol'\nsettings = 3", "settings must be tables"),
        ("format = 1\nprotocol = 'dcol'\n[[settings]]\ncommand = 3", "a command and values are wanted"),
        ("format = 1\nprotocol = 'dcol'\n[[settings]]\nfoo = 3", "'foo' is not known"),
        (
            "format = 1\nprotocol = 'dcol'\n[[settings]]\ncommand = 'AEh 0Eh'\n[settings.values]\na = 1",
            "no command of dcol that can be read back",
        ),
        (
            PORT.format(300, "active = 1"),
            "virtual_port: '300' is not allowed",
        ),
        (
            PORT.format(20, "foo = 1"),
            "virtual port 20: 'foo' is no field",
        ),
        (
            PORT.format(20, "mode = 'X'"),
            "mode: 'X' is not allowed",
        ),
    ],
)
def test_files_that_are_none(session: Session, tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=why):
        session.restore("t1", file)


def test_files_that_cannot_be_read_or_written(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        session.restore("t1", tmp_path / "nothing")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read: it is no text"):
        session.restore("t1", tmp_path / "bytes")
    with pytest.raises(UsageError, match="cannot be written"):
        session.snapshot("t1", tmp_path / "no" / "folder.toml")
