"""What a keeper calls its views: numbers given once, and names that nobody has chosen to one process each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from unitbench.errors import Reserved
from unitbench.session.endpoint import UNIX, Endpoint
from unitbench.session.keeper import Keeper, _View
from unitbench.session.operations import Release, Reserve

K1 = "kramer://192.168.1.39"


class Hall:
    """A keeper without a door."""

    def __init__(self, folder: Path) -> None:
        self.keeper = Keeper(Endpoint("a", folder), None, UNIX)
        self.registry = self.keeper.bench._registry

    def come(self, wanted: str, process: int) -> _View:
        """A view joins."""
        view = _View(self.keeper)
        view.wanted, view.process = wanted, process
        self.keeper.joined(view)
        return view

    async def reserve(self, view: _View) -> None:
        """It reserves a unit."""
        await self.keeper.bench.perform(Reserve(K1, 600), view.who)

    @property
    def holder(self) -> tuple[str, bool]:
        """Who has reserved it, and whether that one is known to be gone."""
        unit = self.registry.find(K1)
        return unit.reserved_by, unit.holder_left_ns > 0


def played(folder: Path, case: Callable[[Hall], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        hall = Hall(folder)
        try:
            await case(hall)
        finally:
            await hall.keeper.bench.close()

    asyncio.run(main())


@pytest.mark.parametrize("name", ["script", "nb:tour.ipynb"])
def test_a_name_that_nobody_chose_is_of_one_process(tmp_path: Path, name: str) -> None:
    async def case(hall: Hall) -> None:
        first, second, again = (hall.come(name, process) for process in (1, 2, 1))
        assert (first.who, second.who, again.who) == (name, f"{name}-2", name)
        assert (hall.come(name, 3).who, hall.come(name, 2).who) == (f"{name}-3", f"{name}-2")
        await hall.reserve(first)
        with pytest.raises(Reserved, match=f"reserved by {name} until"):
            await hall.keeper.bench.perform(Release(K1), second.who)
        hall.keeper.left(first)
        assert hall.holder == (name, False), "its process has another view"
        hall.keeper.left(again)
        assert hall.holder == (name, True)
        assert hall.come(name, 2).who == f"{name}-2", "it is called that already"
        assert hall.holder == (name, True)
        restarted = hall.come(name, 4)
        assert restarted.who == name and hall.holder == (name, False)
        await hall.keeper.bench.perform(Release(K1), restarted.who)

    played(tmp_path, case)


def test_processes_that_do_not_say_which_they_are_are_several(tmp_path: Path) -> None:
    async def case(hall: Hall) -> None:
        assert [hall.come("script", 0).who for _ in range(2)] == ["script", "script-2"]

    played(tmp_path, case)


def test_a_chosen_name_is_whose_it_is_said_to_be(tmp_path: Path) -> None:
    async def case(hall: Hall) -> None:
        assert [hall.come("anna", process).who for process in (1, 2)] == ["anna", "anna"]

    played(tmp_path, case)


def test_a_number_is_given_once_and_kept_for_who_had_it(tmp_path: Path) -> None:
    async def case(hall: Hall) -> None:
        one, two = hall.come("shell-", 1), hall.come("shell-", 1)
        assert (one.who, two.who) == ("shell-1", "shell-2")
        assert hall.come("shell-1", 2).who == "shell-3", "it is another's"
        await hall.reserve(one)
        hall.keeper.left(one)
        assert hall.holder == ("shell-1", True) and hall.keeper.bench.reservations.awaited == ("shell-1",)
        assert hall.come("shell-1", 3).who == "shell-4" and hall.come("shell-", 4).who == "shell-5"
        assert hall.holder == ("shell-1", True)
        assert hall.come("shell-1", 1).who == "shell-1", "the one that was cut comes back"
        assert hall.holder == ("shell-1", False) and not hall.keeper.bench.reservations.awaited

    played(tmp_path, case)


def test_a_number_that_is_free_again_may_go_to_another_process_for_good(tmp_path: Path) -> None:
    async def case(hall: Hall) -> None:
        hall.keeper.left(hall.come("shell-", 1))
        view = hall.come("shell-1", 2)
        await hall.reserve(view)
        hall.keeper.left(view)
        assert hall.come("shell-1", 1).who == "shell-2", "it was that one's once"
        assert hall.come("shell-1", 2).who == "shell-1"

    played(tmp_path, case)


def test_a_reservation_that_comes_after_its_view_has_gone_is_told_as_without_a_holder(tmp_path: Path) -> None:
    async def case(hall: Hall) -> None:
        view = hall.come("anna", 1)
        hall.keeper.left(view)
        await view._perform(1, Reserve(K1, 600))
        assert hall.holder == ("anna", True)

    played(tmp_path, case)
