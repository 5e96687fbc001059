"""A thousand units cost each event and each name what one costs."""

from __future__ import annotations

from unitbench.session.mirror import Mirror
from unitbench.session.model import Job, Unit
from unitbench.session.registry import Registry
from unitbench.session.stream import Event, State

MANY = 1000


class Counted(Unit):
    """A unit that counts how often its name is looked at."""

    looked = 0

    def __getattribute__(self, name: str) -> object:
        if name == "name":
            Counted.looked += 1
        return super().__getattribute__(name)


def unit(number: int, about: str = "") -> Unit:
    return Counted(
        f"q{number}", "qstation", "Gantner", f"qstation://127.0.{number // 250}.{number % 250}", about=about
    )


def test_an_event_does_not_look_at_all_units() -> None:
    mirror = Mirror(State("a", "me", 0, 1, 1, ""))
    for number in range(MANY):
        mirror.apply(Event(number + 1, 0, "unit", "me", unit=unit(number)))
    Counted.looked = 0
    for number in range(MANY):
        mirror.apply(Event(MANY + number + 1, 0, "unit", "me", unit=unit(number, "again")))
    assert Counted.looked <= 3 * MANY
    state = mirror.state
    assert [each.name for each in state.units] == [f"q{number}" for number in range(MANY)]
    assert {each.about for each in state.units} == {"again"} and state.seq == 2 * MANY


def test_a_snapshot_is_one_until_something_changes_and_frozen_then() -> None:
    mirror = Mirror(State("a", "me", 0, 1, 1, ""))
    mirror.apply(Event(1, 0, "unit", "me", unit=unit(1)))
    before = mirror.state
    assert mirror.state is before
    mirror.apply(Event(2, 0, "unit", "me", unit=unit(2)))
    mirror.apply(Event(3, 0, "job", "me", job=Job(1, "discover", "discover", "me")))
    mirror.apply(Event(4, 0, "sim", "me", sim="127.77.1.0/24", speed=2.0))
    after = mirror.state
    assert ([each.name for each in before.units], before.jobs, before.seq) == (["q1"], (), 1)
    assert [each.name for each in after.units] == ["q1", "q2"]
    assert (after.jobs[0].id, after.sim, after.speed, after.seq) == (1, "127.77.1.0/24", 2.0, 4)


def test_the_lowest_free_name_is_given_whatever_was_booked_or_has_gone() -> None:
    registry = Registry(lambda where: False, lambda changed: None)
    registry.call("02:00:00:00:00:31", "q2")
    assert [registry.add(f"qstation://127.0.0.{n}").name for n in (1, 2, 3)] == ["q1", "q3", "q4"]
    registry.call("02:00:00:00:00:31", "q9")
    assert registry.add("qstation://127.0.0.4").name == "q2"
    assert registry.seen("qstation", "127.0.0.9", 5565, "02:00:00:00:00:31").name == "q9"
    simulated = Unit("q5", "qstation", "Gantner", "qstation://127.0.0.5", simulated=True)
    assert registry.resume((simulated,)) == (simulated,)
    assert registry.add("qstation://127.0.0.6").name == "q5"
