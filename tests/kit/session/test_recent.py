"""The numbers of the newest exchanges as what lines refer to, and what completion makes of them."""

from __future__ import annotations

from unitbench import Session
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import Sent, UnitName, Vocabulary
from unitbench.session.console import Console
from unitbench.session.recent import KEPT, Recent
from unitbench_shell.glance import Glance

SENT = (Sent(9, "k1 SECUR?, ok"), Sent(7, "t1 AEh 10h, ok", True))
KNOWN = Vocabulary((UnitName("t1", "dcol"), UnitName("k1", "kramer")), sent=SENT)


def offered(line: str, vocabulary: Vocabulary = KNOWN) -> dict[str, str]:
    return {item.text: item.meaning for item in suggest(line, len(line), vocabulary)}


def test_why_and_undo_offer_numbers_with_what_they_were() -> None:
    assert offered("why ")["9"] == "k1 SECUR?, ok" and offered("why ")["7"] == "t1 AEh 10h, ok"
    assert "k1" in offered("why ")
    assert offered("undo 7") == {"7": "t1 AEh 10h, ok"}
    assert "7" in offered("undo ") and "9" not in offered("undo "), "a read cannot be put back"


def test_compare_offers_units_in_both_places() -> None:
    assert {"t1", "k1"} <= offered("compare ").keys()
    assert {"t1", "k1"} <= offered("compare before.toml ").keys()


def test_the_newest_are_kept_also_those_from_before_this_view() -> None:
    with Session.local(sim=True) as session:
        console = Console(session)
        list(console.run("set t1 virtual_port=20 udp_timeout=30; LOGIN USER,1234"))
        (change,) = [item.number for item in Recent(session).sent if item.changed and "t1" in item.text]
        glance = Glance(console)
        for _ in range(KEPT):
            list(console.run("SECUR?"))
        known = glance.vocabulary().sent
        newest = session.journal[-1].id
        assert [item.number for item in known[:KEPT]] == list(range(newest, newest - KEPT, -1))
        assert change in [item.number for item in known]
        assert "1234" not in str(known) and known[0].text == "k1 SECUR?, ok"
        assert offered("undo ", glance.vocabulary())[str(change)].startswith("t1 ")
