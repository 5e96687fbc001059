"""What undo puts back: which change is the last one, whose it is, and in which order its writes are undone."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.settable import meant
from unitbench.session.bus import Bus
from unitbench.session.changing.kept import Kept, Replaced

(PORT,) = meant(catalogue.protocol("dcol"), {"virtual_port": 20, "udp_timeout": 5})


@pytest.fixture
def kept() -> Kept:
    return Kept(Bus())


def write(kept: Kept, number: int, change: int, origin: str = "anna", *, undoes: int = 0) -> None:
    kept.keep(number, Replaced("t1", PORT, (), (), change, undoes, origin))


def numbers(kept: Kept, number: int = 0, origin: str = "anna") -> list[int]:
    return [each for each, _ in kept.of(number, origin)]


def test_the_writes_of_a_change_are_put_back_from_the_last_to_the_first(kept: Kept) -> None:
    for number, change in ((4, 4), (6, 6), (7, 6), (8, 6)):
        write(kept, number, change)
    assert numbers(kept) == [8, 7, 6]
    kept.drop((8, 7, 6))
    assert numbers(kept) == [4]


def test_what_undo_itself_wrote_is_no_last_change_but_can_be_named(kept: Kept) -> None:
    write(kept, 4, 4)
    write(kept, 6, 6)
    write(kept, 9, 9, undoes=6)
    kept.drop((6,))
    assert numbers(kept) == [4] and numbers(kept, 9) == [9]
    kept.drop((4,))
    with pytest.raises(UsageError, match="no change to be put back"):
        numbers(kept)


def test_a_change_of_somebody_else_wants_its_number(kept: Kept) -> None:
    write(kept, 4, 4)
    write(kept, 6, 6, "ben")
    write(kept, 7, 6, "ben")
    with pytest.raises(UsageError) as caught:
        numbers(kept)
    assert caught.value.message == "the newest change (#6, of t1) is not yours: ben made it"
    assert caught.value.hint == "undo 7; undo 6 puts it back; undo 4 what you changed last"
    assert numbers(kept, 7) == [7] and numbers(kept, 4, "ben") == [4]
    assert numbers(kept, origin="ben") == [7, 6]
    with pytest.raises(UsageError) as caught:
        numbers(kept, origin="eve")
    assert caught.value.hint == "undo 7; undo 6 puts it back"
    kept.drop((7, 6))
    assert numbers(kept) == [4]
